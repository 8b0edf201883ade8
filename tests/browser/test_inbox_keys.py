"""The inbox without a mouse: through the list, into a task and back; marks, an act, its cancel."""

import re
import shutil

import pytest
from playwright.sync_api import expect

from app import create_app
from app.access import services as access
from tests.browser.people import Clerk
from tests.browser.site import Served
from tests.conftest import close
from tests.web.life import Reception

QUESTION = "0005.0005.0056.1156"
WORKERS = ("registrar", "manager", "executor1", "approver", "signatory", "auditor")


@pytest.fixture(scope="module")
def site(executable, prepared, tmp_path_factory):
    """A demo that holds mail long enough for the slowest machine to cancel it."""
    del executable
    folder = tmp_path_factory.mktemp("held")
    shutil.copytree(prepared, folder / "data")
    with Served(folder / "data", folder / "server.log", outbox_hold_seconds=600) as served:
        yield served
    assert not served.errors(), "\n".join(served.errors())


@pytest.fixture(scope="module")
def reception(site):
    found = Reception(site.send)
    app = create_app(data_dir=site.data_dir)
    with app.app_context():
        found.tokens = {login: access.issue_token(login).secret for login in WORKERS}
    close(app)
    return found


def titles(page):
    return page.locator("main tbody a.table-main")


def row(page, number):
    return page.locator("main tbody tr").nth(number)


def test_a_registrar_works_without_a_mouse(site, reception, open_browser):
    for number in range(3):
        reception.file(text=f"Яма у дома {number}")
    clerk = Clerk(site, open_browser()).sign_in("registrar")
    page = clerk.page
    press = page.keyboard.press
    clerk.go("/desk/?sort=opened")
    press("j")
    expect(titles(page).nth(0)).to_be_focused()
    press("ArrowDown")
    press("j")
    press("j")
    expect(titles(page).nth(2)).to_be_focused()
    press("k")
    # The Russian layout gives another letter at the same place.
    page.evaluate(
        "document.activeElement.dispatchEvent(new KeyboardEvent('keydown',"
        "{key: 'л', code: 'KeyK', bubbles: true}))"
    )
    expect(titles(page).nth(0)).to_be_focused()
    press("x")
    expect(row(page, 0).locator("input[type=checkbox]")).to_be_checked()
    press("Shift+J")
    expect(page.get_by_role("status").filter(has_text="Отмечено: 2")).to_be_visible()
    press("Escape")
    expect(page.locator("main tbody input:checked")).to_have_count(0)
    expect(titles(page).nth(1)).to_be_focused()
    with page.expect_navigation():
        press("t")
    clerk.settled()
    expect(row(page, 1)).to_contain_text("у меня")
    expect(titles(page).nth(1)).to_be_focused()
    with page.expect_navigation():
        press("Enter")
    clerk.settled()
    assert re.search(r"/desk/items/\d+\?sort=opened$", page.url)
    press("g")
    with page.expect_navigation():
        press("s")
    clerk.settled()
    assert page.url.endswith("/desk/appeals")
    press("/")
    expect(page.locator("main input[type=search]")).to_be_focused()
    page.keyboard.type("jkx?g")
    expect(page.locator("main input[type=search]")).to_have_value("jkx?g")
    expect(page.get_by_role("dialog")).to_have_count(0)
    press("Escape")
    press("?")
    sheet = page.get_by_role("dialog")
    expect(sheet).to_contain_text("перейти ко входящим заданиям")
    press("Escape")
    expect(sheet).to_have_count(0)
    press("g")
    with page.expect_navigation():
        press("i")
    assert page.url.endswith("/desk/")


def test_letter_after_letter_is_registered_without_the_list(site, reception, open_browser):
    """A suggestion by its number, Ctrl+Shift+Enter, and the next letter is there; or J and K."""
    for _number in range(2):
        reception.file(text="Просим провести ремонт автомобильной дороги в нашей деревне")
    clerk = Clerk(site, open_browser()).sign_in("registrar")
    page, press = clerk.page, clerk.page.keyboard.press
    # As the form of the filters asks for the list.
    clerk.go("/desk/?scope=all&q=&element=register&term=&sort=-opened")
    press("j")
    with page.expect_navigation():
        press("Enter")
    clerk.settled()
    with page.expect_navigation():
        page.locator("a.back").press("Enter")
    clerk.settled()
    expect(titles(page).first).to_be_focused()
    with page.expect_navigation():
        press("Enter")
    clerk.settled()
    first = page.url
    for key in ("j", "k"):
        with page.expect_navigation():
            press(key)
        clerk.settled()
        assert (page.url == first + "#main") == (key == "k")
        expect(page.locator("main")).to_be_focused()
    press("f")
    expect(page.locator("form[data-task] .autocomplete__input").first).to_be_focused()
    press("Escape")
    press("1")
    expect(page.locator(".chip")).to_have_count(1)
    with page.expect_navigation():
        press("Control+Shift+Enter")
    clerk.settled()
    assert page.url.partition("#")[0] != first
    expect(page.get_by_role("status").filter(has_text="передано дальше")).to_be_visible()
    expect(page.locator("main")).to_be_focused()
    press("1")
    expect(page.locator(".chip")).to_have_count(1)
    with page.expect_navigation():
        press("Control+Enter")
    clerk.settled()
    assert "/desk/?element=register&sort=-opened" in page.url


