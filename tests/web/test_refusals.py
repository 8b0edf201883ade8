"""A page is refused by a page, a machine by a problem document."""

import gzip
import io
import json
import re
from urllib.parse import quote

import pytest
from lxml import html

from app.access import guessing
from app.access.services import issue_token
from app.errors import DomainError
from tests.unit.office import QUESTION, Office
from tests.web.desk import Clerk, FreshClient

JSON = "application/json"
FILED = {
    "applicant": {
        "kind": "citizen",
        "last_name": "Ёлкина",
        "first_name": "Мария",
        "email": "elkina@example.org",
        "phone": None,
    },
    "reply_channel": "email",
    "text": "Не вывозят мусор.",
}


@pytest.mark.parametrize(
    ("method", "path", "status"), [("GET", "/no-such-page", 404), ("POST", "/privacy", 405)]
)
def test_a_person_is_told_on_a_page(client, method, path, status):
    answer = client.open(path, method=method)
    assert (answer.status_code, answer.mimetype) == (status, "text/html")
    assert "<h1>" in answer.text


@pytest.mark.parametrize(
    ("method", "path", "sent", "status"),
    [
        ("GET", "/api/v1/no-such-thing", {}, 404),
        ("DELETE", "/api/v1/appeals", {}, 405),
        ("POST", "/api/v1/appeals", {"data": '{"broken', "content_type": JSON}, 400),
        ("POST", "/api/v1/appeals", {"json": [1]}, 422),
        ("POST", "/api/v1/appeals", {"data": "[" * 100_000, "content_type": JSON}, 400),
        ("POST", "/api/v1/status", {"data": "9" * 6_000, "content_type": JSON}, 400),
    ],
)
def test_a_machine_gets_a_problem(client, method, path, sent, status):
    answer = client.open(path, method=method, **sent)
    assert answer.status_code == status
    assert answer.mimetype == "application/problem+json"
    assert {"type", "title", "status", "detail"} <= answer.get_json().keys()
    assert answer.get_json()["status"] == status


FORM = "application/x-www-form-urlencoded"


@pytest.mark.parametrize("kind", [FORM, "text/plain", "multipart/form-data", None])
@pytest.mark.parametrize("mark", ["", "\ufeff", "\n "])
def test_json_is_read_whatever_the_caller_calls_it(client, kind, mark):
    sent = (mark + json.dumps(FILED)).encode()
    answer = client.post("/api/v1/appeals", data=sent, content_type=kind)
    assert answer.status_code == 201, answer.get_json()


def test_a_wrong_pair_counts_whatever_the_caller_calls_it(client, monkeypatch):
    asked = []
    monkeypatch.setattr(guessing, "may_answer", lambda number: asked.append(number) or True)
    sent = json.dumps({"number": "П-2026-000001", "access_code": "x"})
    client.post("/api/v1/status", data=sent, content_type=FORM)
    assert asked == ["П-2026-000001"]


@pytest.mark.parametrize(
    "sent", ["receipt=1&access_code=2", "{", "\ufeff{", b"\xff\xfe{\0", "NaN,"]
)
def test_what_is_no_json_is_told_what_to_send(client, sent):
    answer = client.post("/api/v1/status", data=sent, content_type=FORM)
    assert (answer.status_code, answer.mimetype) == (400, "application/problem+json")
    assert answer.get_json()["detail"] == "Передайте тело запроса как JSON в кодировке UTF-8."


@pytest.mark.parametrize("sent", [1, "x", [], [FILED]])
def test_a_body_that_is_no_object_is_told_so(client, sent):
    answer = client.post("/api/v1/appeals", json=sent)
    assert answer.status_code == 422
    assert answer.get_json()["errors"] == {"_schema": ["Передайте объект."]}


def test_a_page_that_is_no_number_is_named(make_app):
    app = make_app()
    with app.app_context():
        headers = {"Authorization": f"Bearer {issue_token('registrar').secret}"}
        answer = app.test_client().get("/api/v1/work-items?page=x", headers=headers)
    assert answer.status_code == 422
    assert answer.get_json()["errors"] == {"page": ["Укажите целое число."]}


def test_a_packed_body_is_told_to_come_as_it_is(client):
    packed = gzip.compress(json.dumps(FILED).encode())
    for path, headers, sent in (
        ("appeals", {"Content-Encoding": "gzip"}, packed),
        ("appeals", {"Content-Encoding": "GZIP, identity"}, packed),
        ("uploads", {"Content-Encoding": "br"}, {"file": (io.BytesIO(b"x"), "x.txt")}),
    ):
        told = client.post(f"/api/v1/{path}", data=sent, headers=headers)
        assert (told.status_code, told.mimetype) == (415, "application/problem+json")
        assert told.get_json()["title"] == "Прочитать нельзя"
        assert "без сжатия" in told.get_json()["detail"]
    headers = {"Content-Encoding": "identity"}
    assert client.post("/api/v1/appeals", json=FILED, headers=headers).status_code == 201


