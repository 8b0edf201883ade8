"""What people said, gathered by topic, unit or executor; few voices stay unheard."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

#: Of fewer voices a group is not told: who knows the people would know whose they are.
LEAST = 5

Voice = TypeVar("Voice")
Told = TypeVar("Told")


@dataclass(frozen=True)
class Grouped(Generic[Told]):
    """The groups that may be told, most voices first, and together those that are too small.

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

    What is hidden could be told from the whole less what is shown: so the smallest groups join
    the hidden ones until these are enough together.
    """
    by_code: dict[str, dict[int, Voice]] = defaultdict(dict)
    for appeal, voice in voices.items():
        for code in codes.get(appeal, ()):
            by_code[code][appeal] = voice
    shown = sorted(by_code, key=lambda code: (-len(by_code[code]), code))
    hidden: list[str] = []
    together: dict[int, Voice] = {}
    while shown and (len(by_code[shown[-1]]) < LEAST or 0 < len(together) < LEAST):
        hidden.append(shown.pop())
        together |= by_code[hidden[-1]]
    return Grouped(
        tuple(tell(code, name(code), by_code[code].values()) for code in shown),
        tell("", "", together.values()) if len(together) >= LEAST else None,
        len(hidden),
    )
