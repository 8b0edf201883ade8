"""The quick find: by number, or by the first letters of any words, within milliseconds."""

import heapq
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache

from app.classifier import words
from app.classifier.models import QUESTION, Hit, Node

# What it costs when a word of the query stands not in the name itself but above it.
_OWN, _QUESTION, _THEME, _TOPIC, _SECTION = 0.0, 2.0, 6.0, 9.0, 12.0
_ABOVE = (_SECTION, _TOPIC, _THEME, _QUESTION)
_NOT_WHOLE = 0.5
_PER_PLACE = 0.05
_PER_WORD = 0.02
_PER_LEVEL = 0.3
_BEGINNING = 4.0
# Ranks of a number: 0 the very question, 1 its sub-questions, 2 and 3 what a heading holds.
_BEGUN = 4
LONGEST_QUERY = 300
MOST_WORDS = 12
_LAST_LETTER = "\uffff"

Postings = dict[int, float]


class Finder:
    """An index over the assignable nodes of one edition."""

    def __init__(self, nodes: Sequence[Node]) -> None:
        self.nodes = [node for node in nodes if node.assignable]
        self.codes: Mapping[str, int] = {node.code: at for at, node in enumerate(self.nodes)}
        self._segments = [node.segments for node in self.nodes]
        self._names = [words.split(node.name) or [""] for node in self.nodes]
        self._paths = [words.split(node.path) for node in self.nodes]
        self._own_cost = [
            _PER_LEVEL * (node.level - QUESTION) + _PER_WORD * len(name)
            for node, name in zip(self.nodes, self._names, strict=True)
        ]
        self._by_segment, self._by_digits = _numbers(self.nodes)
        postings: dict[str, Postings] = {}
        for at, node in enumerate(self.nodes):
            for word, cost in _word_costs(node):
                held = postings.setdefault(word, {})
                held[at] = min(cost, held.get(at, cost))
        self._words = sorted(postings)
        self._postings = [postings[word] for word in self._words]
        self._short = lru_cache(maxsize=512)(self._gather)

    def find(self, query: str, limit: int) -> list[Hit]:
        """Return the best nodes first; an empty query lists the classifier from its beginning."""
        typed = words.split(query[:LONGEST_QUERY])[:MOST_WORDS]
        if not typed:
            return [self._hit(at, 0.0, ()) for at in range(min(limit, len(self.nodes)))]
        if all(word.isdigit() for word in typed):
            return self._by_number(typed, limit)
        return self._by_words(typed, limit) or self._otherwise(query, typed, limit)

    def numbered(self, query: str) -> list[Node]:
        """The nodes that a number means exactly: `1156`, `56.1156` or a full code."""
        typed = words.split(query[:LONGEST_QUERY])
        if not typed or not all(word.isdigit() for word in typed):
            return []
        ranks = self._number_ranks(typed)
        best = [at for rank, at in ranks if rank == 0]
        return [self.nodes[at] for at in best]

    def _otherwise(self, query: str, typed: list[str], limit: int) -> list[Hit]:
        """When no node has all the words as typed: the keyboard, other endings, fewer words."""
        if query.isascii():
            return self._by_words(words.split(words.retyped(query)), limit)
        stems = [words.stem(word) for word in typed]
        found = self._by_words(stems, limit)
        if found or len(typed) == 1:
            return found
        partial: dict[str, Hit] = {}
        for left_out in range(len(stems)):
            for hit in self._by_words(stems[:left_out] + stems[left_out + 1 :], limit):
                partial.setdefault(hit.code, hit)
        return heapq.nlargest(limit, partial.values(), key=lambda hit: hit.score)

    def _by_words(self, typed: list[str], limit: int) -> list[Hit]:
        found = [self._matching(word) for word in typed]
        found.sort(key=len)
        if not found or not found[0]:
            return []
        first, rest = typed[0], found[1:]
        ranked: list[tuple[float, int]] = []
        for at, cost in found[0].items():
            total = cost + self._own_cost[at]
            for other in rest:
                more = other.get(at)
                if more is None:
                    break
                total += more
            else:
                name = self._names[at]
                if name[0].startswith(first) and _opens(name, typed):
                    total -= _BEGINNING
                ranked.append((total, at))
        best = heapq.nsmallest(limit, ranked)
        return [self._hit(at, total, self._words_of(at, typed)) for total, at in best]

    def _matching(self, prefix: str) -> Postings:
        return self._short(prefix) if len(prefix) < 3 else self._gather(prefix)

    def _gather(self, prefix: str) -> Postings:
        """Nodes with a word that begins so, each with its cheapest cost."""
        first = bisect_left(self._words, prefix)
        last = bisect_left(self._words, prefix + _LAST_LETTER)
        if last - first == 1 and self._words[first] == prefix:
            return self._postings[first]
        found: Postings = {}
        for place in range(first, last):
            extra = 0.0 if self._words[place] == prefix else _NOT_WHOLE
            for at, cost in self._postings[place].items():
                total = cost + extra
                known = found.get(at)
                if known is None or total < known:
                    found[at] = total
        return found

    def _by_number(self, typed: list[str], limit: int) -> list[Hit]:
        best = heapq.nsmallest(limit, self._number_ranks(typed))
        return [self._hit(at, float(rank), (".".join(typed),)) for rank, at in best]

    def _number_ranks(self, typed: list[str]) -> list[tuple[int, int]]:
        if len(typed) == 1:
            return self._single_ranks(typed[0])
        last = next((int(part) for part in reversed(typed) if int(part)), 0)
        candidates = {*self._by_segment.get(last, ()), *self._by_digits.get(typed[-1], ())}
        ranks = ((_number_rank(self._segments[at], typed), at) for at in candidates)
        return [(rank, at) for rank, at in ranks if rank is not None]

    def _single_ranks(self, typed: str) -> list[tuple[int, int]]:
        """A lone number is a question: that very one, its sub-questions, then beginnings."""
        number = int(typed)
        same = [at for at in self._by_segment.get(number, ()) if self._question(at) == number]
        ranks = [(len(self._segments[at]) - QUESTION, at) for at in same]
        return ranks + [
            (_BEGUN + len(self._segments[at]) - QUESTION, at)
            for at in self._by_digits.get(typed, ())
            if self._question(at) != number
        ]

    def _question(self, at: int) -> int:
        return self._segments[at][QUESTION - 1]

    def _words_of(self, at: int, typed: Sequence[str]) -> tuple[str, ...]:
        known = self._names[at] + self._paths[at]
        led = (next((word for word in known if word.startswith(one)), one) for one in typed)
        return tuple(dict.fromkeys(led))

    def _hit(self, at: int, cost: float, led: tuple[str, ...]) -> Hit:
        return Hit(**vars(self.nodes[at]), score=round(100.0 - cost, 3), words=led)


