"""Write the journal, read it, seal it, verify it."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from tempfile import TemporaryFile
from typing import IO, Any

from sqlalchemy import Select, func, select, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from app.audit import anchors
from app.audit.models import JournalHead
from app.audit.models import JournalRow as JournalRow
from app.audit.policy import (
    EMPTIED,
    GENESIS,
    Line,
    chained,
    seal_of,
    sealed_part,
    spell,
    vouched,
)
from app.clock import now
from app.database import reading, transaction
from app.session import notes

BATCH = 500
VOUCHES = "journal.emptied"
PAGE = 50


@dataclass(frozen=True)
class Entry:
    """One line of the journal as people see it; `at` is UTC, `seq` its place in the chain."""

    id: int
    at: datetime
    actor: str
    action: str
    subject: str | None
    details: Mapping[str, Any]
    sealed: bool
    seq: int | None = None


@dataclass(frozen=True)
class Filter:
    """What to look for: exact actor, action or its beginning ("appeal."), exact subject, a time.

    `since` is included, `until` is not; both are aware.
    """

    actor: str = ""
    action: str = ""
    subject: str = ""
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True)
class Page:
    """Newest lines first; `next` goes into `before` for the page after, None at the end."""

    entries: tuple[Entry, ...]
    next: int | None


@dataclass(frozen=True)
class Verdict:
    """`first_bad` is the id of the first line that does not fit the chain.

    Where lines were removed, it is the line after the hole; where the newest ones were, the id of
    a line that had been sealed and is not there. `noted` is the last place in the chain that is
    noted outside the database.
    """

    rows: int
    sealed: int
    unsealed: int
    first_bad: int | None
    noted: int = field(default=0, compare=False)


def stand_in(session: Session, actor: str, absent: str) -> None:
    """Say that what `actor` does in this transaction is done for an absent colleague."""
    notes(session)[stand_in] = (actor, absent)


def stands_in(session: Session, actor: str) -> str | None:
    """For whom `actor` acts in this transaction; None when for themselves."""
    who, absent = notes(session).get(stand_in, ("", None))
    return absent if who == actor else None


def record(
    session: Session, actor: str, action: str, subject: str | None = None, **details: Any
) -> JournalRow:
    """Write a line in the caller's transaction.

    `actor` is a login, "citizen", "system" or "demo"; `action` is "noun.participle"; `subject` is
    a business key such as "appeal:17". Details are JSON values, dates or enums; no secrets. What
    is done for an absent colleague names them too.
    """
    if absent := stands_in(session, actor):
        details["instead_of"] = absent
    row = JournalRow(at=now(), actor=actor, action=action, subject=subject, details=spell(details))
    session.add(row)
    return row


def say_more(row: JournalRow, **details: Any) -> None:
    """Add details to a line of this transaction that is not written yet."""
    row.details = spell(json.loads(row.details) | details)


def record_change(
    session: Session,
    actor: str,
    action: str,
    subject: str,
    before: Mapping[str, Any],
    after: Mapping[str, Any],
) -> bool:
    """Write what differs between `before` and `after`; False, and no line, when nothing does."""
    changed = sorted(key for key in after if before.get(key) != after[key])
    if not changed:
        return False
    old = {key: before[key] for key in changed if key in before}
    new = {key: after[key] for key in changed}
    record(session, actor, action, subject, before=old, after=new)
    return True


def history(session: Session, subject: str) -> list[Entry]:
    """Everything done to one subject, oldest first."""
    rows = session.scalars(
        select(JournalRow).where(JournalRow.subject == subject).order_by(JournalRow.id)
    )
    return [_entry(row) for row in rows]


def of_actions(session: Session, subjects: Iterable[str], wanted: Iterable[str]) -> list[Entry]:
    """What was done to several subjects by some of the actions, oldest first."""
    rows = session.scalars(
        select(JournalRow)
        .where(JournalRow.subject.in_(set(subjects)), JournalRow.action.in_(list(wanted)))
        .order_by(JournalRow.id)
    )
    return [_entry(row) for row in rows]


def empty(session: Session, subject: str, *, actor: str) -> int:
    """Take the details out of every line about an erased subject; how many lines had any.

    Who did what and when stays. A sealed line keeps its seal, which can no longer be computed from
    it; a new line vouches for all of them together, and `verify` believes no other emptied one.
    """
    # No sealer may be about to seal what a line said a moment ago.
    _locked_head(session)
    rows = session.scalars(
        select(JournalRow)
        .where(JournalRow.subject == subject, JournalRow.details.not_in((EMPTIED, "{}")))
        .where(JournalRow.action != VOUCHES)
        .order_by(JournalRow.id)
    ).all()
    for row in rows:
        row.details = EMPTIED
    sealed = [row for row in rows if row.hash is not None]
    if sealed:
        digest = vouched((_line(row), row.hash) for row in sealed)
        record(session, actor, VOUCHES, subject, lines=[row.id for row in sealed], digest=digest)
    return len(rows)


def last(session: Session, subject: str, action: str, actor: str) -> datetime | None:
    """When the actor did this to the subject last."""
    return session.scalar(
        select(JournalRow.at)
        .where(
            JournalRow.subject == subject,
            JournalRow.action == action,
            JournalRow.actor == actor,
        )
        .order_by(JournalRow.id.desc())
        .limit(1)
    )


def journal(wanted: Filter, *, before: int | None = None, limit: int = PAGE) -> Page:
    """One page of the whole journal, newest first."""
    with reading() as session:
        query = _filtered(wanted).order_by(JournalRow.id.desc()).limit(limit + 1)
        if before is not None:
            query = query.where(JournalRow.id < before)
        rows = session.scalars(query).all()
        entries = tuple(_entry(row) for row in rows[:limit])
    return Page(entries, entries[-1].id if len(rows) > limit else None)


def count(wanted: Filter) -> int:
    """How many lines of the journal fit."""
    with reading() as session:
        query = _filtered(wanted).with_only_columns(func.count(), maintain_column_froms=True)
        return int(session.scalar(query) or 0)


def following(wanted: Filter, last: int, limit: int = BATCH) -> tuple[Entry, ...]:
    """The lines that fit, in the order they were written, after the one with the id `last`."""
    with reading() as session:
        query = _filtered(wanted).where(JournalRow.id > last).order_by(JournalRow.id).limit(limit)
        return tuple(_entry(row) for row in session.scalars(query))


def actions() -> list[str]:
    """The actions that occur in the journal, for the filter."""
    with reading() as session:
        return list(
            session.scalars(select(JournalRow.action).distinct().order_by(JournalRow.action))
        )


def seal(limit: int = BATCH) -> int:
    """Chain the lines that are kept but not sealed yet; how many were sealed.

    The order of the chain is the sealer's own: ids are given before the commit, so a line with a
    smaller id may appear later; it goes to the end, never before a sealed one.
    """
    with reading() as session:
        if session.scalar(select(_unsealed(1).exists())) is not True:
            return 0
    with transaction() as session:
        head = _locked_head(session)
        rows = session.scalars(_unsealed(limit)).all()
        for row in rows:
            head.seq += 1
            head.hash = row.hash = seal_of(head.hash, head.seq, _line(row))
            row.seq = head.seq
            head.entry_id = row.id
        end = head.seq, head.entry_id, head.hash
    # Kept first, noted then: a note of what was never kept would look like a tail cut off.
    if rows:
        anchors.note(*end)
    return len(rows)


def note_restored() -> None:
    """A backup was put back: what was noted of the chain past its end no longer counts."""
    with reading() as session:
        head = session.scalar(select(JournalHead))
        end = (head.seq, head.entry_id, head.hash) if head else (0, None, GENESIS)
    anchors.note(*end, restored=True)


def exported(*, actor: str) -> IO[bytes]:
    """The sealed journal in a temporary file, which goes when it is closed."""
    with transaction() as session:
        record(session, actor, "journal.exported")
    file = TemporaryFile()  # noqa: SIM115  # the reader closes it
    with reading() as session:
        for line in export(session):
            file.write(json.dumps(line, ensure_ascii=False).encode() + b"\n")
    file.seek(0)
    return file


def export(session: Session) -> Iterator[dict[str, Any]]:
    """The sealed journal line by line, in the order of the chain, as `docs/journal.md` describes.

    The last one says where the chain ends.
    """
    _freeze(session)
    query = (
        select(JournalRow)
        .where(JournalRow.seq.is_not(None))
        .order_by(JournalRow.seq)
        .execution_options(yield_per=BATCH)
    )
    end = {"seq": 0, "hash": GENESIS}
    with session.scalars(query) as found:
        for row in found:
            at = row.at.astimezone(UTC).isoformat(timespec="microseconds")
            end = {"seq": row.seq, "hash": row.hash}
            yield {
                "seq": row.seq,
                "id": row.id,
                "at": at,
                "actor": row.actor,
                "action": row.action,
                "subject": row.subject,
                "details": row.details,
                "hash": row.hash,
            }
            session.expunge(row)
    yield {"end": end}


class Chain:
    """Seals lines that are written in great number in one transaction, as they are written.

    What is kept but not sealed yet is sealed first. Nobody else seals until the transaction ends;
    before it does, `close` says where the chain has come to.
    """

    def __init__(self, session: Session) -> None:
        self._head = _locked_head(session)
        self._end = self._head.seq, self._head.hash, self._head.entry_id
        for row in session.scalars(_unsealed(None)):
            row.seq, row.hash = self.seal(row.id, sealed_part(_line(row)))

    def seal(self, entry: int, part: str) -> tuple[int, str]:
        """The place of the next line in the chain, and its seal; `part` is its `sealed_part`."""
        seq, previous, _entry = self._end
        seq += 1
        seal = chained(previous, seq, part)
        self._end = seq, seal, entry
        return seq, seal

    def close(self) -> None:
        self._head.seq, self._head.hash, self._head.entry_id = self._end


def verify() -> Verdict:
    """Compute the whole chain anew and compare."""
    with reading() as session:
        _freeze(session)
        head = session.scalar(select(JournalHead))
        upto, seal_at_end = (head.seq, head.hash) if head else (0, GENESIS)
        rows = session.scalar(select(func.count()).select_from(JournalRow)) or 0
        unsealed = session.scalar(select(func.count()).where(JournalRow.seq.is_(None))) or 0
        bad, end = _first_bad(session, upto)
        if bad is None and end != seal_at_end and head is not None:
            bad = head.entry_id
        noted = anchors.noted()
        if bad is None:
            bad = _missing(session, noted)
        return Verdict(rows, rows - unsealed, unsealed, bad, max(noted, default=0))


def _missing(session: Session, noted: Mapping[int, tuple[int | None, str]]) -> int | None:
    """The first line that was noted outside the database and is not in the chain as noted."""
    places = sorted(noted)
    for first in range(0, len(places), BATCH):
        some = places[first : first + BATCH]
        kept = select(JournalRow.seq, JournalRow.hash).where(JournalRow.seq.in_(some))
        seals = {row.seq: row.hash for row in session.execute(kept)}
        for seq in some:
            entry, seal = noted[seq]
            if seals.get(seq) != seal:
                return entry
    return None


def _freeze(session: Session) -> None:
    # PostgreSQL shows each statement the newest state; a sealer at work beside us would look like
    # a broken chain. SQLite's transaction is a snapshot anyway.
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ"))


def _first_bad(session: Session, upto: int) -> tuple[int | None, str]:
    previous, expected = GENESIS, 1
    query = (
        select(JournalRow)
        .where(JournalRow.seq.is_not(None))
        .order_by(JournalRow.seq)
        .execution_options(yield_per=BATCH)
    )
    emptied: dict[int, tuple[Line, str | None]] = {}
    # Closed by hand: a loop left early would keep the server's cursor open on PostgreSQL.
    with session.scalars(query) as found:
        for row in found:
            if expected > upto or row.seq != expected or row.hash is None:
                return row.id, previous
            if row.hash != seal_of(previous, expected, _line(row)):
                if row.details != EMPTIED:
                    return row.id, previous
                emptied[row.id] = (_line(row), row.hash)
            elif row.action == VOUCHES:
                _believe(emptied, json.loads(row.details))
            previous, expected = row.hash, expected + 1
            session.expunge(row)
    if emptied:
        # What was emptied a moment ago is vouched for by a line that the sealer has yet to reach.
        fresh = select(JournalRow.details).where(
            JournalRow.seq.is_(None), JournalRow.action == VOUCHES
        )
        for details in session.scalars(fresh):
            _believe(emptied, json.loads(details))
    return min(emptied, default=None), previous


def _believe(emptied: dict[int, tuple[Line, str | None]], said: Mapping[str, Any]) -> None:
    """Strike out the emptied lines that another line vouches for, if they are as it says."""
    named = [emptied[one] for one in said.get("lines", ()) if one in emptied]
    if vouched(named) == said.get("digest"):
        for line, _seal in named:
            del emptied[line.id]


def _locked_head(session: Session) -> JournalHead:
    on_postgresql = session.get_bind().dialect.name == "postgresql"
    insert = postgresql.insert if on_postgresql else sqlite.insert
    first = insert(JournalHead).values(id=1, seq=0, entry_id=None, hash=GENESIS)
    session.execute(first.on_conflict_do_nothing())
    # A second sealer waits here and is given the newest seal when its turn comes.
    query = select(JournalHead).with_for_update().execution_options(populate_existing=True)
    return session.scalars(query).one()


def _unsealed(limit: int | None) -> Select[JournalRow]:
    return select(JournalRow).where(JournalRow.seq.is_(None)).order_by(JournalRow.id).limit(limit)


def _filtered(wanted: Filter) -> Select[JournalRow]:
    query = select(JournalRow)
    if wanted.actor:
        query = query.where(JournalRow.actor == wanted.actor)
    if wanted.action.endswith("."):
        query = query.where(JournalRow.action.startswith(wanted.action, autoescape=True))
    elif wanted.action:
        query = query.where(JournalRow.action == wanted.action)
    if wanted.subject:
        query = query.where(JournalRow.subject == wanted.subject)
    if wanted.since is not None:
        query = query.where(JournalRow.at >= wanted.since)
    if wanted.until is not None:
        query = query.where(JournalRow.at < wanted.until)
    return query


def _line(row: JournalRow) -> Line:
    return Line(row.id, row.at, row.actor, row.action, row.subject, row.details)


def _entry(row: JournalRow) -> Entry:
    return Entry(
        row.id,
        row.at,
        row.actor,
        row.action,
        row.subject,
        json.loads(row.details),
        row.seq is not None,
        row.seq,
    )
