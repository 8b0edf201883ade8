"""What people call the sheets and texts of letters, their parts, and what is wrong with them."""

from collections.abc import Collection, Mapping
from typing import Any

from app.appeals.policy import LEFT_REASONS
from app.correspondence.texts import KNOWN_FACTS
from app.extensions import lazy_gettext as _

#: Kind of a sheet that is set in type -> its name for a reader.
SHEETS: Mapping[str, Any] = {
    "reply": _("Reply to the applicant"),
    "interim": _("Interim reply"),
    "cover": _("Cover letter"),
    "request": _("Request for documents"),
    "notice": _("Notice on paper"),
    "act": _("Act of destruction"),
    "signed_act": _("Act signed by hand"),
    "commission_act": _("Act of a commission"),
    "stored": _("What is stored about a person"),
    "sent": _("What an applicant sent"),
    "barcode": _("Barcode sheet"),
    "stamp": _("Registration stamp"),
    "envelopes": _("Address sheets for envelopes"),
    "post_register": _("List of letters for the post, form 103"),
}
#: Part of a letter that has to be on it -> what a reader calls it.
PARTS: Mapping[str, Any] = {
    "body": _("name of the body"),
    "number": _("number"),
    "date": _("date"),
    "addressee": _("addressee"),
    "text": _("text"),
    "signatory": _("signatory"),
    "stamp": _("mark of the electronic signature"),
    "check": _("code of the check"),
}
#: What our own check says of a template; what Typst says is passed on as it is.
FAULTS: Mapping[str, Any] = {
    "eval": _(
        "“eval” and “std” are not allowed: with them, words of an applicant could become markup."
    ),
    "package": _("Packages are not at hand: a template uses only what Typst has itself."),
    "time": _("The template takes too much time or memory: is there a loop without an end?"),
    "long": _("The template is too long, or would make a letter that is."),
    "name": _("There is no fact “%(what)s”. The names a text may use are listed below it."),
    "part": _("“%(what)s” cannot be asked of this: only an item of a list has parts."),
    "filter": _("“%(what)s” is not among what may be done with a fact."),
    "loop": _("A loop goes over one list of facts and has no other loop inside."),
    "include": _("“%(what)s” is no shared text of this language."),
    "construct": _("This cannot be said in a letter (%(what)s)."),
    "subject": _('The text has to set its subject: {%% set subject = "…" %%}'),
    "lost": _("The letter has to tell: %(what)s."),
}
#: A text of letters -> what a reader calls it.
TEXTS: Mapping[str, Any] = {
    "receipt": _("Notice of receipt"),
    "registered": _("Notice of registration"),
    "redirected": _("Notice of redirection"),
    "extended": _("Notice of extension"),
    "left": _("Notice of leaving without an answer"),
    "withdrawn": _("Notice of withdrawal"),
    "voided": _("Notice of a voided registration"),
    "reopened": _("Notice of a reopening"),
    "enclosures_missing": _("Notice of missing enclosures"),
    "valuables_found": _("Notice of enclosed money or valuables"),
    "inspection_offered": _("Invitation to read the file"),
    "inspection_refused": _("Refusal to show the file"),
    "reply": _("E-mail with the reply"),
    "interim": _("E-mail with the interim reply"),
    "cover": _("E-mail with the cover letter"),
    "request": _("E-mail with the request for documents"),
    "stage": _("News of how the appeal goes"),
    "survey": _("Request to rate the reply"),
    "code": _("Access code once more"),
    "extension_refused": _("Refused extension"),
    "assignment": _("Assignment given"),
    "assignment_changed": _("Assignment changed or taken back"),
    "reminder": _("Reminder of the term"),
    "digest": _("Digest of terms"),
    "answer_reminder": _("Reminder of an awaited answer"),
    "answer_received": _("Answer that has come"),
    "card_shared": _("Access to a card"),
    "paper_handed": _("Paper on its way"),
    "password_link": _("Link to choose a password"),
    "draft_reply": _("Draft of a reply"),
    "draft_interim": _("Draft of an interim reply"),
    "draft_cover": _("Draft of a cover letter"),
    "draft_request": _("Draft of a request for documents"),
    "_access": _("Number, access code and link to the status"),
    "_body": _("Farewell"),
    "_stop": _("How to stop letters that only inform"),
}
AUDIENCES: Mapping[str, Any] = {
    "citizen": _("to the applicant"),
    "organisation": _("to another body"),
    "staff": _("to a colleague"),
    "draft": _("what a letter is begun with"),
    "shared": _("a part of many letters"),
}
#: A made-up case -> what a reader calls it.
CASES: Mapping[str, Any] = {
    "mail": _("by e-mail"),
    "paper": _("on paper"),
    "bare": _("with hardly any facts"),
    "copy": _("a copy was sent on"),
    "own": _("a copy was sent on, a part is ours"),
    "migration": _("on migration (art. 8 p. 3.1 of 59-FZ)"),
    "control": _("the result is asked for"),
    "result": _("on the result"),
    "late": _("after the term"),
    "internal": _("after the internal term"),
    "taken_away": _("taken back"),
    "reminded": _("for the second time"),
    **LEFT_REASONS,
}
#: What a letter tells -> what a reader calls it.
FACTS: Mapping[str, Any] = {
    "number": _("number of the appeal"),
    "receipt": _("number of the receipt"),
    "access_code": _("access code"),
    "status_url": _("link to the status"),
    "stop_url": _("link to stop such letters"),
    "body_name": _("name of the body"),
    "received_at": _("day and time of receipt"),
    "register_by": _("term of registration"),
    "registered_on": _("day of registration"),
    "due_on": _("term of the reply"),
    "answer_by": _("term of the answer"),
    "until": _("until which day it holds"),
    "days": _("term in days"),
    "decided_on": _("day of the decision"),
    "decided_by": _("who decided"),
    "reason": _("reason"),
    "explanation": _("explanation"),
    "earlier_replies": _("earlier replies"),
    "answer_url": _("address of the published answer"),
    "organisation": _("organisation"),
    "outgoing_number": _("outgoing number"),
    "outgoing_on": _("date of the outgoing letter"),
    "check_url": _("where the letter is checked"),
    "check_code": _("code of the check"),
    "read_on": _("day of the reading"),
    "read_at": _("hour of the reading"),
    "place": _("place"),
    "questions": _("questions of the appeal"),
    "files": _("files of the appeal"),
    "documents": _("list of documents"),
    "reports": _("reports of the executors"),
    "resolution": _("words of the resolution"),
    "lines": _("list of appeals"),
    "link": _("link to the page"),
    "survey_url": _("link to the survey"),
    "name": _("name of the applicant"),
    "name_genitive": _("name of the applicant, genitive"),
    "address": _("address of the applicant"),
    "law": _("the law it rests on"),
}
LANGUAGES: Mapping[str, Any] = {"ru": _("Russian"), "en": _("English")}


