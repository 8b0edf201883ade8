"""What is stored about a person, told at the person's own request.

Whoever answers has made sure who asks. One appeal of the person is named; the others are those
that surely come from the same applicant, by e-mail or by name and address.
"""

from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app import clock
from app.access import policy as access
from app.access.services import Person
from app.appeals import earlier
from app.appeals.commands import storable
from app.appeals.finding import by_ref
from app.appeals.models import Appeal, Applicant, Particulars
from app.appeals.particulars import GROUPS, said
from app.audit.models import JournalRow
from app.audit.services import record
from app.correspondence.services import letters
from app.database import transaction
from app.directory import services as directory
from app.documents.services import documents
from app.errors import Invalid, NotFound
from app.extensions import lazy_gettext as _
from app.privacy import keeping
from app.privacy.terms import retention

PURPOSE = "consideration of an appeal, Federal Law 59-FZ of 2 May 2006"
GROUND = "a duty laid down by law: Federal Law 152-FZ, art. 6 part 1 item 2"


def stored(person: Person, ref: int | str, reason: str) -> dict[str, Any]:
    """All that is stored about the main applicant of an appeal, as JSON values; journaled.

    Co-authors are left out: what is stored about them is theirs to ask for.
    """
    access.demand(person, "subjects.export")
    asked_by = storable(reason).strip()
    if not asked_by:
        raise Invalid(fields={"reason": [_("Say who asked and how you know it.")]})
    with transaction() as session:
        appeal = by_ref(session, ref)
        if appeal is None:
            raise NotFound(_("There is no such appeal."))
        asked = appeal.main_applicant
        found = [appeal]
        found += [one for how, one in earlier.before(session, appeal) if how in keeping.SURE]
        found.sort(key=lambda one: one.received_at)
        record(
            session, person.login, "subject.told", appeal.key, reason=asked_by, appeals=len(found)
        )
        body = directory.body(session)
        return {
            "operator": {"name": body.name, "address": body.address, "email": body.email},
            "purpose": PURPOSE,
            "ground": GROUND,
            "made_at": clock.now().isoformat(),
            "appeals": [_appeal(session, one, asked) for one in found],
        }


def _appeal(session: Session, appeal: Appeal, asked: Applicant) -> dict[str, Any]:
    key = str(appeal.key)
    own = [one for one in appeal.applicants if one.id == asked.id or earlier.how(asked, one)]
    until = (
        keeping.look(session, appeal, retention(session)).kept_until if appeal.closed_at else None
    )
    return {
        "number": appeal.number,
        "receipt": appeal.receipt,
        "received_at": appeal.received_at.isoformat(),
        "channel": appeal.channel,
        "identified_by": appeal.auth_method,
        "applicant": [_applicant(one) for one in own],
        "particulars": _particulars(session, appeal),
        "text": appeal.text,
        "place": appeal.place,
        "outcome": appeal.outcome,
        "kept_until": None if until is None else until.isoformat(),
        "documents": [
            {"name": one.name, "size": one.size, "sha256": one.sha256, "kind": one.kind}
            for one in documents(session, key)
        ],
        "letters": [
            {
                "number": one.number,
                "date": one.date.isoformat() if one.date else None,
                "subject": one.subject,
                "to": one.addressee.name,
                "channel": one.channel,
            }
            for one in letters(session, key)
            if one.audience != "staff"
        ],
        "given_to": sorted(
            {one.addressee.name for one in letters(session, key) if one.audience == "organisation"}
        ),
        "looked_at": _looks(session, key),
    }


def _applicant(one: Applicant) -> dict[str, str]:
    names = ("kind", "last_name", "first_name", "middle_name", "name", "represented")
    return {name: getattr(one, name) for name in (*names, "email", "phone", "postal_address")}


def _particulars(session: Session, appeal: Appeal) -> dict[str, Any]:
    """What the card notes of the applicant beside names and addresses."""
    row = session.get(Particulars, appeal.id)
    of_person = [one for one in GROUPS if one.name in ("applicant", "address")]
    return {
        field.name: getattr(row, field.name)
        for group in of_person
        for field in group.fields
        if row is not None and said(field, getattr(row, field.name)) is not None
    }


def _looks(session: Session, key: str) -> int:
    """How many times staff opened the card, its files and letters."""
    opened = ("card.opened", "card.printed", "document.opened", "letter.opened", "card.revealed")
    found = session.scalar(
        select(func.count()).where(JournalRow.subject == key, JournalRow.action.in_(opened))
    )
    return int(found or 0)
