"""What of the personal data in an appeal a member of staff sees: by role, by task, for a reason."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, false, func, literal_column, or_
from sqlalchemy.orm import Session

from app import clock
from app.access import policy as access
from app.access.services import Person
from app.appeals import impartial, policy
from app.appeals.masking import CONTACTS, FILES, KINDS, NAMES, Mask
from app.appeals.models import Appeal
from app.audit.services import last
from app.errors import Forbidden
from app.extensions import lazy_gettext as _
from app.workflow import services as workflow
from app.workflow.services import WorkItemView

#: How long what was shown for a reason stays shown; and how long a look at a card is one look.
ONE_LOOK = timedelta(minutes=30)
REVEALED = "card.revealed"

#: By which lists are in the order of applicants: so much of the names as tells them apart. The
#: numbers are those of an index.
PEOPLE: ColumnElement[str] = func.substr(
    Appeal.search_people, literal_column("1"), literal_column("60")
)
#: Forms that cannot be filled in without the names and addresses.
NEEDS_ALL = frozenset(
    {
        "appeal/register",
        "redirection/prepare",
        "request/prepare",
        "interim/draft",
        "redirection/sign",
        "reply/draft",
        "reply/approve",
        "reply/sign",
        "correspondence/dispatch",
    }
)


def seen(session: Session, person: Person, appeal: Appeal) -> frozenset[str]:
    """The kinds of data of this appeal that the person sees unmasked now."""
    kinds = access.personal(person)
    if kinds >= KINDS:
        return kinds
    kinds |= needed(person, appeal, workflow.open_items(session, key=str(appeal.key)))
    if kinds >= KINDS or not may_reveal(person):
        return kinds
    shown = last(session, str(appeal.key), REVEALED, person.login)
    return KINDS if shown is not None and shown > clock.now() - ONE_LOOK else kinds


def needed(person: Person, appeal: Appeal, items: Iterable[WorkItemView]) -> frozenset[str]:
    """What the person's own tasks on the appeal need."""
    own = [one for one in items if is_for(one, person, appeal)]
    if any(one.form_key in NEEDS_ALL for one in own):
        return KINDS
    return frozenset({FILES}) if own else frozenset()


def may_reveal(person: Person) -> bool:
    """Whether the person may have what is masked shown, saying why."""
    return bool(person.roles & access.REVEALERS)


def require_files(session: Session, person: Person, appeal: Appeal) -> None:
    """Raise Forbidden, saying the remedy, when letters and files are masked for the person."""
    if FILES not in seen(session, person, appeal):
        raise Forbidden(
            _(
                "Letters and files hold personal data that your work does not need. If it does,"
                " press “Show” on the card and say why."
            )
        )


def mask(session: Session, person: Person, appeal: Appeal) -> Mask:
    """What hides from the views of one appeal what the person does not see."""
    return Mask(appeal, KINDS - seen(session, person, appeal))


def mask_in_lists(person: Person, appeal: Appeal) -> Mask:
    """The same for a line of a list: by role alone."""
    return Mask(appeal, KINDS - access.personal(person))


def findable(person: Person, pattern: str) -> ColumnElement[bool]:
    """Applicants found by what the person sees of them: a search must not tell what is masked."""
    kinds, columns = access.personal(person), list[Any]()
    if NAMES in kinds:
        columns.append(Appeal.search_people)
    if CONTACTS in kinds:
        columns.append(Appeal.search_contacts)
    return or_(false(), *(column.like(policy.like(pattern), escape="\\") for column in columns))


def text_of(person: Person) -> ColumnElement[str]:
    """The text of appeals as the person may read it: what a search looks through."""
    masked = func.coalesce(Appeal.search_masked, Appeal.search_text)
    return Appeal.search_text.expression if sees_names(person) else masked


def sees_names(person: Person) -> bool:
    """Whether the names of applicants are shown to the person in lists."""
    return NAMES in access.personal(person)


def is_for(item: WorkItemView, person: Person, appeal: Appeal) -> bool:
    """Whether the task is the person's own or an absent's, or free and of one of their roles."""
    if item.assignee:
        return item.assignee in impartial.logins(person, appeal)
    return bool(set(item.roles) & person.roles)
