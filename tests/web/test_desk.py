"""The desk's pages: who sees what, in which words, and what nobody may do."""

import csv
import io
import re
import shutil

import pytest
from lxml import html
from pypdf import PdfWriter
from sqlalchemy import select

from app import clock, create_app
from app.access import services as access
from app.access.services import load_person
from app.appeals import timeline
from app.appeals.models import Appeal
from app.appeals.resolving import HouseResolver
from app.audit.services import Entry
from app.database import reading
from app.desk.journal import told
from app.extensions import in_language
from app.outbox.cli import settle_all
from app.reports import groups
from tests.conftest import close
from tests.web.desk import Clerk, FreshClient, errors_of, words_of
from tests.web.life import Reception, in_process

LOGINS = (
    "registrar manager executor1 executor2 controller approver signatory dispatcher auditor".split()
)
CODE = "0005.0005.0056.1156"
TABS = (
    "overview",
    "particulars",
    "documents",
    "assignments",
    "letters",
    "notes",
    "route",
    "history",
)
#: What must never reach a person: names in braces, codes of the journal and of lists.
RAW = re.compile(r"\{[a-z_]+\}|%\([a-z_]+\)s|\b[a-z]+\.[a-z_]+ed\b|\b[a-z]+_[a-z_]+\b")


def machine(app):
    """The machine's door, to bring appeals to where a page is looked at."""
    found = Reception(in_process(app))
    for login in LOGINS:
        found.tokens[login] = access.issue_token(login).secret
    found.settle = lambda: settle_all(app, 60)
    return found


@pytest.fixture
def life(app):
    return machine(app)


class House:
    """A reception with an answered, an assigned and a registered appeal, to be looked at only."""

    def __init__(self, app):
        self.app, self.life, self._clerks = app, machine(app), {}
        self.answered = answered(self.life)
        pair = {name: self.answered[name] for name in ("receipt", "access_code")}
        opinion = {"quality": 4, "solved": "partly", "comment": "Вывезли не весь."}
        self.life.call("POST", "/status/survey", json={**pair, "answers": opinion})
        self.assigned = assigned(self.life)
        asked(self.life, self.assigned, number="77-исх", text="Дом принадлежит городу.")
        asked(self.life, self.assigned)
        visited(self.life, self.assigned)
        self.registered = registered(self.life, text="Скамейка у подъезда сломана.")
        self.life.settle()  # only then is it found by its words

    def clerk(self, login):
        if login not in self._clerks:
            self._clerks[login] = Clerk(self.app, login)
        return self._clerks[login]


@pytest.fixture(scope="module")
def house(prepared, tmp_path_factory):
    """One for all tests that change nothing: reading pages needs no house of its own."""
    folder = tmp_path_factory.mktemp("house") / "data"
    shutil.copytree(prepared, folder)
    app = create_app(data_dir=folder)
    with app.app_context():
        yield House(app)
    close(app)


def registered(life, **more):
    receipt = life.file(**more)
    life.do(receipt, "register", "registrar", questions=[CODE])
    return receipt


def assigned(life):
    receipt = registered(life)
    due = life.status(receipt)["due_on"]
    lines = [
        {"executor": "executor1", "responsible": True, "text": "Готовить ответ", "due_on": due},
        {"executor": "executor2", "responsible": False, "text": "=1+1", "due_on": due},
    ]
    life.do(receipt, "review", "manager", decision="assign", text="Прошу", resolutions=lines)
    life.do(receipt, "accept_assignment", "executor1")
    return receipt


def asked(life, receipt, **answer):
    """Documents asked of another body; with an answer when one is given."""
    path = f"/appeals/{receipt['receipt']}/actions"
    life.call("POST", path, by="executor1", json={"action": "request"})
    body = life.call("GET", "/organisations?q=", by="manager")["items"][0]
    life.do(receipt, "prepare_request", "executor1", organisation=body["id"], documents="Выписка")
    life.do(receipt, "sign_letter", "signatory")
    life.settle()
    if answer:
        life.do(receipt, "receive_answer", "registrar", **answer)


def visited(life, receipt):
    """A recorded visit to the place, with its act."""
    path = f"/appeals/{receipt['receipt']}/actions"
    life.call("POST", path, by="executor1", json={"action": "visit"})
    told = {"place": "Двор дома 5", "present": "Громова Е. В.", "findings": "Мусор не вывезен."}
    life.do(receipt, "record_visit", "executor1", **told)
    life.settle()


