"""Lists the forms choose from, as the doors hand them to scripts."""

from collections.abc import Iterable
from dataclasses import dataclass

from app.classifier import services as questions
from app.database import reading
from app.directory import services as directory

LIMIT = 20
SUGGESTED = 7
# Of the best score: what scores less is not worth a clerk's look.
LIKELY = 0.3


@dataclass(frozen=True)
class QuestionLine:
    """A question of the classifier that may be assigned; `words` are what led to it.

    `times` is how often clerks of this body chose it for texts with such words.
    """

    code: str
    number: str
    name: str
    path: str
    words: tuple[str, ...] = ()
    times: int = 0


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


def suggested(text: str, limit: int = SUGGESTED) -> list[QuestionLine]:
    """Questions the text of an appeal may be about, the likeliest first; far-fetched ones not."""
    with reading() as session:
        found = questions.suggest(text, limit=limit, session=session)
    least = LIKELY * found[0].score if found else 0.0
    return [
        QuestionLine(one.code, one.number, one.name, one.path, one.words, one.times)
        for one in found
        if one.score >= least
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
