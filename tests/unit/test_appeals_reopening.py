"""Consideration that was over is taken up again: the same number, a new line, a term of its own."""

from datetime import timedelta

import pytest

from app import clock
from app.appeals import lookups, services
from app.deadlines.services import due
from app.errors import Conflict, Forbidden, Invalid
from app.extensions import in_language
from app.workflow import migrations, versions
from app.workflow.incidents import incidents
from app.workflow.timers import fire_due
from tests.unit.office import QUESTION, Office


@pytest.fixture
def office(app):
    made = Office(app)
    made.register()
    yield made
    assert incidents() == []


def answer(office, drafter="executor1", **answers):
    office.do("manager", "review", decision="answer", drafter=drafter)
    values = office.do(drafter, "draft_reply", **answers)
    office.do("approver", "approve_reply", decision="accept")
    office.do("signatory", "sign_reply")
    office.settle()
    return values


def reopen(office, by="manager", ground="reply_wrong", reason="Ответ не о том доме", **more):
    return services.reopen(office.person(by), office.ref, ground, reason, **more)


def later(days):
    clock.move_to(clock.now() + timedelta(days=days))
    fire_due()


def test_a_wrong_reply_is_followed_by_another_under_the_same_number(either_app):
    office = Office(either_app)
    office.register()
    answer(office, text="Ответ о другом доме", measures="Ничего")
    before = office.status()
    assert before.survey_open
    term = reopen(office)
    # The term was not over: it goes on, whatever was done before.
    assert term == before.due_on
    seen = office.status()
    assert (seen.number, seen.outcome, seen.open) == (before.number, None, True)
    assert not seen.survey_open
    texts = [stage.text for stage in seen.stages]
    assert texts[: len(before.stages) - 1] == [one.text for one in before.stages[:-1]]
    again = next(one for one in seen.stages if one.id == "reopen")
    assert "ответ признан ошибочным или неполным. Ответ не о том доме" in again.text
    assert "wrong or not full" in again.text_en
    assert [one.result for one in seen.questions] == [None]
    office.settle()
    assert "возобновлено" in office.mail()[0].subject
    assert "Ответ не о том доме" in office.mail()[0].text
    drafted = answer(office, text="Ответ о вашем доме")
    assert drafted["text"] != "Ответ о другом доме"
    last = office.status()
    assert last.outcome == "answered"
    assert [letter.kind for letter in last.letters] == ["reply", "reply"]
    assert len({letter.number for letter in last.letters}) == 2
    assert last.survey_open
    (line,) = (one for one in office.card().history if one.action == "appeal.reopened")
    assert (line.actor, line.details["outcome"]) == ("manager", "answered")
    assert incidents() == []


def test_after_the_archive_the_days_are_counted_anew_and_control_watches_them(office):
    office.do("manager", "review", decision="leave", reason="unclear")
    office.settle()
    later(45)
    assert office.card().closed_at is not None
    old = office.card().due_on
    term = reopen(office, ground="demand", reason="Представление прокурора от 10.01.2027")
    today = clock.today("Europe/Moscow")
    assert old < today < term == due("R17", today).due
    card = office.card()
    assert (card.due_on, card.closed_at, card.registered_on < today) == (term, None, True)
    said = next(" ".join(one.said("ru")) for one in card.terms if one.of == "reply")
    assert "Второго срока закон не устанавливает" in said
    (review,) = office.items()
    assert review.element == "review"
    assert review.due_at.date() == due("R06", today).due
    office.assign("executor1")
    assert not office.card("executor1").may_request_extension
    with pytest.raises(Conflict):
        services.request_extension(office.person("executor1"), office.ref, "Надо", 10)
    later(29)
    office.settle()
    assert any(one.action == "term.reminded" for one in office.card().history)


