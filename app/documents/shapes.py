"""What the room hands out: frozen values, no rows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, BinaryIO

from app.documents.signatures import Report
from app.extensions import lazy_gettext as _
from app.extensions import locale


@dataclass(frozen=True)
class Upload:
    """A received file; `sha256` in hex, `size` in bytes."""

    id: str
    name: str
    size: int
    sha256: str
    media_type: str


@dataclass(frozen=True)
class Arrived:
    """A file in the store that no row holds yet, as the upload it may become.

    `path` has its bytes as long as they may be needed; `copy` is the picture painted anew, empty
    where none is; `plain`: nothing in it need be looked at for signatures.
    """

    upload: Upload
    path: Path
    marks: Sequence[str]
    copy: bytes
    plain: bool


@dataclass(frozen=True)
class OpenedFile:
    """A file ready to be read from anywhere; whoever reads it closes the stream. `size` in bytes.

    `sha256` is of the bytes in the stream, '' of what was made for the occasion.
    """

    stream: BinaryIO
    name: str
    media_type: str
    size: int
    sha256: str = ""


@dataclass(frozen=True)
class FileCheck:
    """What is known of the harm in a file that came from outside.

    `verdict`: unchecked, waiting, clean or found; `finding`: the name of what was found, or "size"
    where the scanner cannot look at so much; `marks`: macros, script.
    """

    verdict: str
    finding: str = ""
    checked_with: str = ""
    checked_at: datetime | None = None
    marks: tuple[str, ...] = ()

    @property
    def held(self) -> bool:
        """Whether nobody gets to see the file."""
        return self.verdict in ("waiting", "found")

    @property
    def told(self) -> str:
        """What a person reads beside the name of the file."""
        return _told(self.verdict, self.finding, self.marks, locale())


@lru_cache(maxsize=1000)
def _told(verdict: str, finding: str, marks: tuple[str, ...], _language: str) -> str:
    said = (_MARKS[one] for one in marks if one in _MARKS)
    return "; ".join(map(str, (_verdict(verdict, finding), *said)))


def _verdict(verdict: str, finding: str) -> Any:
    if verdict == "found":
        return _("in quarantine: %(finding)s", finding=finding)
    if verdict == "unchecked" and finding == "size":
        return _("not checked for viruses: too large for the scanner")
    return _VERDICTS[verdict]


_VERDICTS: Mapping[str, Any] = {
    "unchecked": _("not checked for viruses"),
    "waiting": _("being checked for viruses"),
    "clean": _("no viruses found"),
}
_MARKS: Mapping[str, Any] = {
    "macros": _("holds macros: do not switch them on"),
    "script": _("holds a program that runs when it is opened"),
}


@dataclass(frozen=True)
class StateView:
    """A document came into `state` at `at` (UTC) by `actor`."""

    state: str
    at: datetime
    actor: str


@dataclass(frozen=True)
class SignatureView:
    """A signature of a document; `report` is None until it is judged.

    `origin`: body, gost, outside, citizen; `size` is None for signatures inside the document.
    """

    id: int
    document_id: int
    origin: str
    name: str
    size: int | None
    added_by: str
    added_at: datetime
    report: Report | None = None
    checked_at: datetime | None = None


@dataclass(frozen=True)
class FileView:
    """A document of a set, for who asks neither how it came to be nor who signed it."""

    id: int
    kind: str
    name: str
    size: int
    sha256: str
    media_type: str
    check: FileCheck | None


@dataclass(frozen=True)
class DocumentView:
    """A document of a set; `states` oldest first; `signature` = facts kept when it was signed.

    `check` is None of what the body made itself; `follows` is the version before.
    `signatures` are those beside it and, of what came from outside, those inside it.
    """

    id: int
    key: str
    kind: str
    title: str
    name: str
    size: int
    sha256: str
    media_type: str
    state: str
    states: tuple[StateView, ...]
    created_at: datetime
    number: str | None = None
    issued_on: date | None = None
    signature: Mapping[str, Any] | None = None
    check: FileCheck | None = None
    signatures: tuple[SignatureView, ...] = ()
    follows: int | None = None

    def reached(self, state: str) -> StateView | None:
        """When it last came into `state`, None if it never did."""
        return next((step for step in reversed(self.states) if step.state == state), None)


@dataclass(frozen=True)
class CheckedLetter:
    """What anyone with number and code may know of a letter: nothing of its content or addressee.

    `authentic`: the stored file is unchanged and bears the signature that was made when it left.
    """

    number: str
    issued_on: date | None
    title: str
    size: int
    sha256: str
    authentic: bool
    report: Report


@dataclass(frozen=True)
class CheckedFile:
    """What a file says that somebody brought to be checked; nothing of it is kept.

    `letter` is the letter of this body that the file is, byte for byte, if any; `ours`: some
    signature on it was made by the certificate this body signs with.
    """

    name: str
    size: int
    sha256: str
    report: Report
    letter: CheckedLetter | None
    ours: bool
