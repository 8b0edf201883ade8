"""The act that enclosures named in a letter are missing, and its copy to the applicant."""

from datetime import timedelta

import pytest
from pypdf import PdfReader

from app.appeals import services
from app.errors import Conflict, Forbidden, Invalid
from app.workflow.incidents import incidents
from tests.unit.letters_read import one_line, pdf_text
from tests.unit.office import Office, command

BY_POST = {"reply_channel": "post", "applicant": {"email": ""}}
FOUND = {"named": "Справка о составе семьи\nКопия договора", "missing": "Копия договора"}


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
    services.begin(office.person("registrar"), office.ref, "enclosures")
    given = office.do("registrar", "record_enclosures", **{**FOUND, **answers})
    office.settle()
    return given


@pytest.mark.parametrize("registered", [False, True])
def test_the_act_stands_in_the_card_and_a_copy_goes_to_the_applicant(office, registered):
    if registered:
        office.register()
    offered = act(office)
    assert office.person("registrar").name in offered["present"]
    (made,) = (one for one in office.card("registrar").documents if one.kind == "act")
    assert made.name.startswith("Акт об отсутствии вложений")
    with services.open_document(office.person("registrar"), made.id).stream as pdf:
        said = one_line("\n".join(page.extract_text() for page in PdfReader(pdf).pages))
    number = office.card().number or office.ref
    for wanted in ("об отсутствии вложений", number, "Копия договора", "Справка о составе семьи",
                   "Ёлкина Мария Петровна", "в двух экземплярах"):  # fmt: skip
        assert one_line(wanted) in said, wanted
    (letter,) = (one for one in office.card().letters if one.template == "enclosures_missing")
    assert letter.attachments == (made.id,)
    sheet = one_line(pdf_text(letter))
    for wanted in ("— Копия договора", "пункт 1 статьи 5", "Приложение: 1. Акт об отсутствии"):
        assert one_line(wanted) in sheet, wanted
    assert any("составлен акт" in one.text for one in office.status().stages)
    office.do("dispatcher", "dispatch_notice")


def test_what_was_found_after_all_needs_no_act(office):
    act(office, decision="cancel")
    assert office.card("registrar").documents == ()
    assert office.open() == ["register"]


def test_who_may_not_and_of_what_not(office):
    with pytest.raises(Forbidden):
        services.begin(office.person("controller"), office.ref, "enclosures")
    late = (office.card().received_at.date() + timedelta(days=2)).isoformat()
    with pytest.raises(Invalid) as wrong:
        act(office, opened_on=late)
    assert list(wrong.value.fields) == ["opened_on"]
    site = Office(office.app)
    with pytest.raises(Conflict):
        services.begin(site.person("registrar"), site.ref, "enclosures")
    assert "enclosures" not in site.card("registrar").may_begin
    assert "enclosures" in office.card("registrar").may_begin
