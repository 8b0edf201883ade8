"""Figures and journals in a browser: they fit, speak one language, and leave as files."""

import shutil

import pytest
from playwright.sync_api import expect
from python_calamine import CalamineWorkbook
from sqlalchemy import insert, select

from app import create_app
from app.appeals.models import Appeal, Applicant
from app.database import transaction
from tests.browser.people import Clerk
from tests.browser.site import Served
from tests.browser.test_looks import LANGUAGES, Looker
from tests.browser.words import Words
from tests.conftest import close
from tests.web.test_desk import answered, assigned, machine, registered

#: More than are written while the person waits.
MANY = 1200
PAGES = (
    "/desk/overview",
    "/desk/figures",
    "/desk/journal",
    "/desk/journal?state=closed&kind=complaint",
    "/desk/journal?channel=fax",
    "/desk/control",
    "/desk/control?term=late",
    "/desk/control?executor=никто",
    "/desk/load",
    "/desk/load?since=2000-01-01&until=2000-02-01",
    "/desk/letters",
    "/desk/letters?q=нет+такого",
    "/desk/exports",
)


@pytest.fixture(scope="module")
def site(executable, prepared, tmp_path_factory):
    """A demo with appeals in several stages, and one of them many times over."""
    del executable
    folder = tmp_path_factory.mktemp("many")
    shutil.copytree(prepared, folder / "data")
    app = create_app(data_dir=folder / "data")
    with app.app_context():
        life = machine(app)
        registered(life)
        assigned(life)
        answered(life)
        life.settle()
        multiply(MANY)
    close(app)
    with Served(folder / "data", folder / "server.log") as served:
        yield served
    assert not served.errors(), "\n".join(served.errors())


def multiply(times):
    """Copies of the first appeal, with its applicant, under other numbers."""
    appeal, applicant = Appeal.__table__, Applicant.__table__
    with transaction() as session:
        first = dict(
            session.execute(select(appeal).order_by(appeal.c.id).limit(1)).mappings().one()
        )
        who = dict(
            session.execute(select(applicant).order_by(applicant.c.id).limit(1)).mappings().one()
        )
        ids = range(first["id"] + 1000, first["id"] + 1000 + times)
        own = ("receipt", "receipt_key", "number", "number_key")
        copies = [
            {**first, "id": n, "key": f"appeal:{n}", **{name: f"{first[name]}-{n}" for name in own}}
            for n in ids
        ]
        session.execute(insert(appeal), copies)
        session.execute(insert(applicant), [{**who, "id": n, "appeal_id": n} for n in ids])


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_pages_fit_and_speak_one_language(site, open_browser, language):
    manager = Clerk(site, open_browser(language)).sign_in("manager")
    manager.speak(language)
    looker = Looker(manager.page, Words(), language)
    for path in PAGES:
        manager.go(path)
        looker.look(path)
    looker.assert_well()


def test_a_long_journal_becomes_a_file_without_scripts(site, open_browser, tmp_path):
    page = open_browser(java_script_enabled=False)
    registrar = Clerk(site, page, scripts=False).sign_in("registrar")
    registrar.go("/desk/journal?since=2000-01-01")
    registered = page.locator(".figure").filter(has_text="зарегистрировано").locator("dd")
    number = int(registered.inner_text())
    page.get_by_label("Формат файла").select_option("xlsx")
    page.get_by_role("button", name="Выгрузить").click()
    # The page follows by itself until the file is there.
    download = page.get_by_role("link", name="Скачать")
    expect(download).to_be_visible(timeout=120_000)
    with page.expect_download() as waited:
        download.click()
    waited.value.save_as(tmp_path / "journal.xlsx")
    rows = CalamineWorkbook.from_path(str(tmp_path / "journal.xlsx")).get_sheet_by_index(0)
    assert len(rows.to_python()) == number + 1
    registrar.go("/desk/exports")
    expect(page.locator("tbody tr")).to_contain_text("готова")


def test_a_chart_opens_its_numbers_by_the_keyboard(site, open_browser):
    registrar = Clerk(site, open_browser()).sign_in("registrar")
    registrar.go("/desk/journal")
    summary = registrar.page.locator(".plot summary")
    summary.focus()
    registrar.page.keyboard.press("Enter")
    expect(registrar.page.locator(".plot-table")).to_be_visible()
    expect(registrar.page.get_by_role("img", name="Когда регистрировали обращения")).to_be_visible()


def test_on_a_phone_the_list_comes_first_and_the_marked_tab_is_seen(site, open_browser):
    clerk = Clerk(site, open_browser(width=390)).sign_in("administrator")
    page = clerk.page
    clerk.go("/studio/admin/journal")
    for row in (".tabs", ".side-nav-group"):
        place = page.locator(f"{row} [aria-current]").bounding_box()
        assert 0 <= place["x"] <= place["x"] + place["width"] <= 390, row

    fields, button = page.locator("main .filters"), page.get_by_role("button", name="Отбор")
    for journal in ("/studio/admin/journal", "/desk/letters"):
        clerk.go(journal)
        expect(fields).to_be_hidden()
        expect(button).to_have_attribute("aria-expanded", "false")
    button.press("Enter")
    fields.locator("[name=q]").fill("нет такого")
    with page.expect_navigation():
        fields.locator("button").click()
    clerk.settled()
    expect(fields, "what narrows the list is seen").to_be_visible()
    page.set_viewport_size({"width": 1280, "height": 900})
    clerk.go("/desk/letters")
    expect(fields).to_be_visible()
    expect(button).to_be_hidden()