def test_a_registration_survives_the_tab_it_was_begun_in(site, reception, open_browser):
    """Its questions too, by their names; nothing is offered once it is done."""
    reception.file(text="Просим провести ремонт автомобильной дороги у пруда")
    clerk = Clerk(site, open_browser()).sign_in("registrar")
    page = clerk.page
    clerk.go("/desk/?element=register&sort=-opened")
    clerk.follow("main tbody a.table-main")
    task = page.url
    page.keyboard.press("1")
    chosen = page.locator(".chip").inner_text()
    expect(page.locator("[data-draft-note]")).to_contain_text("Черновик сохранён")
    page.locator("[name=summary]").fill("О дороге у пруда")
    expect(page.locator("[data-draft-note]")).to_contain_text("Черновик сохранён")
    page.wait_for_timeout(1000)
    clerk.go(task)
    expect(page.locator(".chip")).to_have_count(0)
    page.get_by_role("button", name="Вернуть текст").click()
    expect(page.locator("[name=summary]")).to_have_value("О дороге у пруда")
    expect(page.locator("form[data-task] :focus")).to_have_count(1)
    expect(page.locator(".chip")).to_have_count(1)
    name = chosen.splitlines()[0]
    expect(page.locator(".chip")).to_contain_text(name)
    with page.expect_navigation():
        page.keyboard.press("Control+Enter")
    clerk.settled()
    assert (
        page.evaluate("Object.keys(localStorage).filter((key) => key.startsWith('draft:task'))")
        == []
    )


def look_up(page, typed):
    """Choose the first of what is found, in the lookup that has the focus."""
    page.keyboard.type(typed)
    page.keyboard.press("Enter")  # too early
    page.get_by_role("option").first.wait_for()
    page.wait_for_timeout(600)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")


def test_people_of_a_resolution_survive_the_tab_they_were_chosen_in(site, reception, open_browser):
    """Each row with its executor; a new row is where the keyboard goes on."""
    receipt = reception.file(text="Не горит фонарь у школы")
    reception.do(receipt, "register", "registrar", questions=[QUESTION])
    clerk = Clerk(site, open_browser()).sign_in("manager")
    page = clerk.page
    clerk.go("/desk/?element=review&sort=-opened")
    clerk.follow("main tbody a.table-main")
    task = page.url
    page.locator("[name=decision][value=assign]").check()
    executors = page.locator("[data-widget=resolution-list] [role=combobox]")
    executors.first.focus()
    look_up(page, "Лебедев")
    page.locator("[name=resolutions-0-due_on]").press("Enter")
    expect(executors).to_have_count(1)
    page.locator(".f-rows__add").press("Enter")
    expect(executors.nth(1)).to_be_focused()
    look_up(page, "executor2")
    second = executors.nth(1).input_value()
    page.locator("[name=resolutions-1-text]").fill("Сообщить о сроках")
    # Nobody waits for a pause: what was typed last is kept when the page is left.
    page.goto("about:blank")
    clerk.go(task)
    page.get_by_role("button", name="Вернуть текст").click()
    expect(page.locator("form[data-task] :focus")).to_have_count(1)
    expect(executors).to_have_count(2)
    expect(executors.nth(0)).to_have_value(re.compile("Лебедев"))
    expect(executors.nth(1)).to_have_value(second)
    expect(page.locator("[name=resolutions-0-executor]")).to_have_value("executor1")
    expect(page.locator("[name=resolutions-1-executor]")).to_have_value("executor2")
    expect(page.locator("[name=resolutions-1-text]")).to_have_value("Сообщить о сроках")
    expect(page.get_by_role("option")).to_have_count(0)
    clerk.go(task)
    page.get_by_role("button", name="Удалить сохранённое").press("Enter")
    expect(page.locator("form[data-task] :focus")).to_have_count(1)
    clerk.go(task)
    expect(page.get_by_role("button", name="Вернуть текст")).to_have_count(0)


