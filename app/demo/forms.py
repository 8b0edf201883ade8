"""Texts of which a great many are made, each with other values where a mark stands.

The values of one making are a flat list. An id takes one place in it, a word as many as it has
spellings: a mark says the place of the spelling that belongs there.
"""

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Any

#: The spellings of a word, by their distance from its place.
PLAIN, IN_JSON, COPIED, COPIED_JSON, TWICE = range(5)
#: From a spelling to what COPY makes of it, and to that of JSON within JSON.
TO_COPIED, TO_TWICE = COPIED - PLAIN, TWICE - IN_JSON
#: A word in each spelling: as it is, in JSON, each of them as COPY wants it, in JSON within JSON.
Word = tuple[str, str, str, str, str]

_MARK = re.compile("([\ue000\ue002])([0-9]+)[\ue001\ue003]")
_QUOTED = re.compile('"(\ue002[0-9]+\ue003)"')
_SPECIAL = str.maketrans({"\\": r"\\", "\n": r"\n", "\r": r"\r", "\t": r"\t"})
_encode = json.JSONEncoder(ensure_ascii=False).encode


class Marked(str):
    """A text with marks in it."""

    __slots__ = ()


def word_at(place: int) -> Marked:
    """The mark of a word in the spelling that has this place."""
    return Marked(f"\ue000{place}\ue001")


def value_at(place: int) -> Marked:
    """The mark of a value that is spelt one way everywhere: a number, a hash, a key."""
    return Marked(f"\ue002{place}\ue003")


def unquoted(text: str) -> Marked:
    """JSON in which the values stand as numbers."""
    return Marked(_QUOTED.sub(r"\1", text))


def spelt(word: str) -> Word:
    once = _encode(word)[1:-1]
    if once == word:
        return (word,) * 5
    return word, once, copied(word), copied(once), _encode(once)[1:-1]


def copied(text: str) -> str:
    """The text as the text format of COPY has it."""
    return text.translate(_SPECIAL)


@dataclass(frozen=True)
class Form:
    """A text to be made of values: `take` picks those that `form` has room for."""

    form: str
    take: Callable[[Sequence[Any]], Any]

    @classmethod
    def of(cls, marked: str, shift: int = 0) -> "Form":
        """What is marked; words `shift` places on from where their marks point."""
        pieces = _MARK.split(marked)
        form = "%s".join(piece.replace("%", "%%") for piece in pieces[::3])
        places = [
            int(place) + (shift if kind == "\ue000" else 0)
            for kind, place in zip(pieces[1::3], pieces[2::3], strict=True)
        ]
        return cls(form, itemgetter(*places) if places else lambda _values: ())

    def made(self, values: Sequence[Any]) -> str:
        text: str = self.form % self.take(values)
        return text


def whole(marked: Marked) -> int | None:
    """The place of the value that is all of the text, if one is."""
    found = _MARK.fullmatch(marked)
    return int(found[2]) if found else None
