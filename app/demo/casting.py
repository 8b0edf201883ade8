"""Casts by the thousand: portions of them, each a transaction, several at work at a time.

A portion takes its numbers before it begins, so that neither the house nor the next portion waits
for them. Then it writes all rows but those of the journal, whose chain goes on where the portion
before has left it: it waits until that one is kept, seals its lines and writes them, while others
begin. What comes out is the same however many there are at a time.
"""

import os
import random
from collections import Counter, defaultdict, deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from queue import Empty, SimpleQueue
from threading import Event

from sqlalchemy import Connection, Table, func, select
from sqlalchemy.orm import Session

from app.audit.services import Chain
from app.database import db, transaction
from app.demo.casts import Cast, Model, Rows, Series
from app.demo.citizens import Citizens, Words
from app.demo.patterns import Pattern
from app.demo.writing import Writer, unchecked, unsynced
from app.directory.services import body, give_back, next_numbers
from app.extensions import application
from app.search.stock import Said, Stock
from app.session import wait_for_disk

#: So many casts are one transaction, and so many of them are written at a time.
TRANSACTION, PORTION = 2_000, 250
#: So many transactions are at work at a time on PostgreSQL: one for each core, and one that waits.
AT_A_TIME = 1 + min(os.cpu_count() or 1, 4)
#: So many ids a running server may take from a sequence while it is set past those of a portion.
TAKEN_MEANWHILE = 1_000
#: Something to be done.
Do = Callable[[], None]
#: How often to look whether a transaction is over, in seconds.
_LOOK = 0.05


class Caster:
    """Makes rows of patterns, each time with other people, texts, ids and numbers."""

    def __init__(
        self, chance: random.Random, citizens: Citizens, write: Writer, patterns: Sequence[Pattern]
    ) -> None:
        self._chance = chance
        self.citizens, self.writer = citizens, write
        with transaction() as session:
            zone = body(session).zone
            self._models = [Model(pattern, write, citizens, zone) for pattern in patterns]
            self.stock = Stock(session.connection(), citizens.said, citizens.told)

    def cast(self, count: int) -> Iterator[int]:
        """Write so many casts; yield how many more are written, again and again."""
        at_a_time = AT_A_TIME if db.engine.dialect.name == "postgresql" else 1
        app = application()
        told = SimpleQueue[int]()
        at_work = deque[Portion]()

        def write(portion: Portion) -> None:
            with app.app_context():
                portion.write(told.put)

        try:
            with ThreadPoolExecutor(at_a_time) as threads:
                for begun in range(0, count, TRANSACTION):
                    if len(at_work) == at_a_time:
                        yield from _told_until(at_work[0].kept, told)
                        at_work.popleft()
                    casts = [self._cast(n) for n in range(begun, min(begun + TRANSACTION, count))]
                    portion = Portion(self, casts, at_work[-1] if at_work else None)
                    portion.kept = threads.submit(write, portion)
                    # One that failed at once lets the next find that out.
                    portion.kept.add_done_callback(portion.begin)
                    at_work.append(portion)
                while at_work:
                    yield from _told_until(at_work[0].kept, told)
                    at_work.popleft()
            with transaction() as session:
                wait_for_disk(session)  # none of them has
        finally:
            for portion in reversed(at_work):
                portion.give_back()

    def _cast(self, number: int) -> Cast:
        model = self._models[number % len(self._models)]
        writing = self._chance.choice(self.citizens.writings)
        return Cast(model, self._chance.choice(model.people), writing)


def _told_until(over: Future[None], told: SimpleQueue[int]) -> Iterator[int]:
    while not over.done() or not told.empty():
        with suppress(Empty):
            yield told.get(timeout=_LOOK)
    over.result()


