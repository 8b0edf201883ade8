"""Read the text of a file; a program of the workshop (`forking.py`), away from the server.

`run(FILE, KIND, LONGEST)` gives the text, UTF-8.
"""

import importlib
import io
import os
import shutil
import subprocess
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pypdfium2

# Beside it: the application is not at hand.
office = importlib.import_module("office")
rtf = importlib.import_module("rtf")

#: Of a scan: pages read, and dots an inch, of which Tesseract likes no fewer.
MOST_SCANNED = 10
SHARPNESS = 300


def run(file: str, kind: str, longest: str) -> bytes:
    """The text, its first `longest` characters."""
    most = int(longest)
    said = _READERS.get(kind, _office)(Path(file), kind, most)
    return said[:most].encode("utf-8", "replace")


def _pdf(file: Path, _kind: str, longest: int) -> str:
    pages, size = list[str](), 0
    for sheet in pypdfium2.PdfDocument(file):
        pages.append(sheet.get_textpage().get_text_range())
        size += len(pages[-1])
        if size > longest:
            break
    said = "\n".join(pages)
    if said.strip() or not shutil.which("tesseract"):
        return said
    return "\n".join(_scanned(file))


def _scanned(file: Path) -> Iterator[str]:
    """The pages of a scan, one by one; a long one is read from its beginning."""
    for _number, sheet in zip(range(MOST_SCANNED), pypdfium2.PdfDocument(file), strict=False):
        page = io.BytesIO()
        sheet.render(scale=SHARPNESS / 72).to_pil().convert("L").save(page, "PNG")
        yield _recognised("stdin", page.getvalue())


def _text(file: Path, _kind: str, longest: int) -> str:
    with file.open("rb") as stream:
        content = stream.read(4 * longest)
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", "replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        if len(content) == 4 * longest and error.reason == "unexpected end of data":
            return content.decode("utf-8-sig", "ignore")  # cut in the middle of a letter
        return content.decode("cp1251", "replace")


def _html(file: Path, kind: str, longest: int) -> str:
    class Words(HTMLParser):
        """Keeps what a reader of the page would see."""

        def __init__(self) -> None:
            super().__init__()
            self.found: list[str] = []
            self.silent = 0

        def handle_starttag(self, tag: str, _attrs: Any) -> None:
            self.silent += tag in ("script", "style")

        def handle_endtag(self, tag: str) -> None:
            self.silent -= tag in ("script", "style") and self.silent > 0

        def handle_data(self, data: str) -> None:
            if not self.silent:
                self.found.append(data)

    reader = Words()
    reader.feed(_text(file, kind, longest))
    return " ".join(reader.found)


def _office(file: Path, kind: str, _longest: int) -> str:
    blocks, _more = office.read(file, kind)
    lines = [block.text or "\n".join(" ".join(row) for row in block.rows) for block in blocks]
    return "\n".join(lines)


def _rtf(file: Path, _kind: str, _longest: int) -> str:
    return str(rtf.read(file.read_bytes()))


def _picture(file: Path, _kind: str, _longest: int) -> str:
    return _recognised(str(file))


def _recognised(file: str, content: bytes | None = None) -> str:
    """What Tesseract reads in a picture, in the languages it has among ours."""
    known = _told("--list-langs").split()
    languages = "+".join(one for one in ("rus", "eng") if one in known) or "eng"
    return _told(file, "stdout", "-l", languages, content=content)


def _told(*arguments: str, content: bytes | None = None) -> str:
    # It reads a picture with as many threads as there are cores; the server needs them too.
    command, calm = ["tesseract", *arguments], {**os.environ, "OMP_THREAD_LIMIT": "1"}
    done = subprocess.run(command, input=content, capture_output=True, check=True, env=calm)
    return done.stdout.decode("utf-8", "replace")


_READERS = {"pdf": _pdf, "text": _text, "html": _html, "rtf": _rtf, "picture": _picture}
