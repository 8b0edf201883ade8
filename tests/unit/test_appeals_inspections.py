"""The applicant reads the documents and materials of the appeal, or is told why not."""

import re
from datetime import timedelta

import pytest
from pypdf import PdfReader

from app import clock
from app.appeals import services
from app.deadlines.services import due
from app.errors import Conflict, Forbidden, Invalid
from app.workflow.incidents import incidents
from tests.unit.letters_read import one_line, said_in
from tests.unit.office import Office

PLACE = "ул. Озёрная, д. 1, каб. 12"
WISH = "Акт осмотра двора"


@pytest.fixture
def office(app):
    made = Office(app)
    made.register()
    made.settle()
    yield made
    assert incidents() == []


def day(days):
    return clock.today("Europe/Moscow") + timedelta(days=days)


def ask(office, wish=WISH):
    services.ask_to_read(office.ref, office.receipt.access_code, wish)


def allow(office, **more):
    offered = {"read_on": str(day(2)), "read_at": "9:30", "place": PLACE}
    return office.do("manager", "decide_inspection", decision="allow", **{**offered, **more})


def hold(office, by="registrar", **more):
    held = {"held_on": str(day(0)), "shown": "— Акт осмотра двора\nОтвет подрядчика, снята копия"}
    return office.do(by, "hold_inspection", **{**held, **more})


def kept(office):
    return office.card("manager").inspections


def stage(office, element):
    return next(one for one in office.status().stages if one.id == element)


def refused(office, by, element, **answers):
    with pytest.raises(Invalid) as wrong:
        office.do(by, element, **answers)
    (field,) = wrong.value.fields
    return field


def test_a_request_from_the_page_is_decided_in_its_term_and_the_file_read(either_app):
    office = Office(either_app)
    assert not office.status().may_ask_to_read
    office.register()
    office.settle()
    assert office.status().may_ask_to_read
    ask(office)
    assert not office.status().may_ask_to_read
    (task,) = (one for one in office.items() if one.element == "decide_inspection")
    (asked,) = kept(office)
    assert (asked.state, asked.by_applicant, asked.wish) == ("asked", True, WISH)
    assert asked.term.due_on == due("inspection", asked.asked_on).due
    assert task.due_at.astimezone().date() == asked.term.due_on
    assert any("срок установлен органом" in line for line in asked.term.said("ru"))
    assert allow(office)["wish"] == WISH
    office.settle()
    told = stage(office, "offer_inspection")
    assert f"{day(2):%d.%m.%Y} в 09:30: {PLACE}" in told.text
    assert PLACE in told.text_en
    (letter,) = (one for one in office.card().letters if one.template == "inspection_offered")
    text, _common = said_in(office, letter, "email")
    for wanted in (
        PLACE,
        "09:30",
        "пункт 2 статьи 5",
        "удостоверяющий личность",
        office.card().number,
    ):
        assert one_line(wanted) in one_line(text), wanted
    clock.move_to(clock.now() + timedelta(days=2))
    assert hold(office)["held_on"] == str(day(0))
    office.settle()
    (read,) = kept(office)
    assert (read.state, read.held_on) == ("held", day(0))
    assert read.shown == ("Акт осмотра двора", "Ответ подрядчика, снята копия")
    with services.open_document(office.person("manager"), read.act.id).stream as pdf:
        said = " ".join(page.extract_text() for page in PdfReader(pdf).pages)
    said = re.sub(r"\s+", " ", re.sub(r"[\u00ad\u2010-]\s+", "", said))
    for wanted in (
        "АКТ", "об ознакомлении с материалами", office.card().number, "Ёлкина Мария Петровна",
        "пункт 2 статьи 5", "Ответ подрядчика, снята копия", office.person("registrar").name,
    ):  # fmt: skip
        assert wanted in said, wanted
    assert f"{day(0):%d.%m.%Y}" in stage(office, "draw_up_inspection_act").text
    actions = [one.action for one in office.card().history if one.action.startswith("inspection")]
    assert actions == ["inspection.asked", "inspection.offered", "inspection.held"]
    assert office.status().may_ask_to_read, "another request may follow"
    assert incidents() == []