def test_a_court_names_an_earlier_day(office):
    answer(office)
    wanted = clock.today("Europe/Moscow") + timedelta(days=5)
    assert reopen(office, ground="demand", due_on=wanted) == wanted
    assert office.card().due_on == office.status().due_on == wanted
    said = next(" ".join(one.said("en")) for one in office.card().terms if one.of == "reply")
    assert "An earlier term was set" in said


def test_new_arguments_undo_an_ended_correspondence(office):
    ended = {"reason": "ended", "earlier_replies": "№ ОГ-5/25 от 01.02.2025"}
    office.do("manager", "review", decision="leave", **ended)
    other = Office(office.app)
    other.register()
    (line,) = (
        one for one in other.card("registrar").others if one.number == office.status().number
    )
    assert line.ended
    reopen(office, ground="new_arguments", reason="Представлено заключение экспертизы")
    (line,) = (
        one for one in other.card("registrar").others if one.number == office.status().number
    )
    assert not line.ended
    assert "новые доводы" in next(one.text for one in office.status().stages if one.id == "reopen")
    answer(office)
    assert office.status().outcome == "answered"


@pytest.mark.parametrize("decision", ["redirect", "void", "withdraw"])
def test_every_end_can_be_taken_back_and_another_decision_made(office, decision):
    if decision == "withdraw":
        services.withdraw(office.ref, office.receipt.access_code, "Передумала")
    elif decision == "void":
        office.do("manager", "review", decision="void", void_reason="Дважды")
    else:
        (body,) = lookups.organisations("", limit=1)
        office.do("manager", "review", decision="redirect", organisation=str(body.id))
        office.do("registrar", "prepare_redirection")
        office.do("signatory", "sign_redirection")
    office.settle()
    assert not office.status().open
    reopen(office, ground="mistake", reason="Ошибка")
    assert office.open() == ["review"]
    # The card may be corrected in the second round too.
    office.do("manager", "review", decision="return", remark="Проверьте")
    office.do("registrar", "register", questions=[QUESTION])
    office.assign("executor1")
    office.do("executor1", "accept_assignment")
    office.do("executor1", "report", text="Сделано")
    office.do("manager", "accept_report", decision="accept")
    assert "Сделано" in office.do("executor1", "draft_reply")["text"]


def test_who_may_not_when_not_and_what_not(office):
    with pytest.raises(Conflict):
        reopen(office)
    answer(office)
    for by in ("controller", "registrar"):
        with pytest.raises(Forbidden):
            reopen(office, by=by)
    day = clock.today("Europe/Moscow")
    for wrong, field in (
        ({"ground": "because"}, "ground"),
        ({"reason": " "}, "reason"),
        ({"due_on": day - timedelta(days=1)}, "due_on"),
        ({"due_on": day + timedelta(days=99)}, "due_on"),
    ):
        with pytest.raises(Invalid) as refusal:
            reopen(office, **wrong)
        assert list(refusal.value.fields) == [field]
    assert not office.status().open


@pytest.mark.parametrize("language", ["ru", "en"])
def test_what_older_diagrams_lack_is_refused_with_the_way_out(app, language):
    (present,) = (one.id for one in versions.versions() if one.active)
    shipped = versions.export(present)
    older = {
        name: content.replace(b'name="reopen"', b'name="unheard_of"')
        for name, content in shipped.items()
    }
    old = versions.publish(older, note="Без возобновления", actor="analyst").version
    office = Office(app)
    office.register()
    answer(office)
    with pytest.raises(Conflict) as plain:
        reopen(office)
    versions.activate(present, actor="analyst")
    with pytest.raises(Conflict) as refusal, in_language(language):
        reopen(office)
    with in_language(language):
        words = str(refusal.value)
        assert words.startswith(str(plain.value))
    where = {"ru": f"версия {old}, кнопка «Перевести процессы»", "en": f"version {old}, “Move what"}
    assert where[language] in words
    assert str(old) not in str(plain.value)
    migrations.migrate(old, present, actor="analyst")
    reopen(office)
