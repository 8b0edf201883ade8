"""Copies of pictures without what a camera wrote into them: place, hour, device, owner.

The copy is made in the workshop when a picture comes; the original stays under its hash for
who has to prove what was sent, and no page hands it out.
"""

from pathlib import Path
from typing import BinaryIO

from app.documents import blobs, workshop
from app.errors import Invalid
from app.extensions import lazy_gettext as _
from app.extensions import settings

PROGRAM = Path(__file__).with_name("pictures.py")
BOUNDS = workshop.Bounds(patience=40, seconds=30)
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
        try:
            return workshop.run(PROGRAM, str(path), KINDS[media_type][0], bounds=BOUNDS)
        except (workshop.Refused, workshop.Broken) as error:
            raise _unreadable() from error


def _unreadable() -> Invalid:
    message = _("The picture is damaged or too large to be shown. Save it anew and send it again.")
    return Invalid(message, fields={"file": [message]})
