"""Files in pieces: the tus protocol 1.0.0 as any client of it speaks, and the file at the end."""

import base64
import hashlib
import threading

import pytest

from app.documents import pieces
from tests.web.test_reception import WHO, opened, send

TOKEN = "a-mark-of-a-form-nobody-else-knows"
CONTENT = bytes(range(256)) * 40
SPOKEN = {"Tus-Resumable": "1.0.0"}


@pytest.fixture
def app(make_app):
    """Outside its context, so that each request begins with a clean `g` as on a server."""
    return make_app()


def begin(client, content=CONTENT, name="снимок.bin", owner=TOKEN, length=None):
    said = {"filename": name, "owner": owner}
    pairs = [f"{key} {base64.b64encode(value.encode()).decode()}" for key, value in said.items()]
    headers = {"Upload-Length": str(len(content) if length is None else length)}
    return client.post(
        "/uploads/pieces", headers={**SPOKEN, **headers, "Upload-Metadata": ",".join(pairs)}
    )


def add(client, place, offset, content):
    headers = {"Upload-Offset": str(offset), "Content-Type": "application/offset+octet-stream"}
    return client.patch(place, data=content, headers={**SPOKEN, **headers})


def offset(client, place):
    return int(client.head(place, headers=SPOKEN).headers["Upload-Offset"])


def whole(client, **more):
    place = begin(client, **more).headers["Location"]
    assert add(client, place, 0, more.get("content", CONTENT)).status_code == 204
    return place


def test_a_file_goes_on_where_it_ended_and_is_what_was_sent(client):
    place = begin(client).headers["Location"]
    assert offset(client, place) == 0
    assert add(client, place, 0, CONTENT[:3000]).headers["Upload-Offset"] == "3000"
    assert offset(client, place) == 3000
    assert client.post(f"{place}/take").status_code == 409
    assert add(client, place, 3000, CONTENT[3000:]).headers["Upload-Offset"] == str(len(CONTENT))
    taken = client.post(f"{place}/take")
    assert taken.status_code == 201
    assert taken.json["sha256"] == hashlib.sha256(CONTENT).hexdigest()
    assert (taken.json["name"], taken.json["size"]) == ("снимок.bin", len(CONTENT))
    assert client.post(f"{place}/take").json == taken.json
    assert offset(client, place) == len(CONTENT)


def test_a_file_in_pieces_comes_with_the_appeal(client):
    form = {**opened(client), **WHO, "text": "Прилагаю снимок."}
    place = whole(client, owner=form["token"])
    upload = client.post(f"{place}/take").json
    receipt = client.get(send(client, form, files=upload["id"]).headers["Location"]).text
    assert hashlib.sha256(CONTENT).hexdigest() in receipt


def test_the_server_says_what_it_can(client):
    answer = client.options("/uploads/pieces")
    assert answer.status_code == 204
    assert answer.headers["Tus-Version"] == "1.0.0"
    assert answer.headers["Tus-Extension"] == "creation,termination"
    assert int(answer.headers["Tus-Max-Size"]) > 0


def test_what_the_protocol_forbids_is_refused_and_changes_nothing(client):
    place = begin(client).headers["Location"]
    add(client, place, 0, CONTENT[:100])
    assert add(client, place, 50, CONTENT[50:]).status_code == 409
    plain = {**SPOKEN, "Upload-Offset": "100", "Content-Type": "text/plain"}
    assert client.patch(place, data=b"x", headers=plain).status_code == 415
    old = {**plain, "Tus-Resumable": "0.2.2", "Content-Type": "application/offset+octet-stream"}
    assert client.patch(place, data=b"x", headers=old).status_code == 412
    assert (
        client.patch(place, data=b"x", headers={**old, **SPOKEN, "Upload-Offset": ""}).status_code
        == 400
    )
    assert client.post("/uploads/pieces", headers=SPOKEN).status_code == 400
    assert offset(client, place) == 100


def test_more_than_was_said_is_refused(client):
    place = begin(client, length=10).headers["Location"]
    assert add(client, place, 0, b"x" * 11).status_code == 413
    assert offset(client, place) <= 10


def test_what_is_too_large_is_refused_before_a_byte_comes(make_app):
    client = make_app(upload_max_bytes=1000).test_client()
    assert begin(client, length=1001).status_code == 413
    assert begin(client, length=1000).status_code == 201


@pytest.mark.parametrize(
    ("content", "name"), [(b"", "пустой.txt"), (b"MZ\x90\x00program", "отчёт.pdf")]
)
def test_what_is_not_accepted_at_once_is_not_in_pieces_either(client, app, content, name):
    place = begin(client, content=content, name=name).headers["Location"]
    if content:
        add(client, place, 0, content)
    refused = client.post(f"{place}/take")
    assert refused.status_code == 422
    assert name in refused.json["detail"]
    assert client.head(place, headers=SPOKEN).status_code == 404


def test_two_who_send_at_once_do_not_mix(app, client):
    place = begin(client).headers["Location"]
    with app.app_context(), pieces._written(place.rpartition("/")[2]):
        answers = []

        def second():
            answers.append(add(app.test_client(), place, 0, CONTENT).status_code)

        thread = threading.Thread(target=second)
        thread.start()
        thread.join()
    assert answers == [423]
    assert offset(client, place) == 0


@pytest.mark.parametrize("place", ["0" * 32, "..%2f..%2fkeys", "x"])
def test_an_address_nobody_gave_leads_nowhere(client, place):
    assert client.head(f"/uploads/pieces/{place}", headers=SPOKEN).status_code == 404
    assert add(client, f"/uploads/pieces/{place}", 0, b"x").status_code == 404


def test_what_is_dropped_or_left_is_forgotten(app, client, monkeypatch):
    dropped = begin(client).headers["Location"]
    assert client.delete(dropped, headers=SPOKEN).status_code == 204
    assert client.head(dropped, headers=SPOKEN).status_code == 404
    left = begin(client).headers["Location"]
    with app.app_context():
        assert pieces.sweep() == 0
        monkeypatch.setattr(pieces.services, "ORPHAN_AGE", -pieces.services.ORPHAN_AGE)
        assert pieces.sweep() == 1
    assert client.head(left, headers=SPOKEN).status_code == 404
