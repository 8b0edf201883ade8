"""Guessing numbers and codes gains nothing: one answer, one effort, growing pauses, no oracle.

What `docs/testing.md` promises of it. Effort is processor time, wrong pairs of several kinds in turn.
"""

import re
import statistics
import threading
import time
from itertools import pairwise

import pytest
from sqlalchemy import event

from app.access import guessing
from app.database import db
from tests.unit.office import CITIZEN, Office

WRONG = "AAAA-AAAA-AAAA-AAAA"
UNKNOWN = "П-2026-999999"


class Guesser:
    """Somebody at an address who tries pairs, at the page or over REST."""

    def __init__(self, app, address="192.0.2.1"):
        self.client = app.test_client()
        self.where = {"REMOTE_ADDR": address}

    def api(self, number, code, path="/api/v1/status", **more):
        body = {"number": number, "access_code": code, **more}
        return self.client.post(path, json=body, environ_overrides=self.where)

    def page(self, number, code):
        form = self.client.get("/status", environ_overrides=self.where).text
        token = re.search(r'name="csrf_token"[^>]*value="([^"]*)"', form)[1]
        pair = {"csrf_token": token, "number": number, "access_code": code}
        return self.client.post("/status", data=pair, environ_overrides=self.where)

    def code(self, number, email):
        form = self.client.get("/status/code", environ_overrides=self.where).text
        token = re.search(r'name="csrf_token"[^>]*value="([^"]*)"', form)[1]
        asked = {"csrf_token": token, "number": number, "email": email}
        return self.client.post("/status/code", data=asked, environ_overrides=self.where)


@pytest.fixture
def app(make_app):
    """Outside its context, so that each request begins with a clean `g` as on a server."""
    return make_app()


def filed(app):
    """The appeal of somebody."""
    with app.app_context():
        return Office(app)


@pytest.fixture
def pauses(monkeypatch):
    """The pauses that were made, in seconds, without making them."""
    made = []
    monkeypatch.setattr(guessing.time, "sleep", made.append)
    return made


@pytest.fixture
def limited(make_app, pauses):
    """The product with its limits on, and the appeal of somebody."""
    app = make_app(rate_all="", rate_status="1000/minute", rate_codes="1000/minute")
    return app, filed(app)


def kinds(office):
    """Wrong pairs of every kind, which must be one to whoever guesses."""
    return {
        "a number nobody has": (UNKNOWN, office.receipt.access_code),
        "another code": (office.ref, WRONG),
        "no code": (office.ref, ""),
        "one letter amiss": (office.ref, office.receipt.access_code[:-1] + "*"),
        "the key inside": ("appeal:1", WRONG),
        "no number": ("", WRONG),
        "a number too long": ("9" * 40, WRONG),
    }


@pytest.mark.parametrize(
    "path",
    ["", "/withdraw", "/inspection", "/documents", "/complaint", "/survey", "/file/1"],
)
def test_every_wrong_pair_gets_the_very_same_answer(app, path):
    office = filed(app)
    told = set()
    for pair in kinds(office).values():
        answer = Guesser(app).api(*pair, path=f"/api/v1/status{path}", text="x", files=["a"])
        headers = {
            name: text
            for name, text in answer.headers
            if not re.match("Date|X-RateLimit|Retry", name)
        }
        without_nonce = re.sub(r"nonce-[\w-]+", "", str(headers))
        told.add((answer.status_code, answer.data, without_nonce))
    assert len(told) == 1
    assert {status for status, *_rest in told} == {403}


def test_a_right_number_costs_the_server_what_an_unknown_one_costs(app):
    office = filed(app)
    pairs = {name: kinds(office)[name] for name in ("a number nobody has", "another code")}
    guesser = Guesser(app)
    spent = {name: [] for name in pairs}
    for _turn in range(150):
        for name, pair in pairs.items():
            began = time.thread_time()
            guesser.api(*pair)
            spent[name].append(time.thread_time() - began)
    unknown, known = (statistics.median(one) for one in spent.values())
    assert 0.7 < known / unknown < 1.4


def test_the_pause_grows_with_the_number_and_not_with_the_guesser(limited, pauses):
    app, office = limited
    for turn in range(12):
        assert Guesser(app, f"192.0.2.{turn}").api(office.ref, WRONG).status_code == 403
    assert len(pauses) == 12 - guessing.FREE
    assert all(before <= after for before, after in pairwise(pauses))
    assert pauses[0] < 1
    assert pauses[-1] == guessing.LONGEST
    known = list(pauses)
    pauses.clear()
    for turn in range(12):
        Guesser(app, f"192.0.2.{turn}").page(UNKNOWN.lower().replace("-", " "), WRONG)
    assert pauses == known  # a number that nobody has is slowed down in the same way


