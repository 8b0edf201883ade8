"""What the room hands out: frozen values, no rows."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, BinaryIO


@dataclass(frozen=True)
class Upload:
    """A received file; `sha256` in hex, `size` in bytes."""

    id: str
    name: str
    size: int
    sha256: str
    media_type: str


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
class Signature:
    """Who signed, by which certificate, and whether it still holds.

    `intact`: the signed bytes are unchanged and the signature fits the certificate. `whole`: it
    covers the file to its last byte. `trusted`: the certificate is the one this body signs with.
    """

    owner: str
    certificate: str
    valid_from: datetime
    valid_to: datetime
    signed_at: datetime | None
    fingerprint: str = ""
    intact: bool = True
    whole: bool = True
    trusted: bool = True

    @property
    def holds(self) -> bool:
        return self.intact and self.whole and self.trusted


@dataclass(frozen=True)
class StateView:
    """A document came into `state` at `at` (UTC) by `actor`."""

    state: str
    at: datetime
    actor: str


@dataclass(frozen=True)
class DocumentView:
    """A document of a set; `states` oldest first; `signature` = facts kept when it was signed."""

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

    def reached(self, state: str) -> StateView | None:
        """When it last came into `state`, None if it never did."""
        return next((step for step in reversed(self.states) if step.state == state), None)


@dataclass(frozen=True)
class CheckedLetter:
    """What anyone with number and code may know of a letter: nothing of its content or addressee.

    `authentic`: the stored file is unchanged and its signature holds.
    """

    number: str
    issued_on: date | None
    title: str
    size: int
    sha256: str
    authentic: bool
    signature: Signature | None
