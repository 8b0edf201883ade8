"""How like two texts are: pairs of neighbouring words, compared as sets.

Letters of one campaign differ in names, addresses, dates and a sentence of the writer's own. So
words are cut to their beginnings, numbers are all one number, and greeting, signature and the
writer's name are left out (docs/adr/0017). `bands` makes of a text a few numbers of which texts
that are much alike share at least one: by them a table finds the likely ones among very many.
"""

import re
from collections.abc import Callable, Iterable
from difflib import SequenceMatcher
from hashlib import blake2b
from itertools import pairwise

from app.appeals.policy import folded

#: From this share of common pairs on two texts are like each other.
LIKE = 0.4
#: A text that is a part of another one is like it too, when it is a text at all.
WITHIN, LEAST_PAIRS = 0.8, 12

STEM = 6
BANDS, ROWS = 24, 3
_WORD = re.compile(r"\d+|[^\W\d_]+")
_GREETING = re.compile(
    r"^\s*(?:глубоко|много)?\s*(?:уважаем\w+|здравствуйте|добр(?:ый|ое|ого)\s+\w+)[^.!\n]{0,120}[.!,\n]",
    re.IGNORECASE,
)
_SIGNATURE = re.compile(
    r"(?:\n|(?<=[.!?]))\s*(?:с\s+уважением|заранее\s+(?:спасибо|благодар\w+)|подпись|дата)\b.{0,400}$",
    re.IGNORECASE | re.DOTALL,
)

Pairs = frozenset[str]


def words(text: str, writers: Iterable[str] = ()) -> list[str]:
    """The beginnings of the words that say what a text is about; `writers` are names in it."""
    body = _SIGNATURE.sub("", _GREETING.sub("", folded_lines(text), count=1), count=1)
    names = {_beginning(word) for name in writers for word in _WORD.findall(folded(name))}
    found = ("0" if word[0].isdigit() else word[:STEM] for word in _WORD.findall(folded(body)))
    return [word for word in found if not names & {word[:3], word[:4], word[:5]}]


def _beginning(name: str) -> str:
    """What stays of a name in every case: «Мария», «Марии»; nothing of an initial."""
    return name[: max(3, min(len(name) - 1, 5))]


def folded_lines(text: str) -> str:
    """The text in small letters, its lines kept: greeting and signature are lines."""
    return "\n".join(folded(line) for line in text.splitlines())


def pairs(text: str, writers: Iterable[str] = ()) -> Pairs:
    """The pairs of words that stand side by side."""
    found = words(text, writers)
    return frozenset(f"{one} {other}" for one, other in pairwise(found))


def likeness(one: Pairs, other: Pairs) -> float:
    """The share of common pairs, from 0 to 1; a text within a longer one counts as like it."""
    fewer = min(len(one), len(other))
    if not fewer:
        return 0.0
    common = len(one & other)
    share = common / (len(one) + len(other) - common)
    if fewer >= LEAST_PAIRS and common >= WITHIN * fewer:
        return max(share, LIKE)
    return share


def shuffled(pair: str) -> tuple[int, ...]:
    """The number of a pair of words in each place's own shuffling."""
    one = _hashed(pair)
    return tuple([(times * one + plus) % _PRIME for times, plus in _SHUFFLINGS])


Shuffled = Callable[[str], tuple[int, ...]]


def bands(found: Pairs, shuffled: Shuffled = shuffled) -> list[int]:
    """The numbers by which texts like this one are looked up; none for a text without words.

    MinHash: each of the places keeps the smallest number that its own shuffling gives to any
    pair; three places make a band. Two texts share a given band with the third power of their
    likeness. Who has many texts of the same pairs may bring a `shuffled` that remembers.
    """
    if not found:
        return []
    least = [min(numbers) for numbers in zip(*map(shuffled, found), strict=True)]
    return [_number(band, least[band * ROWS : (band + 1) * ROWS]) for band in range(BANDS)]


def _hashed(text: str, size: int = 8) -> int:
    digest = blake2b(text.encode(), digest_size=size).digest()
    return int.from_bytes(digest, "big", signed=size == 4)


def _number(band: int, values: list[int]) -> int:
    """A band as a whole number of 32 bits with a sign: what every database keeps in four bytes."""
    return _hashed(f"{band}:{values}", 4)


_PRIME = (1 << 61) - 1
# Fixed for ever: what was stored yesterday is compared with what is counted today.
_SHUFFLINGS = tuple(
    (_hashed(f"times {place}") % _PRIME or 1, _hashed(f"plus {place}") % _PRIME)
    for place in range(BANDS * ROWS)
)


def marked(text: str, sample: str) -> list[tuple[str, bool]]:
    """The text in pieces, each with whether it differs from the sample."""
    pieces, others = re.findall(r"\S+\s*", text), re.findall(r"\S+", sample)
    matcher = SequenceMatcher(None, [one.strip() for one in pieces], others, autojunk=False)
    found = list[tuple[str, bool]]()
    for what, start, end, _from, _to in matcher.get_opcodes():
        if start < end:
            found.append(("".join(pieces[start:end]), what != "equal"))
    return found