def test_the_right_pair_never_waits_and_is_never_refused(limited, pauses):
    app, office = limited
    for turn in range(40):
        Guesser(app, f"192.0.2.{turn}").api(office.ref, WRONG)
    pauses.clear()
    owner = Guesser(app, "198.51.100.1")
    assert owner.api(office.ref, office.receipt.access_code).status_code == 200
    assert owner.page(office.ref, office.receipt.access_code).status_code == 303
    assert pauses == []


def test_guessers_who_wait_do_not_occupy_the_server(make_app, monkeypatch):
    app = make_app(rate_all="", rate_status="1000/minute")
    office = filed(app)
    reached, go_on = threading.Semaphore(0), threading.Event()

    def sleep(_seconds):
        reached.release()
        go_on.wait(30)

    for _turn in range(guessing.FREE):
        Guesser(app).api(office.ref, WRONG)
    monkeypatch.setattr(guessing.time, "sleep", sleep)
    waiting = [
        threading.Thread(target=Guesser(app).api, args=(office.ref, WRONG))
        for _each in range(guessing.AT_ONCE)
    ]
    for one in waiting:
        one.start()
    for _each in waiting:
        assert reached.acquire(timeout=30)
    try:
        refused = Guesser(app).api(office.ref, WRONG)
        assert refused.status_code == 429
        assert int(refused.headers["Retry-After"]) > 0
        assert Guesser(app).page(office.ref, WRONG).status_code == 429
        right = Guesser(app).api(office.ref, office.receipt.access_code)
        assert right.status_code == 200
    finally:
        go_on.set()
        for one in waiting:
            one.join(timeout=30)


def test_an_address_that_was_wrong_too_often_is_shut_out_alone(make_app, pauses):
    app = make_app(rate_all="", rate_status="20/minute;5/day")
    office = filed(app)
    right = office.ref, office.receipt.access_code
    guesser = Guesser(app, "2001:db8:1:2::1")
    for turn in range(5):
        assert guesser.api(f"П-2026-{turn}", WRONG).status_code == 403
    # The whole network that one visitor has is shut out, at both doors.
    for address in ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9"):
        refused = Guesser(app, address).api(*right)
        assert refused.status_code == 429
        assert int(refused.headers["Retry-After"]) > 60
    assert Guesser(app, "2001:db8:1:3::1").api(*right).status_code == 200


def test_asking_for_the_code_tells_nothing_and_does_the_same_work(app):
    office = filed(app)
    with app.app_context():
        office.settle()
        engine = db.engine
    asked, statements = {}, []

    def count(_connection, _cursor, statement, *_rest):
        statements.append(statement.split()[0])

    event.listen(engine, "before_cursor_execute", count)
    for name, pair in {
        "right": (office.ref, CITIZEN["email"]),
        "another address": (office.ref, "who@example.org"),
        "a number nobody has": (UNKNOWN, CITIZEN["email"]),
    }.items():
        statements.clear()
        answer = Guesser(app).code(*pair)
        page = re.sub(r'value="[^"]*"', "", answer.text)
        asked[name] = answer.status_code, page
        # Whose appeal it is takes a look more, at the address that is compared.
        written = [one for one in statements if one not in ("SELECT", "PRAGMA")]
        asked[name] += (tuple(written),)
    event.remove(engine, "before_cursor_execute", count)
    assert len(set(asked.values())) == 1
    before = letters(app)
    with app.app_context():
        office.settle()
    assert letters(app) == before + 1


def letters(app):
    found = app.test_client().get("/demo/mail.json", query_string={"to": CITIZEN["email"]})
    return len(found.json["items"])


def test_the_handle_of_a_page_opens_nothing_elsewhere_and_holds_no_number(app):
    office = filed(app)
    owner, stranger = Guesser(app), Guesser(app)
    page = owner.page(office.ref, office.receipt.access_code).headers["Location"]
    assert office.ref not in page
    known = stranger.client.get(page)
    unknown = stranger.client.get(page[:-12] + "0" * 12)
    assert known.status_code == unknown.status_code == 404
    assert re.sub("[0-9a-f]{12}", "", known.text) == re.sub("[0-9a-f]{12}", "", unknown.text)
