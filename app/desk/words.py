"""Codes as words: states, kinds, channels, results, deeds of the journal."""

from typing import Any

from flask import Flask

from app.access import policy
from app.desk.forms import CHANNELS
from app.extensions import lazy_gettext as _

WORDS: dict[str, Any] = {
    # Documents and letters.
    "draft": _("draft"),
    "approved": _("approved"),
    "signed": _("signed"),
    "registered": _("registered"),
    "sent": _("sent"),
    "delivered": _("delivered"),
    "returned": _("came back"),
    "filed": _("filed"),
    "received": _("received"),
    "stored": _("stored"),
    "appeal": _("from the applicant"),
    "addition": _("added by the applicant"),
    "scan": _("scan"),
    "report": _("executor's report"),
    "reply": _("reply"),
    "cover": _("cover letter"),
    "notice": _("notice"),
    "attachment": _("attachment"),
    "email": _("by e-mail"),
    "post": _("by post"),
    # Appeals.
    "answered": _("answered"),
    "redirected": _("redirected"),
    "left": _("left without an answer"),
    "withdrawn": _("withdrawn"),
    "proposal": _("proposal"),
    "statement": _("statement"),
    "complaint": _("complaint"),
    "other": _("other"),
    "primary": _("primary"),
    "repeat": _("repeated"),
    "repeated": _("repeated"),
    "many": _("repeated many times"),
    "duplicate": _("duplicate"),
    # Results of questions.
    "supported": _("supported"),
    "measures": _("supported, measures taken"),
    "explained": _("explained"),
    "not_supported": _("not supported"),
    # Assignments.
    "open": _("not finished"),
    "issued": _("issued"),
    "accepted": _("accepted"),
    "reported": _("reported"),
    "rework": _("returned for rework"),
    "done": _("done"),
    "cancelled": _("cancelled"),
    # Decisions.
    "assign": _("assigned"),
    "redirect": _("redirected to another body"),
    "answer": _("answered at once"),
    "leave": _("left without an answer"),
    "return": _("returned to the registrar"),
    "accept": _("accepted"),
    "grant": _("granted"),
    "refuse": _("refused"),
    "yes": _("yes"),
    "partly": _("partly"),
    "no": _("no"),
    # Who.
    "citizen": _("applicant"),
    "system": _("system"),
    "console": _("command line"),
    "demo": _("demonstration"),
    # Deeds of the journal.
    "appeal.filed": _("appeal filed"),
    "appeal.submitted": _("appeal filed"),
    "appeal.taken_in": _("appeal taken in"),
    "appeal.registered": _("appeal registered"),
    "appeal.corrected": _("card corrected"),
    "appeal.reviewed": _("resolution given"),
    "appeal.withdrawn": _("appeal withdrawn"),
    "appeal.answered": _("appeal answered"),
    "appeal.redirected": _("appeal redirected"),
    "appeal.left": _("left without an answer"),
    "appeal.closed": _("appeal closed"),
    "appeal.archived": _("appeal filed away"),
    "appeal.rated": _("reply rated"),
    "appeal.viewed": _("card looked at"),
    "documents.added": _("documents added"),
    "item.taken": _("task taken"),
    "item.released": _("task given back"),
    "item.completed": _("task completed"),
    "process.cancelled": _("process cancelled"),
    "assignment.issued": _("assignment issued"),
    "assignment.accepted": _("assignment accepted"),
    "assignment.reported": _("report submitted"),
    "assignment.closed": _("report accepted"),
    "assignment.returned": _("report returned for rework"),
    "assignment.passed_on": _("assignment passed on"),
    "extension.requested": _("extension asked for"),
    "extension.granted": _("term extended"),
    "extension.refused": _("extension refused"),
    "letter.drafted": _("letter drafted"),
    "letter.revised": _("letter revised"),
    "letter.approved": _("letter approved"),
    "letter.returned": _("letter returned with remarks"),
    "letter.signing": _("letter given for signature"),
    "letter.signed": _("letter signed"),
    "letter.registered": _("letter registered"),
    "letter.sent": _("letter sent"),
    "letter.posted": _("letter posted"),
    "letter.delivered": _("letter delivered"),
    "notice.promised": _("notice prepared"),
    "document.added": _("document added"),
    "document.moved": _("document's state changed"),
}
CHANNEL_NAMES: dict[str, Any] = {"site": _("the site"), **dict(CHANNELS)}


def word_for(code: Any) -> Any:
    """The word of a code; the code itself when it has none (an analyst's own value)."""
    return WORDS.get(str(code), code)


def channel_name(code: str) -> Any:
    return CHANNEL_NAMES.get(code, code)


def role_title(code: str) -> Any:
    return policy.ROLES.get(code, word_for(code))


def init_app(app: Flask) -> None:
    app.jinja_env.filters["title_of_role"] = role_title
    app.jinja_env.globals.update(word_for=word_for, channel_name=channel_name)
