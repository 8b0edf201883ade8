"""An analyst changes the template of a letter, sees it at once, puts it in force and goes back."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.people import Clerk
from tests.browser.test_looks import LANGUAGES, Looker
from tests.browser.words import Words

WORD = "Особая строка"


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_template_is_changed_seen_and_taken_back(site, language, open_browser):
    clerk = Clerk(site, open_browser(language)).sign_in("analyst")
    clerk.speak(language)
    page, looker = clerk.page, Looker(clerk.page, Words(), language)

    def look():
        looker.look("version")  # what a template holds is no hole in the words of the page

    clerk.go("/studio/layouts")
    look()
    clerk.follow("main a[href*='reply.typ']")
    text, sheet = page.locator("#text"), page.locator("[data-trial]")
    shipped = text.input_value()
    expect(sheet.locator("img")).to_have_count(1)

    text.fill(f"{shipped}\n#unknown\n")
    wrong = sheet.locator("[data-line]")
    expect(wrong).to_contain_text("unknown variable: unknown")
    line = shipped.count("\n") + 2
    expect(page.locator(".code-bad")).to_have_text(str(line))
    wrong.locator("a").click()
    assert page.evaluate("getSelection().toString()") == "#unknown"
    look()
    page.locator("[name=note]").fill("1")
    clerk.send(page.locator("form[data-try]"))
    expect(page.locator(".summary")).to_have_count(1)
    expect(page.locator(".code-bad")).to_have_text(str(line))

    text.fill(f"{shipped}\n{WORD}\n")
    expect(sheet.locator("img")).to_have_count(1)
    expect(sheet.locator("details")).to_contain_text(WORD)
    look()
    page.locator("[name=note]").fill("1")
    clerk.send(page.locator("form[data-try]"))
    assert WORD in text.input_value()

    clerk.follow("a[href*='version=0']")
    assert text.input_value() == shipped
    page.locator("[name=note]").fill("2 = 0")
    clerk.send(page.locator("form[data-try]"))
    clerk.go("/studio/layouts/reply.typ")
    assert text.input_value() == shipped
    assert re.search("2 = 0", page.locator("tbody").inner_text())
    looker.assert_well()


def test_without_scripts_the_button_shows_the_sheet_and_its_errors(site, open_browser):
    clerk = Clerk(site, open_browser("ru", java_script_enabled=False), scripts=False)
    clerk.sign_in("analyst")
    clerk.go("/studio/layouts/stamp.typ")
    page = clerk.page
    page.locator("#text").fill("#set document(title: sheet.number)")
    page.locator("button[formaction$='/try']").click()
    expect(page.locator(".code-bad")).to_have_text("1")
    expect(page.locator("[data-line]")).to_contain_text("unknown variable: sheet")


@pytest.mark.parametrize("language", LANGUAGES)
def test_words_are_changed_seen_refused_and_taken_back(site, language, open_browser):
    clerk = Clerk(site, open_browser(language)).sign_in("analyst")
    clerk.speak(language)
    page, looker = clerk.page, Looker(clerk.page, Words(), language)

    def look():
        looker.look("version")

    clerk.go("/studio/layouts")
    look()
    clerk.follow(f"main a[href$='registered.{language}.txt']")
    text, said = page.locator("#text"), page.locator("[data-trial]")
    shipped = text.input_value()
    expect(said.locator("article h3")).to_contain_text("И-12-ОГ/26")
    look()

    text.fill(f"{shipped}\n{{{{ nmber }}}}\n")
    wrong = said.locator("[data-line]")
    expect(wrong).to_contain_text("nmber")
    wrong.locator("a").click()
    assert page.evaluate("getSelection().toString()") == "{{ nmber }}"
    look()

    text.fill(shipped.replace("day(due_on)", "''"))
    expect(said.locator(".inset-bad + article")).to_have_count(1)
    look()
    page.locator("[name=note]").fill("1")
    clerk.send(page.locator("form[data-try]"))
    expect(page.locator(".summary")).to_have_count(1)
    expect(page.locator(".faults li").first).to_be_visible()
    look()

    text.fill(shipped.replace("{{ salutation }}", f"{{{{ salutation }}}}\n\n{WORD} <b>"))
    expect(said.locator("article")).to_contain_text(f"{WORD} <b>")
    with page.context.expect_page() as opened:
        page.locator("button[formaction$='letter.html']").click()
    opened.value.wait_for_load_state()
    assert f"{WORD} <b>" in opened.value.locator("body").inner_text()
    opened.value.close()
    clerk.send(page.locator("form[data-try]"))
    assert WORD in text.input_value()
    clerk.follow("a[href*='version=0']")
    page.locator("[name=note]").fill("2 = 0")
    clerk.send(page.locator("form[data-try]"))
    clerk.go(f"/studio/layouts/registered.{language}.txt")
    assert text.input_value() == shipped
    looker.assert_well()
