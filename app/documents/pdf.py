"""What is asked of a PDF that somebody else made."""

from typing import BinaryIO

from pypdf import PdfReader
from pypdf.errors import PyPdfError

MEDIA_TYPE = "application/pdf"


def sheets(stream: BinaryIO) -> int | None:
    """How many pages it has; None where the file is broken or locked by a password."""
    try:
        return len(PdfReader(stream).pages)
    except (PyPdfError, ValueError, KeyError, RecursionError):
        return None