def answered(life):
    receipt = registered(life)
    life.do(receipt, "review", "manager", decision="answer", drafter="executor1")
    life.do(receipt, "draft_reply", "executor1", text="Мусор вывезен.")
    life.do(receipt, "approve_reply", "approver", decision="accept")
    life.do(receipt, "sign_reply", "signatory")
    life.settle()
    return receipt


PAGES = {
    "/desk/": "Входящие задания",
    "/desk/appeals": "Обращения",
    "/desk/assignments": "Поручения",
    "/desk/letters": "Реестр отправки",
    "/desk/figures": "Статистика",
}
ANSWERED, ASSIGNED, REGISTERED = "/desk/appeals/1", "/desk/appeals/2", "/desk/appeals/3"


def test_every_page_opens_for_everybody_signed_in(house):
    for login in ("registrar", "executor1", "auditor", "administrator"):
        for path, heading in PAGES.items():
            assert words_of(house.clerk(login).page(path)).startswith(heading), (login, path)


def test_a_stranger_is_asked_to_sign_in(house):
    stranger = FreshClient(house.app, house.app.response_class, use_cookies=True)
    for path in (*PAGES, "/desk/intake", "/desk/items/1", REGISTERED):
        answer = stranger.get(path)
        assert answer.status_code == 302, path
        assert "/sign-in" in answer.headers["Location"]


def test_intake_is_the_registrars(house):
    assert "Как поступило" in house.clerk("registrar").page("/desk/intake")
    house.clerk("manager").page("/desk/intake", 403)


def test_the_card_tells_everything_in_words(house):
    expected = {
        "overview": ("Ёлкина Мария Петровна", "Перебои в теплоснабжении", "4 из 5", "частично"),
        "documents": ("подписан — ", "отправлен — "),
        "assignments": ("Поручений нет", "ответить сразу"),
        "letters": ("ОГ-1/", "по электронной почте", "отправлено"),
        "route": ("Обращение гражданина", "сейчас здесь"),
        "history": ("Обращение зарегистрировано", "Письмо подписано", "Заявитель"),
    }
    for tab, parts in expected.items():
        said = words_of(house.clerk("registrar").page(f"{ANSWERED}?tab={tab}"))
        for part in parts:
            assert part in said, (tab, part)
        assert not RAW.search(said), (tab, RAW.search(said))


def test_no_page_shows_codes_or_unfilled_names(house):
    paths = [*PAGES, "/desk/assignments?scope=all", *(f"{ASSIGNED}?tab={tab}" for tab in TABS)]
    for login, language in (("manager", "ru"), ("controller", "en")):
        clerk = house.clerk(login)
        clerk.client.get(f"/language/{language}")
        for path in paths:
            said = words_of(clerk.page(path))
            assert not RAW.search(said), (path, RAW.search(said))


def test_english_pages_hold_no_russian_of_ours(house):
    clerk = house.clerk("approver")
    clerk.client.get("/language/en")
    said = words_of(clerk.page(f"{ASSIGNED}?tab=assignments"))
    assert "Given by: Elena V. Gromova" in said
    assert "Поручение дал" not in said
    assert words_of(clerk.page("/desk/figures")).startswith("Figures")


def test_the_history_says_reasons_and_days_in_the_language_of_the_reader(house):
    given = {"reason": "unclear", "after": {"due_on": "2026-12-16", "source_date": "2026-11-30"}}
    line = Entry(1, clock.now(), "manager", "appeal.left", "appeal:1", given, sealed=True)
    said = {}
    with house.app.test_request_context():
        for language in ("ru", "en"):
            with in_language(language):
                said[language] = [
                    str(value) for _name, value, _dated in told([line], str)[0].details
                ]
    assert said["en"][0].startswith("the substance cannot be made out")
    assert said["en"][1:] == ["— → 16/12/2026", "— → 30/11/2026"]
    assert said["ru"][1:] == ["— → 16.12.2026", "— → 30.11.2026"]


def test_an_english_card_on_paper_names_who_printed_it_in_english(house):
    clerk = house.clerk("approver")
    clerk.client.get("/language/en")
    said = words_of(clerk.page(f"{ASSIGNED}/print"))
    assert re.search(r"Printed [^,]+, \d\d:\d\d, Roman A. Nikitin", said)


