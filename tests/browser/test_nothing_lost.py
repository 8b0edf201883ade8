"""What a citizen writes and sends outlives a broken connection, a killed server, a closed tab."""

import hashlib
import os
import re
from contextlib import suppress

import pytest
from playwright.sync_api import Error, expect

SENDING = "Отправить обращение"
TEXT = "Во дворе дома 5 не горит фонарь."
CODE = re.compile(r"(?:[0-9A-Z]{4}-){3}[0-9A-Z]{4}")


@pytest.fixture
def page(open_browser):
    return open_browser("ru", 1280)


def begin(page):
    page.goto("/appeals/new")
    page.wait_for_selector("html[data-ready]")


def fill(page, text=TEXT):
    page.locator("#text").fill(text)
    page.locator("#last_name").fill("Ёлкина")
    page.locator("#first_name").fill("Мария")
    page.locator("#email").fill("elkina@example.org")


def line(page):
    return page.locator("[data-draft-line]")


def code_line(page):
    return page.locator("[data-draft-code]")


def send(page):
    page.get_by_role("button", name=SENDING).click()


def received(page):
    expect(page.get_by_role("heading", name="Обращение получено")).to_be_visible()
    return page.locator(".confirm .code").inner_text()


def a_file(folder, size, name="запись.bin"):
    content = os.urandom(size)
    (folder / name).write_bytes(content)
    return folder / name, hashlib.sha256(content).hexdigest()


def slowly(page, bytes_a_second):
    """Make the network slow enough for a test to act in the middle of a file."""
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")

    def emulate(offline=False, speed=bytes_a_second):
        session.send(
            "Network.emulateNetworkConditions",
            {
                "offline": offline,
                "latency": 0,
                "downloadThroughput": -1,
                "uploadThroughput": speed,
            },
        )

    emulate()
    return emulate


def halfway(page):
    """Wait until a part of the file is there, and not all of it."""
    while not 30 < page.locator("progress").evaluate("bar => bar.value") < 90:
        page.wait_for_timeout(50)


def test_the_network_taken_away_in_the_middle_of_a_file(page, tmp_path):
    path, digest = a_file(tmp_path, 4_000_000)
    begin(page)
    fill(page)
    network = slowly(page, 1_500_000)
    offsets = []

    def note(request):
        if request.method == "PATCH":
            offsets.append(int(request.headers["upload-offset"]))

    page.on("request", note)
    page.locator("#new_files").set_input_files(path)
    halfway(page)
    network(offline=True)
    expect(page.locator(".file-note")).to_contain_text("Нет связи")
    network(offline=False, speed=-1)
    expect(page.locator("input[name=files]")).to_have_count(1)
    # It went on in the middle, not from the beginning.
    assert offsets.count(0) == 1, offsets
    send(page)
    received(page)
    expect(page.locator(".file-hash")).to_contain_text(digest)


def test_who_stands_on_cancel_is_not_sent_to_the_top_of_the_page(page, tmp_path):
    file, _sha256 = a_file(tmp_path, 3_000_000)
    begin(page)
    emulate = slowly(page, 300_000)
    for pressed in (True, False):
        page.locator("#new_files").set_input_files(file)
        page.get_by_role("button", name="Отменить").focus()
        # Pressed before, what asks how much is there already may come after what takes it away.
        while not page.locator("progress").evaluate("bar => bar.value"):
            page.wait_for_timeout(50)
        if pressed:
            page.keyboard.press("Enter")
            expect(page.locator("#new_files")).to_be_focused()
            expect(page.locator("[data-list] li")).to_have_count(0)
    emulate(speed=-1)
    expect(page.get_by_role("button", name="Удалить запись.bin")).to_be_focused()


def test_who_discards_a_draft_stands_in_the_form(page):
    begin(page)
    page.locator("#text").fill(TEXT)
    expect(line(page)).to_contain_text("Черновик сохранён")
    begin(page)
    page.get_by_role("button", name="Удалить сохранённое").press("Enter")
    expect(page.locator("[data-draft-offer]")).to_have_count(0)
    assert page.evaluate("document.activeElement.closest('form') !== null")


