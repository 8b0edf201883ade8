"""One cast: the rows of a played appeal with another person, another text, other ids and numbers.

It is made in two steps. `begin` makes all that needs nothing others wait for; `end` the rest, when
numbers and seals are to be had.
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
from app.demo import words
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
    """A pattern, ready to be cast; the shapes of the rows that `begin` and that `end` makes."""

    def __init__(self, pattern: Pattern, write: Writer, citizens: Citizens) -> None:
        self.pattern = pattern
        self.people = citizens.people[not pattern.applicant["email"]]
        self.writings = citizens.writings[words.number_of(pattern.appeal["text"])]
        self.files = [(place, citizens.say(text)) for place, text in pattern.files]
        self.early, self.late = list[tuple[str, Shape]](), list[tuple[str, Shape]]()
        for name, lines in pattern.tables.items():
            for late, shapes in ((False, self.early), (True, self.late)):
                if rows := [line.cells for line in lines if line.late is late]:
                    shapes.append((name, write.shape(db.metadata.tables[name], rows)))

    def series(self, zone: str) -> Iterator[Series]:
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
    """Who writes what, in which played appeal's stead; `values` are its pattern's."""

    model: Model
    person: Citizen
    writing: Writing
    values: list[Any] = field(default_factory=list)

    def begin(self, first: dict[str, int]) -> None:
        """Take the first free id of each table, and the next; make what needs no number."""
        values, pattern = self.values, self.model.pattern
        values += places(pattern.counts, first)
        for name, step in pattern.counts.items():
            first[name] += step
        known = self.person.words | self.writing.words
        for name in pattern.words:
            values += known.get(name, _LATER)
        values += _LATER[:2] * len(pattern.lines)
        values += [None if made.late else made.make(values) for made in pattern.made]

    def end(self, numbers: Words, chain: Chain) -> None:
        """Make what told of numbers, hashes and seals."""
        values, pattern = self.values, self.model.pattern
        for name, word in numbers.items():
            self._say(pattern.words[name], word)
        for place, form in pattern.hashes:
            self._say(place, spelt(sha256(form.made(values).encode()).hexdigest()))
        parts = pattern.sealed.made(values).split("\n")
        for line, (place, part) in enumerate(zip(pattern.lines, parts, strict=True)):
            at = pattern.seals + 2 * line
            values[at : at + 2] = chain.seal(values[place], part)
        for at, made in enumerate(pattern.made, pattern.seals + 2 * len(parts)):
            if made.late:
                values[at] = made.make(values)

    def _say(self, place: int, word: Sequence[str]) -> None:
        self.values[place : place + len(word)] = word

    def give(self, shapes: Sequence[tuple[str, Shape]], rows: Rows) -> None:
        """Add the rows of these shapes."""
        for name, shape in shapes:
            rows[name] += shape(self.values)

    def compared(self, citizens: Citizens, write: Writer, rows: Rows) -> None:
        """Add the rows that say which other appeal's text is like this one's."""
        appeal_id = self.values[0]
        first, percent, bands = citizens.note(self.writing, appeal_id)
        rows["appeal_likeness"].append(write.line(appeal_id, first, percent))
        rows["appeal_text_band"] += (write.line(band, appeal_id) for band in bands)

    def said(self, numbers: Words) -> Iterator[Said]:
        """What the search is to know of it."""
        key, said = f"appeal:{self.values[0]}", self.writing.said
        rest = f"{numbers['number'][0]} {numbers['receipt'][0]}".strip()
        yield Said(key, indexing.WHOLE, said, self.person.whole, rest)
        yield Said(key, indexing.NAMED, said, self.person.named, rest)
        yield Said(key, indexing.MASKED, said, None, rest)
        for place, text in self.model.files:
            yield Said(key, indexing.FILE, text, source=str(self.values[place]))
