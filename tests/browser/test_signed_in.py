"""A citizen signs in at a real OpenID Connect provider and has all their appeals on one page."""

import re
import shutil

import pytest
from playwright.sync_api import expect

from tests.browser import aids
from tests.browser.people import Citizen
from tests.browser.site import Served
from tests.web.test_identity import serving

SECOND = "Не горит фонарь у детской площадки, " * 12


@pytest.fixture(scope="module")
def site(executable, prepared, tmp_path_factory):
    folder = tmp_path_factory.mktemp("served")
    shutil.copytree(prepared, folder / "data")
    served = Served(
        folder / "data",
        folder / "server.log",
        filing_sign_in="offered",
        oidc_client_id="reception",
        oidc_client_secret="only-for-tests",
        oidc_scope="openid profile email phone",
        oidc_name="Госуслуги",
        oidc_name_en="Gosuslugi",
    )
    with serving(f"{served.url}/citizen/returned") as issuer:
        served.settings |= {"OIDC_ISSUER": issuer, "PUBLIC_URL": served.url}
        with served:
            yield served
    assert not served.errors(), "\n".join(served.errors())


def sign_in(person, login="anna"):
    """Begin at the list, and come back to it from the provider's own pages."""
    page = person.page
    person.go("/citizen/appeals")
    page.get_by_role("link", name="Войти через Госуслуги").click()
    page.locator("[name=login]").fill(login)
    page.locator("[name=password]").fill("any")
    page.locator("[type=submit]").click()
    page.locator("[type=submit]").click()
    page.wait_for_url("**/citizen/appeals")
    person.settled()


def test_one_page_of_all_appeals_of_who_signed_in(site, open_browser):
    citizen = Citizen(site, open_browser())
    sign_in(citizen)
    page = citizen.page
    expect(page.locator("h1")).to_contain_text("Ёжикова Анна Львовна")
    expect(page.locator("main")).to_contain_text("Обращений, поданных после входа, нет.")
    looked_at(page)
    page.locator("main").get_by_role("link", name="Подать обращение").click()
    page.wait_for_url("**/appeals/new")
    for text in ("Не вывозят мусор.", SECOND):
        citizen.begin_appeal()
        expect(citizen.field("last_name")).to_have_value("Ёжикова")
        citizen.fill(text=text)
        citizen.send_twice_in_haste()
    citizen.go("/citizen/appeals")
    expect(page.locator("main .card .prose-text").first).to_contain_text("Не горит фонарь")
    for language in ("en", "ru"):
        citizen.speak(language)
        citizen.go("/citizen/appeals")
        looked_at(page)
    citizen.send(page.locator("main .card").last.locator("form"))
    expect(page).to_have_url(re.compile(r"/status/\w+$"))
    citizen.go("/citizen/appeals")
    citizen.send(page.locator("form[action='/citizen/sign-out']"))
    citizen.go("/citizen/appeals")
    expect(page.locator("main")).not_to_contain_text("Не вывозят мусор.")


def looked_at(page):
    """Nothing for the tools of accessibility to find, and nothing wider than the screen."""
    for width in (320, 1280):
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert not aids.axe(page)
        assert not aids.sniffer(page)
