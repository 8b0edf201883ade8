"""Replies on the site of the body: put there, taken down, read by anybody (art. 10 p. 4)."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app import clock
from app.access.services import Person
from app.appeals import notices, policy
from app.appeals.cards import Page, PublicationView
from app.appeals.commands import storable
from app.appeals.finding import hold, visible
from app.appeals.masking import KINDS, Mask
from app.appeals.models import Appeal, Publication
from app.appeals.parts import latest_reply
from app.audit.services import record
from app.database import reading, transaction
from app.errors import Conflict, Forbidden, Invalid, NotFound
from app.extensions import lazy_gettext as _
from app.session import give_ids

PAGE = 20
TEXTS = ("title", "question", "answer")


def may_publish(person: Person, outcome: str | None) -> bool:
    """Whether the person may put the reply on the site: the manager, once it was given."""
    return outcome == policy.ANSWERED and "manager" in person.roles


def publication(person: Person, ref: int | str) -> PublicationView:
    """What stands on the site of an appeal, or what a publication begins with.

    The proposal is the reply without the lines that name the applicant.
    """
    with reading() as session:
        appeal = visible(session, person, ref)
        _require(person, appeal)
        row = _row(session, appeal)
        return _view(row) if row else _proposal(session, appeal)


def publish(person: Person, ref: int | str, texts: Mapping[str, str], *, confirmed: bool) -> int:
    """Put the reply on the site, or change what stands there; the id of the page.

    Raises Forbidden for all but the manager, Conflict before a reply was given and once the
    appeal was erased, Invalid by field for what is missing and for a text that still holds
    personal data the card knows.
    """
    with transaction() as session:
        appeal = visible(session, person, ref)
        hold(session, appeal)
        _require(person, appeal)
        given = {name: storable(texts.get(name, "")).strip() for name in TEXTS}
        _check(appeal, given, confirmed=confirmed)
        found = _row(session, appeal)
        row = found or Publication(appeal_id=appeal.id)
        row.published_at, row.published_by = clock.now(), person.login
        row.taken_down_at, row.taken_down_for = None, ""
        row.title, row.question, row.answer = (given[name] for name in TEXTS)
        if found is None:
            give_ids(session, row)
        record(session, person.login, "answer.published", appeal.key, publication=row.id)
        return row.id


def take_down(person: Person, ref: int | str, reason: str) -> None:
    """Take the reply from the site; the reason stays."""
    with transaction() as session:
        appeal = visible(session, person, ref)
        hold(session, appeal, even_erased=True)
        _require(person, appeal)
        row = _row(session, appeal)
        if row is None or row.taken_down_at is not None:
            raise Conflict(_("This reply does not stand on the site."))
        if not reason.strip():
            raise Invalid(fields={"reason": [_("Write the reason.")]})
        row.taken_down_at, row.taken_down_for = clock.now(), storable(reason).strip()
        record(session, person.login, "answer.taken_down", appeal.key, publication=row.id)


def published(q: str = "", page: int = 1) -> Page[PublicationView]:
    """The replies that stand on the site, newest first; each word of `q` has to be found."""
    with reading() as session:
        query = select(Publication).where(Publication.taken_down_at.is_(None))
        rows = session.scalars(query.order_by(Publication.published_at.desc(), Publication.id))
        words = policy.folded(q).split()
        found = [row for row in rows if _holds(row, words)]
        first = (max(page, 1) - 1) * PAGE
        return Page(
            tuple(_view(row) for row in found[first : first + PAGE]), len(found), page, PAGE
        )


def published_answer(number: int) -> PublicationView:
    """One reply that stands on the site; NotFound for any other."""
    with reading() as session:
        row = session.get(Publication, number)
        if row is None or row.taken_down_at is not None:
            raise NotFound(_("There is no such answer."))
        return _view(row)


def _holds(row: Publication, words: Iterable[str]) -> bool:
    text = policy.folded(f"{row.title} {row.question} {row.answer}")
    return all(word in text for word in words)


def _require(person: Person, appeal: Appeal) -> None:
    if "manager" not in person.roles:
        raise Forbidden(_("Only the manager decides what is published."))
    if appeal.outcome != policy.ANSWERED:
        raise Conflict(_("Only a reply that was given can be published."))


def _row(session: Session, appeal: Appeal) -> Publication | None:
    return session.scalar(select(Publication).where(Publication.appeal_id == appeal.id))


def _check(appeal: Appeal, given: Mapping[str, str], *, confirmed: bool) -> None:
    errors: dict[str, list[Any]] = {
        name: [_("This has to be written.")] for name in TEXTS if not given[name]
    }
    if len(given["title"]) > 300:
        errors["title"] = [_("The title is longer than 300 characters.")]
    mask = Mask(appeal, KINDS)
    for name, text in given.items():
        if mask.text(text) != text:
            errors[name] = [_("The text still names the applicant or gives an address.")]
    if not confirmed:
        errors["confirmed"] = [_("Confirm that it may be published.")]
    if errors:
        raise Invalid(_("Please check the fields marked below."), fields=errors)


def _proposal(session: Session, appeal: Appeal) -> PublicationView:
    reply = latest_reply(session, appeal.id)
    mask, questions = Mask(appeal, KINDS), [one.name for one in appeal.questions]
    answer = re.sub(r"\s*№ ?\S+ от [^,.]*? г\.", "", reply.text) if reply else ""
    return PublicationView(
        id=None,
        title=mask.text("; ".join(questions))[:300],
        question=mask.text(notices.one_line(appeal)),
        answer=mask.text(answer),
        published_at=None,
        taken_down=False,
    )


def _view(row: Publication) -> PublicationView:
    return PublicationView(
        id=row.id,
        title=row.title,
        question=row.question,
        answer=row.answer,
        published_at=row.published_at,
        taken_down=row.taken_down_at is not None,
    )
