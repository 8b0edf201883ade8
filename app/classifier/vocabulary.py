"""What people write when they mean a question: `classifier_data/vocabulary.tsv`.

A line is the number of a question, a tab, and words or phrases divided by semicolons. Numbers mean
the same in every edition, so one vocabulary serves them all; a question without a line is still
suggested by its name.
"""

from collections.abc import Mapping
from functools import lru_cache

from app.classifier.editions import SHIPPED

FILE = SHIPPED / "vocabulary.tsv"


@lru_cache(maxsize=1)
def phrases() -> Mapping[str, tuple[str, ...]]:
    """The phrases of each question by its number."""
    lines = FILE.read_text(encoding="utf-8").splitlines()
    parted = (line.partition("\t") for line in lines if not line.startswith("#"))
    return {
        number: tuple(phrase.strip() for phrase in rest.split(";")) for number, _tab, rest in parted
    }
