"""The act of money or valuables that came with a letter, its copy, and how they went back."""

from datetime import timedelta

import pytest
from pypdf import PdfReader

from app import clock
from app.appeals import services
from app.database import reading
from app.deadlines.services import term
from app.errors import Conflict, Invalid
from app.workflow.incidents import incidents
from tests.unit.letters_read import one_line, pdf_text
from tests.unit.office import Office, command

BY_POST = {"reply_channel": "post", "applicant": {"email": ""}}
FOUND = {
    "found": "Купюра 1000 руб. № АА 1234567\nОбручальное кольцо из жёлтого металла",
    "kept": "Касса, сейф № 2, главный бухгалтер Орлова Т. С.",
}


@pytest.fixture
def office(app):
    made = Office(app)
    made.receipt = services.intake(
        command(channel="post", **BY_POST), person=made.person("registrar")
    )
    made.ref = made.receipt.receipt
    yield made
    assert incidents() == []


def act(office, **answers):
    services.begin(office.person("registrar"), office.ref, "valuables")
    given = office.do("registrar", "record_valuables", **{**FOUND, **answers})
    office.settle()
    return given


def acts(office):
    return [one for one in office.card("registrar").documents if one.kind == "act"]


def test_valuables_are_written_down_told_of_and_given_back(office):
    office.register()
    offered = act(office)
    assert office.person("registrar").name in offered["present"]
    (made,) = acts(office)
    assert made.name.startswith("Акт о деньгах и ценностях")
    with services.open_document(office.person("registrar"), made.id).stream as pdf:
        said = one_line("\n".join(page.extract_text() for page in PdfReader(pdf).pages))
    for wanted in ("о деньгах и ценностях, вложенных в письмо", office.card().number,
                   "№ АА 1234567", "Обручальное кольцо", "сейф № 2", "Ёлкина Мария Петровна",
                   office.person("registrar").name, "в двух экземплярах"):  # fmt: skip
        assert one_line(wanted) in said, wanted
    (letter,) = (one for one in office.card().letters if one.template == "valuables_found")
    assert letter.attachments == (made.id,)
    with reading() as session:
        due = term(session, "valuables", clock.today("Europe/Moscow")).due
    for wanted in ("— Купюра 1000 руб. № АА 1234567", "рассматриваются бесплатно",
                   f"получить его до {due.day} ", "Приложение: 1. Акт о деньгах"):  # fmt: skip
        assert one_line(wanted) in one_line(pdf_text(letter)), wanted
    assert any("они хранятся для вас" in one.text for one in office.status().stages)
    item = office.find("registrar", "return_valuables")
    assert item.due_at.date() == due
    given = office.do("registrar", "return_valuables", how="in_person", note="Расписка заявителя")
    assert "Обручальное кольцо" in given["found"]
    assert "return_valuables" not in office.open()


def test_they_stay_to_be_given_back_after_the_appeal_is_over(office):
    act(office)
    office.register()
    office.do("manager", "review", decision="leave", reason="secret", explanation="Тайна")
    office.settle()
    assert office.card().outcome == "left"
    while "dispatch_notice" in office.open():
        office.do("dispatcher", "dispatch_notice")
    assert office.card().closed_at
    posted = [one.document_id for one in office.card().letters if one.document_id]
    assert len(posted) == 3
    filed = {one.id: one.state for one in office.card().documents}
    assert {filed[one] for one in posted} == {"filed"}
    office.do("registrar", "return_valuables", how="post", note="Посылка № 80100012345678")


@pytest.mark.parametrize(
    ("wrong", "field"),
    [({"how": ""}, "how"), ({"how": "spent"}, "how"), ({"note": " "}, "note"),
     ({"returned_on": "tomorrow"}, "returned_on"), ({"returned_on": "before"}, "returned_on")],
)  # fmt: skip
def test_how_they_went_back_is_said_in_full(office, wrong, field):
    act(office)
    days = {"tomorrow": 1, "before": -30}
    if (given := wrong.get("returned_on")) is not None:
        wrong = {"returned_on": str(clock.today("Europe/Moscow") + timedelta(days=days[given]))}
    with pytest.raises(Invalid) as refused:
        office.do("registrar", "return_valuables", **{"how": "post", "note": "Посылка", **wrong})
    assert list(refused.value.fields) == [field]


def test_what_is_not_there_needs_no_act_and_what_came_by_the_site_holds_none(office):
    act(office, decision="cancel")
    assert acts(office) == []
    with pytest.raises(Invalid) as refused:
        act(office, opened_on=str(clock.today("Europe/Moscow") + timedelta(days=2)))
    assert list(refused.value.fields) == ["opened_on"]
    site = Office(office.app)
    with pytest.raises(Conflict):
        services.begin(site.person("registrar"), site.ref, "valuables")
    assert "valuables" not in site.card("registrar").may_begin
    assert "valuables" in office.card("registrar").may_begin
