"""A visit to the place that an appeal is about, and the act of it."""

import re
from datetime import timedelta
from io import BytesIO

import pytest
from pypdf import PdfReader

from app.appeals import services, typesetting, visits
from app.appeals.models import SiteVisit
from app.database import transaction
from app.documents.services import accept_upload
from app.errors import Conflict, Invalid
from app.outbox import services as outbox
from app.workflow.incidents import incidents
from tests.unit.office import Office

FOUND = {
    "place": "ул. Садовая, д. 5, двор",
    "present": "Громова Елена Викторовна, главный специалист\n— Ёлкина Мария Петровна, заявитель",
    "findings": "Контейнеры переполнены.\n\nПодъезд к площадке закрыт.",
}


@pytest.fixture
def office(app):
    made = Office(app, place="ул. Садовая, д. 5")
    made.register()
    made.assign("executor1")
    yield made
    assert incidents() == []


def visit(office, **answers):
    services.begin(office.person("executor1"), office.ref, "visit")
    return office.do("executor1", "record_visit", **{**FOUND, **answers})


def words_of(stream):
    text = " ".join(page.extract_text() for page in PdfReader(stream).pages)
    return re.sub(r"\s+", " ", re.sub(r"[\u00ad\u2010-]\s+", "", text))


def test_a_visit_becomes_an_act_in_the_card(office):
    photo = accept_upload(BytesIO(b"\x89PNG\r\n\x1a\n" + b"0" * 40), "двор.png", owner="test")
    offered = visit(office, files=[photo.id])
    assert offered["place"] == "ул. Садовая, д. 5"
    assert office.person("executor1").name in offered["present"]
    office.settle()
    for login in ("manager", "controller", "executor1"):
        (seen,) = office.card(login).visits
        assert seen.act.name.startswith("Акт выезда на место"), login
        assert [file.name for file in seen.files] == ["двор.png"]
    with services.open_document(office.person("manager"), seen.act.id).stream as pdf:
        said = words_of(pdf)
    for wanted in (
        "АДМИНИСТРАЦИЯ",
        "АКТ",
        "выезда на место",
        f"{seen.visited_on:%d.%m.%Y}",
        FOUND["place"],
        office.card().number,
        "Присутствовали:",
        "Ёлкина Мария Петровна, заявитель",
        "Установлено",
        "Подъезд к площадке закрыт.",
        "двор.png",
        "(подпись)",
    ):
        assert wanted in said, wanted
    assert said.count("(подпись)") == 2
    stage = next(one for one in office.status().stages if one.id == "draw_up_act")
    assert f"{seen.visited_on:%d.%m.%Y}" in stage.text
    assert not office.status().letters
    assert office.open() == ["accept_assignment"]


def test_an_act_made_twice_is_kept_once(office):
    visit(office)
    office.settle()
    (seen,) = office.card().visits
    with transaction() as session:
        row = session.get_one(SiteVisit, seen.id)
        typesetting.keep(session, visits.ACT, row, b"%PDF-1.4 another")
    assert [one.kind for one in office.card().documents].count("act") == 1
    assert outbox.list_parked() == []


@pytest.mark.parametrize("days", [-1, 1])
def test_a_visit_lies_neither_ahead_nor_before_the_registration(office, days):
    day = office.card().registered_on + timedelta(days=days)
    with pytest.raises(Invalid) as wrong:
        visit(office, visited_on=str(day))
    assert list(wrong.value.fields) == ["visited_on"]
    assert "record_visit" in office.open()


def test_a_visit_that_did_not_take_place_leaves_nothing(office):
    visit(office, decision="cancel", place="", present="", findings="")
    office.settle()
    assert office.card().visits == ()
    assert "draw_up_act" not in office.stages()


def test_what_is_not_recorded_ends_with_the_appeal(office):
    services.begin(office.person("manager"), office.ref, "visit")
    services.withdraw(office.ref, office.receipt.access_code, "Решено")
    assert office.open() == []
    with pytest.raises(Conflict):
        services.begin(office.person("manager"), office.ref, "visit")
