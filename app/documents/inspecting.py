"""What a file would do to whoever opens it, as far as its own bytes tell.

No scanner is needed for this, and none is replaced by it. Hostile by construction are archives that
unpack to incomparably more than they are, files that are two things at once, and drawings with a
program in them: those are refused, while the sender is there and can send something else. Macros
and programs that run at opening are marked, for who opens the file.
"""

import io
import re
import struct
import zipfile
from collections.abc import Iterator
from typing import Any, BinaryIO

from app.documents.policy import ending
from app.errors import Invalid
from app.extensions import lazy_gettext as _

MACROS, SCRIPT = "macros", "script"
#: An archive may unpack to so much, or to so many times its size.
LARGEST_UNPACKED = 50 * 1024 * 1024
MOST_TIMES = 100
LARGEST_LIST = 16 * 1024 * 1024  # of the names in an archive, bytes
_CHUNK = 1024 * 1024
_OVERLAP = 64
_TAIL = 66_000  # bytes in which the end of an archive is found, its comment included

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_PICTURES = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"GIF87a", b"GIF89a", b"BM", b"II*\0", b"MM\0*")
_PAGE = re.compile(rb"<\s*(script|html|iframe|svg)\b", re.IGNORECASE)
_PROGRAM = re.compile(
    rb"<\s*(script|foreignobject|iframe|embed|object)\b|\bon[a-z]+\s*=|javascript:|<!entity",
    re.IGNORECASE,
)
_IN_PDF = re.compile(rb"/(JavaScript|JS|Launch)\b")
_IN_OLE = re.compile("_VBA_PROJECT".encode("utf-16-le"))


def inspect(file: BinaryIO, name: str, head: bytes) -> list[str]:
    """What to mark the file with; raises `Invalid` on field `file` where it is refused."""
    listed, is_whole = _archive(file)
    if is_whole and not head.startswith(b"PK") and _two_at_once(head):
        raise _refusal(_two_things(), name)
    if head.startswith(_PICTURES) and _PAGE.search(head[:1024]):
        raise _refusal(_two_things(), name)
    if b"%PDF-" in head[:1024] and (head.startswith(_PICTURES) or head.startswith(b"PK")):
        raise _refusal(_two_things(), name)
    if listed is not None and head.startswith(b"PK"):
        return _of_archive(file, listed, name)
    if b"%PDF-" in head[:1024]:
        return [SCRIPT] if _found(file, _IN_PDF) else []
    if head.startswith(_OLE):
        return [MACROS] if _found(file, _IN_OLE) else []
    return _of_page(file, name, head)


def _two_at_once(head: bytes) -> bool:
    """Whether what has an archive at its end begins as something else, which people open."""
    return head.startswith(_PICTURES) or b"%PDF-" in head[:1024]


def _of_page(file: BinaryIO, name: str, head: bytes) -> list[str]:
    """A drawing or a page: what begins with a mark, in whatever encoding."""
    plain = head.replace(b"\0", b"").removeprefix(b"\xef\xbb\xbf").removeprefix(b"\xff\xfe")
    if not plain.removeprefix(b"\xfe\xff").lstrip().startswith(b"<"):
        return []
    drawing = re.search(rb"<\s*(\w+:)?svg\b", plain, re.IGNORECASE) or ending(name) == "svg"
    if not _found(file, _PROGRAM):
        return []
    if drawing:
        raise _refusal(
            _("“%(name)s” is a drawing with a program in it. Send it as PDF, PNG or JPEG."), name
        )
    return [SCRIPT]


# ---- archives ----------------------------------------------------------------------------------


def _archive(file: BinaryIO) -> tuple[int | None, bool]:
    """Bytes of the list of names of a ZIP archive, None of no archive; whether the file ends so."""
    file.seek(max(0, file.seek(0, io.SEEK_END) - _TAIL))
    tail = file.read()
    at = tail.rfind(b"PK\x05\x06")
    if at < 0 or len(tail) - at < 22:
        return None, False
    listed, _at, comment = struct.unpack_from("<IIH", tail, at + 12)
    return listed, at + 22 + comment == len(tail)


def _of_archive(file: BinaryIO, listed: int, name: str) -> list[str]:
    if listed > LARGEST_LIST:
        raise _refusal(_bomb(), name)
    try:
        with zipfile.ZipFile(file) as archive:
            parts = archive.infolist()
    except (zipfile.BadZipFile, ValueError, OverflowError, NotImplementedError):
        return []  # broken: whoever opens it is told so
    size = file.seek(0, io.SEEK_END)
    unpacked = sum(part.file_size for part in parts)
    # Parts that share their bytes are listed as more than there is.
    if sum(part.compress_size for part in parts) > size or (
        unpacked > LARGEST_UNPACKED and unpacked > MOST_TIMES * size
    ):
        raise _refusal(_bomb(), name)
    return [MACROS] if any(map(_is_macro, (part.filename for part in parts))) else []


def _is_macro(name: str) -> bool:
    last = name.rsplit("/", 1)[-1].lower()
    return last == "vbaproject.bin" or (
        name.startswith(("Basic/", "Scripts/")) and last.endswith((".xml", ".py", ".js", ".bsh"))
    )


# ---- help --------------------------------------------------------------------------------------


def _found(file: BinaryIO, pattern: re.Pattern[bytes]) -> bool:
    return any(pattern.search(piece) for piece in _pieces(file))


def _pieces(file: BinaryIO) -> Iterator[bytes]:
    """A file in pieces that overlap; texts in two bytes a letter are read as one."""
    wide, kept = False, b""
    file.seek(0)
    while piece := file.read(_CHUNK):
        wide = wide or piece.startswith((b"\xff\xfe<\0", b"\xfe\xff\0<", b"<\0", b"\0<"))
        yield kept + (piece.replace(b"\0", b"") if wide else piece)
        kept = piece[-_OVERLAP:]


def _refusal(message: Any, name: str) -> Invalid:
    said = message % {"name": name}
    return Invalid(said, fields={"file": [said]})


def _two_things() -> Any:
    return _(
        "“%(name)s” is two files in one: opened in another way it turns out to be something else. "
        "Save it anew and send it again."
    )


def _bomb() -> Any:
    return _(
        "“%(name)s” is an archive that unpacks to far more than it is. Send the files themselves."
    )
