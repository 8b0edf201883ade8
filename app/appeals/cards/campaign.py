"""What staff see of campaigns: groups of like texts, their members, steps done for many."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.appeals.cards.common import AppealRef, Page


@dataclass(frozen=True)
class GroupView:
    """Open appeals with nearly the same text that stand in no campaign yet.

    `campaign` is the one that others of the same text stand in already.
    """

    first: AppealRef
    count: int
    since: datetime
    until: datetime
    campaign: int | None


@dataclass(frozen=True)
class MemberView:
    """An appeal of a group or a campaign.

    `pieces` is its text, each piece with whether it differs from the first one's; `percent` how
    like it is. `at` names the open tasks, as far as the person may do them.
    """

    appeal: AppealRef
    received_at: datetime
    address: str
    reply_channel: str
    percent: int
    pieces: tuple[tuple[str, bool], ...]
    outcome: str | None
    out: bool
    at: tuple[str, ...] = ()


@dataclass(frozen=True)
class GroupPage:
    """A group opened: the text that is repeated and a page of those that repeat it."""

    group: GroupView
    sample: str
    members: Page[MemberView]


@dataclass(frozen=True)
class StepView:
    """A task that is open in many appeals of a campaign and that the person may do for all."""

    element: str
    title: str
    title_en: str
    count: int

    def named(self, locale: str) -> str:
        return self.title_en if locale == "en" and self.title_en else self.title


@dataclass(frozen=True)
class RunView:
    """How far a step for many has come."""

    id: int
    campaign: int | None
    element: str
    actor: str
    begun_at: datetime
    finished_at: datetime | None
    waiting: int
    done: int
    failed: int
    action: str = "complete"
    cancelled_at: datetime | None = None

    @property
    def total(self) -> int:
        return self.waiting + self.done + self.failed

    @property
    def busy(self) -> bool:
        return self.waiting > 0


@dataclass(frozen=True)
class FailedLine:
    """An appeal that a step could not be done for, and why; its task is still there."""

    appeal: AppealRef
    item: int
    reason: str


@dataclass(frozen=True)
class HeldMail:
    """Mail of a run that can still be cancelled: how much, and when the last of it leaves."""

    count: int = 0
    leaves_at: datetime | None = None


@dataclass(frozen=True)
class RunPage:
    """A run with what it could not do."""

    run: RunView
    name: str
    failed: tuple[FailedLine, ...]
    held: HeldMail = HeldMail()


@dataclass(frozen=True)
class CampaignView:
    """A campaign: who is in it, what can be done for all, what was done.

    `fresh` counts like appeals that came since and are not in it.
    """

    id: int
    name: str
    first: AppealRef
    sample: str
    confirmed_at: datetime
    confirmed_by: str
    count: int
    closed: int
    fresh: int
    steps: tuple[StepView, ...]
    runs: tuple[RunView, ...]
    members: Page[MemberView]
    may_change: bool


@dataclass(frozen=True)
class LetterLine:
    """A letter that a step is about, as the one who approves or signs has to see it."""

    letter: int
    subject: str
    addressee: str
    channel: str
    text: str


@dataclass(frozen=True)
class StepLine:
    """One appeal a step may be done for."""

    appeal: AppealRef
    item: int
    letter: LetterLine | None


@dataclass(frozen=True)
class StepPage:
    """A step to be done for many: its form, what is known, and the appeals it is about.

    `must_confirm`: who does it has to say that the list was looked through.
    """

    campaign: int
    name: str
    step: StepView
    documentation: str
    documentation_en: str
    form_key: str
    form: Mapping[str, Any]
    values: Mapping[str, Any]
    choices: Mapping[str, list[tuple[str, str]]]
    lines: tuple[StepLine, ...]
    must_confirm: bool
    marks: tuple[str, ...]
