"""Frozen views of the appeals room as the JSON of the contract."""

from collections.abc import Mapping
from dataclasses import asdict, is_dataclass
from datetime import date, datetime
from typing import Any

from flask import url_for

from app.access.services import Person
from app.access.web import current_person
from app.api import schemas
from app.appeals.cards import (
    AppealRef,
    CardView,
    Completed,
    DueLine,
    SearchHit,
    StatusView,
    TaskItem,
    TaskView,
)
from app.appeals.commands import storable
from app.errors import Invalid, Unauthorised
from app.extensions import lazy_gettext as _
from app.extensions import locale
from app.formkit import compile_form


def me() -> Person:
    person = current_person()
    if person is None:
        raise Unauthorised(_("Sign in with a bearer token."))
    return person


def by_staff() -> bool:
    """Whether the call bears a valid token; such calls are not counted by rate limits."""
    return current_person() is not None


def whole(value: Any, name: str) -> int:
    """A whole number, or `Invalid` beside its field."""
    try:
        return schemas.whole(value)
    except ValueError:
        raise Invalid(_("Check the fields."), fields={name: [_("Give a whole number.")]}) from None


def ids(value: Any, name: str) -> tuple[str, ...]:
    """Ids of uploads, or `Invalid` beside its field."""
    value = value or []
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        wrong = [_("This value is of the wrong kind.")]
        raise Invalid(_("Check the fields."), fields={name: wrong})
    return tuple(map(storable, value))


def day(value: Any, name: str) -> date | None:
    """A day spelt YYYY-MM-DD, None when absent, or `Invalid` beside its field."""
    if value in (None, ""):
        return None
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        wrong = [_("Give the date as YYYY-MM-DD.")]
        raise Invalid(_("Check the fields."), fields={name: wrong}) from None


def plain(value: Any) -> Any:
    """Dataclasses, dates and lazy texts as JSON values."""
    if is_dataclass(value) and not isinstance(value, type):
        return plain(asdict(value))
    if isinstance(value, Mapping):
        return {str(name): plain(one) for name, one in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [plain(one) for one in value]
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    return str(value)


def ref(appeal: AppealRef) -> dict[str, Any]:
    return {"receipt": appeal.receipt, "number": appeal.number}


def hit(found: SearchHit) -> dict[str, Any]:
    language = locale()
    stage = found.stage_en if language == "en" and found.stage_en else found.stage
    names = ("applicant", "summary", "registered_on", "due_on")
    values = {name: getattr(found.appeal, name) for name in names}
    more = ("channel", "received_at", "outcome", "collective")
    values |= {name: getattr(found, name) for name in more}
    return {**ref(found.appeal), **values, "mark": found.repeated or None, "stage": stage}


def due(found: DueLine) -> dict[str, Any]:
    names = (
        "name", "unit_id", "unit", "tasks", "due_on", "days_left", "internal_due_on", "reply_by",
    )  # fmt: skip
    values = {name: getattr(found, name) for name in names}
    return {"appeal": ref(found.appeal), "executor": found.login or None, **values}


def item(found: TaskItem) -> dict[str, Any]:
    language = locale()
    stage = found.stage_en if language == "en" and found.stage_en else found.stage
    return {
        "id": found.id,
        "element": found.element,
        "title": found.named(language),
        "process": found.process,
        "appeal": ref(found.appeal),
        "roles": list(found.roles),
        "assignee": found.assignee,
        "due_at": found.due_at,
        "stage": stage,
        "version": found.version,
        "instead_of": found.instead_of,
    }


def completed(done: Completed) -> dict[str, Any]:
    return {"appeal": ref(done.appeal), "next": [item(one) for one in done.next]}


def opened(found: TaskView) -> dict[str, Any]:
    form = None
    if found.form is not None and found.form_key is not None:
        compiled = compile_form(found.form, found.form_key)
        form = compiled.schema_for(found.values, locale(), found.choices)
    return {**item(found.item), "form": plain(form), "values": plain(found.values)}


def status(found: StatusView) -> dict[str, Any]:
    language = locale()
    granted = [one for one in found.extensions if one.decision == "grant"]
    return {
        "number": found.number,
        "receipt": found.receipt,
        "registered_on": found.registered_on,
        "due_on": found.due_on,
        "stages": [
            {
                "id": stage.id,
                "text": stage.said(language),
                "entered_at": stage.entered_at,
                "left_at": stage.left_at,
            }
            for stage in found.stages
        ],
        "extensions": [
            {"decided_on": one.decided_on, "due_on": one.due_on, "reason": one.reason}
            for one in granted
        ],
        "redirections": [
            {
                "organisation": one.organisation,
                "number": one.number,
                "date": one.date,
                "questions": list(one.questions),
                "question_names": list(one.question_names),
            }
            for one in found.redirections
        ],
        "questions": found.questions,
        "letters": [
            {
                "id": letter.id,
                "name": letter.name,
                "url": url_for("api-status.file", document_id=letter.id, _external=True),
                "check_code": letter.code or None,
                "signed_by": letter.signed_by or None,
                "files": [
                    {
                        "id": one.id,
                        "name": one.name,
                        "url": url_for("api-status.file", document_id=one.id, _external=True),
                    }
                    for one in letter.files
                ],
            }
            for letter in found.letters
        ],
        "now": _now(found, language),
        "terms": [
            {"of": one.of, "due_on": one.due_on, "reasoning": list(one.said(language))}
            for one in found.terms
        ],
        "survey_open": found.survey_open,
    }


def _now(found: StatusView, language: str) -> dict[str, Any] | None:
    """Who has the appeal, and what is expected next."""
    if found.now is None:
        return None
    return {
        "text": found.now.said(language),
        "holders": list(found.now.holders),
        "units": list(found.units),
        "next": found.now.expected(language) or None,
    }


def card(found: CardView) -> dict[str, Any]:
    shown: dict[str, Any] = plain(found)
    return shown
