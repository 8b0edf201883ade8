"""The registrar's part: check the card, give the number and the date, set the term."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from app.appeals import (
    assigning,
    declining,
    impartial,
    indexing,
    learning,
    policy,
    searchable,
    statutory,
)
from app.appeals.building import granted
from app.appeals.finding import by_ref
from app.appeals.models import Appeal, Question
from app.appeals.operations.common import appeal_of, day, integer, refuse, text, today_of
from app.appeals.terms import end_of, spelt, zone_of
from app.audit.services import record, record_change
from app.classifier import services as classifier
from app.correspondence import services as correspondence
from app.correspondence.policy import UNSENT
from app.directory.services import next_number
from app.errors import Misfit
from app.extensions import lazy_gettext as _
from app.outbox.services import promise
from app.workflow.registry import Context, operation

CARD_TEXTS = ("kind", "summary", "place", "repeated", "comment", "reply_channel")
CARD_FACTS = (
    *("addressee", "collective", "about_migration", "to_manager"),
    *("complained_person", "complained_other", "complained_organisation"),
    *("source_organisation", "source_number", "source_date", "source_due_on"),
)
APPLICANT_TEXTS = ("last_name", "first_name", "middle_name", "email", "phone", "postal_address")
APPLICANT_FACTS = (*APPLICANT_TEXTS, "no_middle_name", "name", "represented")


@operation(
    "appeals.register",
    kind="listener",
    summary={
        "ru": "Записать карточку, присвоить номер и дату, рассчитать срок",
        "en": "Keep the card, give number and date, set the term",
    },
    outputs={
        "due_at": {"type": "datetime", "ru": "Срок ответа", "en": "Term of the reply"},
        "decide_by": {
            "type": "datetime",
            "ru": "Срок, чтобы направить, вернуть или оставить без ответа",
            "en": "Term of sending on, returning or leaving without answer",
        },
        "registered_number": {"type": "string", "ru": "Номер", "en": "Number"},
        "already_registered": {
            "type": "boolean",
            "ru": "Номер был присвоен раньше",
            "en": "The number had been given before",
        },
    },
)
def register(ctx: Context, **answers: Any) -> dict[str, Any]:
    """Register the appeal; a second time only the card is corrected and the number stays."""
    appeal = appeal_of(ctx)
    before = _facts(appeal)
    if "earlier" in answers:
        _link(ctx, appeal, text(answers, "earlier"))
    _correct_card(ctx, appeal, answers)
    _correct_applicant(appeal, answers)
    if "questions" in answers:
        _set_questions(appeal, answers["questions"] or ())
    already = appeal.number is not None
    if already:
        _check_correction(ctx, appeal, before)
    else:
        _give_number(ctx, appeal)
    _count_terms(ctx, appeal)
    searchable.refresh(appeal)
    indexing.later(ctx.session, appeal)
    action = "appeal.corrected" if already else "appeal.registered"
    if already:
        record_change(ctx.session, ctx.actor, action, ctx.key, before, _facts(appeal))
    else:
        codes = [one.code for one in appeal.questions]
        if codes and appeal.text.strip():
            promise(ctx.session, learning.JOB, {"appeal": appeal.id}, key=appeal.key)
        record(
            ctx.session, ctx.actor, action, ctx.key, number=appeal.number, due_on=appeal.due_on,
            questions=codes, mark=appeal.repeated,
        )  # fmt: skip
    zone = zone_of(ctx.session)
    return {
        "due_at": spelt(end_of(_known(appeal.due_on), zone)),
        "decide_by": spelt(end_of(_known(statutory.due_of(appeal, statutory.DECISION)), zone)),
        "registered_number": appeal.number,
        "already_registered": already,
        "public": registration_facts(appeal),
    }


def registration_facts(appeal: Appeal) -> dict[str, Any]:
    """Number, date and term as the citizen may read them."""
    return {
        "number": appeal.number,
        "registered_on": _known(appeal.registered_on).isoformat(),
        "due_on": _known(appeal.due_on).isoformat(),
    }


def _known(value: date | None) -> date:
    if value is None:
        raise Misfit("The appeal is not registered.")
    return value


def _facts(appeal: Appeal) -> dict[str, Any]:
    """All that a correction may change, for the journal."""
    return {
        **{name: getattr(appeal, name) for name in (*CARD_TEXTS, *CARD_FACTS)},
        **{name: getattr(appeal.main_applicant, name) for name in APPLICANT_FACTS},
        "earlier": appeal.earlier_id,
        "questions": [one.code for one in appeal.questions],
    }


def _link(ctx: Context, appeal: Appeal, number: str) -> None:
    """Link the appeal to the one it repeats, which must have come before it."""
    earlier = by_ref(ctx.session, number) if number else None
    if number and earlier is None:
        raise refuse("earlier", _("There is no appeal No. %(number)s.", number=number))
    if earlier is not None and earlier.id == appeal.id:
        raise refuse("earlier", _("This is the appeal itself."))
    if earlier is not None and earlier.received_at > appeal.received_at:
        raise refuse("earlier", _("That appeal came later than this one: mark that one."))
    appeal.earlier_id = earlier.id if earlier else None


def _check_correction(ctx: Context, appeal: Appeal, before: Mapping[str, Any]) -> None:
    """Refuse what the work done so far does not bear."""
    accused = appeal.complained_person
    if accused and accused != before["complained_person"]:
        given = assigning.given(ctx.session, appeal)
        if any(impartial.complains_of(ctx.session, appeal, one.executor) for one in given):
            message = _("This person has an assignment on the appeal: give it to another first.")
            raise refuse("complained_person", message)
    if [one.code for one in appeal.questions] != before["questions"]:
        written = correspondence.letters(ctx.session, ctx.key)
        if any(one.kind == "reply" and one.state in UNSENT for one in written):
            message = _("The reply is signed: recall it before the questions are changed.")
            raise refuse("questions", message)


def _give_number(ctx: Context, appeal: Appeal) -> None:
    """Registration is never backdated: it is the day on which it is done."""
    appeal.registered_on, appeal.registered_by = today_of(ctx), ctx.actor
    appeal.number = next_number(ctx.session, "appeal", appeal.registered_on)


def _count_terms(ctx: Context, appeal: Appeal) -> None:
    """Count the terms; a correction that moves the term of the reply is told to who watches it."""
    before = appeal.due_on
    extended = before is not None and (
        appeal.counted_from is None and granted(ctx.session, appeal) is not None
    )
    statutory.count_terms(ctx.session, appeal, extended=extended)
    if before is not None and appeal.due_on != before:
        assigning.follow_term(ctx.session, appeal, before, actor=ctx.actor)
        due_at = spelt(end_of(_known(appeal.due_on), zone_of(ctx.session)))
        ctx.send("term_changed", {"due_at": due_at})


def _correct_card(ctx: Context, appeal: Appeal, answers: Mapping[str, Any]) -> None:
    """Take what the form has; a field the analyst dropped leaves the card as it is."""
    for name in CARD_TEXTS:
        if name in answers:
            setattr(appeal, name, text(answers, name))
    if "addressed_to" in answers:
        appeal.addressee = text(answers, "addressed_to")
    for name in ("collective", "about_migration"):
        if name in answers:
            setattr(appeal, name, bool(answers[name]))
    if "to_manager" in answers:
        appeal.to_manager = text(answers, "to_manager") or None
    _correct_source(appeal, answers)
    if "kind" in answers:
        _set_complained_of(ctx, appeal, answers)
    appeal.reply_channel = appeal.reply_channel or "email"


def _set_complained_of(ctx: Context, appeal: Appeal, answers: Mapping[str, Any]) -> None:
    """Only a complaint complains of somebody; the form hides the fields for the other kinds."""
    against = appeal.kind == policy.COMPLAINT
    person, organisation = "complained_person", "complained_organisation"
    chosen = (text(answers, person) or None) if against else None
    pair = impartial.about(appeal)
    # Whichever of the two who wrote the reply is named, the other does not get the complaint.
    appeal.complained_other = next(iter(pair - {chosen}), None) if chosen in pair else None
    appeal.complained_person = chosen
    appeal.complained_organisation = integer(answers.get(organisation)) if against else None
    if appeal.to_manager and impartial.complains_of(ctx.session, appeal, appeal.to_manager):
        raise refuse("to_manager", policy.TO_PERSON)


def _correct_source(appeal: Appeal, answers: Mapping[str, Any]) -> None:
    for field in ("organisation", "number"):
        if f"source_{field}" in answers:
            setattr(appeal, f"source_{field}", text(answers, f"source_{field}"))
    for field in ("date", "due_on"):
        if f"source_{field}" in answers:
            setattr(appeal, f"source_{field}", day(answers, f"source_{field}"))


def _correct_applicant(appeal: Appeal, answers: Mapping[str, Any]) -> None:
    applicant = appeal.main_applicant
    before = declining.by_themselves(applicant)
    for name in (*APPLICANT_TEXTS, "name", "represented"):
        if name in answers:
            setattr(applicant, name, text(answers, name))
    if "no_middle_name" in answers:
        applicant.no_middle_name = bool(answers["no_middle_name"])
    if applicant.no_middle_name:
        applicant.middle_name = ""
    declining.keep(applicant, answers, before)
    if applicant.email and not policy.is_email(applicant.email):
        raise refuse("email", _("This is not an e-mail address: it should look like name@mail.ru."))
    if appeal.reply_channel == "email" and not applicant.email and applicant.postal_address:
        appeal.reply_channel = "post"


def _set_questions(appeal: Appeal, given: Sequence[Any]) -> None:
    held = {one.code: one for one in appeal.questions}
    chosen = list[Question]()
    for code in dict.fromkeys(str(each) for each in given):
        node = classifier.node(code)
        if node is None or not (node.assignable or node.code in held):
            raise refuse("questions", _("There is no question %(code)s.", code=code))
        fresh = Question(code=node.code, name=node.name, measures="")
        chosen.append(held.get(node.code) or fresh)
    appeal.questions = chosen
    for position, question in enumerate(appeal.questions):
        question.position = position
