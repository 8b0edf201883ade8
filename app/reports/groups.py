"""What people said, gathered by topic, unit or executor; few voices stay unheard."""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

#: Of fewer voices a group is not told: who knows the people would know whose they are.
LEAST = 5

Voice = TypeVar("Voice")
Told = TypeVar("Told")


@dataclass(frozen=True)
class Grouped(Generic[Told]):
    """The groups that may be told, most voices first, and together the voices of no told group.

    `rest` is None when nothing is hidden or when even together they are too few; `hidden` says
    how many groups are not told by themselves.
    """

    groups: tuple[Told, ...]
    rest: Told | None
    hidden: int


def by_group(
    voices: Mapping[int, Voice],
    codes: Mapping[int, Iterable[str]],
    name: Callable[[str], str],
    tell: Callable[[str, str, Collection[Voice]], Told],
) -> Grouped[Told]:
    """Gather the voices on appeals by the codes of these.

    What is hidden could be told from the whole less what is shown, as could what several groups
    share: so further groups are hidden, the smallest first, until either is nobody or enough.
    """
    by_code: dict[str, dict[int, Voice]] = defaultdict(dict)
    for appeal, voice in voices.items():
        for code in codes.get(appeal, ()):
            by_code[code][appeal] = voice
    shown = sorted(by_code, key=lambda code: (-len(by_code[code]), code))
    times = Counter(appeal for group in by_code.values() for appeal in group)
    apart = {appeal: voice for appeal, voice in voices.items() if not times[appeal]}
    hidden = 0
    while (telling := _telling(shown, by_code, times, len(apart))) is not None:
        shown.remove(telling)
        hidden += 1
        times.subtract(by_code[telling].keys())
        apart |= {one: voice for one, voice in by_code[telling].items() if not times[one]}
    return Grouped(
        tuple(tell(code, name(code), by_code[code].values()) for code in shown),
        tell("", "", apart.values()) if hidden and len(apart) >= LEAST else None,
        hidden,
    )


def _telling(
    shown: Sequence[str],
    by_code: Mapping[str, Collection[int]],
    times: Mapping[int, int],
    apart: int,
) -> str | None:
    """The smallest group that would tell of few voices, its own or others'; None if none would.

    `times` is in how many shown groups a voice is, `apart` are the voices in none.
    """
    if not shown:
        return None
    if len(by_code[shown[-1]]) < LEAST or 0 < apart < LEAST:
        return shown[-1]
    shared = {appeal for appeal, number in times.items() if number > 1}
    if 0 < len(shared) < LEAST:
        return next(code for code in reversed(shown) if not shared.isdisjoint(by_code[code]))
    return None
