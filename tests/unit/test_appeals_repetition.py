"""Marks of repetition: what is suggested to the registrar, why, and what comes of it."""

from urllib.parse import urlencode

import pytest

from app.access import services as access
from app.appeals import services
from app.appeals.commands import SearchQuery
from app.errors import Invalid
from app.extensions import in_language
from app.reports import services as reports
from tests.unit.office import Office
from tests.web.life import Reception, in_process

RUBBISH = "0005.0005.0056.1160"
TEXT = "Третью неделю не вывозят мусор во дворе дома 5 по Садовой улице."
ELSE = "Прошу назначить пенсию по потере кормильца."
STRANGER = {"last_name": "Белов", "first_name": "Пётр", "email": "belov@example.org"}


def opened(office):
    (item,) = [one for one in office.items("registrar") if one.element == "register"]
    return services.work_item(office.person("registrar"), item.id).values


def suggested(office):
    values = opened(office)
    return values["repeated"], values["earlier"], values["repeated_reason"]


def considered(app, **more):
    """An appeal that was left without an answer by a ground that another letter cannot mend."""
    office = Office(app, **more)
    office.register(questions=[RUBBISH], repeated="primary", earlier="")
    office.do("manager", "review", decision="leave", reason="abuse")
    office.settle()
    return office


def number(office):
    card = office.card()
    return card.number or card.receipt


def test_the_first_appeal_of_a_person_is_primary_and_says_nothing(app):
    assert suggested(Office(app)) == ("primary", None, None)


def test_the_same_text_while_the_first_is_in_work_is_a_duplicate(app):
    first = Office(app)
    mark, link, reason = suggested(Office(app, text=TEXT.upper() + " Ответьте!"))
    assert (mark, link) == ("duplicate", first.ref)
    assert "тот же адрес электронной почты, почти тот же текст" in reason
    assert "ещё на рассмотрении" in reason


def test_what_was_considered_is_repeated_and_twice_is_many_times(app):
    first = considered(app)
    again = Office(app)
    mark, link, reason = suggested(again)
    assert (mark, link) == ("repeated", number(first))
    assert reason.endswith("оно рассмотрено.")
    again.register()
    again.do("manager", "review", decision="leave", reason="abuse")
    mark, link, reason = suggested(Office(app))
    assert (mark, link) == ("many", number(again))
    assert reason.endswith("Всего таких обращений раньше: 2.")
    with in_language("en"):
        assert "nearly the same text" in suggested(Office(app))[2]


def test_another_question_and_another_person_are_no_repetition(app):
    considered(app)
    assert suggested(Office(app, text=ELSE))[0] == "primary"
    assert suggested(Office(app, applicant=STRANGER)) == ("primary", None, None)


def test_the_same_question_in_other_words_is_a_repetition(app):
    first = considered(app)
    said = "Снова пишу: контейнеры переполнены, вывоз твёрдых коммунальных отходов не налажен."
    mark, link, reason = suggested(Office(app, text=said))
    assert (mark, link) == ("repeated", number(first))
    assert "тот же вопрос" in reason


def test_what_was_not_considered_on_the_substance_makes_no_repetition(app):
    first = Office(app)
    first.register()
    first.do("manager", "review", decision="leave", reason="unclear")
    first.settle()
    mark, link, reason = suggested(Office(app))
    assert (mark, link) == ("primary", number(first))
    assert "по существу оно не рассматривалось" in reason


def test_an_appeal_whose_term_is_over_is_repeated(app, monkeypatch):
    first = Office(app)
    first.register()
    from app import clock

    later = clock.now().replace(year=clock.now().year + 1)
    monkeypatch.setattr(clock, "now", lambda: later)
    mark, link, reason = suggested(Office(app))
    assert (mark, link) == ("repeated", number(first))
    assert "истёк" in reason


def test_a_letter_of_several_people_is_told_by_its_words(app):
    office = Office(app, text="Мы, жители дома 5, просим отремонтировать лифт.")
    values = opened(office)
    assert values["collective"] is True
    assert "«Мы, жители»" in values["repeated_reason"]


def test_the_registrar_decides_and_the_cards_are_linked_both_ways(app):
    first = considered(app)
    again = Office(app)
    again.register(summary="Мусор")
    (link,) = again.card().linked
    assert (again.card().repeated, link.number, link.before) == ("repeated", number(first), True)
    (link,) = first.card().linked
    assert (link.number, link.before, link.repeated) == (number(again), False, "repeated")


def test_an_executor_is_not_told_of_linked_appeals(app):
    considered(app)
    again = Office(app)
    again.register()
    again.assign("executor1")
    assert again.card("executor1").linked == ()


def test_a_mark_of_ones_own_wins_over_the_suggestion(app):
    considered(app)
    again = Office(app)
    again.register(repeated="primary", earlier="")
    card = again.card()
    assert (card.repeated, card.linked) == ("primary", ())
    # Given back to the registrar it shows what was decided, not what would be suggested.
    again.do("manager", "review", decision="return", remark="Проверьте")
    assert suggested(again) == ("primary", None, None)


@pytest.mark.parametrize("link", ["нет такого", "itself", "later"])
def test_a_link_leads_to_an_appeal_that_came_before(app, link):
    office = Office(app)
    later = Office(app, applicant=STRANGER)
    ref = {"itself": office.ref, "later": later.ref}.get(link, link)
    with pytest.raises(Invalid) as refused:
        office.register(repeated="repeated", earlier=ref)
    assert list(refused.value.fields) == ["earlier"]
    assert office.card().number is None


def test_marks_are_searched_for_and_counted(app):
    considered(app)
    again = Office(app)
    again.register(collective=True)
    person = again.person("auditor")
    for mark in ("repeated", "collective"):
        (hit,) = services.search(person, SearchQuery(mark=mark)).items
        assert (hit.appeal.receipt, hit.repeated, hit.collective) == (again.ref, "repeated", True)
    found = reports.figures()
    assert {one.code: one.count for one in found.by_repetition} == {"primary": 1, "repeated": 1}
    assert found.collective == 1


def test_machines_find_appeals_by_their_mark(app):
    first = considered(app)
    again = Office(app)
    again.register(repeated="repeated", earlier=number(first), collective=True)
    Office(app, applicant=STRANGER, text=ELSE)
    machine = Reception(in_process(app))
    machine.tokens = {by: access.issue_token(by).secret for by in ("registrar", "controller")}

    def found(by="registrar", **wanted):
        answer = machine.call("GET", f"/appeals?{urlencode(wanted)}", by=by)
        assert answer["next"] is None
        return [one["receipt"] for one in answer["items"]]

    assert found(mark="primary") == [first.ref]
    assert found(mark="repeated") == found(mark="collective") == [again.ref]
    assert found(mark="duplicate") == []
    assert (len(found()), found(state="closed")) == (3, [first.ref])
    (one,) = machine.call("GET", "/appeals?mark=repeated", by="controller")["items"]
    assert (one["mark"], one["collective"]) == ("repeated", True)
    assert one["applicant"] == "Ё*** М."
    assert machine.call("GET", "/appeals?mark=odd", by="registrar", expect=422)["errors"]["mark"]
