"""Questions are chosen without a mouse: by number, by first letters, from the suggestions."""

import pytest
from playwright.sync_api import expect

from app import create_app
from app.access import services as access
from tests.browser.people import Clerk
from tests.conftest import close
from tests.web.life import Reception

TEXT = "Третью неделю не чистят снег у дома 5 по улице Садовой, тротуар во льду."


@pytest.fixture(scope="module")
def receipt(site):
    reception = Reception(site.send)
    app = create_app(data_dir=site.data_dir)
    with app.app_context():
        reception.tokens["auditor"] = access.issue_token("auditor").secret
    close(app)
    found = reception.file(text=TEXT)
    return {**found, "item": reception.open(found)["register"]["id"], "open": reception.open}


@pytest.mark.parametrize("language", ["ru", "en"])
def test_a_question_is_found_and_chosen_by_the_keyboard(site, receipt, open_browser, language):
    clerk = Clerk(site, open_browser(language)).sign_in("registrar")
    clerk.speak(language)
    page, press = clerk.page, clerk.page.keyboard.press
    clerk.go(f"/desk/items/{receipt['item']}")
    finder = page.get_by_role("combobox").first
    chips = page.locator(".chips .chip")
    finder.focus()
    before = chips.count()
    # By the number; the list says what is at hand, an arrow and Enter choose.
    page.keyboard.type("1156")
    expect(page.get_by_role("option").first).to_contain_text("Перебои в теплоснабжении")
    # Escape closes the list and leaves what was typed; the next key opens it again.
    press("Escape")
    expect(page.locator(".autocomplete__option:visible")).to_have_count(0)
    expect(finder).to_be_focused()
    expect(finder).to_have_value("1156")
    press("Backspace")
    page.keyboard.type("6")
    expect(page.get_by_role("option").first).to_contain_text("Перебои в теплоснабжении")
    press("ArrowDown")
    press("Enter")
    expect(chips).to_have_count(before + 1)
    expect(finder).to_have_value("")
    expect(finder).to_be_focused()
    # By the first letters of any words.
    page.keyboard.type("ком твер отх")
    expect(page.get_by_role("option").first).to_contain_text("1160")
    press("ArrowDown")
    press("Enter")
    expect(chips).to_have_count(before + 2)
    # What was chosen by mistake is taken off from its own button.
    chips.last.get_by_role("button").focus()
    press("Enter")
    expect(chips).to_have_count(before + 1)
    expect(finder).to_be_focused()


def test_a_suggestion_is_added_by_the_keyboard_and_sent(site, receipt, open_browser):
    clerk = Clerk(site, open_browser()).sign_in("registrar")
    page, press = clerk.page, clerk.page.keyboard.press
    clerk.go(f"/desk/items/{receipt['item']}")
    suggested = page.locator("ol.suggested li")
    assert 5 <= suggested.count() <= 10
    first = suggested.first
    expect(first).to_contain_text("0694")
    expect(first).to_contain_text("По словам:")
    button = first.get_by_role("button")
    reached = 0
    while not button.evaluate("one => one === document.activeElement"):
        press("Tab")
        reached += 1
        assert reached < 120, "the suggestion cannot be reached by Tab"
    press("Enter")
    chips = page.locator(".chips .chip")
    expect(chips.filter(has_text="Уборка снега")).to_have_count(1)
    press("Enter")
    expect(chips.filter(has_text="Уборка снега")).to_have_count(1)
    assert page.locator("textarea[name=questions]").input_value().splitlines()[-1].endswith("0694")