def test_english_pages_offer_units_and_people_by_their_english_names(house):
    clerk = house.clerk("controller")
    clerk.client.get("/language/en")
    offered = html.fromstring(clerk.page("/desk/assignments")).xpath("//option/text()")
    with house.app.app_context(), in_language("en"), reading() as session:
        offered += [label for _login, label in HouseResolver(session).choices("person")]
    assert len(offered) > 20
    assert not [one for one in offered if re.search("[а-яё]", one.lower())]


def test_the_diagram_of_the_route_is_served_with_its_place(house):
    clerk = house.clerk("manager")
    root = html.fromstring(clerk.page(f"{ASSIGNED}?tab=route"))
    drawn = {
        one.get("data-source").rpartition("/")[2]: one
        for one in root.xpath('//*[@data-widget="diagram"]')
    }
    assert "report" in drawn["assignment.bpmn"].get("data-now").split()
    answer = clerk.get(drawn["assignment.bpmn"].get("data-source"))
    assert answer.mimetype == "application/xml"
    assert b"accept_assignment" in answer.data
    clerk.get(f"{ASSIGNED}/diagrams/nothing.bpmn", 404)


def test_the_card_on_paper_has_all_parts(house):
    said = words_of(house.clerk("manager").page(f"{ASSIGNED}/print"))
    for part in (
        "Регистрационно-контрольная карточка №",
        "Готовить ответ",
        "Громова",
        CODE,
        "Дом принадлежит городу.",
        "Мусор не вывезен.",
    ):
        assert part in said


def test_looking_at_a_card_is_noted_once(house):
    signatory = house.clerk("signatory")
    for _time in range(3):
        signatory.page(REGISTERED)
        signatory.page(f"{REGISTERED}/print")
        house.life.call("GET", f"/appeals/{house.registered['receipt']}", by="signatory")
    history = html.fromstring(signatory.page(f"{REGISTERED}?tab=history"))
    lines = [re.sub(r"\s+", " ", row.text_content()) for row in history.xpath("//tbody/tr")]
    name = load_person("signatory").name
    assert sum("Карточка открыта" in line and name in line for line in lines) == 1
    assert sum("выведена на печать" in line and name in line for line in lines) == 3


def test_masked_data_are_shown_on_the_card_to_who_says_why(house):
    """On the page, on paper and by REST alike."""
    controller, path = house.clerk("controller"), REGISTERED
    rest = f"/appeals/{house.registered['receipt']}"

    def told():
        page, paper = controller.page(path), controller.page(f"{path}/print")
        answer = str(house.life.call("GET", rest, by="controller"))
        return {"Ёлкина" in words_of(page), "Ёлкина" in words_of(paper), "Ёлкина" in answer}

    assert told() == {False}
    assert "Ё*** М." in words_of(controller.page(path))
    controller.send(path, "reason", reason="")
    assert told() == {False}
    house.life.call("POST", f"{rest}/reveal", by="controller", json={}, expect=422)
    controller.send(path, "reason", reason="Звонок заявителя")
    assert told() == {True}
    house.life.call("POST", f"{rest}/reveal", by="dispatcher", json={"reason": "?"}, expect=403)
    assert house.life.call("POST", f"{rest}/reveal", by="manager", json={"reason": "проверка"})


def test_the_card_shows_the_latest_appeals_of_the_person_and_leads_to_the_others(app, life):
    for _each in range(7):
        life.file()
    clerk = Clerk(app, "auditor")
    others = "//section[h2='Другие обращения этого заявителя']//li"
    page = html.fromstring(clerk.page("/desk/appeals/1"))
    assert len(page.xpath(others)) == 5
    (further,) = page.xpath("//a[.='Показать более ранние']/@href")
    listed = html.fromstring(clerk.page(further))
    assert len(listed.xpath(others)) == 6
    assert not listed.xpath("//a[.='Показать более ранние']")


def test_each_report_to_be_accepted_says_whose_it_is(app, life):
    receipt = assigned(life)
    life.do(receipt, "report", "executor1", text="Вывезли.")
    life.do(receipt, "accept_assignment", "executor2")
    life.do(receipt, "report", "executor2", text="Ответили.")
    card = html.fromstring(Clerk(app, "manager").page("/desk/appeals/1"))
    names = [one.text_content() for one in card.xpath('//main//a[contains(@href,"/items/")]')]
    reports = sorted({one for one in names if one.startswith("Принять отчёт")})
    assert [len(reports), len(names)] == [2, 4], names
    assert all(one.startswith("Принять отчёт: ") for one in reports)


