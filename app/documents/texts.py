"""Read the text of a file; run as a program of its own, away from the server.

`texts.py FILE KIND LONGEST` writes the text, UTF-8. Like `pages.py` it has little memory, little
time and nothing to write to, and breaks alone. Exit 3: the file cannot be read.
"""

import importlib.util
import io
import os
import resource
import shutil
import subprocess
import sys
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

MEMORY = 1500 * 1024 * 1024
SECONDS = 60
#: Of a scan: pages read, and dots an inch, of which Tesseract likes no fewer.
MOST_SCANNED = 10
SHARPNESS = 300
UNREADABLE = 3


def main() -> int:
    """Do what the arguments say; the exit code."""
    file, kind, longest = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    try:
        said = _READERS.get(kind, _office)(file, kind, longest)
    except Exception as error:  # noqa: BLE001  # whatever the file did to its reader, it is unreadable
        sys.stderr.write(f"{type(error).__name__}\n")
        return UNREADABLE
    sys.stdout.buffer.write(said[:longest].encode("utf-8", "replace"))
    return 0


def _pdf(file: Path, _kind: str, longest: int) -> str:
    import pypdfium2  # noqa: PLC0415  # heavy, and needed for this kind only

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
    import pypdfium2  # noqa: PLC0415  # heavy, and needed for this kind only

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
    blocks, _more = _beside("office").read(file, kind)
    lines = [block.text or "\n".join(" ".join(row) for row in block.rows) for block in blocks]
    return "\n".join(lines)


def _rtf(file: Path, _kind: str, _longest: int) -> str:
    return str(_beside("rtf").read(file.read_bytes()))


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


def _beside(name: str) -> Any:
    """A module of the house that this program needs, found beside it."""
    spec = importlib.util.spec_from_file_location(name, Path(__file__).with_name(f"{name}.py"))
    if spec is None or spec.loader is None:
        raise ImportError(name)
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


_READERS = {"pdf": _pdf, "text": _text, "html": _html, "rtf": _rtf, "picture": _picture}

if __name__ == "__main__":
    sys.exit(main())
