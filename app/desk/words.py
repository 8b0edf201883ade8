"""Codes as words: kinds, channels, results, decisions.

States have their names in the rooms that keep them; here are the names that only people at the
desk read. A code nobody named (an analyst's own value) is shown as it is.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from babel.numbers import format_decimal
from flask import Flask

from app.access import policy as access
from app.appeals import particulars, services
from app.appeals import policy as appeals
from app.appeals.cards import LinkedAppeal, SearchHit, TaskItem
from app.correspondence import policy as correspondence
from app.desk.bulk import seconds_left
from app.desk.forms import CHANNELS
from app.documents import policy as documents
from app.documents import renewing
from app.extensions import lazy_gettext as _
from app.extensions import locale
from app.privacy.keeping import HELD

Names = Mapping[str, Any]

CHANNEL_NAMES: Names = {"site": _("Site"), **dict(CHANNELS)}
FORMS: Names = {
    appeals.ELECTRONIC: _("electronic document"),
    appeals.ORAL: _("oral"),
    appeals.WRITTEN: _("written"),
}
LANGUAGES: Names = {"ru": _("Russian"), "en": _("English")}
WAYS: Names = {"email": _("by e-mail"), "post": _("by post")}
KINDS: Names = {
    "proposal": _("proposal"),
    "statement": _("statement"),
    "complaint": _("complaint"),
    "other": _("other"),
}
REPEATED: Names = {
    "primary": _("first appeal"),
    "repeated": _("repeated"),
    "many": _("repeated many times"),
    "duplicate": _("duplicate"),
}
#: The same and the mark that stands beside them.
MARKS: Names = {**REPEATED, "collective": _("collective")}
SIGNATURE_ORIGINS: Names = {
    "body": _("Signature of the body"),
    "gost": _("Signature of the body by GOST"),
    "outside": _("Signature made elsewhere"),
    "citizen": _("Signature of the sender"),
}
OUTCOMES: Names = {
    "answered": _("answered"),
    "redirected": _("redirected"),
    "left": _("left without an answer"),
    "withdrawn": _("withdrawn"),
    "voided": _("registration voided"),
}
MATCHES: Names = {
    "email": _("same e-mail"),
    "address": _("same name and address"),
    "name": _("same surname and initials"),
}
TERMS: Names = {
    "registration": _("Registration"),
    "decision": _("Sending on, return, leaving without an answer"),
    "reply": _("Reply"),
    "extension": _("Reply after the extension"),
    "answer": _("Answer to the request"),
}
DECISIONS: Names = {
    "assign": _("assignments given"),
    "redirect": _("redirect to another body"),
    "answer": _("answer at once"),
    "leave": _("leave without an answer"),
    "return": _("return to the registrar"),
    "void": _("void the registration"),
    "accept": _("accepted"),
    "rework": _("returned to be reworked"),
    "grant": _("granted"),
    "refuse": _("refused"),
}
ANSWERS: Names = {"yes": _("yes"), "partly": _("partly"), "no": _("no")}
GROUNDS: Names = {
    **appeals.REOPENING_GROUNDS,
    **appeals.INSPECTION_REFUSALS,
    "exceptional": _("exceptional case"),
    "request": _("documents were requested from another body"),
}
ACTIONS: Names = {
    "request": _("Request documents"),
    "visit": _("Record a site visit"),
    "interim": _("Write an interim reply"),
    "inspection": _("Record a request to read the file"),
    "enclosures": _("Draw up an act of missing enclosures"),
    "valuables": _("Draw up an act of money or valuables"),
}
RESULT_STATES: Names = {
    "waiting": _("the result is not told yet"),
    "answered": _("the result was told"),
    "dropped": _("no result was told"),
}
ACTION_ICONS = {
    "request": "file-search",
    "visit": "map-pin",
    "interim": "mail",
    "inspection": "book-open",
    "enclosures": "paperclip",
    "valuables": "lock",
}
DOCUMENT_KINDS: Names = {
    "commission_act": _("act of a commission"),
    "appeal": _("from the applicant"),
    "addition": _("added by the applicant"),
    "scan": _("scan"),
    "report": _("executor's report"),
    "enclosure": _("enclosure of the reply"),
    "reply": _("reply"),
    "interim": _("interim reply"),
    "cover": _("cover letter"),
    "request": _("request for documents"),
    "answer": _("answer of another body"),
    "visit": _("from a site visit"),
    "act": _("act drawn up"),
    "notice": _("notice"),
}
ACT_STATES: Names = {
    "proposed": _("waits for approval"),
    "refused": _("turned down"),
    "approved": _("erasing goes on"),
    "carried_out": _("has been carried out"),
}
LINE_STATES: Names = {
    "listed": _("to be erased"),
    "erased": _("erased"),
    "kept": _("kept"),
}
LETTER_KINDS: Names = {
    "reply": _("Reply"),
    "interim": _("Interim reply"),
    "cover": _("Cover letter"),
    "request": _("Request for documents"),
    "notice": _("Notice"),
}
#: What a letter that could not be signed or mailed is instead.
HALTED: Names = {"signing": _("not signed"), "sending": _("not mailed")}
NOTICES: Names = {
    "receipt": _("of receipt"),
    "registered": _("of registration"),
    "redirected": _("of redirection"),
    "extended": _("of extension"),
    "left": _("of leaving without an answer"),
    "withdrawn": _("of withdrawal"),
    "voided": _("of a voided registration"),
    "reopened": _("of a reopening"),
    "enclosures_missing": _("of missing enclosures"),
    "valuables_found": _("of money or valuables in the letter"),
    "inspection_offered": _("of a day for reading the file"),
    "inspection_refused": _("of a refusal to show the file"),
    "reply": _("with the reply"),
    "interim": _("with the interim reply"),
    "stage": _("of a stage"),
    "survey": _("with the survey"),
    "code": _("with the access code"),
    "extension_refused": _("of a refused extension"),
    "assignment": _("of an assignment"),
    "assignment_changed": _("of a changed assignment"),
    "reminder": _("a reminder of the term"),
    "digest": _("a digest of terms"),
    "answer_reminder": _("a reminder of an answer"),
    "answer_received": _("of an answer of another body"),
}
#: The user tasks whose ids the product keeps; others are told by the stage they belong to.
TASKS: Names = {
    "register": _("registration"),
    "draw_up_act": _("act of a commission"),
    "sign_act": _("signing the act"),
    "correct_card": _("correction of the card"),
    "review": _("review"),
    "accept_assignment": _("accepting an assignment"),
    "report": _("report"),
    "accept_report": _("accepting a report"),
    "decide_extension": _("deciding on an extension"),
    "prepare_redirection": _("cover letter"),
    "sign_redirection": _("signing the cover letter"),
    "prepare_request": _("request for documents"),
    "receive_answer": _("answer to a request"),
    "record_visit": _("act of a site visit"),
    "record_enclosures": _("act of missing enclosures"),
    "settle_undelivered": _("letter that did not arrive"),
    "dispatch_returned": _("dispatch of a letter that came back"),
    "record_valuables": _("act of money or valuables"),
    "return_valuables": _("return of money or valuables"),
    "record_inspection": _("request to read the file"),
    "decide_inspection": _("decision on reading the file"),
    "hold_inspection": _("reading the file"),
    "draft_interim": _("draft of an interim reply"),
    "approve_interim": _("approval of an interim reply"),
    "receive_result": _("result from another body"),
    "sign_letter": _("signing a letter"),
    "dispatch_letter": _("dispatch of a letter"),
    "draft_reply": _("draft of the reply"),
    "approve_reply": _("approval of the reply"),
    "sign_reply": _("signing the reply"),
    "dispatch": _("dispatch of the reply"),
    "dispatch_cover": _("dispatch of the cover letter"),
    "renew_notice": _("a recalled notice"),
    "dispatch_notice": _("dispatch of a notice"),
}
#: Who acts without an account.
ACTORS: Names = {
    "citizen": _("Applicant"),
    "system": _("System"),
    "console": _("Command line"),
    "demo": _("Demonstration"),
}


#: Ways of identification that have a name of their own.
IDENTIFIED: Names = {
    "esia": _("ESIA, the portal of public services"),
    "oidc": _("Sign-in at the body's identity provider"),
}


def spelling(names: Names) -> Callable[[Any], Any]:
    """A function from a code to its name."""
    return lambda code: names.get(str(code), code)


def role_title(code: str) -> Any:
    return access.ROLES.get(code) or ACTORS.get(code, code)


def role_titles(codes: Sequence[str]) -> str:
    """The titles of several roles, as a list says them in each of its lines."""
    return _titles(locale(), tuple(codes))


@lru_cache(maxsize=200)
def _titles(_language: str, codes: tuple[str, ...]) -> str:
    return ", ".join(str(role_title(code)) for code in codes)


def acted(name: Any, absent: str) -> Any:
    """Who did it and for whom, where it was for somebody absent."""
    return _("%(who)s, for %(name)s", who=name, name=absent) if absent else name


def kind_title(code: str) -> Any:
    """What people call a kind of personal data."""
    return access.PERSONAL_NAMES.get(code, code)


def letter_state(state: str, halted: bool = False) -> Any:
    """The state of a letter in words; `halted` is one that could not be signed or mailed."""
    return (HALTED if halted else correspondence.STATE_NAMES).get(state, state)


def identified_by(auth_method: str) -> str:
    """How the applicant was identified, with the level of assurance the provider named."""
    method, _colon, level = auth_method.partition(":")
    name = str(IDENTIFIED.get(method, method))
    return f"{name} ({level})" if level else name


def noted_of_question(notes: Mapping[str, Any]) -> list[tuple[Any, Any, bool]]:
    """What is noted about one question: label, words, whether they are a date."""
    values = {**notes, "executor": notes["executor_name"]}
    return list(particulars.noted(particulars.Group("", "", particulars.OF_QUESTION), values))


def decimal(number: float) -> str:
    """A number as the language of the page writes it: 4,5 or 4.5."""
    return str(format_decimal(number, locale=locale()))


def stage_of(item: TaskItem | SearchHit | LinkedAppeal, language: str) -> str:
    """The stage in the language of the page; '' while facts it speaks of are not known yet."""
    text = item.stage_en if language == "en" and item.stage_en else item.stage
    return "" if text is None or "{" in text else text


#: The function of a template -> the names it looks into.
VOCABULARY: Mapping[str, Names] = {
    "channel_name": CHANNEL_NAMES,
    "form_name": FORMS,
    "language_name": LANGUAGES,
    "way_name": WAYS,
    "kind_name": KINDS,
    "task_name": TASKS,
    "repeated_name": REPEATED,
    "outcome_name": OUTCOMES,
    "decision_name": DECISIONS,
    "match_name": MATCHES,
    "term_name": TERMS,
    "result_name": appeals.RESULTS,
    "answer_name": ANSWERS,
    "mark_name": {},  # A mark is its own name.
    "ground_name": GROUNDS,
    "begin_name": ACTIONS,
    "request_state": appeals.REQUEST_STATES,
    "result_state": RESULT_STATES,
    "inspection_state": appeals.INSPECTION_STATES,
    "returned_name": appeals.VALUABLES_RETURNED,
    "held_name": HELD,
    "act_state": ACT_STATES,
    "line_state": LINE_STATES,
    "document_kind": DOCUMENT_KINDS,
    "document_state": documents.STATE_NAMES,
    "letter_kind": LETTER_KINDS,
    "signature_origin": SIGNATURE_ORIGINS,
    "assignment_state": {**appeals.ASSIGNMENT_STATES, "open": _("not finished")},
}


def init_app(app: Flask) -> None:
    app.jinja_env.filters.update(
        title_of_role=role_title,
        titles_of_roles=role_titles,
        title_of_kind=kind_title,
        decimal=decimal,
    )
    app.jinja_env.globals.update(
        acted=acted,
        stage_of=stage_of,
        identified_by=identified_by,
        letter_state=letter_state,
        action_icon=ACTION_ICONS.get,
        seconds_left=seconds_left,
        may_recall=services.may_recall,
        may_renew=services.may_renew,
        versions_of=renewing.histories,
        may_publish=services.may_publish,
        may_reopen=services.may_reopen,
        noted=particulars.noted,
        noted_of_question=noted_of_question,
    )
    app.jinja_env.globals.update({name: spelling(names) for name, names in VOCABULARY.items()})