def test_an_idempotency_key_is_as_long_as_described(client):
    described = client.get("/api/v1/openapi.json").get_json()["paths"]["/api/v1/appeals"]["post"]
    (key,) = [one for one in described["parameters"] if one["name"] == "Idempotency-Key"]
    longest = key["schema"]["maxLength"]
    for length, status in ((longest, 201), (longest + 1, 422), (5_000, 422)):
        headers = {"Idempotency-Key": "k" * length}
        answer = client.post("/api/v1/appeals", json=FILED, headers=headers)
        assert answer.status_code == status
    assert answer.get_json()["errors"] == {
        "Idempotency-Key": [f"Здесь помещается не более {longest} знаков."]
    }


def test_a_version_is_a_whole_number_however_spelt(app):
    headers = {"Authorization": f"Bearer {issue_token('registrar').secret}"}
    client = FreshClient(app, app.response_class)
    wrong = (
        '"{n}.0"',
        "{n}.5",
        '"0_{n}"',
        '"\\u0661"',
        "true",
        "[{n}]",
        "9e99",
        "Infinity",
        "9" * 30,
    )
    for right in ("{n}", "{n}.0", '"{n}"', '" {n} "'):
        place = f"/api/v1/work-items/{Office(app).find('registrar', 'register').id}"
        version = client.post(f"{place}/take", headers=headers).get_json()["version"]
        for spelt in (*wrong, right):
            said = spelt.format(n=version)
            sent = f'{{"answers": {{"questions": ["{QUESTION}"]}}, "version": {said}}}'
            answer = client.post(f"{place}/complete", data=sent, headers=headers)
            assert answer.status_code == (200 if spelt == right else 422), (said, answer.text)
            if spelt != right:
                assert answer.get_json()["errors"] == {"version": ["Укажите целое число."]}
        wrong = ()


def test_a_page_is_spelt_with_digits(app):
    headers = {"Authorization": f"Bearer {issue_token('registrar').secret}"}
    for page in ("1_0", "1.5", "٣", "9" * 30):
        answer = app.test_client().get(f"/api/v1/appeals?page={quote(page)}", headers=headers)
        assert answer.status_code == 422, page
        assert answer.get_json()["errors"] == {"page": ["Укажите целое число."]}


def test_a_survey_that_has_not_opened_takes_no_answer(client):
    made = client.post("/api/v1/appeals", json=FILED).get_json()
    pair = {name: made[name] for name in ("receipt", "access_code")}
    answer = client.post("/api/v1/status/survey", json={**pair, "answers": {"quality": 5}})
    assert (answer.status_code, answer.mimetype) == (409, "application/problem+json")
    assert "опроса пока нет" in answer.get_json()["detail"].lower()


@pytest.mark.parametrize("language", ["ru", "en"])
@pytest.mark.parametrize(
    ("method", "path", "sent", "status", "russian", "english"),
    [
        ("GET", "/no-such-thing", {}, 404, "Не найдено", "Not found"),
        ("DELETE", "/appeals", {}, 405, "Так обратиться нельзя", "Cannot be used so"),
        ("POST", "/appeals", {"data": "{", "content_type": JSON}, 400, "Отказано", "Refused"),
        ("POST", "/appeals", {"json": [1]}, 422, "Проверьте поля", "Check the fields"),
        ("POST", "/appeals", {"json": {}}, 422, "Проверьте поля", "Check the fields"),
        ("GET", "/work-items", {}, 401, "Нужно войти", "Sign in first"),
    ],
)
def test_a_problem_is_called_in_the_language_it_is_told_in(
    client, method, path, sent, status, russian, english, language
):
    headers = {"Accept-Language": language}
    answer = client.open(f"/api/v1{path}", method=method, headers=headers, **sent)
    told = answer.get_json()
    assert (answer.status_code, told["title"]) == (status, {"ru": russian, "en": english}[language])
    assert ("о" in told["detail"].lower()) == (language == "ru")


def test_every_refusal_has_a_title_in_russian(app):
    waiting = [DomainError]
    with app.test_request_context(headers={"Accept-Language": "ru"}):
        for refusal in waiting:
            waiting += refusal.__subclasses__()
            assert re.search("[а-я]", str(refusal.title)), refusal


