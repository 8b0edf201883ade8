"""Documents asked of other bodies while an appeal is considered."""

import re
from datetime import timedelta
from io import BytesIO

import pytest
from pypdf import PdfReader

from app.appeals import lookups, services
from app.deadlines.services import due
from app.documents.services import accept_upload
from app.errors import Conflict, Forbidden, Invalid, NotFound
from app.workflow.incidents import incidents
from tests.unit.office import Office

ASKED = {"documents": "Выписка из ЕГРН\nАкт обследования крыши", "purpose": "установить владельца"}


@pytest.fixture
def office(app):
    made = Office(app)
    made.register()
    made.assign("executor1")
    yield made
    assert incidents() == []


def begin(office, login="executor1"):
    return services.begin(office.person(login), office.ref, "request")


def body(name=""):
    return lookups.organisations(name, limit=1)[0]


def ask(office, name="", **answers):
    """Ask a body for documents, up to the letter that left."""
    begin(office)
    office.do("executor1", "prepare_request", organisation=body(name).id, **{**ASKED, **answers})
    office.do("signatory", "sign_letter")
    office.settle()


def sheet(office, letter_id):
    pdf = PdfReader(services.letter_pdf(office.person("registrar"), letter_id).stream)
    text = " ".join(page.extract_text() for page in pdf.pages)
    return re.sub(r"\s+", " ", re.sub(r"[\u00ad\u2010-]\s+", "", text))


def letters_to(office, login):
    return office.mail(office.person(login).email)


def test_a_request_goes_from_the_executor_to_the_answer_in_the_card(office):
    (task,) = begin(office).next
    assert (task.element, task.assignee) == ("prepare_request", "executor1")
    office.do("executor1", "prepare_request", organisation=body().id, **ASKED)
    office.do("signatory", "sign_letter", decision="rework", remark="Укажите адрес дома")
    again = office.do("executor1", "prepare_request", documents="Выписка по дому 5")
    assert again["remark"] == "Укажите адрес дома"
    assert again["documents"] == ASKED["documents"]
    office.do("signatory", "sign_letter")
    office.settle()
    (asked,) = office.card().requests
    assert (asked.state, asked.documents) == ("waiting", "Выписка по дому 5")
    assert asked.term.due_on == due("R14", asked.sent_on).due
    assert any("15" in line for line in asked.term.said("ru"))
    (letter,) = [one for one in office.card().letters if one.kind == "request"]
    assert (letter.number, letter.state) == (asked.number, "sent")
    upload = accept_upload(BytesIO(b"%PDF-1.4 extract"), "выписка.pdf", owner="test")
    office.do(
        "registrar", "receive_answer", number="77-исх", date=str(asked.sent_on),
        text="Дом принадлежит городу.", files=[upload.id],
    )  # fmt: skip
    office.settle()
    (answered,) = office.card("executor1").requests
    assert (answered.state, answered.answer.number) == ("answered", "77-исх")
    assert [file.name for file in answered.answer.files] == ["выписка.pdf"]
    assert any("77-исх" in mail.text for mail in letters_to(office, "executor1"))
    assert office.open() == ["accept_assignment"]


def test_the_letter_of_request_holds_all_that_it_must(office):
    ask(office)
    (letter,) = [one for one in office.card().letters if one.kind == "request"]
    seen, card = sheet(office, letter.id), office.card()
    signatory = office.person("signatory")
    for wanted in (
        body().name,
        f"{letter.date:%d.%m.%Y}",
        letter.number,
        "О запросе документов и сведений",
        "Уважаемые коллеги!",
        card.number,
        "пунктом 2 части 1 статьи 10",
        "— Выписка из ЕГРН",
        "— Акт обследования крыши",
        "Цель запроса — установить владельца",
        "части 2 статьи 10",
        "15-дневный срок",
        "охраняемую федеральным законом тайну",
        signatory.post,
        "ДОКУМЕНТ ПОДПИСАН ЭЛЕКТРОННОЙ ПОДПИСЬЮ",
        "Исполнитель:",
    ):
        assert wanted in seen, wanted
    # What the other body need not know for its answer stays with us.
    assert card.applicants[0].last_name not in seen


