"""Cast the played appeals as often as is asked, into this house's database.

A batch is a transaction: it takes ids, numbers and the journal's next seals, and writes table by
table in great portions. What is cast can be opened, carried on, searched and verified like what a
person filed; only the bytes of files and letters are those of the played appeal.
"""

import json
import random
import uuid
from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy import JSON, Connection, Table, create_engine, func, select
from sqlalchemy.orm import Session

from app import clock
from app.appeals import codes, indexing
from app.appeals.policy import number_key
from app.audit.policy import Line
from app.audit.services import Chain
from app.config import Settings
from app.correspondence.policy import CONTENT, content_hash
from app.database import db, transaction
from app.demo import rehearsal, words
from app.demo.citizens import Citizens, Word, Words, spelt
from app.demo.patterns import Pattern, Reader, RowPattern, as_file_name, places
from app.directory.services import body, next_numbers
from app.documents import blobs, store
from app.documents.policy import new_check_code
from app.extensions import settings
from app.search import services as search

#: So many appeals are played, at most; all others are casts of theirs.
PLAYED = 32
#: So many people and texts differ, at most.
PEOPLE, TEXTS = 20_000, 4_000
BATCH = 500

Rows = dict[str, list[list[Any]]]
_JOURNAL = [column.name for column in db.metadata.tables["journal"].columns]


def fill(count: int, seed: int, played: int = PLAYED) -> Iterator[int]:
    """Add `count` appeals; yield how many more are there after each batch. Equal seeds are alike.

    `played` of them, at most, are played and the others cast. Raises `rehearsal.Failed`.
    """
    with rehearsal.rehearsed(min(count, played), seed) as house:
        patterns = _patterns(house)
        if not patterns:
            raise rehearsal.Failed("nobody could file an appeal")
        _keep_files(house)
    chance = random.Random(seed)  # noqa: S311  # the demonstration has no secrets
    citizens = Citizens.of(chance, min(count, PEOPLE), min(count, TEXTS))
    caster = _Caster(chance, citizens)
    shares = [len(range(at, count, len(patterns))) for at in range(len(patterns))]
    for pattern, share in zip(patterns, shares, strict=True):
        for begun in range(0, share, BATCH):
            number = min(BATCH, share - begun)
            with transaction() as session:
                rows, texts = caster.cast(session, pattern, number)
                _write(session, rows)
                search.add(session, texts)
            yield number


def _patterns(house: Path) -> list[Pattern]:
    key = settings().access_code_key
    fresh = {
        ("outbox", "uid"): lambda _place: lambda _values: uuid.uuid4().hex,
        ("survey_invitation", "token_hash"): lambda place: (
            lambda values: codes.token_hash(codes.survey_token(key, values[place]))
        ),
    }
    engine = create_engine(rehearsal.database_of(house))
    with engine.connect() as played:
        found = Reader(played, db.engine.dialect, fresh).patterns()
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

    def __init__(self, chance: random.Random, citizens: Citizens) -> None:
        self._chance = chance
        self._citizens = citizens

    def cast(
        self, session: Session, pattern: Pattern, number: int
    ) -> tuple[Rows, list[search.Said]]:
        """The rows of `number` casts, by table, and what the search is to know of them."""
        first = _take_ids(session, pattern, number)
        numbers = _Numbers(session, pattern, number)
        chain = Chain(session)
        rows: Rows = defaultdict(list)
        texts: list[search.Said] = []
        for at in range(number):
            values: list[Any] = list(places(pattern.counts, first))
            for name, step in pattern.counts.items():
                first[name] += step
            appeal_id = values[0]
            for word in self._words(pattern, appeal_id, numbers.of(at), rows):
                values += word
            texts += _texts(pattern, values)
            for letter, place in pattern.approved:
                values[place] = values[place + 1] = _frozen(letter.cast(values))
            for table, lines in pattern.tables.items():
                made = [line.cast(values) for line in lines]
                if table == "journal":
                    for line, row in zip(lines, made, strict=True):
                        _seal(chain, line, row)
                rows[table] += made
        return rows, texts

    def _words(
        self, pattern: Pattern, appeal_id: int, numbers: Words, rows: Rows
    ) -> Iterator[Word]:
        by_post = not pattern.applicant["email"]
        person = self._chance.choice(self._citizens.people[by_post])
        matter = words.number_of(pattern.appeal["text"])
        writing = self._chance.choice(self._citizens.writings[matter])
        first, percent, bands = self._citizens.note(writing, appeal_id)
        rows["appeal_likeness"].append([appeal_id, first, percent])
        rows["appeal_text_band"] += ([band, appeal_id] for band in bands)
        known = person | writing.words | numbers
        return (known.get(name, ("", "")) for name in pattern.words)


