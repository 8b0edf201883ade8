"""Letters while they are written: begun, revised, approved, sent back."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy.orm import Session

from app import clock
from app.audit.services import record
from app.correspondence import composing, policy
from app.correspondence.models import Letter
from app.correspondence.services.rows import (
    check_address,
    found_row,
    in_state,
    kept_facts,
    new_row,
    view_of,
)
from app.correspondence.shapes import Addressee, Composition, LetterView
from app.extensions import settings
from app.session import give_ids


def compose(
    session: Session, template: str, facts: Mapping[str, Any], language: str = "", *, key: str = ""
) -> Composition:
    """Subject and text of a letter ("reply", "interim", "cover"…) to begin a draft with.

    They are kept nowhere. With `key`, what is known of the case fills in what `facts` leave out.
    """
    spoken = language or settings().default_language
    return composing.compose(session, f"draft_{template}", facts, spoken, key=key, paper=True)


def draft(
    session: Session,
    *,
    key: str,
    kind: str,
    template: str,
    text: str,
    subject: str,
    addressee: Addressee,
    actor: str,
    facts: Mapping[str, Any] | None = None,
    attachments: Sequence[int] = (),
) -> LetterView:
    """Begin a letter ("reply", "interim", "cover", "request").

    Raises `Invalid` when the channel lacks its address.

    `facts` a letter's sheet shows: reference_number, reference_on (else those of the case),
    executor, executor_phone, enclosures (list of words).
    """
    check_address(addressee)
    row = new_row(session, key, kind, template, addressee, facts or {}, actor=actor)
    row.text, row.subject = text, policy.one_line(subject)
    row.attachments = list(attachments)
    give_ids(session, row)
    record(session, actor, "letter.drafted", key, letter=row.id, kind=kind, channel=row.channel)
    return view_of(row)


def revise(
    session: Session,
    letter_id: int,
    text: str,
    actor: str,
    *,
    subject: str | None = None,
    facts: Mapping[str, Any] | None = None,
    attachments: Sequence[int] | None = None,
) -> LetterView:
    """Change a letter that is not being signed yet; an approval it had is gone."""
    row = in_state(session, letter_id, policy.DRAFT, policy.APPROVED)
    row.text = text
    if subject is not None:
        row.subject = policy.one_line(subject)
    if facts is not None:
        row.facts = {**row.facts, **kept_facts(facts)}
    if attachments is not None:
        row.attachments = list(attachments)
    row.state, row.content_hash, row.approved_by, row.approved_at = policy.DRAFT, None, None, None
    row.remark = ""
    record(session, actor, "letter.revised", row.key, letter=row.id)
    return view_of(row)


def approve(session: Session, letter_id: int, actor: str) -> LetterView:
    """Freeze what the letter says: from here on only this very content may be signed."""
    row = in_state(session, letter_id, policy.DRAFT, policy.APPROVED)
    if row.state == policy.DRAFT:
        approve_row(session, row, actor)
    return view_of(row)


def send_back(session: Session, letter_id: int, remark: str, actor: str) -> None:
    """Return a letter that is not being signed yet to who wrote it."""
    row = in_state(session, letter_id, policy.DRAFT, policy.APPROVED)
    row.remark = remark
    record(session, actor, "letter.returned", row.key, letter=row.id, remark=remark)


def approval_holds(session: Session, letter_id: int) -> bool:
    """Whether the letter says exactly what was approved."""
    row = found_row(session, letter_id)
    return row.content_hash is not None and row.content_hash == _hash(row)


def approve_row(session: Session, row: Letter, actor: str) -> None:
    row.state, row.content_hash = policy.APPROVED, _hash(row)
    row.approved_by, row.approved_at = actor, clock.now()
    record(session, actor, "letter.approved", row.key, letter=row.id, sha256=row.content_hash)


def _hash(row: Letter) -> str:
    return policy.content_hash({name: getattr(row, name) for name in policy.CONTENT})