def test_a_file_goes_on_after_the_tab_was_closed(page, tmp_path, open_browser):
    path, digest = a_file(tmp_path, 3_000_000)
    begin(page)
    fill(page)
    slowly(page, 1_000_000)
    page.locator("#new_files").set_input_files(path)
    halfway(page)
    again = page.context.new_page()
    page.close(run_before_unload=False)
    begin(again)
    again.get_by_role("button", name="Вернуть текст").first.click()
    offsets = []
    again.on(
        "request",
        lambda one: offsets.append(one.headers["upload-offset"]) if one.method == "PATCH" else None,
    )
    again.locator("#new_files").set_input_files(path)
    expect(again.locator("input[name=files]")).to_have_count(1)
    assert "0" not in offsets, offsets
    send(again)
    received(again)
    expect(again.locator(".file-hash")).to_contain_text(digest)


def test_without_a_connection_the_text_is_kept_and_sent_when_it_is_back(page):
    begin(page)
    page.context.set_offline(True)
    fill(page)
    expect(line(page)).to_contain_text("Нет связи: сохранено в этом браузере")
    send(page)
    expect(page.get_by_role("alert")).to_contain_text("не отправлено")
    expect(page.locator("#text")).to_have_value(TEXT)
    page.context.set_offline(False)
    expect(line(page)).to_contain_text("Черновик сохранён в ")
    send(page)
    received(page)


def test_the_server_killed_in_the_middle_of_sending(site, page, tmp_path):
    path, digest = a_file(tmp_path, 200_000)
    begin(page)
    fill(page)
    page.locator("#new_files").set_input_files(path)
    expect(page.locator("input[name=files]")).to_have_count(1)
    expect(line(page)).to_contain_text("Черновик сохранён в ")

    def kill(route):
        # The request is on its way when the server dies: whether it was carried out, nobody knows.
        site.kill_soon()
        with suppress(Error):
            route.fetch()
        # A quick server has answered by then: that answer is lost, too.
        route.abort()

    page.route("**/appeals/new", kill, times=1)
    send(page)
    expect(page.get_by_role("alert")).to_contain_text("второе обращение не появится")
    site.start_again()
    send(page)
    number = received(page)
    expect(page.locator(".file-hash")).to_contain_text(digest)
    begin(page)
    expect(page.get_by_role("button", name="Вернуть текст")).to_have_count(0)
    assert number


def test_who_leaves_the_receipt_before_its_scripts_is_offered_nothing(page, watch):
    begin(page)
    fill(page)
    expect(line(page)).to_contain_text("Черновик сохранён в ")
    page.route("**/keep-draft.js*", lambda route: route.abort())
    send(page)
    received(page)
    page.unroute("**/keep-draft.js*")
    begin(page)
    expect(page.get_by_role("button", name="Вернуть текст")).to_have_count(0)
    # The receipt may have come to ask for the script before it was left.
    watch.troubles[:] = [one for one in watch.troubles if "keep-draft.js" not in one]


def test_back_from_the_receipt_is_no_form_that_would_be_sent_again(page):
    page.goto("/status")
    begin(page)
    fill(page)
    send(page)
    received(page)
    page.go_back()
    assert page.url.endswith("/status")


