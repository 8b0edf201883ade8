"""Campaigns: appeals with nearly the same text, considered together and answered one by one."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Boolean, ForeignKey, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.database import Model, UTCDateTime


class Campaign(Model):
    """A group that a person confirmed; `first_id` is the appeal whose text the others repeat."""

    __tablename__ = "campaign"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    first_id: Mapped[int] = mapped_column(ForeignKey("appeal.id"), unique=True)
    name: Mapped[str] = mapped_column(Text)
    confirmed_at: Mapped[datetime] = mapped_column(UTCDateTime)
    confirmed_by: Mapped[str] = mapped_column(String(100))


class CampaignMember(Model):
    """An appeal of a campaign; `out` when somebody took it out, to be considered by itself."""

    __tablename__ = "campaign_member"

    appeal_id: Mapped[int] = mapped_column(
        Integer, ForeignKey("appeal.id"), primary_key=True, autoincrement=False
    )
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"), index=True)
    out: Mapped[bool] = mapped_column(Boolean, default=False)


class CampaignRun(Model):
    """One thing done for many appeals: a step of a campaign, or an act on a selection of the inbox.

    `action` is `complete` for a step of a campaign (the same `answers` to the same task of each),
    else one of `app.appeals.services.bulk.ACTIONS`, and then there is no campaign. Each item is a
    line, done in a transaction of its own by who began the run. `language` is that of the reasons.
    `cancelled_at` is when its mail was cancelled, with what was not done yet.
    """

    __tablename__ = "campaign_run"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    campaign_id: Mapped[int | None] = mapped_column(ForeignKey("campaign.id"), index=True)
    action: Mapped[str] = mapped_column(String(20), default="complete", server_default="complete")
    element: Mapped[str] = mapped_column(String(120))
    answers: Mapped[dict[str, Any]] = mapped_column(JSON)
    actor: Mapped[str] = mapped_column(String(100))
    language: Mapped[str] = mapped_column(String(5))
    begun_at: Mapped[datetime] = mapped_column(UTCDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    cancelled_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class CampaignLine(Model):
    """One work item of a run; `outcome` is waiting, done or failed, `reason` why it failed."""

    __tablename__ = "campaign_line"
    __table_args__ = (Index("ix_campaign_line_run_id_outcome", "run_id", "outcome"),)

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    run_id: Mapped[int] = mapped_column(ForeignKey("campaign_run.id"))
    appeal_id: Mapped[int] = mapped_column(ForeignKey("appeal.id"))
    item_id: Mapped[int] = mapped_column(Integer)
    outcome: Mapped[str] = mapped_column(String(10), default="waiting")
    reason: Mapped[str] = mapped_column(Text, default="")