def test_an_executor_sees_only_what_was_given_to_them(house):
    executor = house.clerk("executor2")
    review = house.life.open(house.registered)["review"]["id"]
    for path in (REGISTERED, f"{REGISTERED}/print", f"/desk/items/{review}"):
        executor.page(path, 404)
    assert "Ничего не найдено" in executor.page("/desk/appeals?q=Скамейка")
    assert "Готовить ответ" in executor.page(f"{ASSIGNED}?tab=assignments")


def test_an_auditor_sees_all_and_changes_nothing(house):
    auditor = house.clerk("auditor")
    token = {"csrf_token": auditor.token()}
    for item in house.life.open(house.assigned).values():
        page = auditor.page(f"/desk/items/{item['id']}")
        assert "Завершить задание" not in page
        assert 'action="/desk/items' not in page
        for path in ("", "/take", "/release"):
            auditor.post(f"/desk/items/{item['id']}{path}", token, expect=403)
    assert "Запросить продление" not in auditor.page(ASSIGNED)
    assert "/delivery" not in auditor.page("/desk/letters")
    auditor.post(f"{ASSIGNED}/extension", token, expect=403, days="5", reason="-")
    auditor.post(f"{ASSIGNED}/actions", token, expect=403, action="request")
    auditor.post("/desk/assignments/1/pass-on", token, expect=403, executor="executor2")
    auditor.post("/desk/letters/1/delivery", token, expect=403, what="delivered")
    auditor.post("/desk/uploads", token, expect=403)


def test_without_a_token_nothing_is_taken(house):
    manager = house.clerk("manager")
    review = f"/desk/items/{house.life.open(house.registered)['review']['id']}"
    for path in (review, f"{review}/take", f"{ASSIGNED}/extension", "/desk/uploads"):
        refused = manager.post(path, {}, expect=400, decision="answer")
        assert "Страница устарела" in refused.text
        assert "скопируйте введённое" in refused.text
        assert "'nonce-'" not in refused.headers["Content-Security-Policy"]
    assert "пока ни у кого" in words_of(manager.page(review))


def test_documents_are_asked_for_from_the_card_and_justify_an_extension(app, life):
    receipt = assigned(life)
    executor, card = Clerk(app, "executor1"), "/desk/appeals/1"
    assert 'name="action" value="request"' in executor.page(card)
    token = {"csrf_token": executor.token()}
    task = executor.post(f"{card}/actions", token, action="request").headers["Location"]
    body = life.call("GET", "/organisations?q=", by="manager")["items"][0]
    chosen = {"organisation": str(body["id"]), "purpose": "проверить владельца"}
    wrong = executor.send(task, "version", 422, **chosen)
    assert "проверить владельца" in wrong.text
    executor.send(task, "version", **chosen, documents="Выписка из реестра")
    other = life.open(receipt)["report"]["id"]
    assert "Выписка из реестра" in words_of(executor.page(f"/desk/items/{other}"))
    signing = f"/desk/items/{life.open(receipt)['sign_letter']['id']}"
    assert "просим представить" in words_of(Clerk(app, "signatory").page(signing))
    assert "request" not in executor.form(card, "days")
    life.do(receipt, "sign_letter", "signatory")
    life.settle()
    offered = executor.form(card, "days")
    assert offered["ground"] == "request"
    executor.send(card, "days", reason="Ждём выписку", days="15")
    deciding = f"/desk/items/{life.open(receipt)['decide_extension']['id']}"
    assert f"{body['name']}, № " in words_of(Clerk(app, "manager").page(deciding))


def test_the_inbox_counts_filters_and_sorts(app, life):
    for name in ("Борисов", "Антонов"):
        life.file(applicant={"last_name": name})
    life.settle()
    clerk = Clerk(app, "registrar")
    page = clerk.page("/desk/?sort=applicant")
    rows = html.fromstring(page).xpath("//tbody/tr")
    assert ["Антонов" in rows[0].text_content(), "Борисов" in rows[1].text_content()] == [True] * 2
    assert "Свободные по моей роли 2" in words_of(page)
    assert "Борисов" in clerk.page("/desk/?q=Борисов")
    assert "Ничего не найдено" in clerk.page("/desk/?q=Никто")
    assert "Ничего не найдено" in clerk.page("/desk/?term=overdue")
    clerk.page("/desk/?page=999&sort=nonsense&scope=x&term=y")