def test_a_draft_with_co_authors_and_files_opens_on_another_device(page, open_browser, tmp_path):
    path, digest = a_file(tmp_path, 50_000)
    begin(page)
    fill(page)
    page.get_by_role("button", name="Добавить соавтора").click()
    page.locator("#co_applicants-0-last_name").fill("Белкин")
    page.locator("#co_applicants-0-first_name").fill("Олег")
    page.locator("#new_files").set_input_files(path)
    expect(page.locator("input[name=files]")).to_have_count(1)
    expect(code_line(page)).to_contain_text(CODE)
    page.wait_for_timeout(1500)
    code = CODE.search(code_line(page).inner_text())[0]
    other = open_browser("ru", 390)
    other.goto("/appeals/draft")
    other.get_by_label("Код черновика").fill(code.lower())
    other.get_by_role("button", name="Открыть черновик").click()
    other.wait_for_selector("html[data-ready]")
    expect(other.locator("#text")).to_have_value(TEXT)
    expect(other.locator("#co_applicants-0-last_name")).to_have_value("Белкин")
    for _step in range(4):
        other.get_by_role("button", name="Дальше").click()
    send(other)
    received(other)
    expect(other.locator(".file-hash")).to_contain_text(digest)
    # The first device learns that its text was sent.
    page.locator("#text").fill(TEXT + " Ещё раз.")
    expect(line(page)).to_contain_text("уже отправлено")


def test_no_device_wipes_out_what_another_has_written(page, open_browser):
    begin(page)
    fill(page)
    expect(code_line(page)).to_contain_text(CODE)
    page.wait_for_timeout(1500)
    other = open_browser("ru", 390)
    other.goto("/appeals/draft")
    other.get_by_label("Код черновика").fill(CODE.search(code_line(page).inner_text())[0])
    other.get_by_role("button", name="Открыть черновик").click()
    other.wait_for_selector("html[data-ready]")
    other.locator("#text").fill(f"{TEXT} И лавка сломана.")
    expect(line(other)).to_contain_text("Черновик сохранён в ")
    page.locator("#text").fill(f"{TEXT} Прошу починить.")
    expect(line(page)).to_contain_text("изменён на другом устройстве")
    page.get_by_role("button", name="Открыть тот текст").click()
    expect(page.locator("#text")).to_have_value(f"{TEXT} И лавка сломана.")
    page.get_by_role("button", name="Вернуть текст").click()
    expect(page.locator("#text")).to_have_value(f"{TEXT} Прошу починить.")
    expect(line(page)).to_contain_text("Черновик сохранён в ")
    other.locator("#text").fill(f"{TEXT} Лавки нет.")
    expect(line(other)).to_contain_text("изменён на другом устройстве")
    other.get_by_role("button", name="Оставить мой").click()
    expect(line(other)).to_contain_text("Черновик сохранён в ")


def test_a_closed_tab_gives_back_rows_and_files_and_a_new_appeal_has_none(page, tmp_path):
    path, _digest = a_file(tmp_path, 50_000)
    begin(page)
    fill(page)
    page.get_by_role("button", name="Добавить соавтора").click()
    page.get_by_role("button", name="Добавить соавтора").click()
    page.locator("#co_applicants-0-last_name").fill("Ивин")
    page.locator("#co_applicants-0-first_name").fill("Пётр")
    page.locator("#co_applicants-1-last_name").fill("Белкин")
    page.locator("#co_applicants-1-first_name").fill("Олег")
    page.locator("#new_files").set_input_files(path)
    expect(page.locator("input[name=files]")).to_have_count(1)
    expect(code_line(page)).to_contain_text(CODE)
    page.wait_for_timeout(1500)
    begin(page)
    expect(page.locator("input[name=files]")).to_have_count(0)
    page.get_by_role("button", name="Вернуть текст").click()
    expect(page.locator("input[name=files]")).to_have_count(1)
    expect(page.locator("#co_applicants-1-last_name")).to_have_value("Белкин")
    send(page)
    received(page)
    page.wait_for_load_state("networkidle")  # the receipt forgets what was kept
    begin(page)
    expect(page.get_by_role("button", name="Вернуть текст")).to_have_count(0)
    expect(page.locator("input[name=files]")).to_have_count(0)


def test_errors_come_back_in_place_with_all_that_was_written(page):
    begin(page)
    page.locator("#text").fill(TEXT)
    send(page)
    expect(page.get_by_role("alert")).to_be_focused()
    expect(page.locator("#text")).to_have_value(TEXT)
    page.locator("#last_name").fill("Ёлкина")
    page.locator("#first_name").fill("Мария")
    page.locator("#email").fill("elkina@example.org")
    send(page)
    received(page)
