"""Cast the played appeals as often as is asked, into this house's database.

A portion of casts is a transaction: it takes ids, numbers and the journal's next seals first, then
makes rows and hands them, a few hundred casts at a time, to a thread that writes them meanwhile.
What is cast can be opened, carried on, searched and verified like what a person filed; only the
bytes of files and letters are those of the played appeal.
"""

import random
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any

from sqlalchemy import Table, create_engine, func, select
from sqlalchemy.orm import Session

from app import clock
from app.appeals import codes, indexing
from app.appeals.policy import number_key
from app.audit.services import Chain
from app.config import Settings
from app.database import db, transaction
from app.demo import indexes, rehearsal, words
from app.demo.citizens import Citizens, Words
from app.demo.forms import Word, spelt
from app.demo.patterns import Pattern, Reader, as_file_name, places
from app.demo.writing import Portions, Shape, Writer, unchecked, writer
from app.directory.services import body, next_numbers
from app.documents import blobs, store
from app.documents.policy import new_check_code
from app.extensions import settings
from app.search.stock import Said, Stock

#: So many appeals are played, at most; all others are casts of theirs.
PLAYED = 32
#: So many people and texts differ, at most.
PEOPLE, TEXTS = 20_000, 4_000
#: So many casts are one transaction, and so many of them are written at a time.
TRANSACTION, PORTION = 10_000, 250

#: Of what a number is the next: a series and a day.
_Series = tuple[str, date]
#: A word that only the others tell.
_TO_BE_HASHED: Word = spelt("")
#: For what never comes twice, not even by the same seed.
_unlike = random.Random()  # noqa: S311  # the demonstration has no secrets


def fill(count: int, seed: int, played: int = PLAYED) -> Iterator[int]:
    """Add `count` appeals; yield how many more are there after each portion. Equal seeds are alike.

    `played` of them, at most, are played and the others cast. Raises `rehearsal.Failed`.
    """
    write = writer(db.engine.dialect)
    chance = random.Random(seed)  # noqa: S311  # the demonstration has no secrets
    with rehearsal.rehearsed(min(count, played), seed) as house:
        patterns = _patterns(house, write)
        if not patterns:
            raise rehearsal.Failed("nobody could file an appeal")
        _keep_files(house)
    citizens = Citizens.of(chance, min(count, PEOPLE), min(count, TEXTS))
    caster = _Caster(chance, citizens, write, patterns)
    with indexes.set_aside(db.engine, count):
        for begun in range(0, count, TRANSACTION):
            with transaction() as session:
                yield from caster.fill(session, range(begun, min(begun + TRANSACTION, count)))


def _patterns(house: Path, write: Writer) -> list[Pattern]:
    key = settings().access_code_key
    fresh = {
        ("outbox", "uid"): lambda _place: lambda _values: f"{_unlike.getrandbits(128):032x}",
        ("survey_invitation", "token_hash"): lambda place: (
            lambda values: codes.token_hash(codes.survey_token(key, values[place]))
        ),
    }
    engine = create_engine(rehearsal.database_of(house))
    with engine.connect() as played:
        found = Reader(played, write.binary, fresh).patterns()
    engine.dispose()
    return found


def _keep_files(house: Path) -> None:
    theirs = store.build(Settings(data_dir=house, s3_endpoint=""))
    with transaction() as session:
        for sha256 in theirs.names():
            with theirs.open(sha256) as stream:
                path = Path(stream.name)
                blobs.hold(session, sha256, path.stat().st_size, own=True)
                store.files().put(path, sha256)


