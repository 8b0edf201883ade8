"""The check against floods is done by the page itself; browser and server judge a form alike."""

import shutil

import pytest
from playwright.sync_api import expect

from tests.browser.site import Served

FREE = 5


@pytest.fixture(scope="module")
def site(executable, prepared, tmp_path_factory):
    """A demo whose limits are kept, which lets an address send five appeals without a check."""
    from app import create_app
    from app.directory import services as directory
    from tests.conftest import close

    folder = tmp_path_factory.mktemp("checked")
    shutil.copytree(prepared, folder / "data")
    app = create_app(data_dir=folder / "data")
    with app.app_context():
        directory.save_settings({"flood.free": str(FREE), "flood.effort": "light"}, actor="system")
    close(app)
    with Served(folder / "data", folder / "server.log", rate_all="kept") as served:
        yield served
    assert not served.errors(), "\n".join(served.errors())


def fill(page):
    page.locator("#text").fill("Не вывозят мусор.")
    page.locator("#last_name").fill("Ёлкина")
    page.locator("#first_name").fill("Мария")
    page.locator("#email").fill("elkina@example.org")


def send(page):
    page.get_by_role("button", name="Отправить обращение").click()


def wrong(page):
    """What the summary says and where its lines lead."""
    lines = page.get_by_role("alert").get_by_role("link")
    expect(lines.first).to_be_visible()
    return [(one.inner_text(), one.get_attribute("href")) for one in lines.all()]


def spoil(page):
    page.locator("#email").fill("не адрес")
    page.locator("#place").fill("д" * 1000)
    page.locator("label", has_text="По почте, на бумаге").click()


def test_the_browser_and_the_server_say_the_same_of_a_form(open_browser):
    page = open_browser("ru", 1280)
    page.goto("/appeals/new")
    page.wait_for_selector("html[data-ready]")
    posts = []
    page.on("request", lambda one: posts.append(one.url) if one.method == "POST" else None)
    spoil(page)
    send(page)
    said = wrong(page)
    expect(page.get_by_role("alert")).to_be_focused()
    assert not [url for url in posts if url.endswith("/appeals/new")]
    plain = open_browser("ru", 1280, java_script_enabled=False)
    plain.goto("/appeals/new")
    spoil(plain)
    send(plain)
    assert sorted(wrong(plain)) == sorted(said)
    assert len(said) == 5
    for one in (page, plain):
        for name in ("last_name", "first_name"):
            one.locator(f"#{name}").fill("д" * 101)
        send(one)
        expect(one.get_by_role("alert")).to_contain_text("Имя: Здесь помещается не более 100")
        expect(one.get_by_role("alert")).to_contain_text("Фамилия: Здесь помещается не более 100")
    assert sorted(wrong(plain)) == sorted(wrong(page))


def test_what_is_wrong_is_told_when_a_field_is_left_and_goes_when_it_is_mended(open_browser):
    page = open_browser("ru", 1280)
    page.goto("/appeals/new")
    page.wait_for_selector("html[data-ready]")
    page.locator("#email").fill("elkina@example")
    page.locator("#phone").focus()
    error = page.locator("#email-error")
    expect(error).to_contain_text("name@mail.ru")
    expect(page.locator("#email")).to_have_attribute("aria-describedby", "email-hint email-error")
    page.locator("#email").fill("elkina@example.org")
    expect(error).to_have_count(0)


def test_a_busy_address_does_a_sum_by_itself_and_waits_without_scripts(open_browser):
    page = open_browser("ru", 1280)
    for _appeal in range(FREE + 1):
        page.goto("/appeals/new")
        page.wait_for_selector("html[data-ready]")
        last = page.locator("input[name=altcha]").count()
        fill(page)
        send(page)
        expect(page.get_by_role("heading", name="Обращение получено")).to_be_visible()
    assert last == 1
    plain = open_browser("ru", 1280, java_script_enabled=False)
    plain.goto("/appeals/new")
    fill(plain)
    send(plain)
    expect(plain.get_by_role("alert")).to_contain_text("Подождите")
    expect(plain.locator("#text")).to_have_value("Не вывозят мусор.")
