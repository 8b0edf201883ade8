"""Keeping and erasure: what is due, two persons, what goes, what stays, what comes back never."""

import json
import re
from dataclasses import replace
from datetime import date, timedelta

import pytest
from pypdf import PdfReader
from sqlalchemy import LargeBinary, String, Text, select, text, update
from sqlalchemy.exc import DatabaseError

from app import clock
from app.access import services as access
from app.appeals import services
from app.appeals.models import Appeal
from app.audit import services as audit
from app.audit.policy import EMPTIED
from app.database import db, reading, transaction
from app.documents import store
from app.documents.models import Document
from app.errors import Conflict, Forbidden, Invalid, NotFound
from app.outbox import services as outbox
from app.outbox.cli import settle_all
from app.privacy import erasing, terms
from app.privacy import services as privacy
from app.reports.services import figures
from app.workflow.timers import fire_due
from tests.unit.office import CITIZEN, Office

#: What is known of the citizen and must be nowhere afterwards.
SECRETS = ("Ёлкин", "ёлкин", "елкин", "Мария", "elkina@", "Садовая ул", "+7911", "мусор", "Секрет")


@pytest.fixture
def answered(either_app):
    """An appeal that was answered and archived, with words of the citizen in every corner."""
    office = Office(either_app, applicant={"phone": "+79111234521"}, text="Секрет: мусор, Ёлкина.")
    office.register(summary="Ёлкина Мария о мусоре", comment="Звонила Ёлкина")
    services.reveal(office.person("manager"), office.ref, "Звонок Ёлкиной")
    office.assign("executor1")
    office.do("executor1", "accept_assignment")
    services.request_extension(office.person("executor1"), office.ref, "Ёлкина в отъезде", 15)
    office.do("manager", "decide_extension", decision="refuse", remark="Ёлкина ждёт")
    office.do("executor1", "report", text="Ёлкиной помогли.", results=[])
    office.do("manager", "accept_report", decision="accept")
    office.reply("executor1")
    office.settle()
    clock.move_to(clock.now() + timedelta(days=60))
    while fire_due():
        office.settle()
    return office


def years_later(years=6):
    clock.move_to(clock.now() + timedelta(days=366 * years))


def person(login):
    return Office.person(login)


def due(by="registrar"):
    return privacy.due(person(by))


def carried_out(office, by="registrar", approved_by="manager"):
    act = privacy.propose(person(by))
    privacy.decide(person(approved_by), act.id, approve=True)
    assert settle_all(office.app, 60)
    assert outbox.list_parked() == []
    return privacy.act(person(by), act.id)


def everything():
    """Every row of every table, as text."""
    with reading() as session:
        return {
            table.name: [
                json.dumps(dict(row), ensure_ascii=False, default=repr)
                for row in session.execute(select(table)).mappings()
            ]
            for table in db.metadata.sorted_tables
        }


def test_the_term_is_counted_from_the_year_after_the_end():
    table = terms.shipped()
    for kind, repeated in (("complaint", ""), ("", "many")):
        found = table.of(Appeal(kind=kind, repeated=repeated, outcome="answered"))
        assert found.years == 5
        assert "154" in found.norm
    assert terms.kept_until(date(2026, 1, 1), 5) == date(2031, 12, 31)
    assert terms.kept_until(date(2026, 12, 31), 5) == date(2031, 12, 31)


def test_every_column_is_decided_on(app):
    """A new column either goes with the citizen's data or is said to hold none."""
    assert app
    decided = set(erasing.ERASED) | set(erasing.KEPT) | set(erasing.GONE) | erasing.APART
    assert {table.name for table in db.metadata.sorted_tables} == decided, (
        "a table is missing in app/privacy/erasing.py, or one there is no more"
    )
    undecided = []
    for table in db.metadata.sorted_tables:
        if table.name in erasing.APART or table.name in erasing.GONE:
            continue
        known = {*erasing.ERASED.get(table.name, ()), *erasing.KEPT.get(table.name, ())}
        words = {
            column.name
            for column in table.columns
            if isinstance(column.type, (String, Text, LargeBinary))
            or column.type.python_type in (dict, list)
        }
        undecided += [f"{table.name}.{name}" for name in sorted(words ^ (known & words))]
        undecided += [f"{table.name}.{name} is gone" for name in known - set(table.c.keys())]
    assert undecided == []


def test_an_appeal_is_due_when_its_keeping_is_over_and_not_before(answered):
    assert due() == []
    years_later(4)
    assert due() == []
    years_later(2)
    (line,) = due()
    assert (line.number, line.held, line.outcome) == (answered.card().number, "", "answered")
    assert line.kept_until == date(line.ended_on.year + 5, 12, 31)
    for login in ("executor1", "controller", "dispatcher"):
        with pytest.raises(Forbidden):
            due(login)
    assert due("auditor") == due("administrator") == [line]


