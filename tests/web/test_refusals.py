"""A page is refused by a page, a machine by a problem document."""

import pytest

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
        ("POST", "/api/v1/appeals", {"data": '{"broken', "content_type": "application/json"}, 400),
        ("POST", "/api/v1/appeals", {"json": [1]}, 422),
    ],
)
def test_a_machine_gets_a_problem(client, method, path, sent, status):
    answer = client.open(path, method=method, **sent)
    assert answer.status_code == status
    assert answer.mimetype == "application/problem+json"
    assert {"type", "title", "status", "detail"} <= answer.get_json().keys()
    assert answer.get_json()["status"] == status


def test_null_means_absent(client):
    empty = {"addressee": None, "place": None, "co_applicants": None, "files": None}
    answer = client.post("/api/v1/appeals", json={**FILED, **empty})
    assert answer.status_code == 201, answer.get_json()
