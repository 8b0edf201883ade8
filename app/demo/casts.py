"""One cast: the rows of a played appeal with another person, another text, other ids and numbers.

It is made in three steps: `begin` gives it what is its own, then its rows can be had but for those
of the journal, which tell of seals: `seal` is done when it is its turn in the chain.
"""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from hashlib import sha256
from typing import Any

from app import clock
from app.appeals import indexing
from app.appeals.policy import number_key
from app.audit.services import Chain
from app.database import db
from app.demo.citizens import Citizen, Citizens, Words, Writing
from app.demo.forms import spelt
from app.demo.patterns import Pattern, as_file_name, places
from app.demo.writing import Shape, Writer
from app.documents.policy import new_check_code
from app.search.stock import Said

#: Of what a number is the next: a series and a day.
Series = tuple[str, date]
#: Rows, or texts of rows, by their table.
Rows = dict[str, list[Any]]
#: A word that is not known yet.
_LATER = spelt("")
#: For what never comes twice, not even by the same seed.
unlike = random.Random()  # noqa: S311  # the demonstration has no secrets


class Model:
    """A pattern, ready to be cast, with the shapes of its rows."""

    def __init__(self, pattern: Pattern, write: Writer, citizens: Citizens, zone: str) -> None:
        self.pattern = pattern
        self.people = citizens.people[not pattern.applicant["email"]]
        self.files = [(place, citizens.say(text)) for place, text in pattern.files]
        self.shapes: dict[str, Shape] = {
            name: write.shape(db.metadata.tables[name], rows)
            for name, rows in pattern.tables.items()
        }
        self.journal = self.shapes.pop("journal")
        self.series = list(self._series(zone))

    def _series(self, zone: str) -> Iterator[Series]:
        """Which numbers a cast takes, in their order."""
        appeal = self.pattern.appeal
        yield "receipt", clock.local(appeal["received_at"], zone).date()
        if registered := appeal["registered_on"]:
            yield "appeal", registered
        for letter in self.pattern.letters:
            yield "outgoing", letter["dated"]

    def numbered(self, taken: Sequence[str]) -> Words:
        """The words that are numbers, given those of the `series`."""
        receipt, *rest = taken
        number = rest.pop(0) if self.pattern.appeal["registered_on"] else ""
        said = {"receipt": receipt, "receipt_key": number_key(receipt)}
        said |= {"number": number, "number_key": number_key(number)}
        for place, letter in enumerate(rest):
            said |= {f"letter{place}": letter, f"file{place}": as_file_name(letter)}
            said[f"check{place}"] = new_check_code(unlike.choice)
        return {name: spelt(word) for name, word in said.items()}


@dataclass
class Cast:
    """Who writes what, in which played appeal's stead.

    `values` are its pattern's, `like` tells which other appeal's text is like this one's, `about`
    what the search is to know of its numbers.
    """

    model: Model
    person: Citizen
    writing: Writing
    values: list[Any] = field(default_factory=list)
    like: tuple[int, int, list[int]] = (0, 0, [])
    about: str = ""

    def begin(self, first: dict[str, int], numbers: Words, citizens: Citizens) -> None:
        """Take the numbers, and the first free id of each table and the next."""
        values, pattern = self.values, self.model.pattern
        values += places(pattern.counts, first)
        for name, step in pattern.counts.items():
            first[name] += step
        known = self.person.words | self.writing.words | numbers
        for name in pattern.words:
            values += known.get(name, _LATER)
        values += _LATER[:2] * len(pattern.lines)
        self.about = f"{numbers['number'][0]} {numbers['receipt'][0]}".strip()
        self.like = citizens.note(self.writing, values[0])

    def give(self, write: Writer, rows: Rows) -> None:
        """Add its rows but for those of the journal."""
        values, pattern = self.values, self.model.pattern
        for place, form in pattern.hashes:
            hashed = spelt(sha256(form.made(values).encode()).hexdigest())
            values[place : place + len(hashed)] = hashed
        for make in pattern.made:
            values.append(make(values))
        for name, shape in self.model.shapes.items():
            rows[name] += shape(values)
        first, percent, bands = self.like
        rows["appeal_likeness"].append(write.line(values[0], first, percent))
        rows["appeal_text_band"] += (write.line(band, values[0]) for band in bands)

    def seal(self, chain: Chain, rows: Rows) -> None:
        """Add its lines of the journal, which are the next ones in the chain."""
        values, pattern = self.values, self.model.pattern
        parts = pattern.sealed.made(values).split("\n")
        for line, (place, part) in enumerate(zip(pattern.lines, parts, strict=True)):
            at = pattern.seals + 2 * line
            values[at : at + 2] = chain.seal(values[place], part)
        rows["journal"] += self.model.journal(values)

    def said(self) -> Iterator[Said]:
        """What the search is to know of it."""
        key, said, rest = f"appeal:{self.values[0]}", self.writing.said, self.about
        yield Said(key, indexing.WHOLE, said, self.person.whole, rest)
        yield Said(key, indexing.NAMED, said, self.person.named, rest)
        yield Said(key, indexing.MASKED, said, None, rest)
        for place, text in self.model.files:
            yield Said(key, indexing.FILE, text, source=str(self.values[place]))
