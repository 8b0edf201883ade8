"""A slip in the card is put right at any moment of consideration."""

import pytest

from app import clock
from app.appeals import services
from app.classifier import services as classifier
from app.deadlines.services import due
from app.directory import services as directory
from app.errors import Conflict, Forbidden, Invalid
from app.workflow.incidents import incidents
from tests.unit.office import QUESTION, Office

OTHER = "0005.0005.0056.1160"


@pytest.fixture
def office(app):
    made = Office(app)
    made.register()
    yield made
    assert incidents() == []


def ask(office, by="registrar", reason="Ошибка в фамилии"):
    return services.ask_for_correction(office.person(by), office.ref, reason)


def test_the_card_is_corrected_while_executors_work(office):
    office.assign("executor1")
    before = office.card()
    ask(office, by="manager")
    with pytest.raises(Conflict):
        ask(office)
    values = office.do("registrar", "correct_card", last_name="Елкина-Смирнова", summary="Мусор")
    assert values["remark"] == "Ошибка в фамилии"
    after = office.card("registrar")
    assert after.applicants[0].last_name == "Елкина-Смирнова"
    assert (after.number, after.registered_on, after.due_on) == (
        before.number, before.registered_on, before.due_on,
    )  # fmt: skip
    assert "correct_card" in office.stages()
    assert office.open() == ["accept_assignment"]
    actions = [one.action for one in after.history]
    assert "correction.asked" in actions
    (line,) = (one for one in after.history if one.action == "appeal.corrected")
    assert line.details["after"]["summary"] == "Мусор"


def test_the_terms_are_counted_anew_for_all_who_had_the_old_ones(office):
    directory.save_settings({"deadlines.highest_official": "yes"}, actor="administrator")
    office.assign("executor1")
    ask(office)
    office.do("registrar", "correct_card", about_migration=True)
    card = office.card()
    assert card.due_on == due("R18", card.registered_on).due
    assert card.assignments[0].due_on == card.due_on
    (task,) = office.items()
    assert task.due_at.astimezone().date() >= card.due_on
    ask(office)
    office.do("registrar", "correct_card", about_migration=False)
    card = office.card()
    assert card.due_on == card.assignments[0].due_on == due("R17", card.registered_on).due


def test_a_question_added_late_has_to_be_answered(office):
    office.do("manager", "review", decision="answer", drafter="executor1")
    office.do("executor1", "draft_reply")
    ask(office)
    office.do("registrar", "correct_card", questions=[QUESTION, OTHER])
    with pytest.raises(Invalid) as wrong:
        office.do("approver", "approve_reply", decision="accept")
    assert list(wrong.value.fields) == ["decision"]
    office.do("approver", "approve_reply", decision="rework", remark="Новый вопрос")
    drafted = office.do("executor1", "draft_reply", results=[
        {"code": code, "result": "explained", "measures": ""} for code in (QUESTION, OTHER)
    ])  # fmt: skip
    assert [one["code"] for one in drafted["results"]] == [QUESTION, OTHER]
    office.do("approver", "approve_reply", decision="accept")
    ask(office)
    office.do("signatory", "sign_reply")
    with pytest.raises(Invalid) as wrong:
        office.do("registrar", "correct_card", questions=[QUESTION])
    assert list(wrong.value.fields) == ["questions"]


def test_nobody_who_works_on_it_becomes_the_one_complained_of(office):
    office.assign("executor1")
    ask(office)
    with pytest.raises(Invalid) as wrong:
        office.do("registrar", "correct_card", kind="complaint", complained_person="executor1")
    assert list(wrong.value.fields) == ["complained_person"]
    office.do("registrar", "correct_card", kind="complaint", complained_person="executor2")
    assert office.card().complained_of


def test_who_may_not_and_when_not(app, office):
    with pytest.raises(Forbidden):
        ask(office, by="approver")
    with pytest.raises(Invalid):
        ask(office, reason=" ")
    unregistered = Office(app)
    with pytest.raises(Conflict):
        ask(unregistered)
    ask(office)
    services.withdraw(office.ref, office.receipt.access_code, "Передумала")
    assert office.open() == []
    with pytest.raises(Conflict):
        ask(office)


def test_a_question_of_an_older_edition_stays_and_no_other_is_given(office, tmp_path):
    """An edition without any question of the card came into force meanwhile."""
    file = tmp_path / "next.csv"
    file.write_text(
        "code;level;kind;assignable;leaf;name;parent;path\n"
        "0005.0000.0000.0000;1;section;0;0;Раздел;;Раздел\n"
        "0005.0001.0001.1300;4;question;1;1;Новый вопрос;0005.0000.0000.0000;Раздел / Новый\n",
        encoding="utf-8",
    )
    held = office.card().questions
    classifier.import_edition(file, "next", clock.today("Europe/Moscow"))
    ask(office)
    codes = [one.code for one in held]
    with pytest.raises(Invalid) as refusal:
        office.do("registrar", "correct_card", questions=[*codes, OTHER])
    assert list(refusal.value.fields) == ["questions"]
    office.do("registrar", "correct_card", questions=[*codes, "1300"], summary="Мусор")
    found = office.card().questions
    assert [(one.code, one.name) for one in found[:-1]] == [(one.code, one.name) for one in held]
    assert found[-1].name == "Новый вопрос"