def test_taking_and_giving_back(app, life):
    registered(life)
    manager, assistant = Clerk(app, "manager"), Clerk(app, "assistant")
    task = next(iter(manager.tasks().values()))
    token = {"csrf_token": manager.token()}
    manager.post(f"{task}/take", token)
    assert "у вас" in words_of(manager.page(task))
    said = words_of(assistant.page(task))
    assert "Задание у другого сотрудника: Громова Елена Викторовна" in said
    assert "Завершить задание" not in said
    manager.post(f"{task}/release", token)
    assert "пока ни у кого" in words_of(manager.page(task))


def test_the_export_runs_no_formula(house):
    answer = house.clerk("manager").send("/desk/assignments?scope=all", "book", 200, format="csv")
    assert answer.mimetype == "text/csv"
    assert answer.headers["Content-Disposition"].startswith("attachment")
    text = answer.data.decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text), delimiter=";"))
    assert len(rows) == 3
    assert any(cell == "'=1+1" for row in rows for cell in row)
    assert not any(cell[:1] in set("=+-@\t\r") for row in rows for cell in row)


def test_assignments_by_scope_person_and_term(house):
    mine = words_of(house.clerk("executor1").page("/desk/assignments"))
    assert "Готовить ответ" in mine
    assert "=1+1" not in mine
    manager = house.clerk("manager")
    manager.client.get("/language/ru")
    assert "Поручений нет" in manager.page("/desk/assignments")
    assert "Готовить ответ" in manager.page("/desk/assignments?scope=issued")
    assert "Поручений нет" in manager.page("/desk/assignments?scope=overdue")
    only = words_of(manager.page("/desk/assignments?scope=all&executor=executor2"))
    assert "=1+1" in only
    assert "Готовить ответ" not in only
    assert "Поручений нет" in manager.page("/desk/assignments?scope=all&state=done")


def test_letters_open_as_pdf_in_the_browser(house):
    root = html.fromstring(house.clerk("dispatcher").page("/desk/letters"))
    link = root.xpath('//a[contains(@href,".pdf")]/@href')[-1]
    answer = house.clerk("dispatcher").get(link)
    assert answer.data.startswith(b"%PDF")
    assert answer.mimetype == "application/pdf"
    assert not answer.headers.get("Content-Disposition", "").startswith("attachment")
    assert "script-src" not in answer.headers["Content-Security-Policy"]
    house.clerk("executor2").page(link, 404)


def test_documents_come_as_attachments_and_only_to_those_who_may(house):
    registrar = house.clerk("registrar")
    root = html.fromstring(registrar.page(f"{ANSWERED}?tab=documents"))
    link = root.xpath('//a[contains(@href,"/desk/documents/")]/@href')[0].removesuffix("/look")
    answer = registrar.get(link)
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    house.clerk("executor2").page(link, 404)


def test_search_by_number_name_text_and_term(house):
    clerk = house.clerk("registrar")
    number = house.life.status(house.registered)["number"]
    for query in ("q=скамейка", f"q={number}", "applicant=ёлкина", "q=Елкина", "state=open"):
        assert REGISTERED in clerk.page(f"/desk/appeals?{query}"), query
    assert "по началу" in words_of(clerk.page("/desk/appeals"))
    for query in ("q=турник", "term=overdue", "due_to=2020-01-01"):
        assert "Ничего не найдено" in clerk.page(f"/desk/appeals?{query}"), query
    assert REGISTERED not in clerk.page("/desk/appeals?state=closed")
    clerk.page("/desk/appeals?due_from=nonsense&page=x")


def test_what_an_address_narrows_the_search_by_stands_in_the_form(house):
    for login in ("registrar", "controller"):
        clerk = house.clerk(login)
        for name in ("text", "number", "applicant"):
            root = html.fromstring(clerk.page(f"/desk/appeals?{name}=7"))
            (form,) = root.xpath('//form[contains(@class,"filters")]')
            assert form.xpath(f'.//label[@for="{name}"]/../input[@name="{name}"]/@value') == ["7"]
    root = html.fromstring(clerk.page("/desk/appeals"))
    assert not root.xpath('//main//*[@name="text" or @name="number"]')


