"""The REST door as its description says, and as scripts rely on it."""

import hashlib
import io
import re
import threading
import uuid
from datetime import datetime

import pytest
from flask_limiter._manager import LimitManager
from openapi_spec_validator import OpenAPIV31SpecValidator

from app.api import schemas
from tests.web.life import Reception, in_process

FILED = {
    "applicant": {
        "kind": "citizen",
        "last_name": "Ёлкина",
        "first_name": "Мария",
        "email": "elkina@example.org",
    },
    "reply_channel": "email",
    "text": "Третью неделю не вывозят мусор.",
}
PAIR = {"number", "receipt", "access_code"}
ITEM = {
    "id", "element", "title", "process", "appeal", "roles", "assignee", "due_at", "stage", "version",
}  # fmt: skip
#: Method, path, status of success, fields asked, fields answered: the contract of the design.
CONTRACT = [
    ("post", "/uploads", "201", {"file"}, {"id", "name", "size", "sha256"}),
    (
        "post", "/appeals", "201",
        {"applicant", "reply_channel", "addressee", "text", "place", "co_applicants", "files"},
        {"receipt", "access_code", "register_by", "files"},
    ),
    (
        "post", "/status", "200", PAIR,
        {
            "number", "receipt", "registered_on", "due_on", "stages", "extensions", "redirections",
            "questions", "letters", "survey_open",
        },
    ),
    ("post", "/status/withdraw", "200", PAIR | {"reason"}, {"stages"}),
    ("post", "/status/documents", "200", PAIR | {"files"}, {"stages"}),
    ("post", "/status/survey", "200", PAIR | {"answers"}, set()),
    ("post", "/status/file/{document_id}", "200", PAIR, set()),
    ("get", "/work-items", "200", {"appeal", "element", "scope"}, {"items", "next"}),
    ("get", "/work-items/{item_id}", "200", set(), ITEM | {"form", "values"}),
    ("post", "/work-items/{item_id}/take", "200", set(), ITEM),
    ("post", "/work-items/{item_id}/release", "200", set(), ITEM),
    (
        "post", "/work-items/{item_id}/complete", "200", {"answers", "version"}, {"appeal", "next"},
    ),
    ("get", "/appeals/{ref}", "200", set(), {"receipt", "number"}),
    (
        "post", "/appeals/{ref}/extension-requests", "201", {"reason", "days", "ground", "request"}, set(),
    ),
    ("post", "/appeals/{ref}/actions", "201", {"action"}, {"appeal", "next"}),
    ("get", "/classifier", "200", {"q"}, {"items"}),
    ("get", "/organisations", "200", {"q"}, {"items"}),
    ("get", "/people", "200", {"q"}, {"items"}),
]  # fmt: skip
STAFF = [(one[0], one[1]) for one in CONTRACT if one[1].startswith(("/work-items", "/appeals/{",
         "/classifier", "/organisations", "/people"))]  # fmt: skip


@pytest.fixture
def spec(client):
    return client.get("/api/v1/openapi.json").get_json()


def fields_of(spec, schema):
    """The fields of a schema, through references."""
    if "$ref" in schema:
        schema = spec["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]]
    return set(schema.get("properties", {}))


def content(spec, part):
    if not part or "content" not in part:
        return set()
    return fields_of(spec, next(iter(part["content"].values()))["schema"])


# ---- the description ---------------------------------------------------------------------------


def test_the_description_is_openapi_3_1(spec):
    assert spec["openapi"].startswith("3.1")
    assert list(OpenAPIV31SpecValidator(spec).iter_errors()) == []


def test_what_is_not_described_is_passed_over_and_this_is_said(spec, reception):
    assert "passed over" in spec["info"]["description"]
    more = "limit=1&offset=7&next=2&nonsense=x"
    receipt = reception.file()
    found = reception.call("GET", f"/work-items?appeal={receipt['receipt']}&{more}", by="registrar")
    assert [one["element"] for one in found["items"]] == ["register"]


@pytest.mark.parametrize(("method", "path", "status", "asked", "answered"), CONTRACT)
def test_every_call_of_the_contract_is_described(spec, method, path, status, asked, answered):
    operation = spec["paths"][f"/api/v1{path}"][method]
    found = content(spec, operation.get("requestBody"))
    found |= {one["name"] for one in operation.get("parameters", ()) if one["in"] == "query"}
    assert asked <= found
    assert answered <= content(spec, operation["responses"][status])


def test_nothing_is_served_that_is_not_described(app, spec):
    served = {
        re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule)
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith("/api/v1/")
    }
    assert served - {"/api/v1/openapi.json"} == set(spec["paths"])


