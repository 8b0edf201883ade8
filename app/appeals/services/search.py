"""Find appeals by number, applicant, text and term."""

from dataclasses import replace
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, or_, select
from sqlalchemy.orm import Session, selectinload

from app.access.services import Person
from app.appeals import (
    building,
    counting,
    impartial,
    indexing,
    looked,
    narrowing,
    numbers,
    policy,
    rights,
    sight,
    timeline,
)
from app.appeals.cards import Found, SearchHit, Stage
from app.appeals.commands import SearchQuery
from app.appeals.finding import key_of
from app.appeals.models import Appeal, InternalNote
from app.appeals.terms import today
from app.database import reading
from app.search import services as fulltext

LARGEST_PAGE = 200
LAST_PAGE = 100_000


def search(person: Person, wanted: SearchQuery) -> Found:
    """The appeals this person may see that fit, a page of them."""
    with reading() as session:
        day = today(session)
        whole = _filtered(session, _seen(session, person), person, wanted)
        offered = narrowing.conditions(day)
        chosen = narrowing.chosen(wanted, offered)
        query = whole
        for name, fits in chosen.items():
            query = query.where(narrowing.by_term(fits) if name == "term" else fits)
        size, number = min(max(wanted.size, 1), LARGEST_PAGE), min(max(wanted.page, 1), LAST_PAGE)
        order, before = _order(person, wanted.sort), (number - 1) * size
        if query is whole and counting.asks_texts(whole):
            # To find them is what it costs, once: they are counted as far as anybody would turn,
            # and as far as somebody has.
            most = max(counting.most(whole), before + size)
            first = counting.ids(whole).order_by(*order).limit(most + 1)
            ids = session.scalars(first).all()
            total, more = min(len(ids), most), len(ids) > most
            whole = select(Appeal).where(Appeal.id.in_(ids))
            known = None if more else narrowing.counts(session, whole, wanted, offered)
            page = select(Appeal).where(Appeal.id.in_(ids[before : before + size]))
        else:
            known = narrowing.counts(session, whole, wanted, offered)
            total, more = (known[0], False) if known else _counted(session, query, whole)
            # Chosen in the index of their order: only these are read whole.
            first = counting.ids(query).order_by(*order).limit(size).offset(before)
            page = select(Appeal).where(Appeal.id.in_(first))
        page = page.order_by(*order).options(selectinload(Appeal.applicants))
        rows = session.scalars(page).all()
        stages = timeline.present_of(session, rows)
        hits = tuple(
            sight.mask_in_lists(person, row)(_hit(row, stages[row.id], day)) for row in rows
        )
        hits = _shown(session, person, wanted, hits)
        page_found = Found(hits, total, number, size, more, known[1] if known else {})
    looked.list_searched(person, wanted, page_found.total)
    return page_found


def _counted(session: Session, query: Select[Any], whole: Select[Any]) -> tuple[int, bool]:
    """How long a list is that is more than anybody counts before it is narrowed."""
    return (counting.most(whole), True) if query is whole else counting.counted(session, query)


def _seen(session: Session, person: Person) -> Select[Any]:
    return select(Appeal).where(rights.open_to(session, person))


def _shown(
    session: Session, person: Person, wanted: SearchQuery, hits: tuple[SearchHit, ...]
) -> tuple[SearchHit, ...]:
    """The hits, each with the piece of a text that says what was sought."""
    sought = wanted.q or wanted.text
    found = fulltext.fragments(
        session, sought, indexing.kinds(person), [key_of(hit.appeal.id) for hit in hits]
    )
    return tuple(
        replace(hit, fragment=piece[1], document=piece[0])
        if (piece := found.get(key_of(hit.appeal.id)))
        else hit
        for hit in hits
    )


def _filtered(
    session: Session, query: Select[Any], person: Person, wanted: SearchQuery
) -> Select[Any]:
    if wanted.q.strip():
        query = query.where(_anywhere(session, person, wanted.q))
    if wanted.number:
        part = policy.number_key(wanted.number)
        query = query.where(numbers.having(session, part, Appeal.key))
    for word in policy.folded(wanted.applicant).split():
        query = query.where(sight.findable(person, word))
    if wanted.text.strip():
        query = query.where(indexing.says(session, person, wanted.text, Appeal.key))
    if wanted.due_from:
        query = query.where(wanted.due_from <= narrowing.TERM)
    if wanted.due_to:
        query = query.where(wanted.due_to >= narrowing.TERM)
    return query


def _anywhere(session: Session, person: Person, sought: str) -> ColumnElement[bool]:
    """By words in any form, by a number however it is spelt, by a note for who reads notes."""
    found: list[Any] = [indexing.says(session, person, sought, Appeal.key)]
    if any(letter.isdigit() for letter in sought):
        found += _numbered(session, policy.number_key(sought))
    return or_(*found, *_in_notes(session, person, policy.like(sought)))


def _numbered(session: Session, key: str) -> list[ColumnElement[bool]]:
    """With this number; with a part of it only where none has the whole."""
    whole = [column == key for column in numbers.NUMBERS]
    if session.scalar(select(Appeal.id).where(or_(*whole)).limit(1)) is not None:
        return whole
    return [numbers.having(session, key, Appeal.key)]


def _in_notes(session: Session, person: Person, pattern: str) -> list[Any]:
    """Appeals with a note that says so, for those who read notes."""
    # A note may name the applicant, and no mask was made of its words.
    if not (person.roles & policy.NOTE_READERS and sight.sees_names(person)):
        return []
    said = select(InternalNote.appeal_id).where(
        InternalNote.search_text.like(pattern, escape="\\"), InternalNote.withdrawn_at.is_(None)
    )
    # Asked at once: beside a subquery no index finds the number.
    few = session.scalars(said.limit(indexing.FEW + 1)).all()
    noted = Appeal.id.in_(few if len(few) <= indexing.FEW else said)
    # Who is complained of must not learn of it from a search either.
    return [and_(noted, impartial.fair(person))] if few else []


def _order(person: Person, sort: str) -> list[Any]:
    columns: dict[str, Any] = {
        "received": Appeal.received_at,
        "due": narrowing.TERM,
        "number": Appeal.id,
        # An order by names would tell them.
        "applicant": sight.PEOPLE if sight.sees_names(person) else Appeal.received_at,
    }
    column = columns.get(sort.lstrip("-"), columns["received"])
    # The id goes the same way, so that one index serves both directions.
    both = (column, Appeal.id)
    return [one.desc() if sort.startswith("-") else one.asc() for one in both]


def _hit(appeal: Appeal, stages: list[Stage], day: date) -> SearchHit:
    present = building.present(stages)
    return SearchHit(
        appeal=building.appeal_ref(appeal),
        channel=appeal.channel,
        received_at=appeal.received_at,
        outcome=appeal.outcome,
        repeated=appeal.repeated,
        collective=appeal.collective,
        days_left=policy.days_left(appeal.due_on or appeal.register_by, day),
        stage=present.text if present else None,
        stage_en=present.text_en if present else None,
    )
