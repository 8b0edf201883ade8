"""Rules of the room without I/O: what is required, what may be seen, how words are spelt."""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from app.access.services import Person
from app.appeals import asked
from app.appeals.commands import (
    APPLICANT_KINDS,
    APPLICANT_STATUSES,
    CHANNELS,
    REPLY_CHANNELS,
    ApplicantData,
    SubmitAppeal,
    storable,
)
from app.extensions import lazy_gettext as _

NEAR_DAYS = 3
SUMMARY_LENGTH = 160
#: What a letter says of an appeal.
LINE_LENGTH = 200

LAW_IN_FORCE = date(2006, 11, 2)  # of 59-FZ: nothing was received under it before

# Outcomes of consideration.
ANSWERED, REDIRECTED, LEFT, WITHDRAWN = "answered", "redirected", "left", "withdrawn"
VOIDED = "voided"

# What an answer to a question may come to.
RESULTS = {
    "supported": _("supported"),
    "measures": _("supported, measures were taken"),
    "explained": _("explained"),
    "not_supported": _("not supported"),
    "redirected": _("sent to the competent body"),
    "left": _("left without answer"),
}

# Grounds of article 11, and of article 8 part 7, on which an appeal is left without answer.
LEFT_REASONS = {
    "anonymous": _("the appeal bears no surname or no return address (art. 11 p. 1 of 59-FZ)"),
    "court": _("a court decision is appealed against (art. 11 p. 2 of 59-FZ)"),
    "abuse": _("the text holds insults or threats (art. 11 p. 3 of 59-FZ)"),
    "unreadable": _("the text cannot be read (art. 11 p. 4 of 59-FZ)"),
    "unclear": _("the substance cannot be made out from the text (art. 11 p. 4.1 of 59-FZ)"),
    "ended": _("correspondence on this question was terminated (art. 11 p. 5 of 59-FZ)"),
    "published": _("the answer is published on the site of the body (art. 11 p. 5.1 of 59-FZ)"),
    "secret": _("an answer would disclose a protected secret (art. 11 p. 6 of 59-FZ)"),
    "no_addressee": _(
        "the complaint cannot be sent to those it complains of (art. 8 p. 6 and 7 of 59-FZ)"
    ),
}

# The longest a field of the card may be, in characters; the registrar's form has the same bounds.
LENGTHS = {
    "last_name": 100,
    "first_name": 100,
    "middle_name": 100,
    "name": 500,
    "represented": 500,
    "phone": 50,
    "postal_address": 1000,
    "addressee": 500,
    "place": 1000,
}

#: What an appeal has to hold, whichever way it comes.
RULES = (*asked.RULES, *asked.of_lengths(LENGTHS))

# Why consideration that was over is taken up again; the citizen is told it.
REOPENING_GROUNDS = {
    "reply_wrong": _("the reply was found to be wrong or not full"),
    "demand": _("a court or a prosecutor demands it"),
    "new_arguments": _("new arguments or circumstances were given"),
    "written_reply": _("the applicant asked for a written reply"),
    "mistake": _("consideration was ended by mistake"),
}

COMPLAINT = "complaint"

# What a commission concludes when a text cannot be read; acts are written in Russian.
UNREADABLE = (
    "Текст обращения не поддаётся прочтению. В соответствии с частью 4 статьи 11 Федерального "
    "закона от 02.05.2006 № 59-ФЗ ответ на обращение не даётся, и оно не подлежит направлению "
    "на рассмотрение."
)

#: What is said of who could not finish the task: the auditor, an account without roles.
NO_ROLE = _("This person has no role for such a task.")

# What is said where a complaint would go to those it complains of.
TO_PERSON = _(
    "A complaint may not be given to the person it complains of, nor to who stands in for them "
    "(art. 8 p. 6)."
)
TO_BODY = _("A complaint may not be sent to the body it complains of (art. 8 p. 6).")

# Roles that work with every appeal of the body; an executor sees what was assigned to them.
OVERSEERS = frozenset({"auditor", "controller"})
READERS = OVERSEERS | {
    "registrar",
    "assistant",
    "manager",
    "approver",
    "signatory",
    "dispatcher",
}

