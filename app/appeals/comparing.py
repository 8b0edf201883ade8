"""Two texts compared word by word, and paragraphs found again after they were changed."""

import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher

#: How like a paragraph must be to count as the one a remark was made on.
LIKE = 0.6
_WORDS = re.compile(r"\s+|[\w-]+|[^\w\s]")


def paragraphs(text: str) -> list[str]:
    """The paragraphs of a text: what empty lines divide."""
    return [one.strip() for one in re.split(r"\n\s*\n", text.replace("\r\n", "\n")) if one.strip()]


def differences(before: str, after: str) -> Iterator[tuple[str, str]]:
    """(`same`, `gone` or `new`, piece of text), which together are both texts."""
    old, new = (_WORDS.findall(one.replace("\r\n", "\n")) for one in (before, after))
    for what, old_at, old_to, new_at, new_to in SequenceMatcher(
        None, old, new, autojunk=False
    ).get_opcodes():
        if what == "equal":
            yield "same", "".join(old[old_at:old_to])
            continue
        if old_at < old_to:
            yield "gone", "".join(old[old_at:old_to])
        if new_at < new_to:
            yield "new", "".join(new[new_at:new_to])


def place_of(quote: str, among: Sequence[str]) -> int | None:
    """Where a paragraph stands now, changed perhaps; None when it is gone."""
    if quote in among:
        return list(among).index(quote)
    shares = [SequenceMatcher(None, quote, one).ratio() for one in among]
    best = max(range(len(among)), key=shares.__getitem__, default=None)
    return best if best is not None and shares[best] >= LIKE else None