def test_the_stages_in_lists_are_those_of_the_appeals(house):
    """Lists read only the steps that are stages or told something; nothing is lost by that."""
    with house.app.app_context(), reading() as session:
        rows = session.scalars(select(Appeal)).all()
        whole = {one.id: timeline.timeline(session, one.id) for one in rows}
        assert timeline.timelines(session, rows) == whole
        assert all(len(stages) > 1 for stages in whole.values())


def test_marks_by_topic_unit_and_executor(house, monkeypatch):
    manager, registrar = house.clerk("manager"), house.clerk("registrar")
    hidden = words_of(manager.page("/desk/figures"))
    assert "Ответы, которые дали меньше 5 человек, не показаны" in hidden
    assert "По темам" not in hidden.partition("отдельно")[2]
    assert not [one for one in ("Качество ответа", "Решён ли вопрос") if one in hidden]
    monkeypatch.setattr(groups, "LEAST", 1)
    said = words_of(manager.page("/desk/figures"))
    assert "ТемаСредняя оценкаВопрос решёнОценок Жилище40 %1" in said.replace("\xa0", " ")
    # Answered at once, without an assignment: the marks are those of who drafted the reply.
    assert "Лебедев Николай" in said.partition("По исполнителям")[2].partition("40 %1")[0]
    assert "Жилище" in words_of(registrar.page("/desk/figures"))


def test_figures_of_a_period(house, monkeypatch):
    monkeypatch.setattr(groups, "LEAST", 1)
    clerk = house.clerk("registrar")
    said = words_of(clerk.page("/desk/figures"))
    for part in ("Перебои в теплоснабжении", "разъяснено", "частично", "4 из 5", "Тихонова"):
        assert part in said
    # Dates the wrong way round are what was meant the right way round.
    empty = words_of(clerk.page("/desk/figures?since=2020-12-31&until=2020-01-01"))
    assert "с 1 января 2020 по 31 декабря 2020" in empty
    assert "За этот период обращений нет" in empty


def test_the_post_tells_what_became_of_a_letter(app, life):
    answered(life)
    page, clerk, manager = "/desk/letters", Clerk(app, "dispatcher"), Clerk(app, "manager")
    address = html.fromstring(clerk.page(page)).xpath('//form[.//@value="delivered"]/@action')
    manager.post(address[0], {"csrf_token": manager.token()}, expect=403, what="delivered")
    assert "/delivery" not in manager.page(page)
    token = {"csrf_token": clerk.token()}
    clerk.post(address[0], token, what="delivered", next="https://example.org/")
    assert "/delivery" not in clerk.page(page)
    # A second mark is refused in words, on the same page.
    answer = clerk.post(address[0], token, what="returned")
    assert answer.headers["Location"] == page
    told = html.fromstring(clerk.page(page)).find_class("flash-error")[0]
    assert "доставлено" in told.text_content()


def test_what_is_due_is_shown_exported_and_given_to_machines_alike(app, life):
    receipt = life.file()
    life.settle()
    life.do(receipt, "register", "registrar", questions=[CODE])
    number = life.call("GET", f"/appeals/{receipt['receipt']}", by="auditor")["number"]
    clerk = Clerk(app, "controller")
    assert number not in clerk.page("/desk/due?days=0")
    shown = clerk.page("/desk/due?days=40")
    assert number in shown
    assert not RAW.search(words_of(shown))
    given = clerk.send("/desk/due?days=40", "book", 200, format="csv").data.decode("utf-8-sig")
    table = list(csv.reader(io.StringIO(given), delimiter=";"))
    assert [row[3] for row in table[1:]] == [number]
    (line,) = life.call("GET", "/due?days=40", by="controller")["items"]
    assert (line["appeal"]["number"], line["executor"]) == (number, None)
    assert life.call("GET", "/due?days=0", by="controller")["items"] == []
    assert "days" in life.call("GET", "/due?days=-1", by="controller", expect=422)["errors"]
    assert clerk.page("/desk/due?days=ten&unit=x&page=zwei")
    assert number not in clerk.page("/desk/due?days=40&page=2"), "one page has it all"


def test_each_chooses_how_reminders_come(app):
    clerk = Clerk(app, "executor1")
    assert "checked" in clerk.page("/reminders").partition('value="at_once"')[2][:20]
    clerk.send("/reminders", "reminders", reminders="digest")
    assert access.load_person("executor1").reminders == "digest"
    clerk.send("/reminders", "reminders", expect=422, reminders="by pigeon")
    assert access.load_person("executor1").reminders == "digest"
    assert access.load_person("executor2").reminders == "at_once"


