"""The desk's tables as files, in the words that its pages use."""

from collections.abc import Iterator, Mapping
from itertools import count

from app.access import policy as access
from app.access.services import Person
from app.appeals import policy, services
from app.appeals.cards import OutgoingLetter
from app.appeals.commands import CHANNELS, AssignmentFilter, DueFilter, LetterFilter
from app.appeals.particulars import CONTROL
from app.clock import local
from app.correspondence.policy import STATE_NAMES
from app.desk.words import (
    CHANNEL_NAMES,
    FORMS,
    KINDS,
    LETTER_KINDS,
    OUTCOMES,
    REPEATED,
    WAYS,
    acted,
    letter_state,
)
from app.directory.services import current_body
from app.extensions import gettext
from app.extensions import lazy_gettext as _
from app.reports import control, journal, load
from app.reports import services as reports
from app.reports.books import Book, Wanted, day_of, offer
from app.reports.sheets import DAY, NUMBER, Column, Row

#: Roles that look at the whole body in the morning; an auditor looks everywhere.
OVERVIEW = frozenset({"manager", "controller", "assistant", access.AUDITOR})
BATCH = 500
#: What an assignment may be to the person, and in which state.
SCOPES = ("mine", "issued", "overdue", "all")
STATES = ("open", "issued", "accepted", "reported", "rework", "done", "cancelled")
#: So many days ahead may be asked for, and so many appeals that are due stand on a page.
LONGEST_PERIOD, MOST_DUE = 366, 50
FIGURES: Mapping[str, object] = {
    "received": _("Received"),
    "registered": _("Registered"),
    "closed": _("Considered"),
    "in_time": _("Considered in time"),
    "late": _("Considered late"),
    "collective": _("Collective"),
    "repeated": _("Repeated"),
}


# -- what was chosen on a page -------------------------------------------------------------------


def registration_filter(given: Wanted, page: int = 1) -> journal.JournalFilter:
    state, channel, kind = (given.get(name, "") for name in ("state", "channel", "kind"))
    return journal.JournalFilter(
        since=day_of(given.get("since", "")),
        until=day_of(given.get("until", "")),
        state=state if state in journal.STATES else "",
        channel=channel if channel in CHANNELS else "",
        kind=kind if kind in KINDS else "",
        page=page,
    )


def control_filter(given: Wanted, page: int = 1) -> control.ControlFilter:
    term, mark = given.get("term", ""), given.get("control", "")
    return control.ControlFilter(
        term=term if term in control.TERMS else "",
        control=mark if mark in {control.ANY_CONTROL, *CONTROL} else "",
        executor=given.get("executor", "").strip()[:100],
        unit=number_of(given.get("unit", "")),
        page=page,
    )


def letter_filter(given: Wanted) -> LetterFilter:
    state, channel = given.get("state", ""), given.get("channel", "")
    return LetterFilter(
        state=state if state in STATE_NAMES else "",
        q=given.get("q", ""),
        channel=channel if channel in WAYS else "",
        since=day_of(given.get("since", "")),
        until=day_of(given.get("until", "")),
    )


def load_filter(given: Wanted) -> load.LoadFilter:
    return load.LoadFilter(
        since=day_of(given.get("since", "")),
        until=day_of(given.get("until", "")),
        unit=number_of(given.get("unit", "")),
    )


def due_filter(given: Wanted, page: int = 1) -> DueFilter:
    days = number_of(given.get("days", ""))
    known = days is not None and days <= LONGEST_PERIOD
    return DueFilter(
        days=days if known and days is not None else DueFilter.days,
        unit=number_of(given.get("unit", "")),
        most=MOST_DUE,
        page=page,
    )


def assignment_filter(given: Wanted, page: int = 1) -> AssignmentFilter:
    scope, state = given.get("scope", "mine"), given.get("state", "open")
    return AssignmentFilter(
        scope=scope if scope in SCOPES else "mine",
        executor=given.get("executor", ""),
        unit=number_of(given.get("unit", "")),
        state=state if state in STATES else "",
        due_from=day_of(given.get("due_from", "")),
        due_to=day_of(given.get("due_to", "")),
        text=given.get("q", ""),
        page=page,
    )


def number_of(text: str) -> int | None:
    return int(text) if text.isdecimal() and len(text) < 10 else None


# -- rows ----------------------------------------------------------------------------------------


