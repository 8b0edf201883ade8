"""How a document looks, without handing it to a browser: a drawn page, plain text, plain blocks."""

import json
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from app.documents import blobs, office, policy, workshop
from app.extensions import lazy_gettext as _

PROGRAM = Path(__file__).with_name("pages.py")
READER = Path(__file__).with_name("texts.py")
WIDTH = 1400
BOUNDS = workshop.Bounds(patience=30, seconds=20)
LARGEST = 100 * 1024 * 1024
LARGEST_OFFICE = 20 * 1024 * 1024
MOST_TEXT = 200_000

PICTURES = frozenset({"png", "jpg", "jpeg", "gif", "bmp", "tif", "tiff", "webp"})
TEXTS = frozenset({"txt", "csv", "log", "md"})
OFFICE = frozenset({"docx", "odt", "xlsx", "ods"})
#: Of these the words are shown, read in the workshop; the kind by the ending.
WORDS = {"rtf": "rtf", "html": "html", "htm": "html"}

_WIDE = (b"\xff\xfe", b"\xfe\xff")

TOO_LARGE = _("The file is too large to be shown here. Download it.")
BROKEN = _("The file cannot be read: it is damaged, locked by a password or not what it is named.")
OF_NO_KIND = _("Files of this kind are not shown here. Download it.")


@dataclass(frozen=True)
class Preview:
    """`picture` is JPEG; one of `picture`, `text`, `blocks` is there, or `trouble` in words.

    `page` counts from 1; `more` says that only the beginning is shown; beside a picture `text` is
    what the page says, where the file knows it.
    """

    trouble: Any = ""
    picture: bytes = b""
    text: str = ""
    blocks: tuple[office.Block, ...] = ()
    page: int = 1
    pages: int = 1
    more: bool = False


def preview(stream: BinaryIO, name: str, media_type: str, size: int, page: int = 1) -> Preview:
    """Draw or read one page of a file; closes the stream, raises nothing for what is in it."""
    kind = kind_of(name, media_type)
    with stream:
        if not kind:
            return Preview(trouble=OF_NO_KIND)
        if size > (LARGEST if kind in {"pdf", "picture", "text"} else LARGEST_OFFICE):
            return Preview(trouble=TOO_LARGE)
        if kind == "text":
            return _text(stream.read(MOST_TEXT + 1))
        with blobs.spool() as folder:
            path = Path(folder) / "file"
            with path.open("wb") as target:
                shutil.copyfileobj(stream, target)
            if kind in WORDS.values():
                return _words(path, kind)
            return _blocks(path, kind) if kind in OFFICE else _drawn(path, kind, page)


def kind_of(name: str, media_type: str) -> str:
    """How a file is shown: pdf, picture, text, rtf, html, the ending of an office file; or ''."""
    ending = policy.ending(name)
    if media_type == "application/pdf":
        return "pdf"
    if media_type.startswith("image/") and ending in PICTURES:
        return "picture"
    if ending in OFFICE:
        return ending
    return "text" if ending in TEXTS else WORDS.get(ending, "")


def _drawn(path: Path, kind: str, page: int) -> Preview:
    """A page drawn in the workshop, where it may break without the server noticing."""
    try:
        drawn = workshop.run(PROGRAM, str(path), kind, str(page), str(WIDTH), bounds=BOUNDS)
    except workshop.Refused:
        return Preview(trouble=BROKEN)
    except workshop.Broken:
        return Preview(trouble=TOO_LARGE)
    head, _line, picture = drawn.partition(b"\n")
    told = json.loads(head)
    return Preview(
        picture=picture, text=told["text"].strip(), page=told["page"], pages=told["pages"]
    )


def _words(path: Path, kind: str) -> Preview:
    try:
        read = workshop.run(READER, str(path), kind, str(MOST_TEXT + 1), bounds=BOUNDS)
    except workshop.Refused:
        return Preview(trouble=BROKEN)
    except workshop.Broken:
        return Preview(trouble=TOO_LARGE)
    said = read.decode("utf-8", "replace")
    return Preview(text=said[:MOST_TEXT].strip(), more=len(said) > MOST_TEXT)


def _blocks(path: Path, kind: str) -> Preview:
    try:
        found, more = office.read(path, kind)
    except office.Unreadable:
        return Preview(trouble=BROKEN)
    return Preview(blocks=tuple(found), more=more)


def _text(content: bytes) -> Preview:
    kept, more = content[:MOST_TEXT], len(content) > MOST_TEXT
    if b"\x00" in kept and not kept.startswith(_WIDE):
        return Preview(trouble=BROKEN)
    encoding = "utf-16" if kept.startswith(_WIDE) else "utf-8-sig"
    try:
        # A character may be cut in the middle by the bound.
        text = kept.decode(encoding, "ignore" if more else "strict")
    except UnicodeDecodeError:
        text = kept.decode("cp1251", "replace")
    return Preview(text=text, more=more)
