"""What is asked of a PDF that somebody else made."""

from typing import BinaryIO

MEDIA_TYPE = "application/pdf"


def sheets(stream: BinaryIO) -> int | None:
    """How many pages it has; None where the file is broken or locked by a password."""
    # Loading it takes a twentieth of a second, and few commands look into a PDF.
    from pypdf import PdfReader  # noqa: PLC0415
    from pypdf.errors import PyPdfError  # noqa: PLC0415

    try:
        return len(PdfReader(stream).pages)
    except (PyPdfError, ValueError, KeyError, RecursionError):
        return None
