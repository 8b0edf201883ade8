"""A scan of many papers taken apart by the barcode sheets between them."""

import io
import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import zxingcpp

from app.documents import blobs, workshop
from app.errors import Invalid
from app.extensions import lazy_gettext as _

if TYPE_CHECKING:
    from pypdf import PdfReader

PROGRAM = Path(__file__).with_name("codes.py")
BOUNDS = workshop.Bounds(patience=180, seconds=120)
MOST_PAGES = 200
PREFIX = "RKK-"


@dataclass(frozen=True)
class Part:
    """Pages that followed a barcode sheet, as a PDF; `code` is '' before the first sheet."""

    code: str
    first: int
    pages: int
    content: bytes


def code_of(number: int) -> str:
    """What the barcode sheet of a card says."""
    return f"{PREFIX}{number}"


def number_of(code: str) -> int | None:
    """The card a code means; None of a code that is not ours."""
    digits = code.removeprefix(PREFIX)
    return int(digits) if code.startswith(PREFIX) and digits.isdecimal() else None


def drawn(code: str, kind: str = "QRCode") -> str:
    """A code as SVG; `kind`: QRCode or Code128."""
    made = zxingcpp.create_barcode(code, getattr(zxingcpp.BarcodeFormat, kind))
    return str(made.to_svg())


def taken_apart(content: bytes) -> list[Part]:
    """The parts of a scanned PDF in their order; raises Invalid on `file` when it is none.

    The barcode sheets themselves are left out; every other page is in exactly one part.
    """
    # Loading it takes a twentieth of a second, and few commands look into a PDF.
    from pypdf import PdfReader  # noqa: PLC0415
    from pypdf.errors import PyPdfError  # noqa: PLC0415

    codes = _codes(content)
    try:
        reader = PdfReader(io.BytesIO(content))
        parts: list[tuple[str, list[int]]] = [("", [])]
        for page, code in enumerate(codes):
            if code is None:
                parts[-1][1].append(page)
            else:
                parts.append((code, []))
        return [
            Part(code, pages[0] + 1, len(pages), _pdf(reader, pages))
            for code, pages in parts
            if pages
        ]
    except (PyPdfError, ValueError, KeyError, RecursionError) as error:
        raise _unreadable() from error


def _codes(content: bytes) -> list[str | None]:
    with blobs.spool() as folder:
        path = Path(folder) / "scan"
        path.write_bytes(content)
        try:
            done = workshop.run(PROGRAM, str(path), PREFIX, str(MOST_PAGES), bounds=BOUNDS)
        except (workshop.Refused, workshop.Broken) as error:
            raise _unreadable() from error
    found: list[str | None] = json.loads(done)
    return found


def _pdf(reader: "PdfReader", pages: list[int]) -> bytes:
    from pypdf import PdfWriter  # noqa: PLC0415  # loaded by then

    writer = PdfWriter()
    for page in pages:
        writer.add_page(reader.pages[page])
    file = io.BytesIO()
    writer.write(file)
    return file.getvalue()


def _unreadable() -> Invalid:
    message = _("This is no PDF that can be read, or it has more than %(n)s pages.", n=MOST_PAGES)
    return Invalid(message, fields={"file": [message]})
