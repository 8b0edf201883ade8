"""What the text of an appeal says: its stems and the pairs of them that stand together.

Whom it is addressed to and who wrote it say little of what it is about: a greeting is left out, a
sentence of biography counts for less than one that asks or complains.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from app.classifier import words

Pair = tuple[str, str]

# Words of a phrase often stand apart in living speech: «мусор вторую неделю не вывозят».
APART = 3
BIOGRAPHY = 0.35
_SENTENCE = re.compile(r"[.!?;\n]+")
_BIOGRAPHY = re.compile(
    r"\b(?:я|мы|мне|меня зовут|являюсь|родил\w+|проработал\w*|трудил\w+|прожил\w*|ветеран\w*|"
    r"инвалид\w*|пенсионер\w*|вдова|многодетн\w+|житель\w*|воспитыва\w+|награжд[её]н\w*)\b",
    re.IGNORECASE,
)
_MATTER = re.compile(
    r"\b(?:не|нет|ни|без|прошу|просим|требу\w+|помог\w+|почему|как\w*|когда|куда|где|отказ\w*|"
    r"жалоб\w*|хо[чт]\w+|нужн\w+|должн\w+|обяза\w+)\b",
    re.IGNORECASE,
)


@dataclass
class Speech:
    """Stems and pairs with how much was said of each, and the words they were said with."""

    stems: dict[str, float] = field(default_factory=dict)
    pairs: dict[Pair, float] = field(default_factory=dict)
    spoken: dict[str, str] = field(default_factory=dict)


def heard(text: str) -> Speech:
    """Listen to a text, sentence by sentence."""
    speech = Speech()
    for sentence in _SENTENCE.split(words.without_greeting(text)):
        weight = BIOGRAPHY if _is_biography(sentence) else 1.0
        said = words.content_words(sentence)
        stems = [words.stem(word) for word in said]
        for stem, word in zip(stems, said, strict=True):
            speech.stems[stem] = speech.stems.get(stem, 0.0) + weight
            speech.spoken.setdefault(stem, word)
        for pair in set(together(stems, APART)):
            speech.pairs[pair] = max(speech.pairs.get(pair, 0.0), weight)
    return speech


def together(stems: Sequence[str], apart: int) -> Iterator[Pair]:
    """Pairs of different stems at most `apart` places from each other, in any order."""
    for at, one in enumerate(stems):
        for other in stems[at + 1 : at + 1 + apart]:
            if one != other:
                yield (one, other) if one < other else (other, one)


def _is_biography(sentence: str) -> bool:
    return bool(_BIOGRAPHY.search(sentence)) and not _MATTER.search(sentence)