@pytest.mark.parametrize("files", [1, True, "x", [1], [[]], ["\ud800"], ["\0"], {"a": 1}])
def test_files_of_another_kind_are_refused_beside_their_field(client, files):
    made = client.post("/api/v1/appeals", json=FILED).get_json()
    pair = {name: made[name] for name in ("receipt", "access_code")}
    answer = client.post("/api/v1/status/documents", json={**pair, "files": files})
    assert answer.status_code == 422
    assert list(answer.get_json()["errors"]) == ["files"]


@pytest.mark.parametrize("number", ["0", "9" * 25, "9" * 5000])
def test_a_number_that_nothing_can_have_leads_nowhere(app, client, number):
    assert client.get(f"/answers/{number}").status_code == 404
    registrar = Clerk(app, "registrar")
    for path in ("appeals", "items", "documents", "acts", "campaigns", "mailings"):
        registrar.get(f"/desk/{path}/{number}", 404)


NONSENSE = "²", "9" * 30, "-1"
SLIPS = "0026-01-05", "0001-01-01", "9999-12-31", "2023-02-29"


def test_nonsense_in_an_address_is_passed_over(app):
    """A slip in a date field, or a link that was spoilt on its way, is no reason for an error."""
    manager, administrator = Clerk(app, "manager"), Clerk(app, "administrator")
    for path in ("/desk/", "/desk/appeals", "/desk/journal", "/desk/letters", "/desk/due"):
        for number in NONSENSE:
            manager.get(f"{path}?page={quote(number)}")
    for path in ("/desk/figures", "/desk/journal", "/desk/load", "/desk/letters"):
        for day in SLIPS:
            page = manager.page(f"{path}?since={day}") + manager.page(f"{path}?until={day}")
            assert len(page) < 400_000, "two thousand years of empty months"
    for day in SLIPS:
        administrator.page(f"/studio/admin/journal?since={day}&until={day}")
    for number in NONSENSE:
        for what in ("admin/journal?before", "admin/people?page", "layouts/reply.typ?version"):
            administrator.page(f"/studio/{what}={quote(number)}")


def test_nul_is_left_out_of_what_was_typed(either_app):
    """A text copied from a broken file may hold it, and PostgreSQL takes none."""
    office = Office(either_app)
    office.register()
    registrar, path = Clerk(either_app, "registrar"), f"/desk/appeals/{office.receipt.appeal_id}"
    shared = registrar.send(f"{path}/access", "share-login", 422, **{"share-login": "ни\x00кто"})
    assert 'value="никто"' in shared.text
    assert 'value="никто"' in registrar.page("/desk/appeals?q=ни%00кто")
    assert (
        FreshClient(either_app, either_app.response_class).get("/emblem/%00.png").status_code == 404
    )


def test_what_no_page_sends_is_no_error_of_the_server(app):
    """A text in the place of a file, a number that nothing can have, words for a number."""
    registrar = Clerk(app, "registrar")
    registrar.send("/documents/check", "file", 422, file="no file")
    registrar.send("/desk/scans", "file", 422, file="no file")
    token = registrar.form("/desk/", "csrf_token")["csrf_token"]
    for path, name, value, status in (
        ("/desk/reminders/noted", "reminder", "9" * 30, 404),
        ("/desk/keeping/propose", "appeal", "x", 303),
    ):
        registrar.post(path, {"csrf_token": token, name: value}, status)


def test_null_means_absent(client):
    empty = {"addressee": None, "place": None, "co_applicants": None, "files": None}
    answer = client.post("/api/v1/appeals", json={**FILED, **empty})
    assert answer.status_code == 201, answer.get_json()


def test_what_the_menu_offers_opens_to_whoever_it_is_offered(make_app):
    app = make_app()
    for login in (
        "registrar", "manager", "executor1", "controller", "dispatcher", "analyst",
        "administrator", "auditor",
    ):  # fmt: skip
        clerk = Clerk(app, login)
        menu = html.fromstring(clerk.page("/desk/")).xpath("//ul[@class='side-nav']//a/@href")
        assert {"/desk/", "/desk/due", "/desk/letters"} <= set(menu)
        for address in menu:
            answer = clerk.client.get(address, follow_redirects=True)
            assert answer.status_code == 200, (login, address)


def test_who_is_at_the_desk_is_refused_there(make_app):
    clerk = Clerk(make_app(), "executor1")
    for address, status in (("/desk/intake", 403), ("/desk/appeals/999", 404), ("/desk/no", 404)):
        page = clerk.page(address, status)
        assert 'class="side-nav"' in page
        assert 'href="/desk/"' in html.tostring(html.fromstring(page).xpath("//main")[0]).decode()
    assert 'class="side-nav"' not in clerk.page("/no", 404)
