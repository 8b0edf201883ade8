"""An analyst moves what runs to a changed set and takes it back, in the browser."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.people import Clerk
from tests.browser.test_looks import LANGUAGES, Looker
from tests.browser.words import Words
from tests.web.life import Reception

MOVE = {"ru": re.compile("Перевести все"), "en": re.compile("Move all")}
UNDO = {"ru": "Отменить перевод", "en": "Undo the move"}


@pytest.fixture(scope="module")
def changed(site):
    """Four appeals, one of them registered; and a set in which registering has another id."""
    from app import create_app
    from app.access import services as access
    from app.workflow import versions
    from tests.conftest import close

    reception = Reception(site.send)
    app = create_app(data_dir=site.data_dir)
    with app.app_context():
        for login in ("registrar", "auditor"):
            reception.tokens[login] = access.issue_token(login).secret
        for _ in range(3):
            reception.file()
        question = reception.call("GET", "/classifier?q=1156", by="registrar")["items"][0]["code"]
        reception.do(reception.file(), "register", "registrar", questions=[question])
        files = versions.export(1)
        drawing = files["appeal/appeal.bpmn"].replace(b'"register"', b'"enter"')
        files["appeal/appeal.bpmn"] = drawing.replace(b">register<", b">enter<")
        versions.publish(files, note="Другой шаг регистрации", actor="analyst")
    close(app)


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_runs_is_moved_and_put_back(site, changed, language, open_browser):
    clerk = Clerk(site, open_browser(language)).sign_in("analyst")
    clerk.speak(language)
    looker = Looker(clerk.page, Words(), language)

    def confirm(words):
        clerk.page.get_by_role("button", name=words).click()
        with clerk.page.expect_navigation():
            clerk.page.locator("dialog[open] .button").first.click()
        finished = clerk.page.locator("meta[http-equiv=refresh]")
        expect(finished).to_have_count(0)
        clerk.settled()

    clerk.go("/studio/versions/1/move")
    looker.look("plan")
    clerk.go("/studio/versions/1/move?show=can")
    looker.look("can")
    confirm(MOVE[language])
    looker.look("moved")
    confirm(UNDO[language])
    looker.look("undone")
    clerk.go("/studio/")
    looker.look("list")
    looker.assert_well()