def _registration(person: Person, given: Wanted) -> Iterator[Row]:
    for number, one in enumerate(journal.lines(person, registration_filter(given)), start=1):
        ref, answer = one.appeal, one.answer or ("", None)
        results = dict.fromkeys(result for _code, _name, result in one.questions if result)
        marks = [_said(REPEATED, one.repeated), gettext("collective") if one.collective else ""]
        outcome = [_said(OUTCOMES, one.outcome), *(_said(policy.RESULTS, each) for each in results)]
        yield (
            number,
            ref.number or ref.receipt,
            one.received_on,
            ref.registered_on,
            ref.applicant,
            one.postal_address,
            _said(KINDS, one.kind),
            _said(FORMS, policy.FORMS.get(one.channel, policy.WRITTEN)),
            ", ".join(filter(None, marks)),
            _said(CHANNEL_NAMES, one.channel),
            _in_a_line(ref.summary),
            "\n".join(f"{code} {name}" for code, name, _result in one.questions),
            one.executor,
            "\n".join(one.sent_to),
            ref.due_on,
            *answer,
            "; ".join(filter(None, outcome)),
            one.decided_on,
            one.case_index,
        )


def _control(person: Person, given: Wanted) -> Iterator[Row]:
    for number, one in enumerate(control.lines(person, control_filter(given)), start=1):
        ref = one.appeal
        yield (
            number,
            ref.number or ref.receipt,
            ref.registered_on,
            ref.applicant,
            _in_a_line(ref.summary),
            _said(CHANNEL_NAMES, one.channel),
            one.executor,
            one.unit,
            one.due_on,
            one.days_left,
            one.internal_due_on,
            one.extended,
            _said(CONTROL, one.control),
        )


def _letters(person: Person, given: Wanted) -> Iterator[Row]:
    zone, numbers, last = current_body().zone, count(1), 0
    while found := services.outgoing_after(person, letter_filter(given), last, BATCH):
        last = found[-1].id
        for one in found:
            yield next(numbers), *_letter(one, zone)


def _letter(one: OutgoingLetter, zone: str) -> Row:
    sent, delivered = (
        local(moment, zone).date() if moment else None for moment in (one.sent_at, one.delivered_at)
    )
    return (
        one.number,
        one.date,
        one.appeal.number or one.appeal.receipt,
        one.subject or _said(LETTER_KINDS, one.kind),
        one.addressee,
        one.postal_address,
        _said(WAYS, one.channel),
        one.track,
        one.signatory,
        str(letter_state(one.state, one.halted)),
        one.posted_on or sent,
        delivered,
    )


def _due(person: Person, given: Wanted) -> Iterator[Row]:
    for number, one in enumerate(services.due_lines(person, due_filter(given)), start=1):
        ref = one.appeal
        yield (
            number,
            one.unit,
            one.name,
            ref.number or ref.receipt,
            ref.applicant,
            _in_a_line(ref.summary),
            "; ".join(one.tasks),
            one.due_on,
            one.days_left,
            one.internal_due_on,
            one.reply_by,
        )


def _assignments(person: Person, given: Wanted) -> Iterator[Row]:
    numbers, last = count(1), 0
    while found := services.assignments_after(person, assignment_filter(given), last, BATCH):
        last = found[-1].id
        for one in found:
            ref = one.appeal
            yield (
                next(numbers),
                ref.number or ref.receipt,
                ref.applicant,
                "— " * one.depth + one.text,
                str(acted(one.author_name, one.instead_of_name)),
                one.executor_name,
                one.unit,
                gettext("yes") if one.responsible else "",
                one.due_on,
                one.days_left,
                _said(policy.ASSIGNMENT_STATES, one.state),
            )


def _load(_person: Person, given: Wanted) -> Iterator[Row]:
    for one in load.load(load_filter(given)).lines:
        yield (
            one.name, one.unit, one.open, one.overdue, one.near, one.week, one.done, one.late,
            one.days, one.returned, one.mark, one.marks,
        )  # fmt: skip


def _figures(_person: Person, given: Wanted) -> Iterator[Row]:
    for one in _compared(given):
        yield (
            str(FIGURES[one.code]),
            one.now,
            one.before,
            one.change(one.before),
            one.year_ago,
            one.change(one.year_ago),
        )


def _compared(given: Wanted) -> tuple[reports.Compared, ...]:
    return reports.figures(day_of(given.get("since", "")), day_of(given.get("until", ""))).compared


def _in_a_line(text: str) -> str:
    return " ".join(text.split())


def _said(names: Mapping[str, object], code: str | None) -> str:
    return str(names.get(code, code)) if code else ""


# -- the tables ----------------------------------------------------------------------------------

