"""Replies on the site: by whose decision, without whose names, for whose eyes."""

import pytest

from app.appeals import services
from app.errors import Conflict, Forbidden, Invalid, NotFound
from app.workflow.incidents import incidents
from tests.unit.office import CITIZEN, Office

TEXTS = {
    "title": "Вывоз мусора с дворов Садовой улицы",
    "question": "Почему мусор не вывозят третью неделю?",
    "answer": "Подрядчик сменён, мусор вывозится ежедневно с 1 декабря.",
}


@pytest.fixture
def office(app):
    made = Office(app)
    made.register()
    made.do("manager", "review", decision="answer", drafter="executor1")
    yield made
    assert incidents() == []


def publish(office, by="manager", *, confirmed=True, **more):
    return services.publish(office.person(by), office.ref, {**TEXTS, **more}, confirmed=confirmed)


def test_the_manager_publishes_what_was_answered_and_anybody_reads_it(office):
    with pytest.raises(Conflict):
        publish(office)
    office.reply("executor1")
    with pytest.raises(Forbidden):
        publish(office, by="controller")
    number = publish(office)
    found = services.published_answer(number)
    assert (found.title, found.question, found.answer) == tuple(TEXTS.values())
    assert [one.id for one in services.published("МУСОР садовой").items] == [number]
    assert services.published("снег").items == ()
    lines = [one.action for one in office.card().history]
    assert "answer.published" in lines


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("answer", "По обращению Ёлкиной М. П. мусор вывезен."),
        ("answer", "Заявительнице Елкиной дан ответ."),
        ("question", "Пишите на elkina@example.org"),
        ("title", "Ответ Ёлкиной"),
        # As a text comes out of a PDF and of a word processor.
        ("answer", "Е\u0308лкиной дан ответ."),
        ("answer", "Ёлки\u00adной дан ответ."),
        ("question", "Почему Ёлки\u200bной не ответили?"),
    ],
)
def test_what_names_the_applicant_is_not_published(office, name, text):
    office.reply("executor1")
    with pytest.raises(Invalid) as refusal:
        publish(office, **{name: text})
    assert list(refusal.value.fields) == [name]
    assert services.published().items == ()


def test_the_proposal_names_nobody_and_has_to_be_confirmed(office):
    office.reply("executor1")
    proposed = services.publication(office.person("manager"), office.ref)
    said = f"{proposed.title} {proposed.question} {proposed.answer}"
    assert proposed.id is None
    assert "рассмотрено" in proposed.answer
    assert not any(word in said for word in (CITIZEN["last_name"], CITIZEN["email"]))
    assert office.card().number not in said
    with pytest.raises(Invalid) as refusal:
        publish(office, confirmed=False, answer=" ")
    assert set(refusal.value.fields) == {"answer", "confirmed"}


def test_what_was_taken_down_is_read_no_more_and_may_be_published_again(office):
    office.reply("executor1")
    number = publish(office)
    manager = office.person("manager")
    with pytest.raises(Invalid):
        services.take_down(manager, office.ref, " ")
    services.take_down(manager, office.ref, "Ошибка в дате")
    with pytest.raises(NotFound):
        services.published_answer(number)
    assert services.published().items == ()
    with pytest.raises(Conflict):
        services.take_down(manager, office.ref, "Ещё раз")
    assert publish(office, answer="Мусор вывозится с 2 декабря.") == number
    assert services.published_answer(number).answer == "Мусор вывозится с 2 декабря."
