"""What the room hands out: frozen values, no rows and no personal data."""

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True)
class Due:
    """An appeal whose keeping is over; `held` says why it cannot be erased (`keeping.HELD`)."""

    appeal_id: int
    number: str
    received_on: date
    ended_on: date
    outcome: str
    kept_until: date
    norm: str
    norm_en: str
    held: str
    act: str

    def said(self, locale: str) -> str:
        return self.norm_en if locale == "en" else self.norm


@dataclass(frozen=True)
class ActLine:
    """`state`: listed, erased, kept; `why` it was kept, a key of `keeping.HELD`."""

    appeal_id: int
    number: str
    registered_on: date | None
    ended_on: date
    kept_until: date
    norm: str
    state: str
    why: str


@dataclass(frozen=True)
class ActView:
    """An act; `may_decide` for who asks: two persons take part in it."""

    id: int
    number: str
    state: str
    proposed_by: str
    proposed_at: datetime
    decided_by: str | None
    decided_at: datetime | None
    remark: str
    done_at: datetime | None
    lines: tuple[ActLine, ...]
    document: bool
    may_decide: bool

    @property
    def done(self) -> int:
        return sum(line.state != "listed" for line in self.lines)

    @property
    def erased(self) -> int:
        return sum(line.state == "erased" for line in self.lines)


@dataclass(frozen=True)
class ErasureLine:
    """A line of the register."""

    appeal_id: int
    receipt: str
    number: str | None
    received_on: date
    registered_on: date | None
    ended_on: date
    outcome: str
    kept_until: date
    norm: str
    files: int
    letters: int
    act: str
    proposed_by: str
    approved_by: str
    erased_at: datetime
