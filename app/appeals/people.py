"""Names of members of staff in the language of who asks, looked up once a use case."""

from sqlalchemy.orm import Session

from app.access.services import Person
from app.access.services import person as find_person
from app.errors import NotFound
from app.extensions import locale
from app.session import notes


class People:
    """People by login; a login that no longer exists is shown as it is."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._known: dict[str, Person | None] = notes(session).setdefault(People, {})

    def meet(self, person: Person) -> None:
        """Who is known already need not be looked up."""
        self._known[person.login] = person

    def get(self, login: str) -> Person | None:
        if login not in self._known:
            try:
                self._known[login] = find_person(self._session, login)
            except NotFound:
                self._known[login] = None
        return self._known[login]

    def name(self, login: str | None) -> str:
        if not login:
            return ""
        found = self.get(login)
        return found.said("name", locale()) if found else login

    def unit(self, login: str) -> str:
        found = self.get(login)
        return found.said("unit", locale()) if found else ""