def sheet_name(kind: str) -> str:
    return str(SHEETS.get(kind, kind))


def text_name(name: str) -> str:
    return str(TEXTS.get(name, name))


def kind_name(kind: str, kinds: Collection[str]) -> str:
    """What a sheet is called, or a made-up case: with its letter where there are several."""
    letter, colon, case = kind.partition(":")
    if not colon:
        return sheet_name(kind)
    named = str(CASES.get(case, case))
    several = len({one.partition(":")[0] for one in kinds}) > 1
    return f"{text_name(letter)}, {named}" if several else named


def fault_text(fault: Any) -> str:
    """What our own check says of a template; '' of what Typst or Jinja says itself."""
    told = {"what": part_name(fault.message)}
    return str(FAULTS[fault.code]) % told if fault.code else ""


def part_name(part: str) -> str:
    """What a part of a sheet, or a fact of a letter, is called."""
    return str(PARTS.get(part) or FACTS.get(part, part))


def layout_name(layout: Any) -> str:
    """What a template is called: by the sheet it sets first; one that sets many is shared."""
    name, dot, language = layout.file.removesuffix(".txt").partition(".")
    if dot and language in LANGUAGES:
        return f"{text_name(name)} ({LANGUAGES[language]})"
    return str(_("What letters share")) if len(layout.kinds) > 2 else sheet_name(layout.kinds[0])


def facts() -> list[tuple[str, str]]:
    """The names that a text of a letter may use, and what those it has to tell are called."""
    return [(name, str(FACTS.get(name, ""))) for name in sorted(KNOWN_FACTS)]