@pytest.mark.parametrize("channel", ["email", "post"])
def test_a_refusal_rests_on_a_ground_of_the_law_and_is_explained(app, channel):
    office = Office(app, reply_channel=channel)
    office.register()
    office.settle()
    ask(office)
    answers = {"decision": "refuse", "ground": "others", "explanation": "В деле адреса соседей."}
    wrong = {**answers, "ground": "busy"}
    assert refused(office, "manager", "decide_inspection", **wrong) == "ground"
    silent = {**answers, "explanation": ""}
    assert refused(office, "manager", "decide_inspection", **silent) == "explanation"
    office.do("manager", "decide_inspection", **answers)
    office.settle()
    (letter,) = (one for one in office.card().letters if one.template == "inspection_refused")
    text, _common = said_in(office, letter, channel)
    for wanted in (
        "затрагивают права, свободы и законные интересы других лиц", "пунктом 2 статьи 5",
        "В деле адреса соседей.", "Решение принял", "в вышестоящий орган или в суд",
    ):  # fmt: skip
        assert one_line(wanted) in one_line(text), wanted
    assert "других лиц" in stage(office, "refuse_inspection").text
    assert "other persons" in stage(office, "refuse_inspection").text_en
    assert kept(office)[0].state == "refused"
    assert "hold_inspection" not in office.open()


def test_a_request_on_paper_is_recorded_by_the_office(office):
    services.begin(office.person("registrar"), office.ref, "inspection")
    assert refused(office, "registrar", "record_inspection", asked_on=str(day(1))) == "asked_on"
    assert refused(office, "registrar", "record_inspection", asked_on=str(day(-9))) == "asked_on"
    office.do("registrar", "record_inspection", wish=WISH)
    (asked,) = kept(office)
    assert (asked.state, asked.by_applicant) == ("asked", False)
    with pytest.raises(Conflict):
        services.begin(office.person("assistant"), office.ref, "inspection")
    with pytest.raises(Conflict):
        ask(office)


def test_what_was_recorded_by_mistake_leaves_nothing(office):
    services.begin(office.person("assistant"), office.ref, "inspection")
    office.do("assistant", "record_inspection", decision="cancel")
    assert kept(office) == ()
    assert office.open() == ["review"]


def test_another_time_is_offered_and_who_does_not_come_is_noted(office):
    ask(office, "")
    offered = {"read_on": str(day(1)), "read_at": "9.30", "place": PLACE}
    for field, wrong in (("read_on", str(day(-1))), ("read_at", "в 9"), ("place", " ")):
        assert refused(office, "manager", "decide_inspection", **{**offered, field: wrong}) == field
    allow(office)
    hold(office, decision="another", read_on=str(day(3)), read_at="14:00", place=PLACE)
    office.settle()
    offers = [one for one in office.card().letters if one.template == "inspection_offered"]
    assert len(offers) == 2
    assert kept(office)[0].read_at == "14:00"
    hold(office, by="assistant", decision="absent")
    assert kept(office)[0].state == "absent"
    assert office.open() == ["review"]


def test_the_file_may_be_read_after_consideration_is_over(office):
    office.do("manager", "review", decision="leave", reason="unclear")
    office.settle()
    assert office.card().closed_at is not None
    assert office.card("registrar").may_begin == ("inspection",)
    ask(office)
    allow(office)
    clock.move_to(clock.now() + timedelta(days=2))
    hold(office)
    office.settle()
    assert kept(office)[0].act
    assert office.open() == []


def test_who_may_not_and_of_what_not(app):
    office = Office(app)
    with pytest.raises(Conflict):
        ask(office)
    office.register(kind="complaint", complained_person="manager")
    with pytest.raises(Forbidden):
        services.begin(office.person("controller"), office.ref, "inspection")
    assert "inspection" not in office.card("controller").may_begin
    ask(office)
    # Whoever is complained of decides nothing about the complaint.
    decide = next(one for one in office.items() if one.element == "decide_inspection")
    with pytest.raises(Forbidden):
        services.take(office.person("manager"), decide.id)
    with pytest.raises(Invalid) as wrong:
        ask(office, "я" * 4001)
    assert list(wrong.value.fields) == ["wish"]
