"""Rows of letters: begun, found, locked while they change, shown."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from app import clock
from app.correspondence import policy
from app.correspondence.models import Letter
from app.correspondence.shapes import Addressee, LetterView
from app.errors import Conflict, Invalid, NotFound
from app.extensions import lazy_gettext as _
from app.extensions import settings
from app.session import notes

SYSTEM = "system"


def new_row(
    session: Session,
    key: str,
    kind: str,
    template: str,
    addressee: Addressee,
    facts: Mapping[str, Any],
    *,
    actor: str,
) -> Letter:
    row = Letter(
        key=key,
        kind=kind,
        template=template,
        audience=policy.audience(kind, template),
        state=policy.DRAFT,
        channel=addressee.channel,
        language=addressee.language or settings().default_language,
        subject="",
        text="",
        facts=kept_facts(facts),
        addressee={name: str(value) for name, value in asdict(addressee).items()},
        attachments=[],
        created_by=actor,
        created_at=clock.now(),
    )
    session.add(row)
    return row


def kept_facts(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Facts as they may lie in the database: JSON, and never an access code."""
    return {name: _json(value) for name, value in facts.items() if name != "access_code"}


def _json(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(name): _json(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [_json(each) for each in value]
    return value if isinstance(value, int | float | str | None) else str(value)


def check_address(addressee: Addressee) -> None:
    if addressee.channel == "email" and "@" not in addressee.email:
        message = _("There is no e-mail address to send the letter to.")
        raise Invalid(message, fields={"email": [message]})
    if addressee.channel == "post" and not addressee.postal_address.strip():
        message = _("There is no postal address to send the letter to.")
        raise Invalid(message, fields={"postal_address": [message]})


def found_row(session: Session, letter_id: int) -> Letter:
    row = session.get(Letter, letter_id)
    if row is None:
        raise NotFound(_("There is no such letter."))
    return row


def locked_row(session: Session, letter_id: int) -> Letter:
    held: dict[int, Letter] = notes(session).setdefault(locked_row, {})
    if letter_id not in held:
        row = session.get(Letter, letter_id, with_for_update=True, populate_existing=True)
        if row is None:
            raise NotFound(_("There is no such letter."))
        held[letter_id] = row
    return held[letter_id]


def in_state(session: Session, letter_id: int, *states: str) -> Letter:
    row = locked_row(session, letter_id)
    if row.state not in states:
        raise wrong_state(row)
    return row


def wrong_state(row: Letter) -> Conflict:
    state = policy.STATE_NAMES[row.state]
    return Conflict(
        _("This cannot be done with the letter now: its state is “%(state)s”.", state=state)
    )


def view_of(row: Letter) -> LetterView:
    return LetterView(
        id=row.id,
        key=row.key,
        kind=row.kind,
        template=row.template,
        audience=row.audience,
        state=row.state,
        channel=row.channel,
        language=row.language,
        subject=row.subject,
        text=row.text,
        addressee=Addressee(**row.addressee),
        facts=row.facts,
        number=row.number,
        date=row.dated,
        instance_id=row.instance_id,
        check_code=row.check_code,
        document_id=row.document_id,
        attachments=tuple(row.attachments),
        created_by=row.created_by,
        created_at=row.created_at,
        approved_by=row.approved_by,
        approved_at=row.approved_at,
        signatory=row.signatory,
        signatory_name=row.signatory_name,
        signatory_post=row.signatory_post,
        signed_for=row.signed_for,
        signed_at=row.signed_at,
        sent_at=row.sent_at,
        track=row.track,
        posted_on=row.posted_on,
        delivered_at=row.delivered_at,
        remark=row.remark,
    )