def _word_costs(node: Node) -> Iterator[tuple[str, float]]:
    """Every word under which a node can be found, with what it costs to find it there."""
    *above, _ = node.path.split(" / ")
    for place, word in enumerate(words.split(node.name)):
        yield word, _OWN + min(place, 20) * _PER_PLACE
    # A name may itself hold " / ", so the costs are laid on from the section downwards.
    for cost, name in zip(_ABOVE, above, strict=False):
        for word in words.split(name):
            yield word, cost
    for number in {node.code.split(".")[3], node.code.split(".")[3].lstrip("0")}:
        yield number, _OWN


def _opens(name: Sequence[str], typed: Sequence[str]) -> bool:
    """Whether the name begins with the words of the query, each at least begun, in this order."""
    return len(typed) <= len(name) and all(
        word.startswith(begun) for word, begun in zip(name, typed, strict=False)
    )


def _numbers(nodes: Sequence[Node]) -> tuple[dict[int, list[int]], dict[str, list[int]]]:
    """Nodes by any number of their code, and by the first digits of their question."""
    by_segment: dict[int, list[int]] = {}
    by_digits: dict[str, list[int]] = {}
    for at, node in enumerate(nodes):
        for segment in set(node.segments):
            by_segment.setdefault(segment, []).append(at)
        number = node.code.split(".")[QUESTION - 1]
        spellings = (number, number.lstrip("0"))
        for digits in {word[:end] for word in spellings for end in range(1, len(word) + 1)}:
            by_digits.setdefault(digits, []).append(at)
    return by_segment, by_digits


def _number_rank(segments: tuple[int, ...], typed: Sequence[str]) -> int | None:
    """How well a typed number means a node: 0 exactly, then its sub-questions, then beginnings."""
    numbers = tuple(int(part) for part in typed)
    question = segments[:QUESTION]
    if question[-len(numbers) :] == numbers and len(numbers) <= QUESTION:
        return 0 if len(segments) == QUESTION else 1
    if len(numbers) > 1 and segments[-len(numbers) :] == numbers:
        # `742.110` may mean a question with its sub-question; a full code always does.
        return 0
    while numbers and numbers[-1] == 0:
        numbers = numbers[:-1]
    if len(numbers) > 1 and segments[: len(numbers)] == numbers:
        return 2 + len(segments) - QUESTION
    *whole, partial = typed
    before = tuple(int(part) for part in whole)
    if before == question[QUESTION - len(typed) : -1] and _begins(question[-1], partial):
        return _BEGUN + len(segments) - QUESTION
    return None


def _begins(number: int, typed: str) -> bool:
    return f"{number:04}".startswith(typed) or str(number).startswith(typed)