@pytest.mark.parametrize(("method", "path"), STAFF)
def test_staff_calls_say_that_they_want_a_token_and_get_401_without(client, spec, method, path):
    operation = spec["paths"][f"/api/v1{path}"][method]
    assert operation["security"] == [{"bearer": []}]
    assert "401" in operation["responses"]
    place = "/api/v1" + path.replace("{item_id}", "1").replace("{ref}", "1")
    for headers in ({}, {"Authorization": "Bearer nonsense"}):
        answer = client.open(place, method=method.upper(), headers=headers, json={})
        assert answer.status_code == 401
        assert answer.mimetype == "application/problem+json"
        assert answer.headers["WWW-Authenticate"] == "Bearer"


def test_a_completion_is_answered_as_the_contract_says(reception):
    receipt = reception.file()
    code = reception.call("GET", "/classifier?q=1156", by="registrar")["items"][0]["code"]
    done = reception.do(receipt, "register", "registrar", questions=[code])
    contract = schemas.Completed()
    # Whatever has another name or another spelling in the contract would come back as another.
    assert contract.dump(contract.load(done)) == done
    assert done.keys() == contract.fields.keys()
    assert [one.keys() for one in done["next"]] == [schemas.WorkItem().fields.keys()]
    assert datetime.fromisoformat(done["next"][0]["due_at"] or "").tzinfo
    (last,) = reception.open(receipt).values()
    assert done["next"] == [last]


# ---- refusals ----------------------------------------------------------------------------------


@pytest.fixture
def reception(app):
    from app.access.services import issue_token

    found = Reception(in_process(app))
    for login in ("registrar", "manager", "assistant", "auditor", "controller"):
        found.tokens[login] = issue_token(login).secret
    return found


def bearer(reception, login):
    return {"Authorization": f"Bearer {reception.tokens[login]}"}


def is_problem(answer, status):
    assert answer.status_code == status, answer.text
    assert answer.mimetype == "application/problem+json"
    body = answer.get_json()
    assert {"type", "title", "status", "detail"} <= set(body)
    assert body["status"] == status
    assert body["detail"]
    return body


def test_every_refusal_is_a_problem(client, reception):
    receipt = reception.file()
    item = reception.open(receipt)["register"]
    place = f"/api/v1/work-items/{item['id']}"
    pair = {"receipt": receipt["receipt"], "access_code": "wrong"}

    is_problem(client.post("/api/v1/status", json=pair), 403)
    is_problem(client.post(f"{place}/take", headers=bearer(reception, "auditor")), 403)
    is_problem(client.get("/api/v1/work-items/999", headers=bearer(reception, "registrar")), 404)
    is_problem(client.get("/api/v1/appeals/none", headers=bearer(reception, "registrar")), 404)
    is_problem(client.get("/api/v2/whatever"), 404)
    russian = client.get("/api/v1/whatever", headers={"Accept-Language": "ru"})
    assert russian.json["detail"] == "Такой страницы нет"
    body = {"answers": {"questions": []}, "version": item["version"]}
    wrong = is_problem(
        client.post(f"{place}/complete", json=body, headers=bearer(reception, "registrar")), 422
    )
    assert wrong["errors"]["questions"]
    body = {"answers": {}, "version": item["version"] + 7}
    is_problem(
        client.post(f"{place}/complete", json=body, headers=bearer(reception, "registrar")), 409
    )
    is_problem(client.post("/api/v1/uploads", data={}), 422)
    for text in ("{", "[1, 2]", '"words"', "nul"):
        answer = client.post("/api/v1/appeals", data=text, content_type="application/json")
        assert answer.status_code in (400, 422)
        is_problem(answer, answer.status_code)


def test_a_wrong_field_is_named(client):
    body = {**FILED, "applicant": {**FILED["applicant"], "last_name": "", "email": "nowhere"}}
    wrong = is_problem(client.post("/api/v1/appeals", json=body), 422)
    assert {name.rsplit(".", 1)[-1] for name in wrong["errors"]} == {"last_name", "email"}


def test_null_and_empty_mean_absent(client):
    plain = client.post("/api/v1/appeals", json=FILED)
    assert plain.status_code == 201
    for nothing in (None, ""):
        applicant = {
            **FILED["applicant"], "middle_name": nothing, "phone": nothing,
            "postal_address": nothing, "no_middle_name": nothing,
        }  # fmt: skip
        names = ("addressee", "place", "co_applicants", "files", "auth_method", "nonsense")
        body = {**FILED, "applicant": applicant, **dict.fromkeys(names, nothing)}
        answer = client.post("/api/v1/appeals", json=body)
        assert answer.status_code == 201, answer.text


# ---- files -------------------------------------------------------------------------------------


