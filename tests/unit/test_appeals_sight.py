"""What of a citizen's data each role sees, and that every look leaves a trace."""

import re
from datetime import timedelta
from pathlib import Path

import pytest

from app import clock
from app.access import policy as access
from app.appeals import masking, services
from app.appeals.commands import AssignmentFilter, InboxFilter, SearchQuery
from app.appeals.masking import STARS
from app.appeals.models import Appeal, Applicant
from app.audit import services as audit
from app.errors import Forbidden, Invalid, NotFound
from app.reports import exports
from tests.unit.office import CITIZEN, Office

PHONE = "+7 911 123-45-21"
SECRETS = ("lkina@", "Садовая ул., д. 5", "123-45-21")
TEXT = f"Мусор. Напишите Ёлкиной Марии на {CITIZEN['email']} или 8 (911) 123-45-21."


@pytest.fixture
def office(either_app):
    made = Office(
        either_app,
        applicant={"phone": PHONE},
        text=TEXT,
    )
    made.register(summary="Ёлкина М. П. просит вывезти мусор", place="Садовая, у дома 5")
    # The words of a card that was changed are kept by a job.
    made.settle()
    return made


def main(card):
    return card.applicants[0]


def test_masks_look_as_people_are_used_to():
    person = Applicant(last_name="Иванов", first_name="Пётр", middle_name="Ильич", name="")
    assert masking.masked_name(person) == "И*** П."
    assert masking.masked_name(Applicant(name="ООО «Заря»", last_name="Ли")) == "ООО «Заря»"
    assert masking.masked_phone("+7 (999) 123-45-21") == "+7 *** ** 21"
    assert masking.masked_phone("112") == "***"
    assert masking.masked_email("ivan@mail.ru") == "i***@***"
    assert masking.masked_phone("") == masking.masked_address("") == masking.masked_email("") == ""


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("Прошу ответить Иванову Петру.", "Прошу ответить И*** П***."),
        ("ИВАНОВ и Иванова, ивановский завод", "И*** и И***, ивановский завод"),
        ("тел. 8(999)123 45 21, дом 99912345219", "тел. 8 *** ** 21, дом 99912345219"),
        ("почта IVAN@mail.ru; г. Тула,  ул. Мира, 1", "почта I***@***; ***"),
        ("Верно: Вере Ли, версия", "Верно: В*** Л***, версия"),
    ],
)
def test_what_the_card_knows_is_masked_in_any_text(said, shown):
    applicants = [
        Applicant(
            position=0,
            kind="citizen",
            name="",
            represented="",
            last_name="Иванов",
            first_name="Пётр",
            middle_name="Ильич",
            email="ivan@mail.ru",
            phone="+7 999 123-45-21",
            postal_address="г. Тула, ул. Мира, 1",
        ),
        Applicant(
            position=1,
            kind="citizen",
            name="",
            represented="",
            phone="",
            last_name="Ли",
            first_name="Вера",
            middle_name="",
            email="",
            postal_address="",
        ),
    ]
    said = said.replace("Петру", "Пётру")
    assert masking.Mask(Appeal(applicants=applicants), masking.KINDS).text(said) == shown


def test_every_role_has_its_line_in_the_table(office):
    for role in access.ROLES:
        login = "executor1" if role == "executor" else role
        if role in ("client", "analyst", "administrator", "executor"):
            continue
        person, card = office.person(login), office.card(login)
        sees = access.personal(person)
        whole = (main(card).full_name, main(card).email, main(card).phone) == (
            "Ёлкина Мария Петровна",
            CITIZEN["email"],
            PHONE,
        )
        assert whole == (sees >= {"names", "contacts"}), role
        assert card.masked == tuple(one for one in access.PERSONAL_NAMES if one not in sees)


def test_a_controller_sees_neither_names_nor_addresses_anywhere_on_the_card(office):
    card = office.card("controller")
    assert main(card).full_name == "Ё*** М."
    assert main(card).phone == "+7 *** ** 21"
    assert card.summary == "Ё*** М. П. просит вывезти мусор"
    assert card.text == "Мусор. Напишите Ё*** М*** на e***@*** или 8 *** ** 21."
    assert card.place == "Садовая, у дома 5", "the place of the problem is nobody's address"
    whole = repr(card)
    assert not [secret for secret in ("лкина", "лкиной", *SECRETS) if secret in whole]
    assert "лкина" in repr(office.card("registrar"))


