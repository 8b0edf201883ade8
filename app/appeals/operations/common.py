"""What the operations share: find the card, take answers apart, word facts in two languages."""

from collections.abc import Mapping
from datetime import date
from typing import Any, TypeVar

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
Row = TypeVar("Row")
OUTCOME = {"outcome": {"type": "string", "ru": "Итог рассмотрения", "en": "Outcome"}}


def appeal_of(ctx: Context) -> Appeal:
    """The card of the appeal whose process calls."""
    return ctx.session.get_one(Appeal, id_of(ctx.key))


def row_of(ctx: Context, model: type[Row], name: str, given: Any = None) -> Row:
    """The row a process is about: its id is `given`, or stands under `name` in its data."""
    found = integer(given if given is not None else ctx.variables.get(name))
    if found is None:
        raise LookupError(f"The process does not say which row it is about: no “{name}”.")
    return ctx.session.get_one(model, found)


def today_of(ctx: Context) -> date:
    return local(ctx.now, zone_of(ctx.session)).date()


def person_of(ctx: Context) -> Person | None:
    """The member of staff who acts, None for the citizen and the system."""
    return People(ctx.session).get(ctx.actor)


def text(answers: Mapping[str, Any], name: str) -> str:
    """An answer as text; '' when it was left out."""
    return str(answers.get(name) or "").strip()


def quoted(answers: Mapping[str, Any], *names: str) -> dict[str, str]:
    """Answers that an act quotes: none of them may be left out."""
    for name in names:
        if not text(answers, name):
            raise refuse(name, _("This must be filled in: the act says it."))
    return {name: text(answers, name) for name in names}


def opening_of(ctx: Context, answers: Mapping[str, Any]) -> date:
    """The day on which an envelope was opened."""
    opened_on = day(answers, "opened_on")
    if opened_on is None or opened_on > today_of(ctx):
        raise refuse("opened_on", _("Give the day on which the letter was opened."))
    return opened_on


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
