"""The plain text of a letter seen as paragraphs, lists and tables of facts.

One text serves the mail's plain part, its HTML part and the printed sheet, so that they cannot
tell different things. The rules are those people follow anyway: an empty line ends a paragraph,
a dash begins an item of a list, and a paragraph of lines "Name: value" is a table.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

_ITEM = re.compile(r"^\s*[—–•*-]\s+(.*)$")
_FACT = re.compile(r"^([^:]{2,40}): +(\S.*)$")
_LINK = re.compile(r"https?://[^\s<>«»\"]+[^\s<>«»\".,;:!?)]")


@dataclass(frozen=True)
class Block:
    """`kind`: "text" (lines), "list" (items) or "facts" (rows of name and value)."""

    kind: str
    lines: tuple[str, ...] = ()
    rows: tuple[tuple[str, str], ...] = ()


def parse(text: str, *, facts: bool = True) -> tuple[Block, ...]:
    """Divide a text into blocks; without `facts`, people's own text is never made a table."""
    paragraphs = re.split(r"\n[ \t]*\n", text.replace("\r\n", "\n").strip())
    return tuple(block for paragraph in paragraphs for block in _blocks(paragraph, facts))


def _blocks(paragraph: str, facts: bool) -> Iterator[Block]:
    lines = [line.rstrip() for line in paragraph.split("\n") if line.strip()]
    found = [_FACT.match(line) for line in lines]
    if facts and lines and all(found):
        yield Block("facts", rows=tuple((one[1], one[2]) for one in found if one))
        return
    kind = ""
    held: list[str] = []
    for line in lines:
        item = _ITEM.match(line)
        now = "list" if item else "text"
        if held and now != kind:
            yield Block(kind, tuple(held))
            held = []
        kind = now
        held.append(item[1] if item else line.strip())
    if held:
        yield Block(kind, tuple(held))


def pieces(text: str) -> Iterator[tuple[str, bool]]:
    """The text cut at its links: (piece, whether it is a link)."""
    end = 0
    for link in _LINK.finditer(text):
        if link.start() > end:
            yield text[end : link.start()], False
        yield link[0], True
        end = link.end()
    if end < len(text):
        yield text[end:], False
