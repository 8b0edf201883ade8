"""Note on the card what registration does not ask for; every change stands in the journal."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy.orm import Session

from app.access.services import Person
from app.appeals import impartial, particulars, policy
from app.appeals.finding import hold, visible
from app.appeals.models import Appeal, Particulars, Question
from app.appeals.people import People
from app.appeals.terms import today
from app.audit.services import record, record_change
from app.database import transaction
from app.errors import Conflict, Forbidden, Invalid
from app.extensions import lazy_gettext as _


def may_note(person: Person, appeal: Appeal) -> bool:
    """Whether the person keeps the card: registrars, managers, controllers, assistants."""
    return bool(person.roles & policy.KEEPERS) and not impartial.complained(appeal, person)


def noted(session: Session, appeal: Appeal) -> tuple[dict[str, Any], int]:
    """The particulars of an appeal and their version, 0 of none."""
    row = session.get(Particulars, appeal.id)
    values = {
        name: getattr(row, name) if row else particulars.blank(one)
        for name, one in particulars.FIELDS.items()
    }
    values["control_off_by"] = row.control_off_by if row else None
    return values, row.version if row else 0


def change_particulars(
    person: Person, ref: int | str, given: Mapping[str, Any], version: int
) -> bool:
    """Note what is given; False when nothing differs.

    `version` is that of the values the person looked at. Raises Forbidden, Conflict when somebody
    changed them since, Invalid by field.
    """
    with transaction() as session:
        appeal = _held(session, person, ref)
        before, known = noted(session, appeal)
        if version != known:
            raise Conflict(
                _("Somebody has changed these data meanwhile: look at them and enter yours again.")
            )
        after = {**before, **particulars.cleaned(particulars.FIELDS.values(), given)}
        particulars.check(after, kind=appeal.kind, today=today(session))
        if after["control_off_on"] != before["control_off_on"]:
            after["control_off_by"] = person.login if after["control_off_on"] else None
        return _write(session, appeal, before, after, known + 1, actor=person.login)


def note_at_filing(
    session: Session, appeal: Appeal, given: Mapping[str, Any], *, actor: str
) -> None:
    """Note what the applicant said of themselves, in the caller's transaction."""
    before, known = noted(session, appeal)
    _write(session, appeal, before, {**before, **given}, known + 1, actor=actor)


def _write(
    session: Session,
    appeal: Appeal,
    before: Mapping[str, Any],
    after: Mapping[str, Any],
    version: int,
    *,
    actor: str,
) -> bool:
    changed = record_change(session, actor, "particulars.changed", str(appeal.key), before, after)
    if changed:
        row = session.get(Particulars, appeal.id) or Particulars(appeal_id=appeal.id)
        for name, value in after.items():
            setattr(row, name, value)
        row.version = version
        session.add(row)
    return changed


def change_questions(
    person: Person, ref: int | str, given: Mapping[str, Mapping[str, Any]]
) -> bool:
    """Note the particulars of questions by code; False when nothing differs.

    Which questions there are is corrected in the form of registration. Raises Forbidden, Invalid
    by `CODE-field`.
    """
    with transaction() as session:
        appeal = _held(session, person, ref)
        changed = [
            _change_question(session, person, appeal, one, given[one.code])
            for one in appeal.questions
            if one.code in given
        ]
        return any(changed)


def _change_question(
    session: Session, person: Person, appeal: Appeal, row: Question, given: Mapping[str, Any]
) -> bool:
    fields = particulars.OF_QUESTION
    after = particulars.cleaned(fields, given, prefix=f"{row.code}-")
    if login := after.get("executor"):
        found = People(session).get(login)
        if found is None or not found.active:
            raise Invalid(
                _("Please check the fields marked below."),
                fields={f"{row.code}-executor": [_("Choose a person.")]},
            )
        if impartial.complained(appeal, found):
            raise Invalid(policy.TO_PERSON, fields={f"{row.code}-executor": [policy.TO_PERSON]})
    changed = [name for name, value in after.items() if getattr(row, name) != value]
    if changed:
        record(
            session, person.login, "question.noted", appeal.key, question=row.code,
            before={name: getattr(row, name) for name in changed},
            after={name: after[name] for name in changed},
        )  # fmt: skip
    for name in changed:
        setattr(row, name, after[name])
    return bool(changed)


def question_notes(session: Session, questions: Sequence[Question]) -> dict[str, dict[str, Any]]:
    """The particulars of each question by its code; the executor also by name."""
    people = People(session)
    return {
        one.code: {
            **{each.name: getattr(one, each.name) for each in particulars.OF_QUESTION},
            "executor_name": people.name(one.executor),
        }
        for one in questions
    }


def _held(session: Session, person: Person, ref: int | str) -> Appeal:
    appeal = visible(session, person, ref)
    hold(session, appeal)
    if not may_note(person, appeal):
        raise Forbidden(_("Only a registrar, a manager, an assistant or a controller keeps it."))
    return appeal
