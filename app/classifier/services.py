"""What the rest of the house asks of the classifier."""

from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import date
from functools import lru_cache
from pathlib import Path

from sqlalchemy.orm import Session

from app import clock
from app.classifier import editions, learning, vocabulary
from app.classifier.finding import Finder
from app.classifier.models import Edition, Hit, Node
from app.classifier.suggesting import Suggester
from app.extensions import settings

__all__ = [
    "Edition",
    "Hit",
    "Node",
    "find",
    "import_edition",
    "in_force",
    "known_editions",
    "learn",
    "node",
    "suggest",
]

MOST = 200


class Classifier:
    """One edition in memory; the index for suggestions is built when first asked for."""

    def __init__(self, edition: Edition) -> None:
        self.edition = edition
        self.nodes = editions.load(edition)
        self.by_code = {node.code: node for node in self.nodes}
        self.finder = Finder(self.nodes)
        self._suggester: Suggester | None = None

    @property
    def suggester(self) -> Suggester:
        if self._suggester is None:
            self._suggester = Suggester(self.nodes, vocabulary.phrases())
        return self._suggester


def find(query: str, limit: int = 20) -> list[Hit]:
    """Find assignable nodes by number or by the first letters of any words, best first."""
    return current().finder.find(query, min(limit, MOST))


def suggest(text: str, limit: int = 10, session: Session | None = None) -> list[Hit]:
    """Suggest assignable nodes for the text of an appeal, best first, with the words that led.

    With a session, what this body's clerks chose before for such texts counts too.
    """
    before = learning.chosen(session, text, _today()) if session is not None else None
    return current().suggester.suggest(text, min(limit, MOST), before)


def learn(
    session: Session,
    text: str,
    codes: Collection[str],
    *,
    names: Iterable[str] = (),
    weight: float = 1.0,
) -> None:
    """Take in what a clerk chose for a text (`learning.learn`)."""
    learning.learn(session, text, codes, _today(), names=names, weight=weight)


def node(code: str) -> Node | None:
    """Return the node of a full code, or of a number that means exactly one node.

    A code that only an older edition knows comes back not assignable: an old appeal still shows
    its words, a new one cannot have it.
    """
    typed = code.strip()
    now = current()
    if typed in now.by_code:
        return now.by_code[typed]
    meant = now.finder.numbered(typed)
    if len(meant) == 1:
        return meant[0]
    for edition in known_editions():
        found = _loaded(edition).by_code.get(typed)
        if found is not None:
            return replace(found, assignable=False, retired=found.assignable)
    return None


def known_editions() -> list[Edition]:
    """Every edition of this installation, the newest first."""
    return editions.editions([editions.SHIPPED, _own_folder()])


def current() -> Classifier:
    """The edition in force today; before the first of them, the first.

    After the end of the last one it goes on until another is imported: clerks need some.
    """
    today = _today()
    known = known_editions()
    begun = [edition for edition in known if edition.valid_from <= today]
    return _loaded(begun[0] if begun else known[-1])


def import_edition(
    path: Path, name: str, valid_from: date, valid_to: date | None = None
) -> tuple[Edition, int]:
    """Take in a new edition; return it and the number of its nodes.

    The edition before it ends on the eve of `valid_from`.
    """
    stored = editions.store(path.read_bytes(), _own_folder(), name, valid_from, valid_to)
    (edition,) = (one for one in known_editions() if one.folder == stored.folder)
    return edition, len(_loaded(edition).nodes)


def in_force(edition: Edition) -> bool:
    """Whether clerks choose from this edition today."""
    return current().edition == edition


@lru_cache(maxsize=4)
def _loaded(edition: Edition) -> Classifier:
    return Classifier(edition)


def _today() -> date:
    return clock.today(settings().default_zone)


def _own_folder() -> Path:
    return settings().data_dir / "classifier"
