"""What a line of the journal is made of and how lines are chained; no database here."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum
from hashlib import sha256
from typing import Any
from uuid import UUID

GENESIS = "0" * 64
#: What stands for the details of a line whose subject was erased.
EMPTIED = '{"emptied":true}'


@dataclass(frozen=True)
class Line:
    """One line as it is sealed; `details` is the stored JSON text, not what it was read into."""

    id: int
    at: datetime
    actor: str
    action: str
    subject: str | None
    details: str


def spell(details: Mapping[str, Any]) -> str:
    """Write details as JSON text, always the same text for the same details.

    Raises TypeError for a kind of value the journal cannot keep.
    """
    return json.dumps(
        details, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=_plain
    )


def seal_of(previous: str, seq: int, line: Line) -> str:
    """The seal of a line: SHA-256, in hex, over its content, its place and the seal before it."""
    return chained(previous, seq, sealed_part(line))


def sealed_part(line: Line) -> str:
    """What of a line is under its seal: the end of a JSON list, `chained` writes its beginning."""
    at = line.at.astimezone(UTC).isoformat(timespec="microseconds")
    parts = [line.id, at, line.actor, line.action, line.subject, line.details]
    return json.dumps(parts, ensure_ascii=False, separators=(",", ":"))[1:]


def chained(previous: str, seq: int, part: str) -> str:
    """The seal of a line, given what `sealed_part` says of it."""
    return sha256(f'["{previous}",{seq},{part}'.encode()).hexdigest()


def vouched(lines: Iterable[tuple[Line, str | None]]) -> str:
    """What a line about emptied lines says of them: SHA-256 over all but their details.

    Their own seals are part of it, so that the chain still leads through each of them.
    """
    parts = [
        [one.id, one.at.astimezone(UTC).isoformat(), one.actor, one.action, one.subject, seal]
        for one, seal in lines
    ]
    return sha256(json.dumps(parts, ensure_ascii=False).encode()).hexdigest()


def _plain(value: object) -> Any:
    match value:
        case datetime() | date():
            return value.isoformat()
        case set() | frozenset():
            return sorted(value)
        case tuple():
            return list(value)
        case Enum():
            return value.value
        case Decimal() | UUID():
            return str(value)
        case Mapping():
            return dict(value)
    raise TypeError(f"The journal cannot keep a {type(value).__name__}.")
