"""What the operations share: find the card, take answers apart, word facts in two languages."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from app.access.services import Person
from app.appeals.finding import id_of
from app.appeals.models import Appeal
from app.appeals.people import People
from app.appeals.terms import zone_of
from app.clock import local
from app.errors import Invalid
from app.extensions import in_language
from app.extensions import lazy_gettext as _
from app.workflow.registry import Context

APPEAL = {
    "appeal": {
        "type": "integer",
        "required": True,
        "ru": "Номер карточки обращения",
        "en": "Id of the appeal's card",
    }
}
LETTER = {
    "letter": {
        "type": "integer",
        "required": True,
        "ru": "Письмо",
        "en": "Id of the letter",
    }
}
OUTCOME = {"outcome": {"type": "string", "ru": "Итог рассмотрения", "en": "Outcome"}}


def appeal_of(ctx: Context) -> Appeal:
    """The card of the appeal whose process calls."""
    return ctx.session.get_one(Appeal, id_of(ctx.key))


def today_of(ctx: Context) -> date:
    return local(ctx.now, zone_of(ctx.session)).date()


def person_of(ctx: Context) -> Person | None:
    """The member of staff who acts, None for the citizen and the system."""
    return People(ctx.session).get(ctx.actor)


def text(answers: Mapping[str, Any], name: str) -> str:
    """An answer as text; '' when it was left out."""
    return str(answers.get(name) or "").strip()


def day(answers: Mapping[str, Any], name: str) -> date | None:
    """An answer as a date; forms have already checked its spelling."""
    value = answers.get(name)
    if isinstance(value, date):
        return value
    return date.fromisoformat(str(value)) if value else None


def integer(value: Any) -> int | None:
    return int(value) if value not in (None, "") else None


def refuse(name: str, message: Any) -> Invalid:
    """A refusal that stands beside the field."""
    return Invalid(_("Please check the fields marked below."), fields={name: [message]})


def in_both(name: str, words: Any) -> dict[str, str]:
    """A fact in words in both languages: `name` and `name_en`."""
    said = {}
    for language, key in (("ru", name), ("en", f"{name}_en")):
        with in_language(language):
            said[key] = str(words)
    return said
