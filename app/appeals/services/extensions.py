"""A request for more time."""

from typing import Any

from sqlalchemy.orm import Session

from app import clock
from app.access.services import Person
from app.appeals import asking, building, outdated, statutory, work
from app.appeals.cards import ExtensionView
from app.appeals.commands import storable
from app.appeals.finding import hold, visible
from app.appeals.hands import hands_of
from app.appeals.models import Appeal, Extension
from app.appeals.terms import end_of, spelt, today, zone_of
from app.audit.services import record
from app.database import transaction
from app.errors import Conflict, Forbidden, Invalid
from app.extensions import day_said
from app.extensions import lazy_gettext as _
from app.session import give_ids
from app.workflow import services as workflow

GROUNDS = ("exceptional", "request")


def request_extension(
    person: Person,
    ref: int | str,
    reason: str,
    days: Any,
    ground: str = "exceptional",
    request: Any = None,
) -> ExtensionView:
    """Ask to extend the term of an appeal, by no more days than the table of terms allows.

    `request` is the request for documents whose answer is waited for; with the ground `request`
    and none named it is the latest one that was sent and is not answered.
    Whoever has an open assignment on it may; Invalid by field, Conflict when the term can no
    longer be extended, Forbidden without an assignment.
    """
    with transaction() as session:
        return extension_requested(session, person, ref, reason, days, ground, request)


def extension_requested(
    session: Session,
    person: Person,
    ref: int | str,
    reason: str,
    days: Any,
    ground: str,
    request: Any = None,
) -> ExtensionView:
    """The same in the caller's transaction."""
    appeal = visible(session, person, ref)
    hold(session, appeal)
    _term(session, appeal)
    most = statutory.most_days(session, appeal)
    number = _checked(reason, days, ground, most=most)
    _check_later(session, appeal, number, most)
    part = work.open_part(session, appeal, person)
    if part is None:
        raise Forbidden(_("Only somebody with an open assignment may ask for more time."))
    workflow.stand_in_for(session, part.executor, person)
    row = _new(
        session, part.executor, appeal, number, reason=storable(reason).strip(), ground=ground
    )
    if ground == "request":
        row.request_id = _request(session, appeal, request)
    record(
        session, person.login, "extension.requested", appeal.key, extension=row.id,
        days=number, ground=ground,
    )  # fmt: skip
    payload = {
        "appeal": appeal.id,
        "extension": row.id,
        "due_at": spelt(end_of(_term(session, appeal), zone_of(session))),
    }
    if not workflow.deliver(
        session, str(appeal.key), "request_extension", payload, actor=person.login
    ):
        raise outdated.refusal(
            session, appeal, _("The processes of this appeal know no extension.")
        )
    return building.extension_view(row, hands_of(session, [str(appeal.key)]))


def _request(session: Session, appeal: Appeal, wanted: Any) -> int | None:
    rows = {one.id: one for one in asking.requests_of(session, appeal.id)}
    if wanted not in (None, ""):
        if str(wanted) not in map(str, rows):
            message = _("There is no such request for documents.")
            raise Invalid(message, fields={"request": [message]})
        return int(wanted)
    waiting = (one.id for one in rows.values() if asking.state_of(one, appeal) == "waiting")
    return max(waiting, default=None)


def _checked(reason: str, days: Any, ground: str, *, most: int) -> int:
    errors: dict[str, list[Any]] = {}
    number = days if isinstance(days, int) and not isinstance(days, bool) else None
    if isinstance(days, str) and days.strip().isascii() and days.strip().isdigit():
        number = int(days)
    if number is None or not 1 <= number <= most:
        errors["days"] = [_("Give a number of days from 1 to %(most)d.", most=most)]
    if not isinstance(reason, str) or not reason.strip():
        errors["reason"] = [_("Write why more time is needed.")]
    if ground not in GROUNDS:
        errors["ground"] = [_("Choose the ground.")]
    if errors or number is None:
        raise Invalid(_("Please check the fields marked below."), fields=errors)
    return number


def _check_later(session: Session, appeal: Appeal, days: int, most: int) -> None:
    """Refuse days after which the term, moved back from days off, ends where it ends now."""
    fewest = statutory.fewest_days(session, appeal, days, most)
    if fewest > days:
        message = _(
            "These days end among days off, so that the term would not move from %(day)s. "
            "Give at least %(fewest)d.",
            day=day_said(appeal.due_on),
            fewest=fewest,
        )
        raise Invalid(_("Please check the fields marked below."), fields={"days": [message]})


def _term(session: Session, appeal: Appeal) -> Any:
    if appeal.closed or appeal.registered_on is None or appeal.due_on is None:
        raise Conflict(_("This appeal is not under consideration."))
    if appeal.due_on < today(session):
        raise Conflict(_("The term is over: it can no longer be extended."))
    if appeal.counted_from is not None:
        raise Conflict(_("The term of a reopened appeal is not extended."))
    return appeal.due_on


def _new(
    session: Session, asked_by: str, appeal: Appeal, days: int, *, reason: str, ground: str
) -> Extension:
    earlier = building.extensions_of(session, appeal.id)
    if any(one.decision is None for one in earlier):
        raise Conflict(_("An extension was already asked for and is not decided yet."))
    if any(one.decision == "grant" for one in earlier):
        raise Conflict(_("The term was already extended; the law allows it once."))
    row = Extension(
        appeal_id=appeal.id,
        asked_by=asked_by,
        asked_at=clock.now(),
        asked_days=days,
        asked_due_on=statutory.longest(session, appeal, days).due,
        ground=ground,
        request_reason=reason,
        reason="",
        remark="",
    )
    give_ids(session, row)
    earlier.append(row)
    return row
