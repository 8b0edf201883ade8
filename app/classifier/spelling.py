"""The known stem that was meant by one that is not known: a slip of the pen, or a kindred word."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator, Mapping

# What a corrected and a kindred stem count beside one that was written as it is known.
SLIP, KIN = 0.8, 0.5
_SHORTEST_SLIP = 4
_SHORTEST_KIN = 5


class Spelling:
    """Finds stems one slip away (a letter lost, added, changed, or two swapped), then kindred ones.

    Both sides of a slip have a form in common once a letter is taken out of each; these forms are
    what is looked up. `known` holds how often a stem occurs: of two that are near, the more common
    one is meant.
    """

    def __init__(self, known: Mapping[str, int]) -> None:
        self._often = known
        self._known = sorted(known)
        self._short: defaultdict[str, list[str]] = defaultdict(list)
        for stem in self._known:
            if len(stem) >= _SHORTEST_SLIP:
                for form in _shortened(stem):
                    self._short[form].append(stem)

    def meant(self, stem: str) -> tuple[str, float] | None:
        """The known stem and how much it counts; None when nothing is near."""
        if len(stem) < _SHORTEST_SLIP:
            return None
        slips = {one for form in _shortened(stem) for one in self._short.get(form, ())}
        near = [one for one in slips if _one_slip(stem, one)]
        if near:
            return max(near, key=lambda one: (self._often[one], -len(one), one)), SLIP
        kin = self._kin(stem)
        return None if kin is None else (kin, KIN)

    def _kin(self, stem: str) -> str | None:
        """The stem with the longest beginning in common, if it is most of either."""
        at = bisect_left(self._known, stem)
        neighbours = self._known[max(0, at - 1) : at + 1]
        shared = [(_common(stem, one), one) for one in neighbours]
        length, best = max(shared, default=(0, ""))
        longest = max(len(stem), len(best))
        return best if length >= max(_SHORTEST_KIN, 0.6 * longest) else None


def _shortened(stem: str) -> Iterator[str]:
    yield stem
    for at in range(len(stem)):
        yield stem[:at] + stem[at + 1 :]


def _one_slip(left: str, right: str) -> bool:
    """Whether they differ by one letter lost, added or changed, or by two that swapped."""
    if abs(len(left) - len(right)) > 1:
        return False
    head = _common(left, right)
    tail = _common(left[head:][::-1], right[head:][::-1])
    a, b = left[head : len(left) - tail], right[head : len(right) - tail]
    return max(len(a), len(b)) <= 1 or (len(a) == 2 and a == b[::-1])


def _common(left: str, right: str) -> int:
    for at, (a, b) in enumerate(zip(left, right, strict=False)):
        if a != b:
            return at
    return min(len(left), len(right))
