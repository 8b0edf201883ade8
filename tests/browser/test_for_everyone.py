"""The citizen's pages for everyone: by keyboard, without scripts, enlarged, in any colours, as text."""

import re
import shutil
import subprocess
from html import unescape

import pytest
from playwright.sync_api import expect

from tests.browser import aids
from tests.browser.test_every_page import PLAIN

PUBLIC = sorted(address for login, address in PLAIN.values() if login is None)
# What a window of 1280 px leaves when it is enlarged four times.
NARROWEST = 320

#: The focus after each press of Tab: whether it is seen, not covered, and large enough.
FOCUS = """() => {
  const one = document.activeElement;
  if (!one || one === document.body) return null;
  const box = one.getBoundingClientRect();
  const drawn = (style) => style.outlineStyle !== "none" || style.boxShadow !== "none";
  const label = one.type === "radio" || one.type === "file" ? one.labels[one.labels.length - 1] : null;
  const seen = label ? label.getBoundingClientRect() : box;
  const top = document.elementFromPoint(seen.x + seen.width / 2, seen.y + Math.min(seen.height / 2, 12));
  return {
    what: one.outerHTML.slice(0, 120),
    id: one.id || one.name || one.href || one.textContent.trim(),
    outlined: [one, label].some((each) => each && drawn(getComputedStyle(each))),
    covered: !top || !(one.contains(top) || top.contains(one) || label?.contains(top) || top.contains(label)),
  };
}"""


def ready(page, address):
    page.goto(address)
    page.wait_for_selector("html[data-ready]")


@pytest.mark.parametrize("look", ["100.device.usual", "200.black-on-white.wide"])
def test_nothing_scrolls_sideways_at_400_percent_or_with_large_letters(open_browser, site, look):
    page = open_browser("ru", NARROWEST if look.startswith("100") else 1280)
    page.context.add_cookies([{"name": "appearance", "value": look, "url": site.url}])
    wide = []
    for address in PUBLIC:
        ready(page, address)
        over = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        if over > 0:
            wide.append(f"{address}: {over} px")
    assert not wide


@pytest.mark.parametrize(
    "look", ["100.dark.usual", "100.white-on-black.usual", "100.black-on-white.usual"]
)
def test_every_choice_of_colours_keeps_the_contrast(open_browser, site, look):
    page = open_browser()
    page.context.add_cookies([{"name": "appearance", "value": look, "url": site.url}])
    wrong = []
    for address in PUBLIC:
        ready(page, address)
        wrong += [f"{address}: {one}" for one in aids.contrast(page)]
    assert not wrong, "\n".join(wrong)


def test_the_tools_of_a_diagram_are_seen_on_dark_pages(open_browser):
    page = open_browser(color_scheme="dark")
    ready(page, "/")
    ink, ground = page.locator("main").evaluate(
        """main => {
          main.innerHTML = '<div class="diagram"><button class="button button-quiet">+</button></div>';
          const style = getComputedStyle(main.querySelector("button"));
          return [style.color, style.backgroundColor].map((one) => one.match(/\\d+/g).map(Number));
        }"""
    )
    assert sum(ground) - sum(ink) > 3 * 128


def test_a_telephone_shows_terms_at_one_edge(open_browser):
    page = open_browser("ru", 390)
    ready(page, "/")
    edges = page.locator(".hero .tasks li").evaluate_all(
        """rows => rows.map((row) => [
          row.getBoundingClientRect().right - row.lastElementChild.getBoundingClientRect().right,
          row.firstElementChild.getBoundingClientRect().right < row.lastElementChild.getBoundingClientRect().left,
        ])"""
    )
    assert edges == [[0, True]] * 3


def test_the_mark_of_a_term_runs_down_the_whole_row_on_a_telephone(open_browser):
    page = open_browser("ru", 390)
    ready(page, "/")
    shadows = page.locator("main").evaluate(
        """main => {
          main.innerHTML = '<table class="table table-stack"><tr class="table-near"><td>1<td>2</table>';
          return [...main.querySelectorAll("tr, td")].map((one) => getComputedStyle(one).boxShadow);
        }"""
    )
    assert shadows[0] != "none"
    assert shadows[1:] == ["none", "none"]


def test_the_devices_wish_is_followed_and_a_choice_is_stronger(open_browser):
    page = open_browser("ru", 1280, color_scheme="dark")
    ground = "getComputedStyle(document.body).backgroundColor"
    ready(page, "/")
    dark = page.evaluate(ground)
    page.get_by_text("Внешний вид").click()
    page.get_by_label("Светлые").check()
    with page.expect_navigation():
        page.get_by_role("button", name="Применить").click()
    page.wait_for_selector("html[data-ready]")
    assert page.evaluate(ground) == "rgb(255, 255, 255)" != dark