def _texts(pattern: Pattern, values: list[Any]) -> Iterator[search.Said]:
    """What `appeals.indexing` keeps of a card; the texts of the stock name nobody."""
    key = f"appeal:{values[0]}"
    at = sum(pattern.counts.values())
    said = dict(zip(pattern.words, values[at::2], strict=True))
    written = f"{said['text']} {said['place']}"
    numbers = f"{said['number']} {said['receipt']}"
    contacts = f"{said['email']} {said['postal_address']}"
    yield search.Said(key, indexing.WHOLE, f"{written} {said['name']} {contacts} {numbers}")
    yield search.Said(key, indexing.NAMED, f"{written} {said['name']} {numbers}")
    yield search.Said(key, indexing.MASKED, f"{written} {numbers}")
    for place, text_of_file in pattern.files:
        yield search.Said(key, indexing.FILE, text_of_file, source=str(values[place]))


def _frozen(letter: list[Any]) -> str:
    """The hash of what a letter says, as its approval keeps it."""
    table = db.metadata.tables["letter"]
    cells = {column.name: each for column, each in zip(table.columns, letter, strict=True)}
    content = {
        name: json.loads(cells[name]) if isinstance(table.c[name].type, JSON) else cells[name]
        for name in CONTENT
    }
    return content_hash(content)


def _take_ids(session: Session, pattern: Pattern, number: int) -> dict[str, int]:
    """The first free id of each table, with as many after it kept free as `number` casts need."""
    return {
        name: _reserved(session, db.metadata.tables[name], each * number)
        for name, each in pattern.counts.items()
    }


def _reserved(session: Session, table: Table, number: int) -> int:
    if session.get_bind().dialect.name == "postgresql":
        sequence = session.scalar(select(func.pg_get_serial_sequence(table.name, "id")))
        taken = select(func.setval(sequence, func.nextval(sequence) + number - 1))
        return int(session.execute(taken).scalar_one()) - number + 1
    return int(session.execute(select(func.coalesce(func.max(table.c.id), 0))).scalar_one()) + 1


class _Numbers:
    """The numbers of a batch: those of receipts, cards and letters, in the order of the casts."""

    def __init__(self, session: Session, pattern: Pattern, number: int) -> None:
        zone = body(session).zone
        received = clock.local(pattern.appeal["received_at"], zone).date()
        self._receipts = next_numbers(session, "receipt", received, number)
        registered: date | None = pattern.appeal["registered_on"]
        self._numbers = next_numbers(session, "appeal", registered, number) if registered else None
        self._letters = [
            next_numbers(session, "outgoing", letter["dated"], number) for letter in pattern.letters
        ]

    def of(self, at: int) -> Words:
        receipt = self._receipts[at]
        number = self._numbers[at] if self._numbers else ""
        said = {"receipt": receipt, "receipt_key": number_key(receipt)}
        said |= {"number": number, "number_key": number_key(number)}
        for place, taken in enumerate(self._letters):
            said |= {f"letter{place}": taken[at], f"file{place}": as_file_name(taken[at])}
            said[f"check{place}"] = new_check_code()
        return {name: spelt(word) for name, word in said.items()}


def _seal(chain: Chain, line: RowPattern, row: list[Any]) -> None:
    entry, source = dict(zip(_JOURNAL, row, strict=True)), line.source
    row[_JOURNAL.index("seq")], row[_JOURNAL.index("hash")] = chain.seal(
        Line(
            entry["id"],
            source["at"],
            source["actor"],
            source["action"],
            entry["subject"],
            entry["details"],
        )
    )


def _write(session: Session, rows: Rows) -> None:
    """Write the rows, each table after those it leads to."""
    session.flush()
    connection = session.connection()
    put = _copy if connection.dialect.name == "postgresql" else _insert
    for table in db.metadata.sorted_tables:
        if lines := rows.get(table.name):
            put(connection, table, lines)


def _copy(connection: Connection, table: Table, rows: list[list[Any]]) -> None:
    names = ", ".join(f'"{column.name}"' for column in table.columns)
    cursor = connection.connection.cursor()
    with cursor.copy(f'COPY "{table.name}" ({names}) FROM STDIN') as copy:
        for row in rows:
            copy.write_row(row)


def _insert(connection: Connection, table: Table, rows: list[list[Any]]) -> None:
    names = ", ".join(f'"{column.name}"' for column in table.columns)
    marks = ", ".join("?" * len(table.columns))
    statement = f'INSERT INTO "{table.name}" ({names}) VALUES ({marks})'  # noqa: S608  # names are the models'
    connection.exec_driver_sql(statement, [tuple(row) for row in rows])
