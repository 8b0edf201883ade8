"""Lists the forms choose from, as the doors hand them to scripts."""

from collections.abc import Iterable
from dataclasses import dataclass

from app.classifier import services as questions
from app.database import reading
from app.directory import services as directory

LIMIT = 20


@dataclass(frozen=True)
class QuestionLine:
    """A question of the classifier that may be assigned."""

    code: str
    number: str
    name: str
    path: str


@dataclass(frozen=True)
class OrganisationLine:
    """A body an appeal can be sent to."""

    id: int
    name: str


def classifier(q: str, limit: int = LIMIT) -> list[QuestionLine]:
    """Questions by number, code or the beginnings of words; an empty `q` gives the first page."""
    return [
        QuestionLine(one.code, one.number, one.name, one.path)
        for one in questions.find(q, limit=limit)
    ]


def names(codes: Iterable[str]) -> list[tuple[str, str]]:
    """Codes with the names of their questions; unknown ones are left out."""
    found = {code: questions.node(code) for code in dict.fromkeys(codes)}
    return [(code, node.name) for code, node in found.items() if node is not None]


def organisations(q: str, limit: int = LIMIT) -> list[OrganisationLine]:
    """Bodies of the directory by any words of their names."""
    with reading() as session:
        found = directory.find_organisations(session, q, limit=limit)
        return [OrganisationLine(one.id, one.name) for one in found]