def test_appearance_works_without_scripts_and_by_keyboard(open_browser):
    page = open_browser("ru", 390, java_script_enabled=False)
    page.goto("/status")
    before = page.locator("h1").bounding_box()["height"]
    page.locator(".appearance summary").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    page.locator(".appearance button").focus()
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert page.url.endswith("/status")
    assert page.locator("html").get_attribute("data-size") == "150"
    assert page.locator("h1").bounding_box()["height"] > before * 1.3


def test_forced_colours_leave_marks_of_choices(open_browser):
    """A mark drawn by a ground would vanish: the browser's own control is shown instead."""
    page = open_browser("ru", 1280, forced_colors="active")
    ready(page, "/appeals/new")
    choice = page.locator(".choice input[type=radio]").first
    assert choice.evaluate("(one) => getComputedStyle(one).appearance") == "auto"
    plain = open_browser("ru", 1280)
    ready(plain, "/appeals/new")
    choice = plain.locator(".choice input[type=radio]").first
    assert choice.evaluate("(one) => getComputedStyle(one).appearance") == "none"


@pytest.mark.parametrize("address", ["/", "/appeals/new", "/status"])
def test_the_keyboard_reaches_everything_and_its_place_is_seen(open_browser, address):
    page = open_browser("ru", 1280)
    ready(page, address)
    reached, wrong = [], []
    for _press in range(120):
        page.keyboard.press("Tab")
        found = page.evaluate(FOCUS)
        if found is None:
            break
        reached.append(found["id"])
        wrong += [
            f"{name}: {found['what']}"
            for name, bad in (("not seen", not found["outlined"]), ("covered", found["covered"]))
            if bad
        ]
    assert not wrong, "\n".join(wrong)
    wanted = page.locator(
        "a[href]:visible, button:visible:not([tabindex='-1']), input:not([type=radio]):not([type=hidden]):visible, textarea:visible, select:visible"
    )
    assert len(reached) >= wanted.count() > 10
    assert len(reached) < 120, "the focus goes round in a part of the page"


def test_an_appeal_is_filed_by_keyboard_alone(open_browser):
    page = open_browser("ru", 1280)
    ready(page, "/")
    press(page, "Tab")
    press(page, "Enter")  # past the menus
    go_to(page, lambda: page.evaluate("document.activeElement.href || ''").endswith("/appeals/new"))
    with page.expect_navigation():
        press(page, "Enter")
    page.wait_for_selector("html[data-ready]")
    for name, text in (
        ("text", "Во дворе не горит фонарь."),
        ("last_name", "Ёлкина"),
        ("first_name", "Мария"),
        ("email", "keys@example.org"),
    ):
        go_to(page, lambda name=name: page.evaluate("document.activeElement.name") == name)
        page.keyboard.type(text)
    go_to(
        page,
        lambda: (
            page.evaluate("document.activeElement.textContent").strip() == "Отправить обращение"
        ),
    )
    with page.expect_navigation(url=re.compile("/appeals/receipt/")):
        press(page, "Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Обращение получено")


def press(page, key):
    page.keyboard.press(key)


def go_to(page, reached):
    for _press in range(150):
        if reached():
            return
        press(page, "Tab")
    raise AssertionError("the keyboard does not get there")


@pytest.fixture(scope="module")
def lynx():
    found = shutil.which("lynx")
    if found is None:
        pytest.skip("lynx: apt install lynx")
    return found


def test_a_text_browser_reads_every_page(site, lynx, open_browser):
    """Headings, links and the names of fields come through; no file name stands for a picture."""
    page = open_browser(java_script_enabled=False)
    for address in PUBLIC:
        dump = subprocess.run(
            [lynx, "-dump", "-nolist", "-width=100", "-display_charset=utf-8", site.url + address],
            capture_output=True,
            check=False,  # a page without its link answers 404, and is to be read too
        ).stdout.decode("utf-8")
        said = " ".join(dump.split())
        page.goto(address)
        for heading in page.locator(
            "h1:visible, main h2:visible, label:visible, legend:visible"
        ).all():
            words = " ".join(unescape(heading.inner_text()).split())
            assert words in said, f"{address}: {words!r} is missing"
        assert not re.search(r"\[[\w-]+\.(svg|png|jpe?g)\]|undefined|None", said), address