def test_a_request_recalled_before_it_left_is_written_anew(office):
    begin(office)
    office.do("executor1", "prepare_request", organisation=body().id, **ASKED)
    office.do("signatory", "sign_letter")
    first = office.card().requests[0]
    services.recall_letter(
        office.person("signatory"), office.card().letters[-1].id, "Не тот документ"
    )
    again = office.do("executor1", "prepare_request", documents="Паспорт дома")
    assert again["remark"] == "Не тот документ"
    office.do("signatory", "sign_letter")
    office.settle()
    (asked,) = office.card().requests
    assert (asked.id, asked.state) == (first.id, "waiting")
    states = [one.state for one in office.card().letters if one.kind == "request"]
    assert states == ["recalled", "sent"]


def test_the_citizen_reads_of_whom_by_which_letter_and_until_when(office):
    ask(office)
    (asked,) = office.card().requests
    said = next(one for one in office.status().stages if one.id == "note_request")
    assert f"{asked.term.due_on:%d.%m.%Y}" in said.text
    assert asked.organisation in said.text_en
    assert asked.number in said.text_en
    assert not office.status().letters
    office.do("registrar", "receive_answer")
    assert "tell_answer" in office.stages()


def test_those_at_work_are_reminded_before_the_term_and_controllers_after_it(office):
    ask(office)
    (asked,) = office.card().requests
    told = {login: len(letters_to(office, login)) for login in ("executor1", "controller")}

    def on(day):
        office.at_noon(day)
        return {
            login: [
                mail.subject
                for mail in letters_to(office, login)
                if "запрос" in mail.subject.lower()
            ]
            for login in told
        }

    soon = on(asked.term.due_on - timedelta(days=3))
    assert [len(soon[login]) for login in told] == [1, 0]
    late = on(asked.term.due_on + timedelta(days=1))
    assert [len(late[login]) for login in told] == [2, 1]
    assert any("росрочен" in subject for subject in late["controller"])
    assert office.card().requests[0].overdue
    assert "receive_answer" in office.open()


def test_a_request_without_an_answer_justifies_an_extension(office):
    ask(office)
    (asked,) = office.card().requests
    person = office.person("executor1")
    with pytest.raises(Invalid) as wrong:
        services.request_extension(person, office.ref, "Ждём", 15, "request", asked.id + 1)
    assert list(wrong.value.fields) == ["request"]
    made = services.request_extension(person, office.ref, "Ждём выписку", 15, "request")
    assert made.request_id == asked.id
    shown = office.do("manager", "decide_extension", decision="grant")
    assert asked.organisation in shown["requests"]
    assert f"{asked.term.due_on:%d.%m.%Y}" in shown["requests"]
    assert office.card().extensions[0].request_id == asked.id


def test_several_requests_go_at_once_and_end_with_the_appeal(office):
    ask(office)
    begin(office, "manager")
    begin(office)
    office.do("manager", "prepare_request", organisation=body().id, documents="Справка")
    office.do("executor1", "prepare_request", decision="cancel")
    assert sorted(office.open()) == ["accept_assignment", "receive_answer", "sign_letter"]
    office.do("executor1", "accept_assignment")
    office.do("executor1", "report", text="Сделано")
    office.do("manager", "accept_report", decision="accept")
    office.reply("executor1")
    assert [one.state for one in office.card().requests] == ["dropped", "dropped"]
    assert office.open() == ["rate"]
    with pytest.raises(Conflict):
        begin(office, "manager")


def test_a_request_that_proves_needless_is_closed_without_an_answer(office):
    ask(office)
    office.do("registrar", "receive_answer", decision="dropped")
    assert [one.state for one in office.card().requests] == ["dropped"]
    assert "tell_answer" not in office.stages()


def test_only_those_who_consider_the_appeal_may_ask(app):
    office = Office(app)
    with pytest.raises(Conflict):
        begin(office, "manager")
    office.register(kind="complaint", complained_person="executor2")
    office.assign("executor1")
    with pytest.raises(Forbidden):
        begin(office, "registrar")
    with pytest.raises(NotFound):
        begin(office, "executor2")
    with pytest.raises(Invalid) as wrong:
        services.begin(office.person("executor1"), office.ref, "party")
    assert list(wrong.value.fields) == ["action"]
    assert office.card("executor1").may_begin
    assert office.card("registrar").may_begin == ("inspection",)
    assert office.open() == ["accept_assignment"]


@pytest.mark.parametrize("days", [-400, 1])
def test_an_answer_is_neither_older_than_the_letter_nor_of_tomorrow(office, days):
    ask(office)
    day = office.card().requests[0].sent_on + timedelta(days=days)
    with pytest.raises(Invalid) as wrong:
        office.do("registrar", "receive_answer", date=str(day))
    assert list(wrong.value.fields) == ["date"]
    assert "receive_answer" in office.open()
