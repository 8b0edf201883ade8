"""The workbench of a reply as a screen shows it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True)
class VersionView:
    """A draft as somebody handed it on, for the absent `instead_of_name` where one is named."""

    id: int
    author_name: str
    at: datetime
    subject: str
    instead_of_name: str = ""


@dataclass(frozen=True)
class RemarkView:
    """A remark; `place` is the paragraph it stands at now, None when that is gone."""

    id: int
    place: int | None
    quote: str
    text: str
    author_name: str
    at: datetime
    resolved_at: datetime | None
    resolved_by: str


@dataclass(frozen=True)
class Workbench:
    """`checks` as of `app.appeals.checking`; `differences` between the versions `old` and `new`.

    `paragraphs` are those of the last version, beside which the remarks stand.
    """

    appeal_id: int
    number: str
    checks: tuple[Any, ...]
    versions: tuple[VersionView, ...]
    old: int
    new: int
    differences: tuple[tuple[str, str], ...]
    paragraphs: tuple[str, ...]
    remarks: tuple[RemarkView, ...]
    may_remark: bool
