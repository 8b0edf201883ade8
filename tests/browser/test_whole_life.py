"""One appeal through its whole life, as its several people see it in a browser."""

import hashlib
import re
import shutil
import subprocess
from datetime import date, timedelta

import pytest
from babel.dates import format_date
from playwright.sync_api import expect

from tests.browser.people import Citizen, Clerk

EMAIL = "elkina@example.org"
TEXT = "Во дворе дома 5 по улице Садовой третью неделю холодные батареи.\n\nПрошу принять меры."
REASON = "Нужен выезд на место вместе с теплосетью"


@pytest.fixture
def citizen(site, open_browser):
    return Citizen(site, open_browser())


class Office(dict):
    """Clerks by login; each signs in at a desk of their own when first needed."""

    def __init__(self, site, open_browser):
        self.site = site
        self.open_browser = open_browser

    def __missing__(self, login):
        self[login] = Clerk(self.site, self.open_browser()).sign_in(login)
        return self[login]


@pytest.fixture
def office(site, open_browser):
    return Office(site, open_browser)


@pytest.fixture
def papers(tmp_path):
    """Files that a citizen would attach."""
    contents = {
        "батарея.txt": "Холодная. " * 400,
        "не то.txt": "Рецепт пирога",
        "акт осмотра.txt": "Температура 14 градусов",
    }
    for name, text in contents.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    return {name: tmp_path / name for name in contents}


def test_an_appeal_lives_its_whole_life(site, citizen, office, papers, tmp_path):
    receipt = file_appeal(site, citizen, papers)
    number, due_on = register(site, citizen, office, receipt)
    assign(office, due_on)
    new_due = extend(site, citizen, office, number, due_on)
    report(office, number, papers)
    reply(office)
    answered(site, citizen, number, receipt["access_code"], new_due, tmp_path)
    rate(site, citizen)
    look_back(office["manager"], number)


def file_appeal(site, citizen, papers):
    citizen.begin_appeal()
    citizen.fill(text=TEXT, last_name="Ёлкина", first_name="Мария", middle_name="Петровна")
    citizen.attach(papers["батарея.txt"], papers["не то.txt"])
    citizen.detach("не то.txt")

    citizen.send(citizen.form)
    expect(citizen.page.get_by_role("alert").get_by_role("link")).to_have_count(1)
    expect(citizen.field("text")).to_have_value(re.compile("холодные батареи"))
    expect(citizen.field("last_name")).to_have_value("Ёлкина")
    expect(citizen.files).to_have_count(1)

    citizen.attach(papers["акт осмотра.txt"])
    citizen.fill(email=EMAIL)
    citizen.send_twice_in_haste()
    for name in ("батарея.txt", "акт осмотра.txt"):
        expect(citizen.page.locator("main")).to_contain_text(name)
        digest = hashlib.sha256(papers[name].read_bytes()).hexdigest()
        expect(citizen.page.locator("main")).to_contain_text(digest)
    expect(citizen.page.locator("main")).not_to_contain_text("не то.txt")
    receipt = citizen.receipt()

    letter = site.letter(EMAIL, holding=receipt["receipt"])
    assert f"Код доступа: {receipt['access_code']}" in letter["text"]
    assert hashlib.sha256(papers["батарея.txt"].read_bytes()).hexdigest() in letter["text"]
    assert receipt["access_code"] in citizen.read_mail(letter["subject"], EMAIL)
    return receipt


def register(site, citizen, office, receipt):
    registrar = office["registrar"]
    registrar.open("register")  # the only one: the hasty second press has made no other appeal
    expect(registrar.page.locator("main")).to_contain_text("батарея.txt")
    expect(registrar.form.locator("[name=last_name]")).to_have_value("Ёлкина")
    registrar.pick_question("1156", "Перебои в теплоснабжении")
    registrar.pick_question("обр тв ком от", "Обращение с твердыми коммунальными отходами")
    registrar.complete()

    letter = site.letter(EMAIL, holding="зарегистрирован")
    number = re.search(r"Номер: (\S+)", letter["text"])[1]
    assert f"Код доступа: {receipt['access_code']}" in letter["text"]
    citizen.look_at_status(number, receipt["access_code"])
    expect(citizen.page.locator("main")).to_contain_text(receipt["receipt"])
    seen = site.send("POST", "/api/v1/status", json=receipt)[1]
    assert seen["number"] == number
    return number, date.fromisoformat(seen["due_on"])


