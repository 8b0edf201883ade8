"""What forms have to ask of the house: whether a person, body, file or question exists."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy.orm import Session

from app.access import policy as access
from app.access.services import Person, people
from app.appeals.people import People
from app.classifier import services as classifier
from app.directory import services as directory
from app.documents.services import uploads
from app.errors import NotFound
from app.extensions import locale

CHOICE_LIMIT = 500


class HouseResolver:
    """The `formkit.Resolver` of this product, inside one use case."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._people = People(session)

    def person(self, login: str) -> bool:
        found = self._people.get(login)
        return found is not None and found.active

    def organisation(self, identifier: int) -> bool:
        try:
            return directory.organisation(self._session, identifier).active
        except NotFound:
            return False

    def upload(self, identifier: Any) -> bool:
        return bool(uploads(self._session, [str(identifier)]))

    def classifier(self, code: str) -> bool | str:
        node = classifier.node(code)
        # Whether an appeal may keep a retired question is for the use case, which knows the appeal.
        return node.code if node is not None and (node.assignable or node.retired) else False

    def choices(self, name: str) -> Sequence[tuple[str, str]]:
        if name in ("person", "people"):
            found = people(self._session, "", limit=CHOICE_LIMIT)
            return [(one.login, _label(one)) for one in found]
        if name in ("organisation", "organisations"):
            bodies = directory.find_organisations(self._session, "", limit=CHOICE_LIMIT)
            return [(str(one.id), one.name) for one in bodies]
        return []

    def all_choices(self) -> Mapping[str, list[tuple[str, str]]]:
        """The lists a page may need, by the name of their widget."""
        return {name: list(self.choices(name)) for name in ("person", "organisation")}


def _label(person: Person) -> str:
    name = person.said("name", locale())
    return f"{name} ({access.away_words(person.away)})" if person.away else name