def test_a_file_is_told_in_the_receipt_with_its_hash(client):
    content = b"photo of the yard" * 1000
    sent = client.post("/api/v1/uploads", data={"file": (io.BytesIO(content), "двор.txt")})
    assert sent.status_code == 201
    upload = sent.get_json()
    sha256 = hashlib.sha256(content).hexdigest()
    told = {"name": "двор.txt", "size": len(content), "sha256": sha256}
    assert upload == {"id": upload["id"], **told}
    answer = client.post("/api/v1/appeals", json={**FILED, "files": [upload["id"]]})
    assert answer.get_json()["files"] == [told]
    again = client.post("/api/v1/appeals", json={**FILED, "files": [upload["id"]]})
    assert is_problem(again, 422)["errors"]["files"]


# ---- one appeal, however often it is sent ------------------------------------------------------


def test_a_repeated_key_gives_the_same_appeal(client):
    headers = {"Idempotency-Key": uuid.uuid4().hex}
    first = client.post("/api/v1/appeals", json=FILED, headers=headers)
    second = client.post("/api/v1/appeals", json=FILED, headers=headers)
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.get_json() == second.get_json()
    other = client.post("/api/v1/appeals", json={**FILED, "text": "Другое."}, headers=headers)
    is_problem(other, 422)
    new = client.post("/api/v1/appeals", json=FILED, headers={"Idempotency-Key": "other"})
    assert new.get_json()["receipt"] != first.get_json()["receipt"]


def test_repeats_at_once_make_one_appeal(either_app):
    from sqlalchemy import func, select

    from app.appeals.models import Appeal
    from app.database import db, reading

    answers, together = [], threading.Barrier(4)

    def send():
        with either_app.test_client() as client:
            together.wait()
            answer = client.post(
                "/api/v1/appeals", json=FILED, headers={"Idempotency-Key": "at once"}
            )
            answers.append((answer.status_code, answer.get_json()["receipt"]))
        with either_app.app_context():
            db.session.remove()

    threads = [threading.Thread(target=send) for _each in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answers) == 4
    assert len(set(answers)) == 1
    assert answers[0][0] == 201
    with reading() as session:
        assert session.scalar(select(func.count()).select_from(Appeal)) == 1


# ---- limits ------------------------------------------------------------------------------------


def statuses(client, count, path, **more):
    return [client.post(f"/api/v1{path}", **more).status_code for _each in range(count)]


@pytest.fixture
def limited(make_app):
    def make(**settings):
        app = make_app(rate_all="", **settings)
        return app, app.test_client()

    return make


def test_too_many_appeals_are_told_to_wait(limited):
    _app, client = limited(rate_appeals="2/hour")
    assert statuses(client, 2, "/appeals", json=FILED) == [201, 201]
    answer = client.post("/api/v1/appeals", json=FILED)
    is_problem(answer, 429)
    assert 0 < int(answer.headers["Retry-After"]) <= 3600


def test_limits_are_looked_for_where_there_are_some(limited, monkeypatch):
    from app.extensions import limiter

    _app, client = limited()
    manager, asked = limiter.limit_manager, []
    for_many = (manager.application_limits, manager.default_limits, manager._blueprint_limits)
    assert not any(for_many)
    assert not limiter._meta_limits

    def resolve(*given, **more):
        asked.append(given)
        return LimitManager.resolve_limits(manager, *given, **more)

    monkeypatch.setattr(manager, "resolve_limits", resolve)
    assert client.get("/healthz").status_code == 200
    assert asked == []
    assert statuses(client, 1, "/appeals", json=FILED) == [201]
    assert len(asked) == 1


def test_a_staff_token_is_not_counted(limited):
    from app.access.services import issue_token

    app, client = limited(rate_appeals="1/hour", rate_uploads="1/hour")
    with app.app_context():
        headers = {"Authorization": f"Bearer {issue_token('registrar').secret}"}
    assert statuses(client, 3, "/appeals", json=FILED, headers=headers) == [201] * 3
    for _each in range(3):
        sent = {"file": (io.BytesIO(b"x"), "x.txt")}
        answer = client.post("/api/v1/uploads", data=sent, headers=headers)
        assert answer.status_code == 201
    assert statuses(client, 2, "/appeals", json=FILED) == [201, 429]


def test_right_pairs_are_not_counted_wrong_ones_are(limited):
    _app, client = limited(rate_status="2/hour")
    receipt = client.post("/api/v1/appeals", json=FILED).get_json()
    right = {"receipt": receipt["receipt"], "access_code": receipt["access_code"]}
    assert statuses(client, 5, "/status", json=right) == [200] * 5
    wrong = {**right, "access_code": "wrong"}
    assert statuses(client, 3, "/status", json=wrong) == [403, 403, 429]


@pytest.mark.parametrize("settings", [{"rate_status": "0"}, {"rate_status": "1/hour"}])
def test_nought_switches_limits_off(make_app, settings):
    every = {} if settings["rate_status"] == "0" else {"rate_all": "0"}
    client = make_app(**{"rate_all": "", **settings, **every}).test_client()
    wrong = {"receipt": "none", "access_code": "wrong"}
    assert statuses(client, 4, "/status", json=wrong) == [403] * 4