def test_the_sheet_of_keys_is_in_english_too(site, open_browser):
    clerk = Clerk(site, open_browser("en")).sign_in("registrar")
    clerk.speak("en")
    clerk.page.set_viewport_size({"width": 390, "height": 600})
    clerk.page.keyboard.press("?")
    sheet = clerk.page.get_by_role("dialog")
    expect(sheet).to_contain_text("mark the next one too")
    expect(sheet).to_contain_text("the last task of the page")
    # It is read from its beginning, not from the button at its end.
    expect(sheet.get_by_role("heading", name="Keys", exact=True)).to_be_in_viewport()
    expect(sheet.get_by_role("heading", name="Keys", exact=True)).to_be_focused()
    clerk.page.set_viewport_size({"width": 1280, "height": 900})
    clerk.go("/desk/intake")
    clerk.page.keyboard.press("f")
    expect(clerk.page.locator("[name=channel]:checked")).to_be_focused()


def typed_last(clerk, task):
    """What stands in the form when its page is opened."""
    clerk.go(task)
    return clerk.page.locator("textarea[name=text]").input_value()


def test_a_reply_survives_the_tab_it_was_typed_in(site, reception, open_browser):
    """On another device too: the server keeps a form at each pause and when its page is left."""
    receipt = reception.file(text="Не горит фонарь")
    reception.do(receipt, "register", "registrar", questions=[QUESTION])
    reception.do(receipt, "review", "manager", decision="answer", drafter="executor1")
    clerk = Clerk(site, open_browser()).sign_in("executor1")
    clerk.go("/desk/?element=draft_reply")
    with clerk.page.expect_navigation():
        titles(clerk.page).first.click()
    clerk.settled()
    text, task = clerk.page.locator("textarea[name=text]"), clerk.page.url
    text.fill("Фонарь починят")
    expect(clerk.page.locator("[data-draft-note]")).to_contain_text("Черновик сохранён в")
    text.press_sequentially(" завтра")
    expect(text).to_have_value("Фонарь починят завтра")
    clerk.page.goto("about:blank")

    elsewhere = Clerk(site, open_browser()).sign_in("executor1")
    site.until(lambda: typed_last(elsewhere, task) == "Фонарь починят завтра", "nothing was kept")
    with elsewhere.page.expect_navigation():
        elsewhere.page.get_by_role("link", name="Версии, сохранённые при наборе").click()
    elsewhere.settled()
    expect(elsewhere.page.locator("ins")).not_to_have_count(0)


def test_a_letter_on_paper_survives_the_tab_it_was_typed_in(site, open_browser):
    clerk = Clerk(site, open_browser()).sign_in("registrar")
    page = clerk.page
    clerk.go("/desk/intake")
    page.locator("#text").fill("Просит починить лавку")
    expect(page.locator("[data-draft-note]")).to_contain_text(
        "Черновик сохранён на этом устройстве"
    )
    clerk.go("/desk/intake")
    expect(page.locator("#text")).to_have_value("")
    page.get_by_role("button", name="Вернуть текст").click()
    expect(page.locator("#text")).to_have_value("Просит починить лавку")
    with page.expect_navigation():
        page.get_by_role("button", name="Принять и ввести следующее").click()
    clerk.settled()
    expect(page.get_by_role("button", name="Вернуть текст")).to_have_count(0)


def test_who_signs_out_leaves_no_drafts_in_the_browser(site, open_browser):
    """But those of the citizen's pages, which belong to nobody who signs in."""
    clerk = Clerk(site, open_browser()).sign_in("registrar")
    page = clerk.page
    kept = "() => Object.keys(localStorage).filter((key) => key.includes('draft:'))"
    clerk.go("/desk/intake")
    page.evaluate("localStorage.setItem('appeal-draft:mark', '{}')")
    page.locator("#text").fill("Просит починить лавку")
    expect(page.locator("[data-draft-note]")).to_contain_text("Черновик сохранён")
    assert sorted(page.evaluate(kept)) == ["appeal-draft:mark", "draft:intake"]
    clerk.go("/desk/")
    page.locator(".desk-top details.menu summary").last.click()
    with page.expect_navigation():
        page.get_by_role("button", name="Выйти").click()
    clerk.settled()
    assert page.evaluate(kept) == ["appeal-draft:mark"]


