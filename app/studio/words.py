"""What people call the technical names that the studio's pages meet."""

from collections.abc import Mapping
from typing import Any

import engine
from app.extensions import lazy_gettext as _
from app.extensions import locale

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


def key_name(key: str) -> str:
    return str(KEYS.get(key, key))


def kind_name(kind: str) -> str:
    return str(KINDS.get(kind, kind))


def rule_text(rule: str) -> str:
    """What a rule of `check` is about, in the reader's language; '' for one without a text."""
    known = engine.RULES.get(rule)
    if known is None:
        return ""
    return known.en if locale() == "en" else known.ru