def test_what_runs_or_is_tied_to_what_runs_is_never_erased(answered):
    years_later()
    waiting = Office(answered.app)
    (line,) = due()
    assert line.held == "tied", "a new appeal of the same person may turn out to be a repetition"
    with pytest.raises(Invalid):
        privacy.propose(person("registrar"))
    waiting.register(earlier=answered.card().number)
    (line,) = due()
    assert line.held == "tied"
    assert [one.number for one in due()] == [answered.card().number], "the new one is not due"


def test_marks_of_the_experts_stop_the_term(answered):
    years_later()
    registrar = person("registrar")
    with pytest.raises(Invalid):
        privacy.preserve(registrar, answered.ref, "epk", "")
    for mark in ("epk", "permanent"):
        privacy.preserve(registrar, answered.ref, mark, "Решение комиссии № 3")
        assert due()[0].held == mark
    privacy.preserve(registrar, answered.ref, "", "Решение комиссии № 4")
    assert due()[0].held == ""


def test_two_persons_erase(answered):
    years_later()
    for login in ("manager", "auditor", "executor1"):
        with pytest.raises(Forbidden):
            privacy.propose(person(login))
    act = privacy.propose(person("registrar"))
    assert [one.act for one in due()] == [act.number], "once is enough"
    with pytest.raises(Invalid):
        privacy.propose(person("registrar"))
    for login in ("registrar", "administrator", "auditor"):
        with pytest.raises(Forbidden):
            privacy.decide(person(login), act.id, approve=True)
    with pytest.raises(Invalid):
        privacy.decide(person("manager"), act.id, approve=False)
    refused = privacy.decide(person("manager"), act.id, approve=False, remark="Рано")
    assert refused.state == "refused"
    with pytest.raises(Conflict):
        privacy.decide(person("manager"), act.id, approve=True)
    assert answered.card().applicants[0].last_name
    again = privacy.propose(person("registrar"))
    assert again.number != act.number


def test_who_proposed_does_not_approve_even_with_both_roles(answered):
    years_later()
    access.change_account("registrar", {"roles": ["registrar", "manager"]}, actor="administrator")
    act = privacy.propose(person("registrar"))
    assert not act.may_decide
    with pytest.raises(Forbidden):
        privacy.decide(person("registrar"), act.id, approve=True)
    assert privacy.decide(person("manager"), act.id, approve=True).state == "approved"


def test_nothing_of_the_citizen_is_left_and_the_figures_stay(answered):
    with transaction() as session:
        session.execute(update(Appeal).values(outcome_text="Секрет"))
    before, files = figures(date(2020, 1, 1), date(2040, 1, 1)), _files(answered.card().key)
    assert files
    card = answered.card("registrar")
    mails = len(answered.mail())
    assert mails
    years_later()
    told = {name for name, rows in everything().items() if _telling(rows)}
    assert told >= {"appeal", "applicant", "letter", "journal", "assignment_report", "extension"}
    act = carried_out(answered)
    assert (act.state, act.done, act.erased) == ("carried_out", 1, 1)
    left = {name: found for name, rows in everything().items() if (found := _telling(rows))}
    assert left == {}
    assert answered.mail() == []
    assert not [one for one in files if store.files().has(one)]
    after = figures(date(2020, 1, 1), date(2040, 1, 1))
    assert replace(after, at=before.at) == before
    shown = answered.card("registrar")
    assert (shown.number, shown.due_on, shown.outcome) == (card.number, card.due_on, "answered")
    assert [one.code for one in shown.questions] == [one.code for one in card.questions]
    assert len(shown.letters) == len(card.letters)
    with pytest.raises(NotFound):
        services.status(answered.ref, answered.receipt.access_code)
    assert due() == []


def test_the_journal_still_holds_together(answered):
    while audit.seal():
        pass
    years_later()
    carried_out(answered)
    while audit.seal():
        pass
    verdict = audit.verify()
    assert (verdict.first_bad, verdict.unsealed) == (None, 0)
    key = answered.card().key
    lines = {one.action: one for one in audit.journal(audit.Filter(subject=key), limit=500).entries}
    assert lines["appeal.registered"].details == {"emptied": True}
    assert lines["appeal.registered"].actor == "registrar", "who did it stays"
    assert lines["appeal.erased"].details["act"], "what came after is told"
    with transaction() as session:
        session.execute(
            text("UPDATE journal SET actor = 'manager' WHERE id = :id"),
            {"id": lines["appeal.registered"].id},
        )
    assert audit.verify().first_bad is not None


def test_a_line_that_nobody_vouches_for_may_not_be_emptied(answered):
    while audit.seal():
        pass
    with transaction() as session:
        session.execute(
            text("UPDATE journal SET details = :nothing WHERE action = :action"),
            {"action": "appeal.registered", "nothing": EMPTIED},
        )
    assert audit.verify().first_bad is not None


