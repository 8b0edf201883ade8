"""Copies of pictures without what a camera wrote into them: place, hour, device, owner.

The copy is made by a process of its own when a picture comes; the original stays under its hash for
who has to prove what was sent, and no page hands it out.
"""

import subprocess
import sys
from pathlib import Path
from typing import BinaryIO

from app.documents import blobs
from app.errors import Invalid
from app.extensions import lazy_gettext as _
from app.extensions import settings

PROGRAM = Path(__file__).with_name("pictures.py")
PATIENCE = 40
#: The kinds that are made anew, and as what.
KINDS = {
    "image/jpeg": ("jpg", "image/jpeg"),
    "image/png": ("png", "image/png"),
    "image/gif": ("png", "image/png"),
    "image/bmp": ("png", "image/png"),
    "image/webp": ("jpg", "image/jpeg"),
    "image/tiff": ("tif", "image/tiff"),
}


def wanted(media_type: str) -> bool:
    return settings().pictures_cleaned and media_type in KINDS


def painted(stream: BinaryIO, media_type: str) -> bytes:
    """The picture anew; closes the stream. Raises `Invalid` on field `file` where it is broken."""
    with stream, blobs.spool() as folder:
        path = Path(folder) / "file"
        blobs.copy(stream, path)
        command = [sys.executable, "-I", str(PROGRAM), str(path), KINDS[media_type][0]]
        try:
            done = subprocess.run(command, capture_output=True, timeout=PATIENCE, check=False)
        except subprocess.TimeoutExpired as error:
            raise _unreadable() from error
    if done.returncode:
        raise _unreadable()
    return done.stdout


def _unreadable() -> Invalid:
    message = _("The picture is damaged or too large to be shown. Save it anew and send it again.")
    return Invalid(message, fields={"file": [message]})
