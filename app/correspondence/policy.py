"""Rules of letters without I/O: states, notices, what is frozen, how people are addressed."""

import hashlib
import json
import re
from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_pgettext as _in

#: Who a letter is for, when it is a colleague.
STAFF = "staff"

DRAFT, APPROVED, SIGNING, SIGNED = "draft", "approved", "signing", "signed"
REGISTERED, SENDING, SENT = "registered", "sending", "sent"
DELIVERED, RETURNED = "delivered", "returned"
RECALLED, DISCARDED = "recalled", "discarded"

# It is still being written and has no number.
UNSIGNED = (DRAFT, APPROVED)

# While a letter is in one of these it has not left yet, and its number is kept when it is recalled.
UNSENT = (SIGNING, SIGNED, REGISTERED, SENDING)

# There is a signed file, and a signature made elsewhere may be put beside it.
TAKES_SIGNATURES = (SIGNED, REGISTERED, SENDING, SENT, DELIVERED, RETURNED)

STATE_NAMES: Mapping[str, Any] = {
    DRAFT: _in("state of a letter", "draft"),
    APPROVED: _in("state of a letter", "approved"),
    SIGNING: _in("state of a letter", "being signed"),
    SIGNED: _in("state of a letter", "signed"),
    REGISTERED: _in("state of a letter", "registered"),
    SENDING: _in("state of a letter", "on its way"),
    SENT: _in("state of a letter", "sent"),
    DELIVERED: _in("state of a letter", "delivered"),
    RETURNED: _in("state of a letter", "returned"),
    RECALLED: _in("state of a letter", "recalled"),
    DISCARDED: _in("state of a letter", "discarded"),
}

# Which template tells what; the second names are what other rooms may call them.
NOTICES = frozenset(
    {
        "receipt",
        "registered",
        "redirected",
        "extended",
        "left",
        "withdrawn",
        "voided",
        "reopened",
        "enclosures_missing",
        "valuables_found",
        "inspection_offered",
        "inspection_refused",
        "reply",
        "interim",
        "stage",
        "survey",
        "code",
        "cover",
        "request",
        "extension_refused",
        "assignment",
        "assignment_changed",
        "reminder",
        "digest",
        "answer_reminder",
        "answer_received",
        "card_shared",
        "paper_handed",
    }
)
# What no law demands: the applicant may stop these, and they say how.
INFORMATIVE = frozenset({"stage", "survey"})
ALIASES = {"received": "receipt", "refused": "extension_refused", "lost_code": "code"}
STAFF_NOTICES = frozenset(
    {
        "extension_refused",
        "assignment",
        "assignment_changed",
        "reminder",
        "digest",
        "answer_reminder",
        "answer_received",
        "card_shared",
        "paper_handed",
    }
)
# Kinds of letters to other bodies; each has the mail of its name to carry it.
TO_BODIES = frozenset({"cover", "request"})

# How a patronymic ends that tells whose it is.
HIS = re.compile(r"(?:ич|оглы|улы|уулу)$", re.IGNORECASE)
HERS = re.compile(r"(?:[вч]на|кызы|гызы|кизи)$", re.IGNORECASE)


def notice_name(name: str) -> str:
    """The template of a notice; raises LookupError for one that does not exist."""
    found = ALIASES.get(name, name)
    if found not in NOTICES:
        raise LookupError(f"There is no notice {name!r}.")
    return found


def audience(kind: str, template: str) -> str:
    if kind in TO_BODIES:
        return "organisation"
    return STAFF if template in STAFF_NOTICES else "citizen"


#: What a letter says and to whom: approval holds for this, and for nothing else.
CONTENT = (
    "key",
    "kind",
    "template",
    "channel",
    "language",
    "subject",
    "text",
    "facts",
    "addressee",
    "attachments",
)


def content_hash(content: Mapping[str, Any]) -> str:
    """SHA-256 of a letter's `CONTENT`, whatever the order of keys."""
    return hashlib.sha256(spelt_content(content).encode()).hexdigest()


def spelt_content(content: Mapping[str, Any]) -> str:
    """A letter's `CONTENT` as the text whose hash its approval keeps."""
    return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def salutation(name: str, language: str, audience: str = "citizen") -> str:
    """How a letter begins.

    A Russian patronymic tells the gender; without one nobody guesses, and nobody is called
    "Уважаемый(ая)" either.
    """
    english = language == "en"
    if audience == "organisation":
        return "Dear colleagues," if english else "Уважаемые коллеги!"
    parts = name.split()
    patronymic = " ".join(parts[2:])
    if len(parts) in (3, 4) and (HIS.search(patronymic) or HERS.search(patronymic)):
        called = f"{parts[1]} {patronymic}"
        if english:
            return f"Dear {called},"
        return f"{'Уважаемый' if HIS.search(patronymic) else 'Уважаемая'} {called}!"
    return "Dear Sir or Madam," if english else "Здравствуйте!"


def initials(name: str) -> str:
    """«Вершинин Павел Андреевич» → «П. А. Вершинин», as signatures are spelt."""
    family, *rest = name.split() or [""]
    if not rest or any("." in part for part in name.split()):
        return name
    return " ".join([*(f"{part[0]}." for part in rest[:2]), family]).replace(" ", "\u00a0")


def one_line(text: str) -> str:
    """A subject fit for a mail header: no line breaks, no control characters."""
    return re.sub(r"[\s\x00-\x1f\x7f]+", " ", text).strip()
