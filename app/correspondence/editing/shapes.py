"""What the editor of templates hands out."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from app.correspondence.editing.history import Version
from app.correspondence.shapes import Composition, Fault
from app.correspondence.typesetting import Made
from app.errors import Invalid
from app.extensions import lazy_gettext as _


@dataclass(frozen=True)
class Template:
    """A file and what comes of it; all `versions`, newest first.

    `kinds` of a template of sheets are the kinds it sets; of a text of letters, the made-up cases
    it is tried with, "registered:mail". Without versions the file is as it came with the release.
    """

    file: str
    kinds: tuple[str, ...]
    versions: tuple[Version, ...]

    @property
    def changed(self) -> bool:
        return bool(self.versions) and not self.versions[0].shipped

    @property
    def at(self) -> int:
        """The version in force: what a change has to begin with."""
        return self.versions[0].id if self.versions else 0


@dataclass(frozen=True)
class Letter:
    """A text of letters in its languages; `audience`: who reads it, else "shared" or "draft"."""

    name: str
    audience: str
    files: Mapping[str, Template]


@dataclass(frozen=True)
class Trial:
    """What came of a text that is not in force: a sheet in type (`made`), or a letter (`said`).

    `faults` say what is wrong with it; `lost` are the parts not found on a sheet, or the facts that
    the letter no longer tells.
    """

    faults: tuple[Fault, ...] = ()
    lost: tuple[str, ...] = ()
    made: Made = field(default_factory=Made)
    said: Composition | None = None


class Faulty(Invalid):
    """A template that cannot be put in force; `faults` say why, each with its place."""

    def __init__(self, faults: tuple[Fault, ...]) -> None:
        message = _("The template has errors: they are shown beside its lines.")
        super().__init__(message, fields={"text": [message]})
        self.faults = faults
