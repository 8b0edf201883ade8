"""What a person types into a search field, and where a text says it.

Words are sought in every form, `"words in quotes"` («…» too) side by side, `beginn*` by their
beginning; all of them have to be there. ё is е.
"""

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from operator import itemgetter

import snowballstemmer

LONGEST_QUERY, MOST_TERMS = 300, 12
#: How much of a text a list shows around what was found, in characters.
AROUND = 180
_WORD = re.compile(r"\w+")
#: Quotes of the keyboard, and those that word processors make of them.
_TERM = re.compile(r'["«„“]([^"«»„“”]+)["»“”]|(\w+(?:[-.@/]\w+)*)(\*?)')
_stemmers = {
    "russian": snowballstemmer.stemmer("russian"),
    "english": snowballstemmer.stemmer("english"),
}

#: Pieces of a text, each with whether it is what was sought.
Fragment = tuple[tuple[str, bool], ...]


@dataclass(frozen=True)
class Term:
    """One thing to find: stems that stand side by side, or the beginning of a word."""

    words: tuple[str, ...]
    begins: bool = False

    @property
    def stems(self) -> tuple[str, ...]:
        return tuple(stem(word) for word in self.words)


def folded(text: str) -> str:
    return text.casefold().replace("ё", "е")


@lru_cache(maxsize=100_000)
def stem(word: str) -> str:
    """What the forms of a folded word have in common."""
    language = "english" if word.isascii() else "russian"
    return str(_stemmers[language].stemWord(word))


def plain(text: str) -> str:
    """The folded words with spaces between: PostgreSQL would read `И-81-ОГ/26` as a path."""
    return " ".join(_WORD.findall(folded(text)))


def stemmed(text: str) -> str:
    """The text as its stems: what SQLite is given to keep."""
    return " ".join(map(stem, plain(text).split()))


def terms(query: str) -> tuple[Term, ...]:
    """What the query asks for; nothing for a query without a letter or digit."""
    found = list[Term]()
    for phrase, word, star in _TERM.findall(folded(query[:LONGEST_QUERY])):
        parts = tuple(_WORD.findall(phrase or word))
        if parts:
            found.append(Term(parts, begins=bool(star) and len(parts) == 1))
    return tuple(dict.fromkeys(found))[:MOST_TERMS]


def fragment(text: str, sought: tuple[Term, ...]) -> Fragment:
    """The piece of the text that says most of what was sought; its beginning if it says nothing."""
    hits = list(_hits(text, sought))
    start, end = _window(text, hits)
    pieces = list[tuple[str, bool]]()
    at = start
    for begins, ends, _term in hits:
        if begins >= at and ends <= end:
            pieces += [(text[at:begins], False), (text[begins:ends], True)]
            at = ends
    pieces.append((text[at:end], False))
    if start > 0:
        pieces.insert(0, ("… ", False))
    if end < len(text):
        pieces.append((" …", False))
    return tuple((" ".join(words.split("\n")), marked) for words, marked in pieces if words)


def _hits(text: str, sought: tuple[Term, ...]) -> Iterator[tuple[int, int, int]]:
    """Begin and end of each place that says a term, all words of it, and the number of the term."""
    found = [(one.start(), one.end(), folded(one[0])) for one in _WORD.finditer(text)]
    said = [stem(word) for _begins, _ends, word in found]
    phrases = defaultdict[str, list[tuple[tuple[str, ...], int]]](list)
    for at, term in enumerate(sought):
        phrases[term.stems[0]].append((term.stems, at))
    beginnings = [(term.words[0], at) for at, term in enumerate(sought) if term.begins]
    for place, (begins, _ends, word) in enumerate(found):
        here = [
            (len(stems), at)
            for stems, at in phrases.get(said[place], ())
            if tuple(said[place : place + len(stems)]) == stems
        ] or [(1, at) for beginning, at in beginnings if word.startswith(beginning)]
        if here:
            length, at = max(here, key=itemgetter(0))
            yield begins, found[place + length - 1][1], at


def _window(text: str, hits: list[tuple[int, int, int]]) -> tuple[int, int]:
    """Where the piece begins and ends, on whole words: most terms first, then most words."""
    if not hits:
        return 0, _word_end(text, AROUND)
    best, chosen = (0, 0), 0
    for place, (begins, _ends, _term) in enumerate(hits[:200]):
        inside = [term for start, _end, term in hits[place:] if start < begins + AROUND]
        if (score := (len(set(inside)), len(inside))) > best:
            best, chosen = score, begins
    start = max(0, chosen - AROUND // 4)
    if start:
        space = text.find(" ", start, chosen)
        start = space + 1 if space >= 0 else chosen
    return start, _word_end(text, start + AROUND)


def _word_end(text: str, at: int) -> int:
    if at >= len(text):
        return len(text)
    space = text.rfind(" ", max(0, at - 30), at)
    return space if space > 0 else at
