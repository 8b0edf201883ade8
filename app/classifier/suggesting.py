"""Suggestions from the text of an appeal: BM25 over what people write, names and paths.

A suggestion is a hint with its reasons (the words of the text), never an assignment.
"""

import heapq
import math
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from app.classifier import words
from app.classifier.models import QUESTION, Chosen, Hit, Node
from app.classifier.speech import Pair, Speech, heard, together
from app.classifier.spelling import Spelling

K1, B = 3.0, 0.6
# What a word of the vocabulary, of the name and of the headings above (from the top) tells, and
# what a pair of words in its place tells beyond them.
_SAID, _SAID_PAIR = 3.0, 2.5
_NAMED, _NAMED_PAIR = 1.5, 1.5
_ABOVE = (0.1, 0.3, 0.6)
# Words of a longer phrase tell less each.
_LONG_PHRASE, _LONG_NAME = 0.7, 0.3
# "No address given", "correspondence ended" …: what became of a letter is not what it is about.
PROCEDURAL_THEME = 27
_PROCEDURAL = 0.2
MOST_REASONS = 6
MOST_REPETITIONS = 3
# What the beginning of a word tells beside the word: «снежные» are kin to «снегопаду» only there.
_ROOT, _OF_ROOT = 5, 0.5
_ROOT_SAID = 0.3
# How many times the best score earlier choices add at most: enough to come first, when clerks have
# agreed often enough and the text has the same words.
_CHOSEN = 3.0

Root = tuple[str]
Term = str | Pair | Root