def test_words_without_end_leave_the_terms_in_sight(site, reception, open_browser):
    for _each in range(2):
        endless = reception.file(applicant={"last_name": "Ж" * 100}, text="Щ" * 300)
        reception.do(endless, "register", "registrar", questions=[QUESTION])
    part = {"executor": "executor1", "responsible": True, "text": "Ф" * 100}
    reception.do(endless, "review", "manager", decision="assign", resolutions=[part])
    clerk = Clerk(site, open_browser()).sign_in("manager")
    for path in (
        "/desk/?q=ЖЖЖЖ*",
        "/desk/appeals?applicant=ЖЖЖЖ",
        "/desk/appeals",
        "/desk/assignments?scope=issued",
        "/desk/control",
        "/desk/due?days=30",
        "/desk/journal",
    ):
        clerk.go(path)
        name = clerk.page.locator("main").get_by_text("Ж" * 100).first
        expect(name).to_be_visible()
        tables = clerk.page.locator(".table-scroll")
        fits = "all => all.every((one) => one.scrollWidth <= one.clientWidth)"
        assert tables.evaluate_all(fits), path


def letters_to_sign(reception, number):
    for n in range(number):
        receipt = reception.file(applicant={"email": f"held{n}@example.org"})
        reception.do(receipt, "register", "registrar", questions=[QUESTION])
        reception.do(receipt, "review", "manager", decision="answer", drafter="executor1")
        reception.do(receipt, "draft_reply", "executor1", text="Вывезли.")
        reception.do(receipt, "approve_reply", "approver", decision="accept")


@pytest.mark.parametrize("scripts", [True, False])
def test_letters_sent_together_are_held_and_cancelled(site, reception, open_browser, scripts):
    letters_to_sign(reception, 2)
    page = open_browser(java_script_enabled=scripts)
    clerk = Clerk(site, page, scripts=scripts).sign_in("signatory")
    clerk.go("/desk/?element=sign_reply")
    for box in page.locator("main tbody input[type=checkbox]").all():
        box.check()
    with page.expect_navigation():
        page.locator("#bulk button[value=send]").click()
    clerk.settled()
    page.locator("[name=confirmed]").check()
    with page.expect_navigation():
        page.locator("main button.button-large").click()
    clerk.settled()
    expect(page.locator("main tbody tr").filter(has_text="выполнено")).to_have_count(2)
    cancel = page.get_by_role("button", name="Отменить")
    for _try in range(20):
        if cancel.count():
            break
        page.wait_for_timeout(500)
        page.reload()
    expect(cancel).to_have_text(re.compile(r"\(\d+\)"))
    with page.expect_navigation():
        cancel.click()
    clerk.settled()
    expect(page.locator("main")).to_contain_text("Отменено 2 письма.")
    expect(page.locator("main tbody tr").filter(has_text="отозвано")).to_have_count(2)
    expect(page.get_by_role("button", name="Отменить")).to_have_count(0)
    for n in range(2):
        found = site.letters(f"held{n}@example.org")
        assert not [one for one in found if one["attachments"]], "a reply left all the same"
    again = reception.call("GET", "/work-items?element=draft_reply&scope=all", by="auditor")
    assert len(again["items"]) >= 2, "who drafted them writes others"


def test_paper_shows_what_can_be_read_on_it(site, reception, open_browser):
    """No boxes to mark, no frame without words, no mark between what is and what is left out."""
    receipt = reception.file(text="Не горит фонарь у пруда")
    reception.do(receipt, "register", "registrar", questions=[QUESTION])
    part = {"executor": "executor1", "responsible": True, "text": "Починить"}
    reception.do(receipt, "review", "manager", decision="assign", resolutions=[part])
    waiting = reception.file(text="Не горит фонарь у моста")
    reception.do(waiting, "register", "registrar", questions=[QUESTION])
    clerk = Clerk(site, open_browser()).sign_in("manager")
    page = clerk.page
    page.emulate_media(media="print")
    clerk.go("/desk/?scope=all")
    expect(page.locator("main thead").get_by_text("Задание")).to_be_visible()
    for hidden in page.locator("#bulk, main table .mark").all():
        expect(hidden).to_be_hidden()
    clerk.go(f"/desk/appeals?q={receipt['receipt']}")
    page.goto(page.locator("main tbody a.table-main").first.get_attribute("href"))
    clerk.settled()
    expect(page.locator("#masked")).to_contain_text("Скрыто для ваших ролей")
    expect(page.locator("#masked p").first).to_be_visible()
    expect(page.locator("#masked form")).to_be_hidden()
    for name in page.locator("main .tasks .who").all():
        assert not name.inner_text().rstrip().endswith("·")
