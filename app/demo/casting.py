"""Casts by the thousand: portions of them, each a transaction, several at work at a time.

The counters of numbers and the end of the journal's chain are had by one transaction after the
other. So a portion first writes the rows that tell of neither; then it waits until the portion
before is kept, takes its numbers and seals, and writes the rest, while others begin. What comes out
is the same however many there are at a time.
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
from app.demo.writing import Writer, unchecked
from app.directory.services import body, next_numbers
from app.extensions import application
from app.search.stock import Said, Stock

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
        self._models = [Model(pattern, write, citizens) for pattern in patterns]
        self.citizens, self.writer = citizens, write
        with transaction() as session:
            self.stock = Stock(session.connection(), citizens.said)

    def cast(self, count: int) -> Iterator[int]:
        """Write so many casts; yield how many more are written, again and again."""
        at_a_time = AT_A_TIME if db.engine.dialect.name == "postgresql" else 1
        app = application()
        told = SimpleQueue[int]()
        at_work = deque[Portion]()

        def write(portion: Portion) -> None:
            with app.app_context():
                portion.write(told.put)

        with ThreadPoolExecutor(at_a_time) as threads:
            for begun in range(0, count, TRANSACTION):
                if len(at_work) == at_a_time:
                    yield from _told_until(at_work.popleft().kept, told)
                casts = [self._cast(n) for n in range(begun, min(begun + TRANSACTION, count))]
                portion = Portion(self, casts, at_work[-1] if at_work else None)
                portion.kept = threads.submit(write, portion)
                # One that failed at once lets the next find that out.
                portion.kept.add_done_callback(portion.begin)
                at_work.append(portion)
            for portion in at_work:
                yield from _told_until(portion.kept, told)

    def _cast(self, number: int) -> Cast:
        model = self._models[number % len(self._models)]
        return Cast(model, self._chance.choice(model.people), self._chance.choice(model.writings))


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
        self.begun = Event()

    def write(self, tell: Callable[[int], None]) -> None:
        """Write all rows; `tell` how many more casts are complete."""
        with transaction() as session:
            self._write(session, tell)

    def begin(self, _kept: Future[None] | None = None) -> None:
        """Let the next one begin."""
        self.begun.set()

    def _write(self, session: Session, tell: Callable[[int], None]) -> None:
        if self._before:
            self._before.begun.wait()
        first = _take_ids(session, self._models)
        self.begin()
        connection = session.connection()
        self._caster.stock.lay(connection)
        early = unchecked(connection)
        _beside(self._early(connection, first, write=early))
        if self._before:
            self._before.kept.result()
            self._before = None  # who holds the last portion does not hold them all
        numbers, chain = _Numbers(session, self._models), Chain(session)
        session.flush()
        _beside(self._late(connection, numbers, chain, tell, all_rows=not early))
        chain.close()

    def _some(self) -> Iterator[Sequence[Cast]]:
        for begun in range(0, len(self._casts), PORTION):
            yield self._casts[begun : begun + PORTION]

    def _early(self, connection: Connection, first: dict[str, int], *, write: bool) -> Iterator[Do]:
        for casts in self._some():
            rows: Rows = defaultdict(list)
            for cast in casts:
                cast.begin(first)
                if write:
                    cast.give(cast.model.early, rows)
            yield partial(self._caster.writer.write, connection, rows)

    def _late(
        self,
        connection: Connection,
        numbers: "_Numbers",
        chain: Chain,
        tell: Callable[[int], None],
        *,
        all_rows: bool,
    ) -> Iterator[Do]:
        caster = self._caster
        for casts in self._some():
            rows: Rows = defaultdict(list)
            texts = list[Said]()
            for cast in casts:
                numbered = numbers.next(cast.model)
                cast.end(numbered, chain)
                cast.compared(caster.citizens, caster.writer, rows)
                texts += cast.said(numbered)
                if all_rows:
                    cast.give(cast.model.early, rows)
                cast.give(cast.model.late, rows)
                cast.values.clear()
            yield partial(self._keep, connection, rows, texts, partial(tell, len(casts)))

    def _keep(self, connection: Connection, rows: Rows, texts: Sequence[Said], tell: Do) -> None:
        self._caster.writer.write(connection, rows)
        self._caster.stock.keep(connection, texts)
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
    """The numbers of one transaction: those of receipts, cards and letters, by day."""

    def __init__(self, session: Session, models: Counter[Model]) -> None:
        zone = body(session).zone
        self._series = {model: list(model.series(zone)) for model in models}
        needed: Counter[Series] = Counter()
        for model, times in models.items():
            for series in self._series[model]:
                needed[series] += times
        self._free = {
            series: iter(next_numbers(session, *series, count)) for series, count in needed.items()
        }

    def next(self, model: Model) -> Words:
        """The words of the next cast of the model that are numbers."""
        return model.numbered([next(self._free[series]) for series in self._series[model]])