class Suggester:
    """An index of stems and pairs over the questions of one edition.

    `vocabulary` holds phrases by the number of a question. A question that stands in several themes
    is suggested once, in the theme that fits best.
    """

    def __init__(
        self, nodes: Sequence[Node], vocabulary: Mapping[str, Sequence[str]] | None = None
    ) -> None:
        self.nodes = [node for node in nodes if node.assignable and node.level == QUESTION]
        self._places = {node.code: at for at, node in enumerate(self.nodes)}
        self._postings: dict[Term, list[tuple[int, float]]] = {}
        lengths: list[float] = []
        for at, node in enumerate(self.nodes):
            weights = _weights(node, (vocabulary or {}).get(node.number, ()))
            lengths.append(sum(weight for term, weight in weights.items() if isinstance(term, str)))
            for term, weight in weights.items():
                self._postings.setdefault(term, []).append((at, weight))
        mean = sum(lengths) / max(1, len(lengths))
        self._norms = [K1 * (1 - B + B * length / mean) for length in lengths]
        self._factors = [_factor(node) for node in self.nodes]
        stems = {
            term: len(found) for term, found in self._postings.items() if isinstance(term, str)
        }
        self._spelling = Spelling(stems)

    def suggest(
        self, text: str, limit: int, chosen: Mapping[str, Chosen] | None = None
    ) -> list[Hit]:
        """Return the likeliest questions first; none when no word of the text is known.

        `chosen` is what this body's clerks gave to such texts before, by the code of the question.
        """
        speech = heard(text)
        scores: dict[int, float] = {}
        reasons: dict[int, dict[str, float]] = {}
        for term, said, spoken in self._terms(speech):
            for at, gain in self._gains(term, said):
                scores[at] = scores.get(at, 0.0) + gain
                led = reasons.setdefault(at, {})
                for word in spoken:
                    led[word] = led.get(word, 0.0) + gain / len(spoken)
        self._learn(chosen or {}, scores, reasons)
        ranked = heapq.nlargest(4 * limit, scores.items(), key=lambda found: (found[1], -found[0]))
        best: dict[str, Hit] = {}
        for at, score in ranked:
            hit = self._hit(at, score, reasons[at])
            best.setdefault(hit.number, replace(hit, times=_times(chosen, hit.code)))
        return list(best.values())[:limit]

    def _learn(
        self,
        chosen: Mapping[str, Chosen],
        scores: dict[int, float],
        reasons: dict[int, dict[str, float]],
    ) -> None:
        """Add what clerks chose before, in proportion to the best score of the words."""
        most = _CHOSEN * max(scores.values(), default=1.0)
        for code, before in chosen.items():
            at = self._places.get(code)
            if at is not None:
                gain = most * before.share
                scores[at] = scores.get(at, 0.0) + gain
                led = reasons.setdefault(at, {})
                for word in before.words:
                    led[word] = led.get(word, 0.0) + gain / len(before.words)

    def _terms(self, speech: Speech) -> Iterator[tuple[Term, float, tuple[str, ...]]]:
        """What was said in the words of the index: the term, how much of it, the words."""
        known: dict[str, tuple[str, float]] = {}
        for stem, said in speech.stems.items():
            meant = (stem, 1.0) if stem in self._postings else self._spelling.meant(stem)
            if meant is not None:
                known[stem] = meant
                yield meant[0], said * meant[1], (speech.spoken[stem],)
        yield from self._roots(speech)
        for (one, other), said in speech.pairs.items():
            if one in known and other in known:
                (left, sure), (right, surer) = known[one], known[other]
                pair = (left, right) if left < right else (right, left)
                yield pair, said * sure * surer, (speech.spoken[one], speech.spoken[other])

    def _roots(self, speech: Speech) -> Iterator[tuple[Root, float, tuple[str, ...]]]:
        said: dict[Root, tuple[float, str]] = {}
        for stem, much in speech.stems.items():
            root = _root(stem)
            if root is not None and root in self._postings:
                before, first = said.get(root, (0.0, stem))
                said[root] = (before + much, first)
        for root, (much, first) in said.items():
            yield root, much * _ROOT_SAID, (speech.spoken[first],)

    def _gains(self, term: Term, said: float) -> Iterator[tuple[int, float]]:
        postings = self._postings.get(term, ())
        rarity = math.log(1 + (len(self.nodes) - len(postings) + 0.5) / (len(postings) + 0.5))
        # A word said three times counts more than once, yet far from three times as much.
        weight = rarity * (said if said < 1 else 1 + math.log(min(said, MOST_REPETITIONS)))
        for at, often in postings:
            yield at, weight * often * (K1 + 1) / (often + self._norms[at]) * self._factors[at]

    def _hit(self, at: int, score: float, reasons: Mapping[str, float]) -> Hit:
        led = heapq.nlargest(MOST_REASONS, reasons, key=lambda word: (reasons[word], word))
        return Hit(**vars(self.nodes[at]), score=round(score, 3), words=tuple(led))


def _weights(node: Node, phrases: Sequence[str]) -> dict[Term, float]:
    weights: defaultdict[Term, float] = defaultdict(float)
    for phrase in phrases:
        stems = words.stems(phrase)
        for stem in stems:
            weights[stem] += _SAID / len(stems) ** _LONG_PHRASE
        for pair in together(stems, 2):
            weights[pair] += _SAID_PAIR
    named = words.stems(node.name)
    share = max(1, len(named)) ** _LONG_NAME
    for stem in named:
        weights[stem] += _NAMED / share
    for pair in set(together(named, 1)):
        weights[pair] += _NAMED_PAIR / share
    *above, _own = node.path.split(" / ")
    for weight, heading in zip(_ABOVE, above, strict=False):
        for stem in set(words.stems(heading)):
            weights[stem] += weight
    for term, weight in list(weights.items()):
        root = _root(term) if isinstance(term, str) else None
        if root is not None:
            weights[root] += weight * _OF_ROOT
    return dict(weights)


def _root(stem: str) -> Root | None:
    """The beginning of a word that is longer than it, as a term; one letter less of a short one."""
    return (stem[: min(_ROOT, len(stem) - 1)],) if len(stem) >= _ROOT else None


def _times(chosen: Mapping[str, Chosen] | None, code: str) -> int:
    return chosen[code].times if chosen and code in chosen else 0


def _factor(node: Node) -> float:
    return _PROCEDURAL if node.segments[2] == PROCEDURAL_THEME else 1.0