def test_the_register_says_what_was_erased_and_cannot_be_changed(answered):
    number = answered.card().number
    years_later()
    act = carried_out(answered)
    (line,) = privacy.register(person("auditor"))
    assert (line.number, line.receipt, line.outcome) == (number, answered.ref, "answered")
    assert (line.act, line.proposed_by, line.approved_by) == (act.number, "registrar", "manager")
    assert line.letters >= 1
    for statement in ("UPDATE erasure SET number = 'x'", "DELETE FROM erasure"):
        with pytest.raises(DatabaseError, match="never changes"), transaction() as session:
            session.execute(text(statement))
    assert len(privacy.register(person("registrar"))) == 1


def test_the_act_is_printed_without_a_name_of_a_citizen(answered):
    number = answered.card().number
    years_later()
    act = carried_out(answered)
    opened = privacy.printed(person("manager"), act.id)
    said = re.sub(
        r"\s+", " ", " ".join(one.extract_text() for one in PdfReader(opened.stream).pages)
    )
    for part in (act.number, number, "к уничтожению", "ст. 154", "Составил", "Утвердил"):
        assert part in said, part
    assert "Ёлкин" not in said
    with pytest.raises(Forbidden):
        privacy.printed(person("executor1"), act.id)


def test_what_came_up_since_the_approval_is_kept(answered):
    years_later()
    act = privacy.propose(person("registrar"))
    privacy.preserve(person("registrar"), answered.ref, "permanent", "Найдено в последний день")
    privacy.decide(person("manager"), act.id, approve=True)
    assert settle_all(answered.app, 60)
    found = privacy.act(person("manager"), act.id)
    assert (found.state, found.erased, [one.state for one in found.lines]) == (
        "carried_out",
        0,
        ["kept"],
    )
    assert found.lines[0].why == "permanent"
    assert answered.card("registrar").applicants[0].last_name == CITIZEN["last_name"]
    assert privacy.register(person("manager")) == []


def test_an_erasure_repeated_is_one_erasure(answered):
    years_later()
    act = carried_out(answered)
    with transaction() as session:
        outbox.promise(session, "privacy.erase", {"line": 1})
    assert settle_all(answered.app, 60)
    assert privacy.act(person("manager"), act.id).erased == 1
    assert len(privacy.register(person("manager"))) == 1


def _files(key):
    with reading() as session:
        return list(session.scalars(select(Document.sha256).where(Document.key == key)))


def _telling(rows):
    return [row for row in rows if any(secret in row for secret in SECRETS)]


def test_a_reply_of_which_nobody_is_known_any_more_is_not_published(answered):
    """A page that was opened before may still hold the name; the card cannot tell any more."""
    texts = {"title": "Мусор", "question": "Где?", "answer": "Мусор вывозится."}
    services.publish(person("manager"), answered.ref, texts, confirmed=True)
    years_later()
    carried_out(answered)
    with pytest.raises(Conflict):
        services.publish(
            person("manager"),
            answered.ref,
            texts | {"answer": "Ёлкиной ответили."},
            confirmed=True,
        )
    assert [one.answer for one in services.published().items] == ["Мусор вывозится."]
    services.take_down(person("manager"), answered.ref, "Устарело")
    assert services.published().items == ()


def test_nothing_is_written_into_the_card_of_whom_nobody_is_known_any_more(answered):
    registrar, manager, ref = person("registrar"), person("manager"), answered.ref
    number = answered.card().number
    note = services.add_note(registrar, ref, "Звонила заявительница")
    other = Office(answered.app, applicant={"last_name": "Иванова", "email": "i@example.org"})
    years_later()
    other.register()
    carried_out(answered)
    until = clock.today("Europe/Moscow") + timedelta(days=5)
    for change in (
        lambda: services.add_note(registrar, ref, "Ёлкина звонила снова"),
        lambda: services.share(manager, ref, "executor2", None, until, "Ёлкина просила"),
        lambda: services.confine(manager, ref, "Ёлкина просила"),
        lambda: services.tie(registrar, ref, other.ref, "Та же Ёлкина"),
        lambda: services.tie(registrar, other.ref, number, "Та же Ёлкина"),
        lambda: services.change_particulars(registrar, ref, {"street": "Садовая ул."}, 0),
        lambda: services.place_paper(registrar, ref, {"case_index": "01-05"}),
        lambda: services.reopen(manager, ref, "wrong", "Ёлкина просит"),
        lambda: services.begin(registrar, ref, "inspection"),
        lambda: privacy.preserve(registrar, ref, "epk", "Ёлкина просит"),
    ):
        with pytest.raises(Conflict) as refused:
            change()
        assert "уничтожены" in str(refused.value)
    with pytest.raises(NotFound):
        services.change_note(registrar, note, "Ёлкина")
