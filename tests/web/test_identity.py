"""A citizen is identified by a real OpenID Connect provider before the form takes an appeal."""

import re
import shutil
import subprocess
from contextlib import contextmanager
from html import unescape
from pathlib import Path

import pytest
import requests

from app.appeals.services import card
from tests.conftest import ROOT, free_port
from tests.unit.office import Office
from tests.web.test_reception import hidden, opened, pair, send

RETURN = "http://127.0.0.1:9/citizen/returned"
TYPED = {
    "kind": "citizen",
    "reply_channel": "email",
    "email": "anna@mail.ru",
    "text": "Не вывозят мусор.",
}


@contextmanager
def serving(back):
    """A provider that returns people to `back`; the issuer's address."""
    node = shutil.which("node") or shutil.which("node", path=str(ROOT / ".venv" / "bin"))
    assert node, "make setup-dev brings node where there is none"
    port = free_port()
    script = Path(__file__).with_name("identity_provider.mjs")
    started = subprocess.Popen(
        [node, str(script), str(port), back], stdout=subprocess.PIPE, text=True, cwd=ROOT
    )
    try:
        assert started.stdout.readline().strip() == "ready"
        yield f"http://127.0.0.1:{port}"
    finally:
        started.terminate()
        started.wait(timeout=10)
        started.stdout.close()


@pytest.fixture(scope="module")
def provider():
    """The issuer's address."""
    with serving(RETURN) as issuer:
        yield issuer


@pytest.fixture
def app(make_app, provider):
    return make_app(
        public_url="http://127.0.0.1:9",
        filing_sign_in="required",
        oidc_issuer=provider,
        oidc_client_id="reception",
        oidc_client_secret="only-for-tests",
        oidc_scope="openid profile email phone",
        oidc_method="esia",
        oidc_name="Госуслуги",
        oidc_name_en="Gosuslugi",
    )


def way_to_provider(client, back="/appeals/new"):
    answer = client.get(f"/citizen/sign-in?next={back}")
    assert answer.status_code == 302
    return answer.headers["Location"]


def signed_in_as(login, address, back=RETURN):
    """Go through the provider's own pages as a browser would; the address it sends back to."""
    with requests.Session() as browser:
        answer = browser.get(address, timeout=10, allow_redirects=False)
        for _step in range(12):
            if answer.is_redirect:
                onward = requests.compat.urljoin(answer.url, answer.headers["Location"])
                if onward.startswith(back):
                    return onward
                answer = browser.get(onward, timeout=10, allow_redirects=False)
                continue
            action = unescape(re.search(r'action="([^"]+)"', answer.text)[1])
            prompt = re.search(r'name="prompt" value="([^"]+)"', answer.text)[1]
            fields = {"prompt": prompt, "login": login, "password": "any"}
            answer = browser.post(action, data=fields, timeout=10, allow_redirects=False)
    raise AssertionError("the provider did not send back")


def sign_in(client, login="anna"):
    back = signed_in_as(login, way_to_provider(client))
    return client.get(back.removeprefix("http://127.0.0.1:9"))


def test_the_form_is_closed_until_the_citizen_signs_in(client):
    page = client.get("/appeals/new").text
    assert "Войти через Госуслуги" in page
    assert 'name="text"' not in page
    assert "На бумаге" in page
    client.get("/language/en")
    assert "Sign in with Gosuslugi" in client.get("/appeals/new").text


def test_names_come_from_the_provider_whatever_the_page_sends(client, app):
    assert sign_in(client).headers["Location"] == "/appeals/new"
    page = client.get("/appeals/new").text
    for name in ("Ёжикова", "Анна", "Львовна", "anna@почта.рф"):
        assert f'value="{name}"' in page
    answer = send(client, {**opened(client), **TYPED, "last_name": "Чужая", "first_name": "Имя"})
    assert answer.status_code == 303, answer.text
    receipt, _code = pair(client.get(answer.headers["Location"]).text)
    with app.app_context():
        found = card(Office.person("registrar"), receipt)
    assert found.applicants[0].full_name == "Ёжикова Анна Львовна"
    assert found.auth_method.startswith("esia")


def test_what_the_provider_does_not_know_is_typed(client):
    sign_in(client, "john")
    page = client.get("/appeals/new").text
    assert 'value="Doe"' in page
    # An address that nobody verified is not believed.
    assert "john@example.org" not in page
    assert not re.search(r'<input[^>]*name="middle_name"[^>]*readonly', page)
    assert re.search(
        r'<input[^>]*name="last_name"[^>]*readonly|readonly[^>]*name="last_name"', page
    )


