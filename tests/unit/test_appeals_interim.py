"""An interim reply, told while consideration goes on."""

import re

import pytest
from pypdf import PdfReader

from app.appeals import lookups, services
from app.errors import Invalid
from app.workflow.incidents import incidents
from tests.unit.office import Office


@pytest.fixture
def office(app):
    made = Office(app)
    made.register(summary="Вывоз мусора")
    made.assign("executor1")
    yield made
    assert incidents() == []


def begin(office, login="executor1", action="interim"):
    services.begin(office.person(login), office.ref, action)


def send(office, **answers):
    begin(office)
    office.do("executor1", "draft_interim", **answers)
    office.do("approver", "approve_interim", decision="accept")
    office.do("signatory", "sign_letter")
    office.settle()


def test_an_interim_reply_is_approved_signed_and_read_by_the_citizen(office):
    due_on = office.card().due_on
    begin(office)
    office.do("executor1", "draft_interim", text="Проверяем график.")
    office.do("approver", "approve_interim", decision="rework", remark="Назовите день")
    again = office.do("executor1", "draft_interim", text="Проверяем график до 5 декабря.")
    assert (again["text"], again["remark"]) == ("Проверяем график.", "Назовите день")
    office.do("approver", "approve_interim", decision="accept")
    office.do("signatory", "sign_letter", decision="rework", remark="И время")
    assert office.do("executor1", "draft_interim")["remark"] == "И время"
    office.do("approver", "approve_interim", decision="accept")
    office.do("signatory", "sign_letter")
    office.settle()
    seen = office.status()
    assert [(letter.kind, bool(letter.number)) for letter in seen.letters] == [("interim", True)]
    assert any("как рассматривается" in mail.text for mail in office.mail())
    said = next(one for one in seen.stages if one.id == "note_interim")
    assert seen.letters[0].number in said.text
    assert f"{due_on:%d.%m.%Y}" in said.text
    assert seen.due_on == due_on, "an interim reply moves no term"
    assert seen.outcome is None
    assert office.open() == ["accept_assignment"]


def test_the_draft_tells_what_was_done_what_remains_and_by_when(office):
    body = lookups.organisations("", limit=1)[0]
    begin(office, action="request")
    office.do("executor1", "prepare_request", organisation=body.id, documents="Выписка")
    office.do("signatory", "sign_letter")
    begin(office, action="visit")
    office.do("executor1", "record_visit", place="Двор", present="Громова Е. В.", findings="Чисто")
    office.settle()
    send(office)
    (letter,) = [one for one in office.card().letters if one.kind == "interim"]
    opened = services.letter_pdf(office.person("registrar"), letter.id)
    text = " ".join(page.extract_text() for page in PdfReader(opened.stream).pages)
    said = re.sub(r"\s+", " ", re.sub(r"[\u00ad\u2010-]\s+", "", text))
    card = office.card()
    for wanted in (
        card.number,
        f"— запрошены документы: {body.name}",
        f"— состоялся выезд на место {card.visits[0].visited_on:%d.%m.%Y}",
        f"— получить ответ на запрос: {body.name}, до {card.requests[0].term.due_on:%d.%m.%Y}",
        "направлен Вам не позднее",
        str(card.due_on.year),
        f"На № {card.number}",
        "ДОКУМЕНТ ПОДПИСАН ЭЛЕКТРОННОЙ ПОДПИСЬЮ",
    ):
        assert wanted in said, wanted


def test_a_reply_after_an_interim_one_is_the_reply(office):
    send(office)
    office.do("executor1", "accept_assignment")
    office.do("executor1", "report", text="Сделано")
    office.do("manager", "accept_report", decision="accept")
    begin(office, "manager")
    office.reply("executor1")
    assert office.open() == ["rate"]
    assert [letter.kind for letter in office.status().letters] == ["interim", "reply"]


def test_an_interim_reply_may_be_cancelled_and_is_never_empty(office):
    begin(office)
    with pytest.raises(Invalid) as wrong:
        office.do("executor1", "draft_interim", text=" ")
    assert list(wrong.value.fields) == ["text"]
    office.do("executor1", "draft_interim", decision="cancel")
    assert office.open() == ["accept_assignment"]
    assert not [one for one in office.card().letters if one.kind == "interim"]


def test_an_interim_reply_recalled_before_it_left_is_written_anew(office):
    begin(office)
    office.do("executor1", "draft_interim")
    office.do("approver", "approve_interim", decision="accept")
    office.do("signatory", "sign_letter")
    (first,) = [one for one in office.card().letters if one.kind == "interim"]
    services.recall_letter(office.person("manager"), first.id, "Опечатка")
    assert office.do("executor1", "draft_interim")["remark"] == "Опечатка"
    office.do("approver", "approve_interim", decision="accept")
    office.do("signatory", "sign_letter")
    office.settle()
    states = [one.state for one in office.card().letters if one.kind == "interim"]
    assert states == ["recalled", "sent"]