class _Caster:
    """Makes rows of patterns, each time with other people, texts, ids and numbers."""

    def __init__(
        self, chance: random.Random, citizens: Citizens, write: Writer, patterns: list[Pattern]
    ) -> None:
        self._chance = chance
        self._citizens = citizens
        self._writer = write
        self._models = [_Model(pattern, write, citizens) for pattern in patterns]
        with transaction() as session:
            self._stock = Stock(session.connection(), citizens.said)

    def fill(self, session: Session, numbers: range) -> Iterator[int]:
        """Write the casts with these numbers; yield how many more are written, again and again."""
        models = [self._models[number % len(self._models)] for number in numbers]
        first, taken = _take_ids(session, models), _Numbers(session, models)
        chain = Chain(session)
        session.flush()
        connection = session.connection()
        unchecked(connection)
        self._stock.lay(connection)

        def write(rows: Portions, texts: Sequence[Said]) -> None:
            self._writer.write(connection, rows)
            self._stock.keep(connection, texts)

        with ThreadPoolExecutor(1) as thread:
            before = None
            for begun in range(0, len(models), PORTION):
                some = models[begun : begun + PORTION]
                made = self._cast(some, first, taken, chain)
                if before:
                    before.result()
                before = thread.submit(write, *made)
                yield len(some)
            if before:
                before.result()
        chain.close()

    def _cast(
        self, models: Sequence["_Model"], first: dict[str, int], numbers: "_Numbers", chain: Chain
    ) -> tuple[Portions, list[Said]]:
        """The rows of one cast of each, by table, and what the search is to know of them."""
        rows: dict[str, list[Any]] = defaultdict(list)
        texts: list[Said] = []
        for model in models:
            pattern = model.pattern
            values: list[Any] = list(places(pattern.counts, first))
            for name, step in pattern.counts.items():
                first[name] += step
            self._say(model, values, numbers.next(pattern), rows, texts)
            for place, form in pattern.hashes:
                hashed = sha256(form.made(values).encode()).hexdigest()
                values[place : place + len(_TO_BE_HASHED)] = spelt(hashed)
            parts = pattern.sealed.made(values).split("\n")
            for place, part in zip(pattern.lines, parts, strict=True):
                values += chain.seal(values[place], part)
            for make in pattern.made:
                values.append(make(values))
            for name, shape in model.shapes:
                rows[name] += shape(values)
        return rows, texts

    def _say(
        self,
        model: "_Model",
        values: list[Any],
        numbers: Words,
        rows: dict[str, list[Any]],
        texts: list[Said],
    ) -> None:
        """Choose who writes what; add the words to the values."""
        appeal_id = values[0]
        person = self._chance.choice(model.people)
        writing = self._chance.choice(model.writings)
        first, percent, bands = self._citizens.note(writing, appeal_id)
        rows["appeal_likeness"].append(self._writer.line(appeal_id, first, percent))
        rows["appeal_text_band"] += (self._writer.line(band, appeal_id) for band in bands)
        known = person.words | writing.words | numbers
        for name in model.pattern.words:
            values += known.get(name, _TO_BE_HASHED)
        key = f"appeal:{appeal_id}"
        rest = f"{numbers['number'][0]} {numbers['receipt'][0]}".strip()
        said = writing.said
        texts.append(Said(key, indexing.WHOLE, said, person.whole, rest))
        texts.append(Said(key, indexing.NAMED, said, person.named, rest))
        texts.append(Said(key, indexing.MASKED, said, None, rest))
        for place, text in model.files:
            texts.append(Said(key, indexing.FILE, text, source=str(values[place])))


class _Model:
    """A pattern, ready to be cast."""

    def __init__(self, pattern: Pattern, write: Writer, citizens: Citizens) -> None:
        self.pattern = pattern
        self.people = citizens.people[not pattern.applicant["email"]]
        self.writings = citizens.writings[words.number_of(pattern.appeal["text"])]
        self.files = [(place, citizens.say(text)) for place, text in pattern.files]
        self.shapes: list[tuple[str, Shape]] = []
        for name, lines in pattern.tables.items():
            rows = [line.cells for line in lines]
            self.shapes.append((name, write.shape(db.metadata.tables[name], rows)))


def _take_ids(session: Session, models: Sequence[_Model]) -> dict[str, int]:
    """The first free id of each table, with as many after it kept free as the casts need."""
    needed: Counter[str] = Counter()
    for model, times in Counter(models).items():
        needed.update({name: each * times for name, each in model.pattern.counts.items()})
    return {
        name: _reserved(session, db.metadata.tables[name], number)
        for name, number in needed.items()
    }


def _reserved(session: Session, table: Table, number: int) -> int:
    if session.get_bind().dialect.name == "postgresql":
        sequence = session.scalar(select(func.pg_get_serial_sequence(table.name, "id")))
        taken = select(func.setval(sequence, func.nextval(sequence) + number - 1))
        return int(session.execute(taken).scalar_one()) - number + 1
    return int(session.execute(select(func.coalesce(func.max(table.c.id), 0))).scalar_one()) + 1


class _Numbers:
    """The numbers of one transaction: those of receipts, cards and letters, by day."""

    def __init__(self, session: Session, models: Sequence[_Model]) -> None:
        self._zone = body(session).zone
        needed: Counter[_Series] = Counter()
        for model, times in Counter(models).items():
            for series in self._series(model.pattern):
                needed[series] += times
        self._free = {
            series: iter(next_numbers(session, *series, count)) for series, count in needed.items()
        }

    def next(self, pattern: Pattern) -> Words:
        """The words of the next cast of the pattern that are numbers."""
        taken = [next(self._free[series]) for series in self._series(pattern)]
        receipt = taken.pop(0)
        number = taken.pop(0) if pattern.appeal["registered_on"] else ""
        said = {"receipt": receipt, "receipt_key": number_key(receipt)}
        said |= {"number": number, "number_key": number_key(number)}
        for place, letter in enumerate(taken):
            said |= {f"letter{place}": letter, f"file{place}": as_file_name(letter)}
            said[f"check{place}"] = new_check_code(_unlike.choice)
        return {name: spelt(word) for name, word in said.items()}

    def _series(self, pattern: Pattern) -> Iterator[_Series]:
        """Which numbers a cast takes, in their order."""
        yield "receipt", clock.local(pattern.appeal["received_at"], self._zone).date()
        if registered := pattern.appeal["registered_on"]:
            yield "appeal", registered
        for letter in pattern.letters:
            yield "outgoing", letter["dated"]