BOOKS = (
    Book(
        code="registration",
        title=_("Registration journal"),
        columns=(
            Column(_("No."), 6, NUMBER),
            Column(_("Registration number"), 18),
            Column(_("Received on"), 12, DAY),
            Column(_("Registered"), 12, DAY),
            Column(_("Applicant"), 30),
            Column(_("Address"), 34),
            Column(_("Kind"), 14),
            Column(_("Form"), 20),
            Column(_("Repetition"), 18),
            Column(_("Source"), 24),
            Column(_("Summary"), 60),
            Column(_("Questions of the classifier"), 44),
            Column(_("Executor"), 26),
            Column(_("Sent to"), 32),
            Column(_("Term"), 12, DAY),
            Column(_("Number of the reply"), 18),
            Column(_("Date of the reply"), 12, DAY),
            Column(_("Outcome"), 30),
            Column(_("Considered"), 12, DAY),
            Column(_("Case of the nomenclature"), 14),
        ),
        may=policy.may_read_all,
        count=lambda person, given: journal.count(person, registration_filter(given)),
        rows=_registration,
    ),
    Book(
        code="control",
        title=_("Control list"),
        columns=(
            Column(_("No."), 6, NUMBER),
            Column(_("Registration number"), 18),
            Column(_("Registered"), 12, DAY),
            Column(_("Applicant"), 30),
            Column(_("Summary"), 60),
            Column(_("Source"), 24),
            Column(_("Executor"), 26),
            Column(_("Unit"), 30),
            Column(_("Term"), 12, DAY),
            Column(_("Days left"), 10, NUMBER),
            Column(_("Internal term"), 12, DAY),
            Column(_("Times extended"), 10, NUMBER),
            Column(_("Control"), 18),
        ),
        may=policy.may_read_all,
        count=lambda person, given: control.count(person, control_filter(given)),
        rows=_control,
    ),
    Book(
        code="dispatch",
        title=_("Dispatch register"),
        columns=(
            Column(_("No."), 6, NUMBER),
            Column(_("Number of the letter"), 18),
            Column(_("Date"), 12, DAY),
            Column(_("Number of the appeal"), 18),
            Column(_("Letter"), 40),
            Column(_("Addressee"), 34),
            Column(_("Address"), 40),
            Column(_("Way"), 16),
            Column(_("Track number"), 18),
            Column(_("Who signed"), 26),
            Column(_("State"), 16),
            Column(_("Sent on"), 12, DAY),
            Column(_("Delivered on"), 12, DAY),
        ),
        may=lambda _person: True,
        count=lambda person, given: services.count_outgoing(person, letter_filter(given)),
        rows=_letters,
    ),
    Book(
        code="due",
        title=_("What is due"),
        columns=(
            Column(_("No."), 6, NUMBER),
            Column(_("Unit"), 30),
            Column(_("Executor"), 26),
            Column(_("Registration number"), 18),
            Column(_("Applicant"), 30),
            Column(_("Summary"), 60),
            Column(_("Task"), 34),
            Column(_("Term"), 12, DAY),
            Column(_("Days left"), 10, NUMBER),
            Column(_("Internal term"), 12, DAY),
            Column(_("Reply by"), 12, DAY),
        ),
        may=lambda _person: True,
        count=lambda person, given: services.count_due(person, due_filter(given)),
        rows=_due,
    ),
    Book(
        code="assignments",
        title=_("Assignments"),
        columns=(
            Column(_("No."), 6, NUMBER),
            Column(_("Registration number"), 18),
            Column(_("Applicant"), 30),
            Column(_("Assignment"), 60),
            Column(_("Given by"), 26),
            Column(_("Executor"), 26),
            Column(_("Unit"), 30),
            Column(_("Responsible"), 14),
            Column(_("Term"), 12, DAY),
            Column(_("Days left"), 10, NUMBER),
            Column(_("State"), 18),
        ),
        may=lambda _person: True,
        count=lambda person, given: services.count_assignments(person, assignment_filter(given)),
        rows=_assignments,
    ),
    Book(
        code="load",
        title=_("Load of the executors"),
        columns=(
            Column(_("Executor"), 30),
            Column(_("Unit"), 34),
            Column(_("In work"), 10, NUMBER),
            Column(_("Past the term"), 12, NUMBER),
            Column(_("Three days or fewer"), 12, NUMBER),
            Column(_("Seven days or fewer"), 12, NUMBER),
            Column(_("Done in the period"), 12, NUMBER),
            Column(_("Of them late"), 12, NUMBER),
            Column(_("Days on average"), 12, NUMBER),
            Column(_("Returned for rework"), 12, NUMBER),
            Column(_("Average mark"), 10, NUMBER),
            Column(_("How many marks"), 10, NUMBER),
        ),
        may=lambda person: bool(person.roles & OVERVIEW),
        count=lambda _person, given: len(load.load(load_filter(given)).lines),
        rows=_load,
    ),
    Book(
        code="figures",
        title=_("Figures"),
        columns=(
            Column(_("Figure"), 30),
            Column(_("In the period"), 14, NUMBER),
            Column(_("The period before"), 14, NUMBER),
            Column(_("Change, per cent"), 12, NUMBER),
            Column(_("A year before"), 14, NUMBER),
            Column(_("Change in a year, per cent"), 12, NUMBER),
        ),
        may=lambda _person: True,
        count=lambda _person, given: len(_compared(given)),
        rows=_figures,
    ),
)
for _book in BOOKS:
    offer(_book)