def test_a_session_that_ended_loses_nothing(client):
    sign_in(client)
    form = opened(client)
    client.post("/citizen/sign-out", data={"csrf_token": form["csrf_token"]})
    answer = send(client, {**form, **TYPED})
    assert answer.status_code == 422
    assert "Не вывозят мусор." in answer.text
    assert "Войдите снова" in answer.text
    sign_in(client)
    again = {"csrf_token": hidden(answer.text, "csrf_token"), "token": form["token"]}
    assert send(client, {**again, **TYPED}).status_code == 303


def test_a_refusal_at_the_provider_is_told_in_words(client):
    state = re.search(r"state=([^&]+)", way_to_provider(client))[1]
    answer = client.get(f"/citizen/returned?error=access_denied&state={state}")
    assert answer.status_code == 502
    assert "Вы не завершили вход" in answer.text
    assert "На бумаге" in answer.text


@pytest.mark.parametrize("query", ["", "?code=x&state=y", "?code=x", "?state=y"])
def test_a_return_nobody_asked_for_signs_nobody_in(client, query):
    answer = client.get(f"/citizen/returned{query}")
    assert answer.status_code == 502
    assert 'name="text"' not in client.get("/appeals/new").text


def test_a_return_cannot_be_used_twice_or_in_another_browser(client, app):
    back = signed_in_as("anna", way_to_provider(client)).removeprefix("http://127.0.0.1:9")
    stranger = app.test_client()
    assert stranger.get(back).status_code == 502
    assert client.get(back).status_code == 303
    assert client.get(back).status_code == 502


def test_after_signing_in_nobody_is_sent_elsewhere(client):
    back = signed_in_as("anna", way_to_provider(client, "//evil.example/"))
    answer = client.get(back.removeprefix("http://127.0.0.1:9"))
    assert answer.headers["Location"] == "/appeals/new"


def test_a_provider_that_is_down_is_told_in_words(make_app):
    client = make_app(
        oidc_issuer=f"http://127.0.0.1:{free_port()}",
        oidc_client_id="reception",
        oidc_client_secret="x",
    ).test_client()
    answer = client.get("/citizen/sign-in")
    assert answer.status_code == 502
    assert "сейчас не отвечает" in answer.text


def test_without_a_provider_a_closed_form_names_the_other_ways(make_app):
    page = make_app(filing_sign_in="required").test_client().get("/appeals/new").text
    assert "На этом сайте такой возможности пока нет" in page
    assert "Лично" in page


def test_the_demo_only_offers_and_off_is_off(make_app, provider):
    given = {"oidc_issuer": provider, "oidc_client_id": "reception", "oidc_client_secret": "x"}
    page = make_app(**given).test_client().get("/appeals/new").text
    assert 'name="text"' in page
    assert "/citizen/sign-in" in page
    closed = make_app(**given, filing_sign_in="off").test_client()
    assert closed.get("/citizen/sign-in").status_code == 404


def file_signed_in(client, text):
    answer = send(client, {**opened(client), **TYPED, "text": text})
    assert answer.status_code == 303, answer.text
    return pair(client.get(answer.headers["Location"]).text)


def test_who_signed_in_sees_all_their_appeals_and_nobody_elses(app, client):
    assert "Войти через Госуслуги" in client.get("/citizen/appeals").text
    sign_in(client)
    first, code = file_signed_in(client, "Не вывозят мусор.")
    second, _code = file_signed_in(client, "Не горит фонарь.")
    with app.app_context():
        ids = {ref: card(Office.person("registrar"), ref).id for ref in (first, second)}
    again = app.test_client()
    sign_in(again)
    page = again.get("/citizen/appeals").text
    assert page.index("Не горит фонарь.") < page.index("Не вывозят мусор.")
    token = hidden(page, "csrf_token")
    answer = again.post(f"/citizen/appeals/{ids[first]}", data={"csrf_token": token})
    assert first in again.get(answer.headers["Location"]).text
    other = app.test_client()
    sign_in(other, "john")
    page = other.get("/citizen/appeals").text
    assert "Не вывозят мусор." not in page
    token = hidden(page, "csrf_token")
    refused = other.post(f"/citizen/appeals/{ids[first]}", data={"csrf_token": token})
    assert refused.status_code == 404
    stranger = app.test_client()
    token = hidden(stranger.get("/status").text, "csrf_token")
    refused = stranger.post(f"/citizen/appeals/{ids[first]}", data={"csrf_token": token})
    assert refused.status_code == 404
    asked = {"csrf_token": token, "number": first, "access_code": code}
    assert stranger.post("/status", data=asked).status_code == 303


def test_appeals_filed_without_signing_in_are_nobodys_list(client, app):
    with app.app_context():
        Office(app)
    sign_in(client)
    assert "Обращений, поданных после входа, нет." in client.get("/citizen/appeals").text