def assign(office, due_on):
    manager = office["manager"]
    manager.open("review").answer(decision="assign", text="Рассмотреть и подготовить ответ")
    manager.add_executor(0, "executor1", "Подготовить ответ", due_on.isoformat())
    manager.add_executor(1, "executor2", "Дать справку о котельной", due_on.isoformat())
    manager.complete()
    for login in ("executor1", "executor2"):
        office[login].do("accept_assignment")


def extend(site, citizen, office, number, due_on):
    office["executor1"].open_card(number)
    office["executor1"].ask_for_extension(10, REASON)
    decision = office["manager"].open("decide_extension")
    asked = date.fromisoformat(decision.form.locator("[name=due_on]").input_value())
    assert due_on < asked <= due_on + timedelta(days=30)
    decision.answer(decision="grant").complete()
    told = site.letter(EMAIL, holding=REASON)
    assert REASON in citizen.read_mail(told["subject"], EMAIL)
    return asked


def report(office, number, papers):
    manager = office["manager"]
    office["executor2"].do("report", text="Котельная работает, насос заменён.")
    manager.do("accept_report", decision="accept")
    office["executor1"].do("report", text="Отопление восстановлено.")
    manager.do("accept_report", decision="rework", remark="Приложите акт осмотра")
    manager.open_card(number)
    manager.open_tab("route")
    assert "report" in manager.steps_marked("step-now")
    assert {"register", "review"} <= manager.steps_marked("step-passed")
    again = office["executor1"].open("report")
    expect(again.page.locator("main")).to_contain_text("Приложите акт осмотра")
    again.attach(papers["не то.txt"], papers["акт осмотра.txt"])
    again.detach("не то.txt")
    again.answer(text="Отопление восстановлено, акт осмотра составлен.").complete()
    accepting = manager.open("accept_report")
    expect(accepting.page.locator("main")).to_contain_text("акт осмотра.txt")
    expect(accepting.page.locator("main")).not_to_contain_text("не то.txt")
    accepting.answer(decision="accept").complete()


def reply(office):
    executor, approver = office["executor1"], office["approver"]
    executor.do("draft_reply", text="Отопление в вашем доме восстановлено.")
    approver.do("approve_reply", decision="rework", remark="Назовите дату")
    again = executor.open("draft_reply")
    expect(again.page.locator("main")).to_contain_text("Назовите дату")
    again.answer(text="Отопление восстановлено 1 марта.", measures="Заменён насос").complete()
    approver.do("approve_reply", decision="accept")
    office["signatory"].do("sign_reply")


def answered(site, citizen, number, access_code, due_on, folder):
    letter = site.until(
        lambda: next((one for one in site.letters(EMAIL) if one["attachments"]), None),
        "the reply has not come",
    )
    assert letter["attachments"][0]["size"] > 1000
    citizen.look_at_status(number, access_code)
    page = citizen.page.locator("main")
    for text in (REASON, "Заменён насос", format_date(due_on, "d MMMM y", "ru")):
        expect(page).to_contain_text(text)
    stages = " | ".join(citizen.stages)
    for stage in (
        "Обращение зарегистрировано",
        "продлён до",
        "изучают исполнители",
        "Ответ направлен",
    ):
        assert stage in stages, stages
    assert "{" not in stages

    with citizen.page.expect_download() as loading:
        page.locator("a[download]").click()
    path = folder / "reply.pdf"
    loading.value.save_as(path)
    assert path.read_bytes().startswith(b"%PDF")
    if shutil.which("pdfsig"):
        told = subprocess.run(["pdfsig", path], capture_output=True, text=True, check=False).stdout
        assert "Signature is Valid" in told, told


def rate(site, citizen):
    letter = site.letter(EMAIL, holding="/survey/")
    link = re.search(r"https?://\S+/survey/\S+", letter["text"])[0]
    citizen.go(link)
    late = citizen.page.context.new_page()
    late.goto(link)
    for page in (citizen.page, late):
        page.locator("[name=quality][value='5']").check()
    citizen.page.locator("[name=solved][value=yes]").check()
    citizen.send(citizen.page.locator("form:has([name=quality])"))
    expect(citizen.page.get_by_role("heading", level=1)).to_contain_text("Спасибо")

    late.locator("form:has([name=quality]) button[type=submit]").click()
    expect(late.locator("[name=quality]")).to_have_count(0)
    expect(late.get_by_role("heading", level=1)).to_have_text("Вы уже ответили")
    citizen.go(link)
    expect(citizen.page.locator("[name=quality]")).to_have_count(0)


def look_back(manager, number):
    """The marks have reached the card; nothing is left to do."""
    manager.open_card(number)
    expect(manager.page.locator("main")).to_contain_text("5")
    manager.open_tab("route")
    assert not manager.steps_marked("step-now")
