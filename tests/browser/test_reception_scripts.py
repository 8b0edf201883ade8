"""What the citizen's pages do with scripts: they forget nothing and send nothing twice."""

import pytest
from playwright.sync_api import expect

from tests.browser import aids


@pytest.fixture
def page(open_browser):
    return open_browser("ru", 1280)


def begin(page):
    page.goto("/appeals/new")
    page.wait_for_selector("html[data-ready]")


def fill(page, text="Не вывозят мусор."):
    page.locator("#text").fill(text)
    page.locator("#last_name").fill("Ёлкина")
    page.locator("#first_name").fill("Мария")
    page.locator("#email").fill("elkina@example.org")


def test_a_text_not_sent_is_offered_again_and_forgotten_after_sending(page):
    begin(page)
    page.locator("#text").fill("Начала писать и отвлеклась.")
    expect(page.locator("[data-draft-line]")).to_contain_text("Черновик сохранён")
    begin(page)
    page.get_by_role("button", name="Вернуть текст").click()
    expect(page.locator("#text")).to_have_value("Начала писать и отвлеклась.")
    fill(page)
    page.get_by_role("button", name="Отправить обращение").click()
    expect(page.get_by_role("heading", name="Обращение получено")).to_be_visible()
    page.wait_for_selector("html[data-ready]")
    begin(page)
    expect(page.get_by_role("button", name="Вернуть текст")).to_have_count(0)


def test_a_double_click_sends_once(page):
    posts = []

    def note(request):
        if request.method == "POST" and request.url.endswith("/appeals/new"):
            posts.append(request)

    page.on("request", note)
    begin(page)
    fill(page)
    page.get_by_role("button", name="Отправить обращение").dblclick()
    expect(page.get_by_role("heading", name="Обращение получено")).to_be_visible()
    assert len(posts) == 1


def test_the_form_waits_for_a_file_on_its_way(page, tmp_path):
    (tmp_path / "запись.bin").write_bytes(b"x" * 3_000_000)
    begin(page)
    fill(page)
    page.locator("#new_files").set_input_files(tmp_path / "запись.bin")
    page.get_by_role("button", name="Отправить обращение").click()
    expect(page.get_by_role("heading", name="Получено файлов: 1")).to_be_visible()


def test_a_file_that_will_not_be_taken_offers_no_second_try_and_the_21st_is_told_at_once(
    page, tmp_path
):
    (tmp_path / "пусто.txt").touch()
    files = [tmp_path / f"лист {number}.txt" for number in range(21)]
    for file in files:
        file.write_text(file.name)
    begin(page)
    page.locator("#new_files").set_input_files(tmp_path / "пусто.txt")
    rows = page.locator("[data-list] li")
    expect(rows).to_contain_text("пуст. Выберите другой")
    expect(rows.get_by_role("button")).to_have_text(["Удалить пусто.txt"])
    page.locator("#new_files").set_input_files(files)
    expect(rows.last).to_contain_text("Файлов уже 20, больше приложить нельзя")
    expect(page.locator("input[name=files]")).to_have_count(20)


def test_no_file_disguises_its_name(page, tmp_path):
    """Neither one that is refused, here or by the server, nor one that is taken."""
    begin(page)
    rows = page.locator("[data-list] li")
    page.locator("[data-widget=upload]").evaluate("field => { field.dataset.max = 10; }")
    for name, content in (("a", b"x" * 11), ("b", b"MZ"), ("c", b"text")):
        file = tmp_path / f"{name}\u202efdp\u00a0.exe"
        file.write_bytes(content)
        page.locator("#new_files").set_input_files(file)
    for row, name in enumerate(("afdp.exe", "bfdp.exe", "cfdp.exe")):
        expect(rows.nth(row).get_by_role("button")).to_have_text([f"Удалить {name}"])
    told = page.locator("[data-list]").text_content()
    assert "\u202e" not in told
    assert "afdp.exe" in told


def test_errors_are_gathered_and_lead_to_their_fields(page):
    begin(page)
    page.locator("#text").fill("см. вложение")
    page.locator("#place").focus()
    expect(page.locator("#text-attachment")).to_be_visible()
    page.get_by_role("button", name="Отправить обращение").click()
    summary = page.get_by_role("alert")
    expect(summary).to_be_focused()
    summary.get_by_role("link").first.click()
    expect(page.locator("#last_name")).to_be_focused()


def test_on_a_narrow_screen_the_form_goes_step_by_step(open_browser):
    page = open_browser("ru", 390)
    begin(page)
    heading, further = page.locator("form h2:visible"), page.get_by_role("button", name="Дальше")
    expect(heading).to_have_text("Шаг 1 из 5Ваше обращение")
    further.click()  # nothing is written yet
    expect(page.get_by_role("alert")).to_be_focused()
    expect(heading).to_contain_text("Шаг 1")
    page.locator("#text").fill("Не вывозят мусор.")
    found = []
    for number in (2, 3, 4, 5):
        if number == 3:
            page.locator("#place").press("Enter")  # goes on, sends nothing
        else:
            further.click()
        expect(heading).to_be_focused()
        expect(heading).to_contain_text(f"Шаг {number} из 5")
        found += aids.axe(page)
        if number == 3:
            page.locator("#last_name").fill("Ёлкина")
            page.locator("#first_name").fill("Мария")
        elif number == 4:
            page.locator("#email").fill("elkina@example.org")
    assert not found, "\n".join(found)
    expect(page.locator(".step-moves:visible button")).to_have_text(["Назад"])
    page.go_back()
    expect(heading).to_contain_text("Шаг 4")
    page.get_by_role("button", name="Назад").click()
    page.locator("#first_name").fill("")
    page.set_viewport_size({"width": 1280, "height": 900})  # turned, or zoomed out: one page
    expect(heading).to_have_count(5)
    page.set_viewport_size({"width": 390, "height": 900})
    page.evaluate("location.hash = 's-send'")
    page.get_by_role("button", name="Отправить обращение").click()
    expect(heading).to_contain_text("Шаг 3")  # where the error is
    page.get_by_role("alert").get_by_role("link").click()
    expect(page.locator("#first_name")).to_be_focused()
    page.keyboard.type("Мария")
    for _step in range(2):
        further.click()
    page.get_by_role("button", name="Отправить обращение").click()
    expect(page.get_by_role("heading", name="Обращение получено")).to_be_visible()


@pytest.mark.parametrize("width", [390, 640])
def test_no_page_scrolls_sideways(open_browser, width):
    # 640 is what a window of 1280 leaves at 200 % of the text size.
    page = open_browser("ru", width)
    for path in ("/", "/appeals/new", "/status", "/status/code", "/documents/check", "/statistics"):
        page.goto(path)
        page.wait_for_selector("html[data-ready]")
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
