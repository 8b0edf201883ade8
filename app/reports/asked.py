"""What citizens answered to the questions that an analyst has added to the survey."""

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from app.appeals.models import Appeal, SurveyInvitation
from app.appeals.services.surveys import ASKED
from app.extensions import lazy_gettext as _
from app.extensions import locale
from app.formkit import Field, compile_form
from app.reports import groups
from app.reports.groups import Grouped, by_group
from app.workflow.items import element_of, for_roles
from app.workflow.models import DONE, WorkItem
from app.workflow.registry import APPLICANT
from app.workflow.shelf import version_set

#: Two answers with numbers for codes are no scale yet.
LEAST_MARKS = 3
_WHOLE = re.compile(r"-?\d{1,9}")

#: Where a form is asked: version, process and element.
Place = tuple[int, str, str]
#: The ends of a scale, as far as it has them.
Ends = tuple[int | None, int | None]
#: What was chosen: one answer, several, or none of what was offered.
Voice = tuple[str, ...]
#: Codes of appeals and the name of a code: what the answers are gathered by.
By = tuple[Mapping[int, Collection[str]], Callable[[str], str]]


@dataclass(frozen=True)
class Answered:
    """What a group of `voices` answered: the `average` on a scale, how many chose each option."""

    code: str
    name: str
    voices: int
    average: float | None
    chosen: tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class Asked:
    """A question in the words of the form; `whole` is None while too few have answered it.

    `top` is the highest mark of a scale; None where there is none.
    """

    label: str
    top: int | None
    whole: Answered | None
    topics: Grouped[Answered]
    units: Grouped[Answered]
    executors: Grouped[Answered]


@dataclass
class _Asking:
    """A question while it is counted: `options` are the labels of all forms that ask it."""

    field: Field
    ends: Ends | None
    options: dict[str, str]
    voices: dict[int, Voice]

    def tell(self, code: str, name: str, voices: Collection[Voice]) -> Answered:
        given = [one for voice in voices for one in voice]
        counted = Counter(given)
        average = round(sum(map(float, given)) / len(given), 1) if self.ends and given else None
        chosen = tuple((label, counted[value]) for value, label in self.options.items())
        return Answered(code, name, len(voices), average, chosen)


def asked(session: Session, answered: ColumnElement[bool], *by: By) -> tuple[Asked, ...]:
    """The analyst's questions that can be counted, as the newest form has them; answered ones.

    `by` are topics, units and executors.
    """
    return tuple(
        Asked(
            one.field.text(locale()),
            one.ends[1] if one.ends else None,
            one.tell("", "", one.voices.values()) if len(one.voices) >= groups.LEAST else None,
            *(by_group(one.voices, codes, name, one.tell) for codes, name in by),
        )
        for one in _askings(session, answered)
        if one.voices
    )


def _askings(session: Session, answered: ColumnElement[bool]) -> list[_Asking]:
    """Whoever changes the words of a question or the ends of its scale asks another one."""
    fields = {place: _own(session, place) for place in _places(session, answered)}
    found: dict[tuple[str, str, Ends | None], _Asking] = {}
    by_field: dict[tuple[Place, str], _Asking] = {}
    for place in sorted(fields, reverse=True):
        for field in fields[place]:
            ends = _ends(field)
            one = found.setdefault((field.key, field.label, ends), _Asking(field, ends, {}, {}))
            for value, label in _options(field).items():
                one.options.setdefault(value, label)
            by_field[place, field.key] = one
    for place, appeal, answers in _answers(session, answered, {place for place, _key in by_field}):
        for key, value in answers.items():
            known, voice = by_field.get((place, key)), _voice(value)
            if known is not None and voice is not None:
                known.voices[appeal] = voice
    return list(found.values())


def _places(session: Session, answered: ColumnElement[bool]) -> list[Place]:
    query = (
        select(WorkItem.version_id, WorkItem.process, WorkItem.element)
        .join(SurveyInvitation, SurveyInvitation.instance_id == WorkItem.instance_id)
        .join(Appeal, Appeal.id == SurveyInvitation.appeal_id)
        .where(answered, WorkItem.status == DONE, for_roles([APPLICANT]))
        .distinct()
    )
    return [(version, process, element) for version, process, element in session.execute(query)]


def _own(session: Session, place: Place) -> list[Field]:
    """The questions of a form that are neither ours nor answered in one's own words."""
    key = element_of(session, *place).form_key
    if not key:
        return []
    form = compile_form(version_set(session, place[0]).forms[key], key)
    kinds = ("radio", "select", "checklist", "checkbox", "number")
    return [
        field
        for field in form.fields
        if field.kind in kinds and not (field.key in ASKED or field.widget or field.choices)
    ]


def _answers(
    session: Session, answered: ColumnElement[bool], places: Collection[Place]
) -> Iterator[tuple[Place, int, Mapping[str, Any]]]:
    """What was answered where, by the id of the appeal, in the order of the invitations."""
    if not places:
        return
    rows = session.execute(
        select(
            *(WorkItem.version_id, WorkItem.process, WorkItem.element),
            *(SurveyInvitation.appeal_id, SurveyInvitation.answers),
        )
        .join(SurveyInvitation, SurveyInvitation.instance_id == WorkItem.instance_id)
        .join(Appeal, Appeal.id == SurveyInvitation.appeal_id)
        .where(
            answered,
            WorkItem.status == DONE,
            for_roles([APPLICANT]),
            WorkItem.version_id.in_({version for version, *_rest in places}),
        )
        .order_by(SurveyInvitation.id)
    )
    for *place, appeal, answers in rows:
        yield (place[0], place[1], place[2]), appeal, answers or {}


def _ends(field: Field) -> Ends | None:
    """The ends of a scale of whole numbers; None for what is no scale."""
    if field.kind == "number":
        return _whole(field.minimum), _whole(field.maximum)
    marks = [mark for one in field.options if (mark := _whole(one.value)) is not None]
    if field.kind not in ("radio", "select") or len(marks) < max(LEAST_MARKS, len(field.options)):
        return None
    return min(marks), max(marks)


def _whole(value: Any) -> int | None:
    return int(str(value)) if _WHOLE.fullmatch(str(value)) else None


def _options(field: Field) -> dict[str, str]:
    """What can be chosen, in words; a box has no other answer than its tick."""
    if field.kind == "checkbox":
        return {"True": str(_("Ticked"))}
    return {str(option.value): option.text(locale()) for option in field.options}


def _voice(value: Any) -> Voice | None:
    """What was chosen; None where there is no answer, nothing where a box was left empty."""
    if value is False:
        return ()
    given = value if isinstance(value, list) else [value]
    return tuple(str(one) for one in given if one not in (None, "")) or None
