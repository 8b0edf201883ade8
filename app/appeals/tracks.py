"""Track numbers as the post gives them back: a table, read line by line."""

import csv
import io
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.extensions import lazy_gettext as _

#: How the post says that a letter comes back: «возврат», «возвращено отправителю».
_BACK = re.compile(r"возвра[тщ]", re.IGNORECASE)
#: A domestic number of the Russian post has 14 digits, an international one the form of the UPU.
_TRACK = re.compile(r"\d{14}|[A-Z]{2}\d{9}[A-Z]{2}")
NO_TRACK = _("There is no track number in this line.")
NO_LETTER = _("No letter of this batch has this number.")
TWICE = _("This letter stands in the table twice.")
TRACK_TWICE = _("This track number stands in the table twice.")
POSTED = _("This letter was posted already.")


@dataclass(frozen=True)
class Unmatched:
    """A line that told nothing; `line` counts from 1, `text` is what it says."""

    line: int
    text: str
    reason: Any


class Unreadable(Exception):
    """The file is no table."""


def rows_of_csv(content: bytes) -> list[list[str]]:
    """The rows of a CSV as the post's and office programs write it: `;`, `,` or tabs.

    Raises `Unreadable`.
    """
    text = _decoded(content)
    if "\0" in text:
        raise Unreadable
    head = text.partition("\n")[0]
    delimiter = max(";,\t", key=head.count)
    try:
        return [row for row in csv.reader(io.StringIO(text), delimiter=delimiter) if any(row)]
    except csv.Error as error:
        raise Unreadable from error


def _decoded(content: bytes) -> str:
    """Unicode in any of its forms; else the code page in which it reads as Russian."""
    wide = content.startswith((b"\xff\xfe", b"\xfe\xff"))
    try:
        return content.decode("utf-16" if wide else "utf-8-sig")
    except UnicodeDecodeError:
        read = (content.decode(page, "replace") for page in ("cp1251", "cp866"))
        return max(read, key=lambda text: len(re.findall("[а-яё]", text)))


def matched(
    rows: Iterable[Sequence[str]],
    letters: Mapping[str, int],
    open_now: Mapping[int, int],
    away: Collection[int],
) -> tuple[dict[int, str], list[int], list[Unmatched]]:
    """Track by letter, the letters that came back, and the lines that told nothing.

    `letters` are ids by outgoing number, `open_now` the letters that still wait to be posted,
    `away` those under way. One line may tell that a letter was posted and that it came back. The
    head of the table and empty lines are passed over.
    """
    found: dict[int, str] = {}
    back: list[int] = []
    rest: list[Unmatched] = []
    for line, row, track, letter in _read(
        rows, {_plain(number): one for number, one in letters.items()}
    ):
        shown = "; ".join(cell for cell in row if cell)[:200]
        returned = any(_BACK.search(cell) for cell in row)
        if letter is None and track is None:
            if line > 1:
                rest.append(Unmatched(line, shown, NO_LETTER))
        elif letter is None:
            rest.append(Unmatched(line, shown, NO_LETTER))
        elif letter in found or letter in back:
            rest.append(Unmatched(line, shown, TWICE))
        elif letter in away and returned:
            back.append(letter)
        elif letter not in open_now:
            rest.append(Unmatched(line, shown, POSTED))
        elif track is None:
            rest.append(Unmatched(line, shown, NO_TRACK))
        elif track in found.values():
            rest.append(Unmatched(line, shown, TRACK_TWICE))
        else:
            found[letter] = track
            back += [letter] * returned
    return found, back, rest


def _read(
    rows: Iterable[Sequence[str]], letters: Mapping[str, int]
) -> Iterator[tuple[int, list[str], str | None, int | None]]:
    for line, cells in enumerate(rows, 1):
        row = [str(cell).strip() for cell in cells]
        if not any(row):
            continue
        plain = [_plain(cell) for cell in row]
        track = next((cell for cell in plain if _TRACK.fullmatch(cell)), None)
        letter = next((letters[cell] for cell in plain if cell in letters), None)
        yield line, row, track, letter


def _plain(cell: str) -> str:
    """A cell without what people and programs put around a number."""
    return re.sub(r"[\s\u00a0'№]", "", cell).upper().removesuffix(".0")