# Roles that may give a task of one person to another.
LEADERS = frozenset({"manager", "controller"})

# Roles that note on the card what registration does not ask for.
KEEPERS = LEADERS | {"registrar", "assistant"}

# Roles whose work needs the notes of the staff to each other, and those that write them.
NOTE_WRITERS = KEEPERS | {"executor", "approver", "signatory"}
NOTE_READERS = NOTE_WRITERS | {"auditor"}

# Forms of appeals by the channel they came through; what is not here came in writing.
ELECTRONIC, ORAL, WRITTEN = "electronic", "oral", "written"
FORMS = {
    **dict.fromkeys(("site", "epgu", "pos"), ELECTRONIC),
    **dict.fromkeys(("reception", "phone"), ORAL),
}

OPEN_ASSIGNMENT = ("issued", "accepted", "reported", "rework")

#: Characters of what is written beside the forms of tasks: an assignment, why it is changed.
LONGEST = {"text": 20_000, "reason": 4_000}


def is_email(text: str) -> bool:
    """Whether it can be an address at all; internationalised ones (почта@домен.рф) can."""
    return bool(re.fullmatch(asked.EMAIL, text, re.IGNORECASE))


# Zones whose mail servers stand in Russia, as the setting of reply addresses names them.
RUSSIAN_ZONES = frozenset({"ru", "рф", "xn--p1ai", "su"})


def outside_russia(email: str) -> bool:
    """Whether an e-mail address is outside the Russian domain zones."""
    return bool(email) and email.rpartition(".")[2].casefold() not in RUSSIAN_ZONES


def reply_channel(command: SubmitAppeal) -> str:
    """The chosen channel, or the one an address was given for."""
    if command.reply_channel:
        return command.reply_channel
    return "post" if command.applicant.postal_address and not command.applicant.email else "email"


def filing_errors(command: SubmitAppeal, *, longest: int) -> dict[str, list[Any]]:
    """What is missing or wrong in an appeal to be filed, by field.

    Only what the reply cannot do without is required: kind, names, text, and the address of the
    chosen channel.
    """
    errors = asked.errors(RULES, _values(command))
    if command.applicant.kind not in APPLICANT_KINDS:
        errors["kind"] = [_("Choose who is applying.")]
    if reply_channel(command) not in REPLY_CHANNELS:
        errors["reply_channel"] = [_("Choose how to send the reply.")]
    if command.applicant_status not in ("", *APPLICANT_STATUSES):
        errors["applicant_status"] = [_("Choose who is applying.")]
    if command.channel not in CHANNELS:
        errors["channel"] = [_("Choose where the appeal came from.")]
    if len(command.text) > longest:
        message = _("The text is longer than %(n)s characters: attach it as a file.", n=longest)
        errors["text"] = [message]
    for co_applicant in command.co_applicants:
        if _names_missing(co_applicant):
            errors["co_applicants"] = [_("Give the surname and the name of each co-author.")]
        elif co_applicant.email and not is_email(co_applicant.email):
            errors["co_applicants"] = [_("The e-mail of a co-author is not an e-mail address.")]
    return errors


def intake_errors(command: SubmitAppeal, *, longest: int) -> dict[str, list[Any]]:
    """The same for what the registrar enters: paper may lack anything but its substance."""
    errors = filing_errors(command, longest=longest)
    if command.received_on is not None and command.received_on < LAW_IN_FORCE:
        errors["received_on"] = [_("The date is too long ago.")]
    optional = {"last_name", "first_name", "name", "postal_address", "co_applicants"}
    if not command.applicant.email:
        optional.add("email")
    if command.files and not command.text.strip():
        optional.add("text")
    return {name: messages for name, messages in errors.items() if name not in optional}


def rules_of_page(email_zone: str) -> dict[str, list[dict[str, Any]]]:
    """The rules of each field for the form in the browser, in the language of the page."""
    zone = (asked.of_zones(RUSSIAN_ZONES),) if email_zone == "ru_only" else ()
    found: dict[str, list[dict[str, Any]]] = {}
    for rule in (*RULES, *zone):
        found.setdefault(rule.name, []).append(rule.as_json())
    return found