def test_an_executor_sees_the_name_and_the_addresses_only_for_the_letter(office):
    office.assign("executor1")
    office.do("executor1", "accept_assignment")
    card = office.card("executor1")
    assert (main(card).full_name, main(card).email) == ("Ёлкина Мария Петровна", "e***@***")
    assert card.text == TEXT, "who works on the appeal reads what was written"
    office.do("executor1", "report", text="Сделано.", results=[])
    office.do("manager", "accept_report", decision="accept")
    assert main(office.card("executor1")).email == CITIZEN["email"], "the reply is theirs to write"
    office.do("executor1", "draft_reply")
    assert main(office.card("executor1")).email == "e***@***"


def test_a_form_shows_what_it_needs_to_who_fills_it_in_only(either_app):
    office = Office(either_app)
    item = office.find("registrar", "register").id
    assert services.work_item(office.person("registrar"), item).values["last_name"] == "Ёлкина"
    other = services.work_item(office.person("controller"), item).values
    assert (other["last_name"], other["email"]) == ("Ё***", "e***@***")


def test_a_mask_is_never_stored(office):
    """Who fills a form in sends back what it shows."""
    said = f"Выехать: {CITIZEN['postal_address']}, звонить {PHONE}, Ёлкина"
    office.assign("executor1")
    office.do("executor1", "accept_assignment")
    office.do("executor1", "report", text=said, results=[])
    office.do("controller", "accept_report", decision="rework", remark=said)
    assert office.do("executor1", "report")["text"] == said
    for login in ("executor1", "auditor"):
        (report,) = [one for one in office.card(login).assignments[0].reports if not one.decision]
        assert report.text == said
    services.request_extension(office.person("executor1"), office.ref, said, 15)
    assert office.do("manager", "decide_extension", decision="grant")["reason"] == said
    assert said in office.status().extensions[0].reason
    part = services.assignment(office.person("manager"), office.card().assignments[0].id)
    assert STARS not in part.text


def test_nor_by_who_may_not_know_the_names(office):
    said = f"Беседа: Ёлкина, {PHONE}"
    office.assign("controller")
    office.do("controller", "accept_assignment")
    office.do("controller", "report", text=said, results=[])
    office.do("manager", "accept_report", decision="rework", remark="Подробнее")
    assert office.do("controller", "report")["text"] == said


def test_what_is_masked_is_shown_for_a_reason_and_a_while(office):
    controller = office.person("controller")
    with pytest.raises(Invalid):
        services.reveal(controller, office.ref, "  ")
    with pytest.raises(Forbidden):
        services.reveal(office.person("dispatcher"), office.ref, "хочу")
    with pytest.raises(NotFound):
        services.reveal(office.person("executor1"), office.ref, "чужое")
    until = services.reveal(controller, office.ref, "Проверка по жалобе № 7")
    assert until - clock.now() > timedelta(minutes=29)
    card = office.card("controller")
    assert main(card).email == CITIZEN["email"]
    assert card.masked == ()
    assert main(office.card("manager")).email == "e***@***", "to nobody else"
    (line,) = [one for one in card.history if one.action == "card.revealed"]
    assert (line.actor, line.details["reason"]) == ("controller", "Проверка по жалобе № 7")
    clock.move_to(clock.now() + timedelta(minutes=31))
    assert main(office.card("controller")).email == "e***@***"


def test_letters_and_files_open_to_those_who_need_them(office):
    office.assign("executor1")
    office.do("executor1", "accept_assignment")
    office.do("executor1", "report", text="Сделано.", results=[])
    office.do("manager", "accept_report", decision="accept")
    office.reply("executor1")
    letter = next(one for one in office.card("registrar").letters if one.kind == "reply")
    controller = office.person("controller")
    for opened, number in (
        (services.letter_pdf, letter.id),
        (services.open_document, letter.document_id),
    ):
        with pytest.raises(Forbidden):
            opened(controller, number)
        opened(office.person("manager"), number).stream.close()
    services.reveal(controller, office.ref, "Проверка ответа")
    services.letter_pdf(controller, letter.id).stream.close()
    told = [(one.action, one.actor) for one in office.card("registrar").history]
    assert ("letter.opened", "manager") in told
    assert ("letter.opened", "controller") in told
    assert ("document.opened", "manager") in told