class Portion:
    """The casts of one transaction; whoever comes after waits for it to be `begun` and `kept`.

    The database takes the rows of some casts while those of the next are made.
    """

    kept: Future[None]

    def __init__(self, caster: Caster, casts: Sequence[Cast], before: "Portion | None") -> None:
        self._caster, self._casts, self._before = caster, casts, before
        self._models = Counter(cast.model for cast in casts)
        self._numbers: _Numbers | None = None
        self.begun = Event()

    def write(self, tell: Callable[[int], None]) -> None:
        """Write all rows; `tell` how many more casts are complete."""
        if self._before:
            self._before.begun.wait()
        with transaction() as session:
            unsynced(session.connection())
            numbers = _Numbers(session, self._models)
        self._numbers = numbers
        with transaction() as session:
            first = _take_ids(session, self._models)
            for cast in self._casts:
                cast.begin(first, numbers.next(cast.model), self._caster.citizens)
            self.begin()
            self._write(session, tell)

    def give_back(self) -> None:
        """Give the numbers back if the rows are not kept."""
        if self._numbers and self.kept.exception():
            with transaction() as session:
                self._numbers.give_back(session)

    def begin(self, _kept: Future[None] | None = None) -> None:
        """Let the next one begin."""
        self.begun.set()

    def _write(self, session: Session, tell: Callable[[int], None]) -> None:
        connection = session.connection()
        self._caster.stock.lay(connection)
        unsynced(connection)
        if not unchecked(connection):
            self._wait()  # for what its rows may lead to
        _beside(self._rows(connection))
        self._wait()
        chain = Chain(session)
        session.flush()
        _beside(self._journal(connection, chain, tell))
        chain.close()

    def _wait(self) -> None:
        if self._before:
            self._before.kept.result()
            self._before = None  # who holds the last portion does not hold them all

    def _some(self) -> Iterator[Sequence[Cast]]:
        for begun in range(0, len(self._casts), PORTION):
            yield self._casts[begun : begun + PORTION]

    def _rows(self, connection: Connection) -> Iterator[Do]:
        for casts in self._some():
            rows: Rows = defaultdict(list)
            texts = list[Said]()
            for cast in casts:
                cast.give(self._caster.writer, rows)
                texts += cast.said()
            yield partial(self._keep, connection, rows, texts)

    def _keep(self, connection: Connection, rows: Rows, texts: Sequence[Said]) -> None:
        self._caster.writer.write(connection, rows)
        self._caster.stock.keep(connection, texts)

    def _journal(
        self, connection: Connection, chain: Chain, tell: Callable[[int], None]
    ) -> Iterator[Do]:
        for casts in self._some():
            rows: Rows = defaultdict(list)
            for cast in casts:
                cast.seal(chain, rows)
                cast.values.clear()
            yield partial(self._sealed, connection, rows, partial(tell, len(casts)))

    def _sealed(self, connection: Connection, rows: Rows, tell: Do) -> None:
        self._caster.writer.write(connection, rows)
        tell()


def _beside(deeds: Iterable[Do]) -> None:
    """Do each while the next is made ready; one after the other all the same."""
    with ThreadPoolExecutor(1) as thread:
        last = thread.submit(lambda: None)
        for deed in deeds:
            last.result()
            last = thread.submit(deed)
        last.result()


def _take_ids(session: Session, models: Counter[Model]) -> dict[str, int]:
    """The first free id of each table, with as many after it kept free as the casts need."""
    needed: Counter[str] = Counter()
    for model, times in models.items():
        needed.update({name: each * times for name, each in model.pattern.counts.items()})
    return {
        name: _reserved(session, db.metadata.tables[name], number)
        for name, number in needed.items()
    }


def _reserved(session: Session, table: Table, number: int) -> int:
    if session.get_bind().dialect.name == "postgresql":
        sequence = session.scalar(select(func.pg_get_serial_sequence(table.name, "id")))
        # Who asks the sequence between its two moves is given an id before those reserved.
        last = func.nextval(sequence) + TAKEN_MEANWHILE + number
        taken = select(func.setval(sequence, last))
        return int(session.execute(taken).scalar_one()) - number + 1
    return int(session.execute(select(func.coalesce(func.max(table.c.id), 0))).scalar_one()) + 1


class _Numbers:
    """The numbers of one portion: those of receipts, cards and letters, by day."""

    def __init__(self, session: Session, models: Counter[Model]) -> None:
        needed: Counter[Series] = Counter()
        for model, times in models.items():
            for series in model.series:
                needed[series] += times
        self._taken = {
            series: next_numbers(session, *series, count) for series, count in needed.items()
        }
        self._free = {series: iter(numbers) for series, numbers in self._taken.items()}

    def next(self, model: Model) -> Words:
        """The words of the next cast of the model that are numbers."""
        return model.numbered([next(self._free[series]) for series in model.series])

    def give_back(self, session: Session) -> None:
        """Have them be the next again, as far as nobody has taken others since."""
        for series, numbers in reversed(self._taken.items()):
            give_back(session, *series, numbers)
