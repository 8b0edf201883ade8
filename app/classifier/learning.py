"""What this body's clerks chose before, for texts with the same words.

Of a text its stems become numbers of 32 bits, and of a choice only sums stay: nobody can read a
letter or a name out of them, and nothing leads back to an appeal. A choice weighs half of what it
did after `HALF_LIFE`; what nobody chooses any more falls out. A text that repeats others counts for
less each time (1, 1/2, 1/3, …), so that a campaign of a thousand letters is worth seven and a half.
"""

import math
from collections.abc import Collection, Iterable, Mapping
from datetime import date
from hashlib import blake2b

from sqlalchemy import delete, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from app.classifier import words
from app.classifier.models import Chosen, LearnedWord
from app.classifier.speech import heard

HALF_LIFE = 240  # days
_EPOCH = date(2026, 1, 1)
# A choice counts in full when there are several: after two it has half of its say.
_SURE = 2.0
# So many choices of anything at all are taken to have been made before the first one, so that a
# word of the first letters is not yet held to mean what they were about.
_BEFORE = 200
# How much the words must say for half of the greatest share, alone and by what the others say.
_HALF, _OF_OTHERS = 1.0, 0.1
# What is worth less than this many choices of today is forgotten.
_LEAST = 0.05
MOST_WORDS = 60
MOST_REASONS = 3
ANY = 0


def learn(
    session: Session,
    text: str,
    codes: Collection[str],
    day: date,
    *,
    names: Iterable[str] = (),
    weight: float = 1.0,
) -> None:
    """Take in that a text was given these questions; `names` are left out of its words.

    `weight` is 1 for a text of its own and less for one of many like it.
    """
    numbers = sorted({ANY, *_numbers(text, names)})
    now = _worth(day)
    stale = LearnedWord.weight < _LEAST * now
    session.execute(delete(LearnedWord).where(LearnedWord.word.in_(numbers), stale))
    # In one order everywhere: two at once wait for each other and do not lock each other out.
    rows = [
        {"word": number, "code": code, "weight": weight * now, "times": 1}
        for number in numbers
        for code in sorted(set(codes))
    ]
    if not rows:
        return
    dialect = session.get_bind().dialect.name
    insert = (postgresql if dialect == "postgresql" else sqlite).insert(LearnedWord).values(rows)
    session.execute(
        insert.on_conflict_do_update(
            index_elements=["word", "code"],
            set_={
                "weight": LearnedWord.weight + insert.excluded.weight,
                "times": LearnedWord.times + insert.excluded.times,
            },
        )
    )


def chosen(session: Session, text: str, day: date) -> dict[str, Chosen]:
    """What was chosen for texts with the words of this one, by the code of the question."""
    spoken = _numbers(text)
    if not spoken:
        return {}
    rows = session.execute(
        select(LearnedWord.word, LearnedWord.code, LearnedWord.weight, LearnedWord.times).where(
            LearnedWord.word.in_([ANY, *spoken])
        )
    ).all()
    now = _worth(day)
    weights: dict[int, dict[str, tuple[float, int]]] = {}
    for number, code, weight, times in rows:
        weights.setdefault(number, {})[code] = (weight / now, times)
    return _shares(weights, spoken)


def _shares(
    weights: Mapping[int, Mapping[str, tuple[float, int]]], spoken: Mapping[int, str]
) -> dict[str, Chosen]:
    """Each word votes for what was chosen with it more often than without, rare words for more."""
    at_all = weights.get(ANY, {})
    every = sum(weight for weight, _times in at_all.values()) + _BEFORE
    votes: dict[str, list[tuple[float, int, str]]] = {}
    possible = 0.0
    for number, word in spoken.items():
        given = weights.get(number, {})
        known = sum(weight for weight, _times in given.values()) + 1
        telling = math.log(1 + every / known)
        possible += telling
        for code, (weight, times) in given.items():
            beyond = weight / known - at_all[code][0] / every
            if beyond > 0:
                votes.setdefault(code, []).append((telling * beyond, times, word))
    return {code: _counted(cast, at_all[code][0], possible) for code, cast in votes.items()}


def _counted(cast: list[tuple[float, int, str]], often: float, possible: float) -> Chosen:
    most = sorted(cast, reverse=True)[:MOST_REASONS]
    said = sum(vote for vote, _times, _word in cast)
    share = said / (said + _HALF + _OF_OTHERS * possible)
    sure = often / (often + _SURE)
    times = max(times for _vote, times, _word in most)
    return Chosen(share * sure, times, tuple(word for _vote, _times, word in most))


def _numbers(text: str, names: Iterable[str] = ()) -> dict[int, str]:
    """The words of a text by their numbers, as they were written; names of people are left out."""
    left_out = {stem for name in names for stem in words.stems(name)}
    spoken = heard(text).spoken
    told = [(stem, word) for stem, word in spoken.items() if stem not in left_out]
    return {_number(stem): word for stem, word in told[:MOST_WORDS]}


def _number(stem: str) -> int:
    return int.from_bytes(blake2b(stem.encode(), digest_size=4).digest(), "big", signed=True)


def _worth(day: date) -> float:
    """What a choice of a day weighs, in those of the first of January 2026."""
    return float(2.0 ** ((day - _EPOCH).days / HALF_LIFE))
