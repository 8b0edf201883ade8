"""What people call the technical names that the studio's pages meet."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import engine
from app.appeals.policy import LEFT_REASONS
from app.extensions import lazy_gettext as _
from app.extensions import locale
from app.shell import day_short, moment_short
from app.workflow.versions import SHIPPED

#: How the journal writes a day, or a moment in UTC.
_WRITTEN = re.compile(r"\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}:\d{2}(\.\d+)?\+00:00)?")

#: Key of a journal line's details -> its name for a reader.
KEYS: Mapping[str, Any] = {
    "name": _("name"),
    "name_en": _("name in English"),
    "short_name": _("short name"),
    "email": _("e-mail"),
    "address": _("address"),
    "phone": _("telephone"),
    "post": _("post"),
    "unit": _("unit"),
    "active": _("in use"),
    "roles": _("roles"),
    "parent_id": _("part of unit no."),
    "login": _("login"),
    "basis": _("act"),
    "since": _("from"),
    "until": _("until"),
    "value": _("value"),
    "reason": _("reason"),
    "element": _("step"),
    "item": _("task no."),
    "note": _("note"),
    "kind": _("kind"),
    "document": _("document no."),
    "letter": _("letter no."),
    "link": _("link no."),
    "line": _("line no."),
    "handover": _("handing over no."),
    "case": _("case"),
    "volume": _("volume"),
    "leaves": _("leaves"),
    "share": _("share no."),
    "to": _("to whom"),
    "number": _("number"),
    "channel": _("delivery channel"),
    "expires_at": _("expires"),
    "organisations": _("organisations"),
    "organisation": _("organisation"),
    "executor": _("executor"),
    "assignment": _("assignment no."),
    "decision": _("decision"),
    "instances": _("processes"),
    "due_on": _("due"),
    "due_at": _("due"),
    "files": _("files sent"),
    "title": _("title"),
    "receipt": _("receipt"),
    "notice": _("notice"),
    "questions": _("questions"),
    "resolution": _("resolution no."),
    "extension": _("extension no."),
    "responsible": _("responsible"),
    "remark": _("remark"),
    "comment": _("comment"),
    "days": _("days"),
    "ground": _("ground"),
    "outcome": _("outcome"),
    "quality": _("mark"),
    "track": _("track number"),
    "size": _("size in bytes"),
    "on": _("day"),
    "source": _("from version"),
    "moved": _("moved"),
    "left": _("stayed"),
    "undone": _("put back"),
    "migration": _("move no."),
    "sha256": "SHA-256",
    "finding": _("found in the file"),
    "by": _("sought by"),
    "found": _("found"),
    "q": _("words"),
    "applicant": _("applicant"),
    "text": _("text"),
    "what": _("list"),
    "rows": _("lines"),
    "format": _("format of the file"),
    "act": _("act no."),
    "campaign": _("campaign no."),
    "documents": _("documents no."),
    "members": _("members"),
    "redirection": _("redirection no."),
    "request": _("request no."),
    "told": _("told"),
    "visit": _("visit no."),
    "again": _("once more"),
    "appeals": _("appeals"),
    "begun": _("what was begun"),
    "choice": _("reminders"),
    "inspection": _("reading of the file no."),
    "digest": _("check sum"),
    "letters": _("letters shown"),
    "lines": _("lines no."),
    "mark": _("tag"),
    "parent": _("part of assignment no."),
    "publication": _("publication no."),
    "run": _("mass action no."),
    "uid": _("delivery no."),
    "file": _("file"),
    "matched": _("lines matched"),
    "of": _("of document no."),
    "origin": _("whose signature"),
    "signature": _("signature no."),
    "trouble": _("why not checked"),
    "unmatched": _("lines not matched"),
    "verdicts": _("verdicts"),
    "how": _("how it went back"),
    "returned": _("came back"),
    "version": _("version"),
    "field": _("which address"),
    "code": _("answer of the mail server"),
    "sessions": _("sign-ins ended"),
    "items": _("cases in the action"),
    "question": _("code of the question"),
    "page": _("page"),
}

#: Kind of a diagram's element -> its name for a reader.
KINDS: Mapping[str, Any] = {
    "callActivity": _("another process"),
    "scriptTask": _("a script"),
    "businessRuleTask": _("a decision table"),
    "receiveTask": _("waits for a message"),
    "sendTask": _("sends a message"),
    "task": _("by itself"),
}


_LETTERS: Mapping[str, Any] = {
    "reply": _("reply"),
    "interim": _("interim reply"),
    "cover": _("cover letter"),
    "request": _("request for documents"),
    "notice": _("notice"),
}
#: Key of a journal line's details -> the values it may have -> their names for a reader.
VALUES: Mapping[str, Mapping[str, Any]] = {
    "how": {
        "in_person": _("in person"),
        "post": _("by post"),
        "passed_on": _("to another body"),
    },
    "field": {"email": _("e-mail"), "postal_address": _("postal address")},
    "channel": {
        "email": _("by e-mail"),
        "post": _("by post"),
        "site": _("on the site"),
        "person": _("in person"),
        "phone": _("by telephone"),
    },
    "kind": {
        **_LETTERS,
        "commission_act": _("act of a commission"),
        "appeal": _("from the applicant"),
        "addition": _("added by the applicant"),
        "scan": _("scan"),
        "report": _("executor's report"),
        "enclosure": _("enclosure"),
        "answer": _("answer of another body"),
        "visit": _("from a site visit"),
        "act": _("act drawn up"),
    },
    "notice": {
        **_LETTERS,
        "receipt": _("of receipt"),
        "registered": _("of registration"),
        "redirected": _("of redirection"),
        "extended": _("of extension"),
        "left": _("of leaving without an answer"),
        "withdrawn": _("of withdrawal"),
        "voided": _("of a voided registration"),
        "reopened": _("of a reopening"),
        "survey": _("with the survey"),
        "code": _("with the access code"),
        "extension_refused": _("of a refused extension"),
        "assignment": _("of an assignment"),
        "assignment_changed": _("of a changed assignment"),
        "reminder": _("a reminder of the term"),
        "digest": _("a digest of terms"),
    },
    "what": {
        "registration": _("Registration journal"),
        "control": _("Control list"),
        "dispatch": _("Dispatch register"),
        "load": _("Load of the executors"),
        "figures": _("Figures"),
        "audit": _("Journal of actions"),
        "due": _("Terms"),
        "assignments": _("Assignments"),
    },
    "reason": LEFT_REASONS,
    "note": {SHIPPED: _("The set that came with the program")},
    "mark": {
        "primary": _("first appeal"),
        "repeated": _("repeated"),
        "many": _("repeated many times"),
        "duplicate": _("duplicate"),
    },
    "decision": {
        "assign": _("assignments given"),
        "redirect": _("sent on to another body"),
        "answer": _("answered at once"),
        "leave": _("left without an answer"),
        "return": _("returned to the registrar"),
        "void": _("registration voided"),
        "accept": _("accepted"),
        "rework": _("returned to be reworked"),
        "grant": _("granted"),
        "refuse": _("refused"),
    },
    "outcome": {
        "answered": _("answered"),
        "redirected": _("sent on"),
        "left": _("left without an answer"),
        "withdrawn": _("withdrawn"),
        "voided": _("registration voided"),
    },
}
#: Who acts without an account -> what a reader calls them.
ACTORS: Mapping[str, Any] = {
    "system": _("the system"),
    "citizen": _("the applicant"),
    "demo": _("the demonstration"),
}

#: Kind of a promise to the outside world -> its name for a reader.
JOBS: Mapping[str, Any] = {
    "letter.countersigned": _("Signature made elsewhere checked"),
    "mailing.make": _("Letters for the post put together"),
    "signature.check": _("Check of the signature of a file"),
    "signature.recognise": _("Signatures of a sent file looked for"),
    "letter.sign": _("Signing of a letter"),
    "letter.send": _("Sending of a letter"),
    "letter.onward": _("A process goes on after a letter came back"),
    "mail.send": _("A notice by e-mail"),
    "access.link": _("A link to choose a password"),
    "reminders.digest": _("A digest of reminders"),
    "visit.act": _("The act of a visit"),
    "inspection.act": _("The act of a reading of the file"),
    "act.make": _("An act of the commission"),
    "enclosures.act": _("The act of missing enclosures"),
    "valuables.act": _("The act of money or valuables"),
    "campaign.run": _("A mass action"),
    "appeal.compare": _("Search for similar appeals"),
    "appeal.learn": _("Learning from the choice of questions"),
    "appeal.index": _("Words of a card for the search"),
    "document.read": _("Text of a file for the search"),
    "code.resend": _("An access code asked for once more"),
    "process.migrate": _("A move of running processes"),
    "reports.export": _("A table as a file"),
    "privacy.erase": _("Erasing of an appeal"),
    "privacy.print": _("An act of destruction in print"),
}

#: What only programs call so: a role, an element of a diagram, the kind of a notice.
_CODE = re.compile(r"[a-z][a-z0-9]*([._:-][a-z0-9]+)*")


def is_code(value: str) -> bool:
    """Whether a value is a technical name, to be shown as one."""
    return _CODE.fullmatch(value) is not None


def key_name(key: str) -> str:
    return str(KEYS.get(key, key))


def element_kind(kind: str) -> str:
    return str(KINDS.get(kind, kind))


def value_name(key: str, value: str) -> str:
    """What a value of a journal line is called: a code of ours, a day, a moment; '' for others."""
    return str(VALUES.get(key, {}).get(value, "")) or _time(value)


def note_text(note: str) -> str:
    """What was written about a version, as a reader sees it."""
    return value_name("note", note) or note


def _time(value: str) -> str:
    """A day or a moment as a reader sees it; '' for what is neither."""
    if not _WRITTEN.fullmatch(value):
        return ""
    try:
        found = datetime.fromisoformat(value)
    except ValueError:
        return ""
    return moment_short(found) if found.tzinfo else day_short(found.date())


def actor_name(login: str) -> str:
    return str(ACTORS.get(login, login))


def job_name(kind: str) -> str:
    return str(JOBS.get(kind, kind))


def rule_text(rule: str) -> str:
    """What a rule of `check` is about, in the reader's language; '' for one without a text."""
    known = engine.RULES.get(rule)
    if known is None:
        return ""
    return known.en if locale() == "en" else known.ru
