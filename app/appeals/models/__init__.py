"""The tables of the appeals room, one file an idea."""

from app.appeals.models.act import CommissionAct
from app.appeals.models.appeal import Appeal, Applicant, Filing, Question
from app.appeals.models.campaign import Campaign, CampaignLine, CampaignMember, CampaignRun
from app.appeals.models.control import Reminder
from app.appeals.models.enclosures import EnclosuresAct
from app.appeals.models.inbox import InboxView
from app.appeals.models.inspection import FileInspection
from app.appeals.models.likeness import Likeness, TextBand
from app.appeals.models.link import AppealLink
from app.appeals.models.mailing import Mailing
from app.appeals.models.note import InternalNote
from app.appeals.models.paper import PaperHandover, PaperOriginal
from app.appeals.models.particulars import Particulars
from app.appeals.models.publication import Publication
from app.appeals.models.reply import ReplyRemark, ReplyVersion
from app.appeals.models.share import Share
from app.appeals.models.survey import SurveyInvitation
from app.appeals.models.typed import TypedForm
from app.appeals.models.valuables import ValuablesAct
from app.appeals.models.work import (
    Assignment,
    DocumentRequest,
    Extension,
    Redirection,
    Reopening,
    Reply,
    Report,
    Resolution,
    SiteVisit,
)

__all__ = [
    "Appeal",
    "AppealLink",
    "Applicant",
    "Assignment",
    "Campaign",
    "CampaignLine",
    "CampaignMember",
    "CampaignRun",
    "CommissionAct",
    "DocumentRequest",
    "EnclosuresAct",
    "Extension",
    "FileInspection",
    "Filing",
    "InboxView",
    "InternalNote",
    "Likeness",
    "Mailing",
    "PaperHandover",
    "PaperOriginal",
    "Particulars",
    "Publication",
    "Question",
    "Redirection",
    "Reminder",
    "Reopening",
    "Reply",
    "ReplyRemark",
    "ReplyVersion",
    "Report",
    "Resolution",
    "Share",
    "SiteVisit",
    "SurveyInvitation",
    "TextBand",
    "TypedForm",
    "ValuablesAct",
]