def _values(command: SubmitAppeal) -> dict[str, str]:
    """What the rules are about, by the names of the form's fields."""
    applicant = command.applicant
    values = {
        name: value
        for holder in (command, applicant)
        for name, value in vars(holder).items()
        if isinstance(value, str)
    }
    # A program may send an organisation's name as the only name it has.
    return values | {
        "name": applicant.name or applicant.last_name,
        "reply_channel": reply_channel(command),
    }


def _names_missing(applicant: ApplicantData) -> bool:
    values = {name: value for name, value in vars(applicant).items() if isinstance(value, str)}
    values["name"] = applicant.name or applicant.last_name
    return applicant.kind not in APPLICANT_KINDS or bool(
        asked.errors((rule for rule in RULES if "kind" in rule.when), values)
    )


def folded(text: str) -> str:
    """The spelling for searching: lower case, ё as е, single spaces."""
    return re.sub(r"\s+", " ", storable(text).casefold().replace("ё", "е")).strip()


def one_line(text: str) -> str:
    """What a text is about, as a letter says it."""
    return in_short(" ".join(text.split()), LINE_LENGTH)


def in_short(text: str, length: int = SUMMARY_LENGTH) -> str:
    """As much of a text as a line of a list holds."""
    return text if len(text) <= length else text[:length].rsplit(" ", 1)[0] + "…"


def number_key(number: str) -> str:
    """A number as people type it: any case, any dash, no spaces."""
    return re.sub(r"[‐-―−]", "-", re.sub(r"\s+", "", folded(number)))[:60]


def like(text: str) -> str:
    r"""A pattern for LIKE … ESCAPE '\' that finds the folded text anywhere."""
    return "%" + re.sub(r"([\\%_])", r"\\\1", folded(text)) + "%"


def may_read_all(person: Person) -> bool:
    return bool(person.roles & READERS)


def days_left(due_on: date | None, today: date) -> int | None:
    """Whole days to the term; negative when it is over."""
    return (due_on - today).days if due_on else None


def resolution_errors(resolutions: Sequence[Mapping[str, Any]]) -> list[Any]:
    """Why a list of assignments cannot be issued; at most one executor is marked responsible."""
    if not resolutions:
        return [_("Name at least one executor.")]
    logins = [str(each.get("executor") or "") for each in resolutions]
    if not all(logins):
        return [_("Name the executor in every line.")]
    if len(set(logins)) < len(logins):
        return [_("Each executor may be named once only.")]
    if sum(bool(each.get("responsible")) for each in resolutions) > 1:
        return [_("Mark exactly one executor as responsible.")]
    return []


# Grounds on which the law lets reading the file be refused (art. 5 point 2).
INSPECTION_REFUSALS = {
    "others": _("the materials touch the rights, freedoms and lawful interests of other persons"),
    "secret": _("the materials hold a secret protected by law"),
}

# How money or valuables that came with a letter left the house.
VALUABLES_RETURNED = {
    "in_person": _("handed over against a signature"),
    "post": _("sent by insured post"),
    "passed_on": _("handed over to another body by an inventory"),
}

# States of a request to read the file as people read them.
INSPECTION_STATES = {
    "asked": _("to be decided"),
    "offered": _("a day was offered"),
    "refused": _("refused"),
    "held": _("the file was read"),
    "absent": _("the applicant did not come"),
}

# States of a request for documents as people read them.
REQUEST_STATES = {
    "drafted": _("being prepared"),
    "waiting": _("no answer yet"),
    "answered": _("an answer came"),
    "dropped": _("no longer needed"),
}

# States of an assignment as people read them.
ASSIGNMENT_STATES = {
    "drafted": _("not issued yet"),
    "issued": _("issued"),
    "accepted": _("in work"),
    "reported": _("reported"),
    "rework": _("returned for rework"),
    "done": _("done"),
    "cancelled": _("dropped"),
}


def too_long(**written: str) -> dict[str, list[Any]]:
    """Sentences beside the fields that hold more than the forms of tasks would take."""
    return {
        name: [_("At most %(n)s characters fit here.", n=LONGEST[name])]
        for name, said in written.items()
        if len(said) > LONGEST[name]
    }
