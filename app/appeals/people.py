"""Names of members of staff in the language of who asks, looked up once a use case."""

from collections.abc import Iterable

from sqlalchemy.orm import Session

from app.access import policy as access
from app.access.services import Away, Person, people_by_login
from app.correspondence.names import on_behalf_of
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

    def look_up(self, logins: Iterable[str]) -> None:
        """Ask for several people at once."""
        asked = [login for login in dict.fromkeys(logins) if login not in self._known]
        if asked:
            found = people_by_login(self._session, asked)
            self._known |= {login: found.get(login) for login in asked}

    def get(self, login: str) -> Person | None:
        self.look_up([login])
        return self._known[login]

    def idle(self, login: str) -> bool:
        """Whether it is somebody in no role that does work on appeals, who could not finish any."""
        found = self.get(login)
        return found is not None and found.roles <= access.IDLE

    def name(self, login: str | None) -> str:
        if not login:
            return ""
        found = self.get(login)
        return found.said("name", locale()) if found else login

    def behalf(self, login: str | None) -> str:
        """The name as it follows «за»: «Иванову М. П.»; '' for nobody."""
        found = self.get(login) if login else None
        return on_behalf_of(found.said("name", locale()), locale()) if found else ""

    def away(self, login: str | None) -> Away | None:
        """The absence of somebody, with who stands in."""
        found = self.get(login) if login else None
        return found.away if found else None

    def unit(self, login: str) -> str:
        found = self.get(login)
        return found.said("unit", locale()) if found else ""
