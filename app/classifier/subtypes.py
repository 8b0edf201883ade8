"""Subtypes of appeals: `classifier_data/subtypes.csv`.

Each belongs to a kind of the card; their names are those of the official document.
"""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from app.classifier.editions import SHIPPED

FILE = SHIPPED / "subtypes.csv"


@dataclass(frozen=True)
class Subtype:
    """`kind` as a card has it: proposal, statement, complaint or other."""

    code: str
    kind: str
    name: str


@lru_cache(maxsize=1)
def subtypes() -> Mapping[str, Subtype]:
    """Every subtype by its code, in the order of the document."""
    with FILE.open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file, delimiter=";")
        return {row["code"]: Subtype(row["code"], row["kind"], row["name"]) for row in rows}