def test_a_reply_is_put_on_the_site_and_taken_down(app, life):
    receipt = life.file()
    life.settle()
    life.do(receipt, "register", "registrar", questions=[CODE])
    life.do(receipt, "review", "manager", decision="answer", drafter="executor1")
    life.do(receipt, "draft_reply", "executor1")
    life.do(receipt, "approve_reply", "approver", decision="accept")
    life.do(receipt, "sign_reply", "signatory")
    life.settle()
    manager, anybody = Clerk(app, "manager"), FreshClient(app, app.response_class)
    path = f"/desk/appeals/{life.call('GET', '/appeals/' + receipt['receipt'], by='auditor')['id']}"
    assert f"{path}/publication" in manager.page(path)
    Clerk(app, "controller").page(f"{path}/publication", 403)
    texts = {"title": "Вывоз мусора", "question": "Когда вывезут?", "answer": "Вывезли."}
    manager.send(f"{path}/publication", "answer", expect=422, **texts)
    manager.send(f"{path}/publication", "answer", **texts, confirmed="y")
    (address,) = set(re.findall(r"/answers/\d+", manager.page(f"{path}/publication")))
    assert "Вывезли." in anybody.get(address).text
    assert address in anybody.get("/answers?q=мусора").text
    assert not RAW.search(words_of(anybody.get("/answers").text))
    manager.send(f"{path}/publication", "reason", reason="Ошибка")
    assert anybody.get(address).status_code == 404


def test_data_of_the_card_are_changed_and_told_before_and_after(app, life):
    receipt = registered(life)
    clerk = Clerk(app, "registrar")
    path = f"/appeals/{receipt['receipt']}"
    card = f"/desk/appeals/{life.call('GET', path, by='auditor')['id']}"
    clerk.send(f"{card}/particulars", "sheets", sheets="3", benefits="disabled", street="Садовая")
    wrong = clerk.send(f"{card}/particulars", "sheets", 422, sheets="много", letter_date="завтра")
    assert len(errors_of(wrong.text)) == 2
    clerk.send(f"{card}/questions", f"{CODE}-note", **{f"{CODE}-note": "О вывозе мусора"})
    shown = words_of(clerk.page(f"{card}?tab=particulars"))
    for words in ("Листов3", "инвалид по общему заболеванию", "Садовая", "О вывозе мусора"):
        assert words in shown
        assert words in words_of(clerk.page(f"{card}/print"))
    history = words_of(clerk.page(f"{card}?tab=history"))
    assert "Листов: — → 3" in history
    assert "О чём вопрос: — → О вывозе мусора" in history
    Clerk(app, "approver").send(f"{card}/particulars", "sheets", 403, sheets="4")


def test_notes_are_read_by_those_who_work_on_it_only(app, life):
    receipt = registered(life)
    clerk = Clerk(app, "registrar")
    path = f"/appeals/{receipt['receipt']}"
    card = f"/desk/appeals/{life.call('GET', path, by='auditor')['id']}"
    clerk.send(f"{card}/notes/new", "text", 422, text=" ")
    clerk.send(f"{card}/notes/new", "text", text="Заявитель звонил трижды")
    clerk.send(f"{card}/notes/1", "text", text="Заявитель звонил дважды")
    shown = words_of(clerk.page(f"{card}?tab=notes"))
    assert "Заявитель звонил дважды" in shown
    assert "Заявитель звонил трижды" in shown  # among the earlier wordings
    assert "дважды" in words_of(Clerk(app, "auditor").page(f"{card}?tab=notes"))
    for tab in TABS:
        assert "звонил" not in Clerk(app, "dispatcher").page(f"{card}?tab={tab}")
    assert "звонил" not in str(life.call("GET", path, by="dispatcher"))
    Clerk(app, "manager").get(f"{card}/notes/1", 404)
    clerk.post(f"{card}/notes/1/withdraw", {"csrf_token": clerk.token()})
    assert "отозвана автором" in words_of(clerk.page(f"{card}?tab=notes"))


