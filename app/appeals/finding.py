"""Find the appeal that is meant, by id, key, receipt or registration number."""

import re
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    String,
    bindparam,
    cast,
    literal,
    or_,
    select,
)
from sqlalchemy.orm import Session

from app import clock
from app.access.services import Person
from app.appeals import codes, policy
from app.appeals.models import Appeal, Applicant, Question
from app.appeals.rights import may_see as may_see
from app.audit.services import of_actions
from app.directory.services import setting
from app.directory.settings import EVERY_SETTING, remember_settings
from app.errors import Conflict, NotFound
from app.extensions import lazy_gettext as _
from app.extensions import settings
from app.looks import Looks, hang, only
from app.workflow import services as workflow

_KEY: BindParameter[str] = bindparam("key")
_ID = select(Appeal.id).where(Appeal.key == _KEY).scalar_subquery()
_WANTED: BindParameter[str] = bindparam("wanted")
_BY_NUMBER = Looks(
    EVERY_SETTING,
    select(Appeal)
    .where(or_(Appeal.number_key == _WANTED, Appeal.receipt_key == _WANTED))
    .order_by(Appeal.id.desc())
    .limit(1),
)
#: What is looked at of an appeal whose pair was right before; its texts are not.
_OPENED = only(
    Appeal,
    *(Appeal.id, Appeal.key, Appeal.number, Appeal.receipt, Appeal.code_generation),
    *(Appeal.received_at, Appeal.register_by, Appeal.registered_on, Appeal.due_on, Appeal.terms),
    *(Appeal.outcome, Appeal.closed_at, Appeal.reply_channel, Appeal.quiet_since),
)
_BY_ID = Looks(EVERY_SETTING, _OPENED.where(Appeal.id == bindparam("id")))
#: What `card_of` asks; it may be looked up beside a case.
CARD = Looks(
    select(Appeal).where(Appeal.key == _KEY),
    select(Applicant).where(Applicant.appeal_id == _ID).order_by(Applicant.position),
    select(Question).where(Question.appeal_id == _ID).order_by(Question.position),
)


class WrongPair(NotFound):
    """Number and access code do not belong together, whatever of the two was wrong."""

    status = 403

    def __init__(self) -> None:
        super().__init__(_("There is no appeal with this number and access code."))


class CodeExpired(NotFound):
    """The pair is right, but the appeal was closed too long ago."""

    status = 403

    def __init__(self) -> None:
        super().__init__(
            _("This access code has expired: the appeal was closed long ago. Write to the body.")
        )


def key_of(appeal_id: int) -> str:
    """The business key by which other rooms know an appeal."""
    return f"appeal:{appeal_id}"


def key_in(column: Any) -> ColumnElement[str]:
    """The same of a column with ids, so that no card has to be looked at for it."""
    return literal("appeal:") + cast(column, String)


def id_of(key: str) -> int:
    return int(key.removeprefix("appeal:"))


def known_id(number: int) -> int:
    """The id if a database can hold it; a longer number in an address belongs to nothing."""
    if not 0 < number < 2**31:
        raise NotFound(_("There is no such record."))
    return number


def by_ref(session: Session, ref: int | str) -> Appeal | None:
    """By id, by key, by receipt or by number as a person types it."""
    if isinstance(ref, int):
        return session.get(Appeal, known_id(ref))
    if re.fullmatch(r"appeal:[0-9]{1,9}", ref):
        return session.get(Appeal, id_of(ref))
    wanted = policy.number_key(ref)
    return session.scalars(
        select(Appeal)
        .where(or_(Appeal.number_key == wanted, Appeal.receipt_key == wanted))
        .order_by(Appeal.id.desc())
    ).first()


def by_code(
    session: Session,
    ref: str,
    code: str,
    *,
    meant: int | None = None,
    beside: Sequence[Looks] = (),
) -> Appeal:
    """The appeal of a right pair; `WrongPair` otherwise, `CodeExpired` long after its end.

    An unknown number costs the same look and the same derivation as a wrong code. Of an appeal
    whose pair was right before, and whose id is `meant`, what hangs on it is asked `beside`.
    """
    found = _named(session, str(ref)) if meant is None else _known(session, meant, beside)
    generation = found.code_generation if found else 1
    fits = codes.fits(settings().access_code_key, found.id if found else 0, generation, code)
    if found is None or not fits:
        raise WrongPair
    if _expired(session, found):
        raise CodeExpired
    return found


def _named(session: Session, ref: str) -> Appeal | None:
    """By receipt or number as a person types it, in the look that reads the settings."""
    rows, found = _BY_NUMBER(session, wanted=policy.number_key(ref))
    remember_settings(session, rows)
    return found[0] if found else None


def _known(session: Session, meant: int, beside: Sequence[Looks]) -> Appeal | None:
    """By its id, with what hangs on it."""
    rows, found = _BY_ID(session, beside=beside, id=meant, key=key_of(meant))
    remember_settings(session, rows)
    return found[0] if found else None


def _expired(session: Session, appeal: Appeal) -> bool:
    """Whether the code of a closed appeal has served its time."""
    years = int(setting(session, "codes.years"))
    if not years or appeal.closed_at is None:
        return False
    return clock.now() > appeal.closed_at + timedelta(days=366 * years)


def hold(session: Session, appeal: Appeal, *, even_erased: bool = False) -> None:
    """Make the moves of this appeal wait for us, and see the card as the last of them left it.

    Conflict where its data were erased, unless `even_erased` may be changed: whatever is written
    there would never be erased again.
    """
    workflow.hold(session, str(appeal.key))
    session.refresh(appeal)
    if even_erased or appeal.closed_at is None:
        return
    if of_actions(session, [str(appeal.key)], ["appeal.erased"]):
        raise Conflict(
            _(
                "The data of this appeal were erased when its term of keeping was over: "
                "nothing can be added or changed here any more."
            )
        )


def card_of(session: Session, key: str) -> Appeal | None:
    """The card of a key as it is now, with its applicants and questions, in one look."""
    found = CARD(session, key=key)
    if not found[0]:
        return None
    appeal: Appeal = found[0][0]
    hang(appeal, applicants=found[1], questions=found[2])
    return appeal


def visible(session: Session, person: Person, ref: int | str) -> Appeal:
    """The appeal if this member of staff may see it; absent and invisible look the same."""
    found = by_ref(session, ref)
    if found is None or not may_see(session, person, found):
        raise NotFound(_("There is no such appeal."))
    return found
