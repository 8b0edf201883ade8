"""Who did something and for whom, as the journal knows: a row itself names only one of the two."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy.orm import Session

from app.appeals.people import People
from app.audit.services import Entry, of_actions

#: Actions that a row stands for, and what its id is called in their lines of the journal.
NAMED = {
    "resolution.made": "resolution",
    "assignment.passed_on": "assignment",
    "extension.requested": "extension",
    "extension.granted": "extension",
    "extension.refused": "extension",
    "inspection.offered": "inspection",
    "inspection.refused": "inspection",
}


class Hands:
    """The names of those who acted for somebody absent, by the action and the id of its row."""

    def __init__(self, people: People, entries: Iterable[Entry] = ()) -> None:
        self._people = people
        self._acted = {
            (one.action, one.details.get(NAMED[one.action])): (one.actor, one.details["instead_of"])
            for one in entries
            if one.action in NAMED and one.details.get("instead_of")
        }

    def of(self, login: str | None, *acts: tuple[str, Any]) -> tuple[str, str]:
        """The name of who did one of `acts`, and that of the absent as it follows «за» or ''.

        `login` is whom the row names: they did it themselves where the journal says nothing else.
        """
        did, absent = self.logins(login, *acts)
        return self._people.name(did), self._people.behalf(absent)

    def logins(self, login: str | None, *acts: tuple[str, Any]) -> tuple[str | None, str | None]:
        """The same as logins; None where nobody was absent."""
        return next((self._acted[one] for one in acts if one in self._acted), (login, None))


def hands_of(session: Session, keys: Iterable[str]) -> Hands:
    """Those of several appeals at once."""
    return Hands(People(session), of_actions(session, keys, NAMED))