def test_related_appeals_are_tied_and_untied_with_a_reason(app, life):
    receipts = [registered(life), registered(life, text="Скамейка у подъезда сломана.")]
    clerk = Clerk(app, "registrar")
    found = [life.call("GET", f"/appeals/{one['receipt']}", by="auditor") for one in receipts]
    first, second = (f"/desk/appeals/{one['id']}" for one in found)
    clerk.send(f"{first}/links/new", "other", 422, other="Щ-99", reason="")
    clerk.send(f"{first}/links/new", "other", other=found[1]["number"], reason="Один двор")
    clerk.send(f"{second}/links/new", "other", 409, other=found[0]["number"], reason="Один двор")
    for here, there in ((first, 1), (second, 0)):
        shown = words_of(clerk.page(f"{here}?tab=related"))
        for words in (found[there]["number"], "Один двор", "осталось"):
            assert words in shown
    link = life.call("GET", f"/appeals/{receipts[0]['receipt']}", by="auditor")["links"][0]["id"]
    clerk.send(f"{second}/links/{link}", "reason", 422, reason="")
    clerk.send(f"{second}/links/{link}", "reason", reason="Ошиблись")
    assert "Один двор" not in words_of(clerk.page(f"{first}?tab=related"))
    assert "Ошиблись" in words_of(clerk.page(f"{first}?tab=history"))
    Clerk(app, "approver").send(
        f"{first}/links/new", "other", 403, other=found[1]["number"], reason="Нет"
    )


def test_a_document_is_looked_at_in_the_page_and_each_look_is_noted(house):
    letters = house.life.call("GET", f"/appeals/{house.answered['receipt']}", by="auditor")
    reply = next(one["id"] for one in letters["documents"] if one["kind"] == "reply")
    looks = lambda: sum(  # noqa: E731
        one["action"] == "document.opened" and one["details"]["document"] == reply
        for one in house.life.call(
            "GET", f"/appeals/{house.answered['receipt']}", by="auditor"
        )["history"]
    )  # fmt: skip
    before = looks()
    page = house.clerk("registrar").page(f"/desk/documents/{reply}/look")
    assert "data:image/jpeg;base64,/9j/" in page
    assert "Текст страницы" in words_of(page)
    assert looks() == before + 1
    house.clerk("controller").get(f"/desk/documents/{reply}/look", 403)
    house.clerk("executor2").get(f"/desk/documents/{reply}/look", 404)


def test_paper_is_placed_handed_over_and_scanned(app, life):
    receipt = registered(life)
    clerk = Clerk(app, "registrar")
    card = f"/desk/appeals/{life.call('GET', '/appeals/' + receipt['receipt'], by='auditor')['id']}"
    clerk.send(f"{card}/paper/place", "case_index", case_index="02-15", volume="1")
    clerk.send(f"{card}/paper/hand", "to", 422, to="")
    clerk.send(f"{card}/paper/hand", "to", to="manager")
    back = f"{card}/paper/take-back"
    assert back in clerk.page(f"{card}?tab=paper")
    clerk.post(back, {"csrf_token": clerk.token()})
    page = clerk.page(f"{card}?tab=paper")
    assert "подлинник остаётся у вас" in words_of(page)
    assert back not in page
    clerk.send(f"{card}/paper/hand", "to", to="manager")
    manager = Clerk(app, "manager")
    assert back not in manager.page(f"{card}?tab=paper")
    assert "передаётся" in words_of(manager.page(f"{card}?tab=paper"))
    manager.post(f"{card}/paper/accept", {"csrf_token": manager.token()})
    assert "02-15" in words_of(manager.page(f"{card}?tab=paper"))
    sheet = clerk.get(f"{card}/paper/barcode.pdf").data
    stamp = clerk.get(f"{card}/paper/stamp.pdf").data
    writer = PdfWriter()
    for one in (stamp, sheet, stamp):
        writer.append(io.BytesIO(one))
    scan = io.BytesIO()
    writer.write(scan)
    form = clerk.form("/desk/scans", "file")
    sent = clerk.post("/desk/scans", form, 200, file=(io.BytesIO(scan.getvalue()), "Скан.pdf"))
    assert "карточка не найдена" in words_of(sent.text)
    rest = re.search(r"/desk/documents/(\d+)/look", sent.text)[1]
    assert "data:image/jpeg" in clerk.page(f"/desk/documents/{rest}/look")
    manager.get(f"/desk/documents/{rest}/look", 404)
    number = life.call("GET", f"/appeals/{receipt['receipt']}", by="auditor")["number"]
    clerk.send("/desk/scans", "number", number=number)
    assert "Страницы без карточки" not in clerk.page("/desk/scans")
    assert clerk.page(f"{card}?tab=documents").count("/look") == 2
