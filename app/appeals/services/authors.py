"""Put right who wrote together with the applicant, and the way by which the appeal came."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from hashlib import sha256
from typing import Any

import orjson
from sqlalchemy.orm import Session

from app.access.services import Person
from app.appeals import indexing, policy, searchable, sight
from app.appeals.commands import CHANNELS, SITE, STAFF_CHANNELS, storable
from app.appeals.finding import hold, visible
from app.appeals.models import Appeal, Applicant
from app.appeals.services.particulars import may_note
from app.audit.services import record_change
from app.database import reading, transaction
from app.errors import Conflict, Forbidden, Invalid
from app.extensions import lazy_gettext as _

MOST_AUTHORS = 100
LONGEST = 120


@dataclass(frozen=True)
class Author:
    """One co-author; '' means not given."""

    last_name: str = ""
    first_name: str = ""
    middle_name: str = ""
    email: str = ""


@dataclass(frozen=True)
class Authors:
    """The co-authors of an appeal in their order, and its channel.

    `seen` stands for both: who changes them says what they looked at. Of an appeal filed on the
    site the channel is a fact and no `channels` are offered.
    """

    number: str
    authors: tuple[Author, ...]
    channel: str
    channels: tuple[str, ...]
    seen: str


def may_change_authors(person: Person, appeal: Appeal) -> bool:
    """Whoever keeps the card and reads its names."""
    return may_note(person, appeal) and sight.sees_names(person)


def authors_of(person: Person, ref: int | str) -> Authors:
    """Who wrote together, to be changed. Raises Forbidden, NotFound."""
    with reading() as session:
        return _shown(_allowed(session, person, ref))


def change_authors(
    person: Person, ref: int | str, given: Sequence[Author], channel: str, seen: str
) -> bool:
    """Keep these co-authors and this channel; False when nothing differs.

    Lines without a word are left out. Raises Forbidden, Conflict when somebody changed them since
    `seen`, Invalid by field: `N-last_name`, `N-email` (N from 0), channel.
    """
    with transaction() as session:
        appeal = _allowed(session, person, ref)
        hold(session, appeal)
        known = _shown(appeal)
        if seen != known.seen:
            raise Conflict(
                _("Somebody has changed these data meanwhile: look at them and enter yours again.")
            )
        wanted = _cleaned(given)
        if channel != known.channel and channel not in known.channels:
            raise _wrong({"channel": [_("Choose where the appeal came from.")]})
        changed = record_change(
            session,
            person.login,
            "authors.changed",
            str(appeal.key),
            _facts(known.authors, known.channel),
            _facts(wanted, channel),
        )
        if changed:
            _keep(session, appeal, wanted, channel)
        return changed


def _allowed(session: Session, person: Person, ref: int | str) -> Appeal:
    appeal = visible(session, person, ref)
    if not may_change_authors(person, appeal):
        raise Forbidden(_("Only a registrar, a manager, an assistant or a controller keeps it."))
    return appeal


def _shown(appeal: Appeal) -> Authors:
    found = tuple(
        Author(**{one.name: getattr(row, one.name) for one in fields(Author)})
        for row in appeal.applicants[1:]
    )
    facts = orjson.dumps(_facts(found, appeal.channel))
    return Authors(
        number=appeal.number or appeal.receipt,
        authors=found,
        channel=appeal.channel,
        channels=() if appeal.channel == SITE else STAFF_CHANNELS,
        seen=sha256(facts).hexdigest()[:16],
    )


def _facts(found: Sequence[Author], channel: str) -> dict[str, Any]:
    return {"co_applicants": [asdict(one) for one in found], "channel": channel}


def _cleaned(given: Sequence[Author]) -> tuple[Author, ...]:
    errors: dict[str, list[Any]] = {}
    found = []
    for place, line in enumerate(given):
        one = Author(**{name: storable(text).strip() for name, text in asdict(line).items()})
        if one == Author():
            continue
        if not (one.last_name and one.first_name):
            errors[f"{place}-last_name"] = [_("Give the surname and the name of each co-author.")]
        if one.email and not policy.is_email(one.email):
            errors[f"{place}-email"] = [_("The e-mail of a co-author is not an e-mail address.")]
        if max(map(len, asdict(one).values())) > LONGEST:
            errors[f"{place}-last_name"] = [_("At most %(n)s characters fit here.", n=LONGEST)]
        found.append(one)
    if len(found) > MOST_AUTHORS:
        errors["0-last_name"] = [_("At most %(n)s co-authors fit on a card.", n=MOST_AUTHORS)]
    if errors:
        raise _wrong(errors)
    return tuple(found)


def _wrong(errors: dict[str, list[Any]]) -> Invalid:
    return Invalid(_("Please check the fields marked below."), fields=errors)


def _keep(session: Session, appeal: Appeal, wanted: Sequence[Author], channel: str) -> None:
    assert channel in CHANNELS  # noqa: S101  # checked above
    held = appeal.applicants[1:]
    rows = []
    for place, one in enumerate(wanted):
        row = held[place] if place < len(held) else Applicant(kind="citizen")
        for name, text in asdict(one).items():
            setattr(row, name, text)
        row.position = place + 1
        rows.append(row)
    appeal.applicants = [appeal.main_applicant, *rows]
    appeal.collective = appeal.collective or bool(rows)
    appeal.channel = channel
    session.flush()
    searchable.refresh(appeal)
    indexing.later(session, appeal)