def test_lists_and_exports_go_by_role(office):
    office.assign("executor1")
    for login, name in (("controller", "Ё*** М."), ("manager", "Ёлкина Мария Петровна")):
        person = office.person(login)
        (hit,) = services.search(person, SearchQuery(q="мусор")).items
        (item, *_more) = office.items("controller" if login == "controller" else "executor1")
        (part,) = services.assignments_after(person, AssignmentFilter(scope="all"), 0, 9)
        assert (hit.appeal.applicant, part.appeal.applicant) == (name, name)
        assert (item.appeal.applicant == name) or login == "manager"


def test_a_search_does_not_tell_what_is_masked(office):
    def found(by, **wanted):
        return services.search(office.person(by), SearchQuery(**wanted)).total

    assert found("registrar", q="elkina@example.org садовая") == 1
    assert found("controller", applicant="ёлкина") == 0
    assert found("manager", applicant="ёлкина") == 1
    assert found("manager", applicant="elkina@") == found("manager", applicant="911") == 0


@pytest.mark.parametrize("word", ["Ёлкина", "елкиной", "Марии", "elkina", "123-45", "8 (911)"])
def test_a_text_does_not_tell_what_is_masked_in_it(office, word):
    """Whose name and address are in the text is found by it only by those who are shown them."""
    executor = "executor1"
    office.assign(executor, text=TEXT)
    lists = {
        "q": lambda who: services.search(who, SearchQuery(q=word)).total,
        "text": lambda who: services.search(who, SearchQuery(text=word)).total,
        "inbox": lambda who: services.inbox(who, InboxFilter(text=word)).page.total,
        "assignments": lambda who: (
            services.assignments(who, AssignmentFilter(scope="all", text=word)).total
        ),
    }
    assert {
        name: seek(office.person("controller")) for name, seek in lists.items()
    } == dict.fromkeys(lists, 0)
    assert all(seek(office.person(executor)) for seek in lists.values())


def test_whoever_is_shown_no_names_still_finds_by_the_matter(office):
    controller = office.person("controller")
    assert services.search(controller, SearchQuery(q="вывезти мусор")).total == 1
    assert services.inbox(controller, InboxFilter(text="у дома 5")).page.total == 1


def test_an_order_does_not_tell_names(either_app):
    names = ("Яшин", "Абрамов", "Миронов")
    offices = [Office(either_app, applicant={"last_name": name}) for name in names]
    order = [one.ref for one in offices]

    def listed(by, sort):
        found = services.search(Office.person(by), SearchQuery(sort=sort)).items
        tasks = services.inbox(Office.person(by), InboxFilter(sort=sort)).page.items
        return [one.appeal.receipt for one in found], [one.appeal.receipt for one in tasks]

    by_name = [order[1], order[2], order[0]]
    assert listed("registrar", "applicant") == (by_name, by_name)
    assert listed("controller", "applicant") == (order, order)


def test_looking_at_lists_leaves_a_trace_without_the_words(office):
    manager = office.person("manager")
    for _time in range(3):
        services.search(manager, SearchQuery(applicant="Ёлкина"))
    exports.export(manager, "assignments", "csv", {"scope": "all"})
    lines = audit.journal(audit.Filter(actor="manager", action="appeals.")).entries
    assert [(one.action, dict(one.details)) for one in lines] == [
        ("appeals.exported", {"what": "assignments", "rows": 0}),
        ("appeals.searched", {"by": ["applicant"], "found": 1}),
    ]


def test_the_journal_of_all_is_masked_by_role_too(office):
    services.reveal(office.person("controller"), office.ref, "Ёлкина Мария жалуется на срок")
    key = office.card().key
    lines = audit.journal(audit.Filter(subject=key)).entries
    for login, told in (("administrator", False), ("registrar", True)):
        shown = services.masked_entries(office.person(login), lines)
        assert ("Ёлкина" in repr(shown)) == told, login


def test_no_use_case_shows_an_appeal_without_the_mask():
    """What is built of names has to go through `sight`: a new list must not forget it."""
    folder = Path(services.__file__).parent
    builds = re.compile(r"\b(appeal_ref|task_item|assignment_view|applicant_view)\(")
    forgot = [
        path.name
        for path in folder.glob("*.py")
        if builds.search(text := path.read_text("utf-8")) and not re.search(r"\bMask|mask", text)
    ]
    assert forgot == []
