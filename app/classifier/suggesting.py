"""Suggestions from the text of an appeal: BM25 over stems of names and paths.

A suggestion is a hint with its reasons (the words of the text), never an assignment.
"""

import heapq
import math
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence

from app.classifier import words
from app.classifier.models import QUESTION, Hit, Node

K1, B = 1.2, 0.4
# A word in the name itself tells more than the same word in a heading high above.
_OWN, _ABOVE = 3.0, (0.2, 0.7, 1.5, 2.0)
# "No address given", "correspondence ended" …: what became of a letter is not what it is about.
PROCEDURAL_THEME = 27
_PROCEDURAL = 0.2
_SUBQUESTION = 0.9
MOST_REASONS = 6
MOST_REPETITIONS = 3


class Suggester:
    """An index of stems over the assignable nodes of one edition."""

    def __init__(self, nodes: Sequence[Node]) -> None:
        self.nodes = [node for node in nodes if node.assignable]
        lengths: list[float] = []
        self._postings: dict[str, list[tuple[int, float]]] = {}
        for at, node in enumerate(self.nodes):
            weights: defaultdict[str, float] = defaultdict(float)
            for stem, weight in _stems(node):
                weights[stem] += weight
            lengths.append(sum(weights.values()))
            for stem, weight in weights.items():
                self._postings.setdefault(stem, []).append((at, weight))
        mean = sum(lengths) / max(1, len(lengths))
        self._norms = [K1 * (1 - B + B * length / mean) for length in lengths]
        self._factors = [_factor(node) for node in self.nodes]

    def suggest(self, text: str, limit: int) -> list[Hit]:
        """Return the likeliest nodes first; none when no word of the text is known."""
        spoken: dict[str, str] = {}
        counts: Counter[str] = Counter()
        for word in words.content_words(text):
            stem = words.stem(word)
            spoken.setdefault(stem, word)
            counts[stem] += 1
        scores: dict[int, float] = {}
        reasons: dict[int, list[tuple[float, str]]] = {}
        for stem, count in counts.items():
            for at, gain in self._gains(stem, min(count, MOST_REPETITIONS)):
                scores[at] = scores.get(at, 0.0) + gain
                reasons.setdefault(at, []).append((gain, spoken[stem]))
        best = heapq.nlargest(limit, scores.items(), key=lambda found: (found[1], -found[0]))
        return [self._hit(at, score, reasons[at]) for at, score in best]

    def _gains(self, stem: str, count: int) -> Iterator[tuple[int, float]]:
        postings = self._postings.get(stem, ())
        rarity = math.log(1 + (len(self.nodes) - len(postings) + 0.5) / (len(postings) + 0.5))
        # A word said three times counts more than once, yet far from three times as much.
        weight = rarity * (1 + math.log(count))
        for at, often in postings:
            gain = weight * often * (K1 + 1) / (often + self._norms[at])
            yield at, gain * self._factors[at]

    def _hit(self, at: int, score: float, reasons: list[tuple[float, str]]) -> Hit:
        led = tuple(word for _, word in heapq.nlargest(MOST_REASONS, reasons))
        return Hit(**vars(self.nodes[at]), score=round(score, 3), words=led)


def _stems(node: Node) -> Iterator[tuple[str, float]]:
    *above, _ = node.path.split(" / ")
    named = [(_OWN, node.name), *zip(_ABOVE, above, strict=False)]
    for weight, name in named:
        for word in words.content_words(name):
            yield words.stem(word), weight


def _factor(node: Node) -> float:
    factor = 1.0 if node.level == QUESTION else _SUBQUESTION
    return factor * _PROCEDURAL if node.segments[2] == PROCEDURAL_THEME else factor
