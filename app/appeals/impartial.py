"""Who may do nothing with a complaint: whom it is about, and who acts for them (art. 8 p. 6)."""

from typing import Any

from sqlalchemy import ColumnElement, and_, or_
from sqlalchemy.orm import Session

from app.access.services import Person
from app.appeals import policy
from app.appeals.models import Appeal
from app.appeals.people import People
from app.errors import Forbidden


def about(appeal: Appeal) -> frozenset[str]:
    """Logins of whom the appeal complains of."""
    return frozenset(filter(None, (appeal.complained_person, appeal.complained_other)))


def complained(appeal: Appeal, person: Person) -> bool:
    """Whether the appeal complains of the person, or of somebody they stand in for now."""
    return not about(appeal).isdisjoint(person.logins)


def complains_of(session: Session, appeal: Appeal, login: str) -> bool:
    """The same of a login; one that nobody has is not complained of."""
    if not login or not about(appeal):
        return False
    found = People(session).get(login)
    return login in about(appeal) or (found is not None and complained(appeal, found))


def require(person: Person, appeal: Appeal) -> None:
    """Whom the appeal complains of may do nothing with it, nor may who stands in for them."""
    if complained(appeal, person):
        raise Forbidden(policy.TO_PERSON)


def logins(person: Person, appeal: Appeal) -> frozenset[str]:
    """Whose tasks on the appeal are the person's: their own, and those of the absent.

    A complaint about the person, or about one of the absent, is out of a substitute's reach.
    """
    return frozenset({person.login}) if complained(appeal, person) else person.logins


def own(person: Person, *columns: Any) -> ColumnElement[bool]:
    """Where a column names the person, or somebody absent for whom the person acts on `Appeal`."""
    mine = or_(*(column == person.login for column in columns))
    if not person.stands_for:
        return mine
    absent = sorted(person.stands_for)
    return or_(mine, and_(fair(person), or_(*(column.in_(absent) for column in columns))))


def fair(person: Person) -> ColumnElement[bool]:
    """Of the appeals in a query: those that complain neither of the person nor of the absent."""
    whom, logins = (Appeal.complained_person, Appeal.complained_other), sorted(person.logins)
    return and_(*(or_(column.is_(None), column.not_in(logins)) for column in whom))
