"""Floods are slowed by a sum or a wait, tied to the form; people who write a little meet neither."""

import base64
import hashlib
import json
import re
from datetime import timedelta
from html import unescape

import pytest

from app import clock
from app.directory import services as directory
from app.reception import effort
from tests.web.test_reception import WHO, file_one, hidden, opened, send

TEXT = {**WHO, "text": "Не вывозят мусор."}


@pytest.fixture
def app(make_app):
    """With limits as they are installed: other tests switch them all off."""
    app = make_app(rate_all="")
    with app.app_context():
        values = {"flood.free": "5", "flood.effort": "light", "flood.wait": "10", "flood.slow": "3"}
        directory.save_settings(values, actor="administrator")
    return app


@pytest.fixture
def busy(client):
    """An address that has sent as much as is free."""
    for _appeal in range(5):
        file_one(client)
    return client


def asked(page):
    """The sum and the stamp of a page, (None, "") where nothing is asked."""
    found = re.search(r'data-challenge="([^"]+)"', page)
    if not found:
        return None, ""
    stamp = re.search(r'name="stamp" value="([^"]+)"', page)
    return json.loads(unescape(found[1])), unescape(stamp[1])


def solved(sum_):
    """What a browser sends when it has done the sum."""
    for number in range(sum_["maxnumber"] + 1):
        if hashlib.sha256(f"{sum_['salt']}{number}".encode()).hexdigest() == sum_["challenge"]:
            told = {name: sum_[name] for name in ("algorithm", "challenge", "salt", "signature")}
            return base64.b64encode(json.dumps({**told, "number": number}).encode()).decode()
    raise AssertionError("no number fits")


def form_with_sum(client):
    page = client.get("/appeals/new").text
    marks = {name: hidden(page, name) for name in ("csrf_token", "token")}
    return {**marks, **TEXT}, *asked(page)


def later(monkeypatch, seconds):
    moment = clock.real() + timedelta(seconds=seconds)
    monkeypatch.setattr(effort.clock, "real", lambda: moment)


def test_who_writes_a_little_is_asked_for_nothing(client):
    _form, sum_, stamp = form_with_sum(client)
    assert (sum_, stamp) == (None, "")
    file_one(client)


def test_a_sum_done_opens_the_way_and_no_sum_does_not(busy):
    form, sum_, stamp = form_with_sum(busy)
    refused = send(busy, {**form, "stamp": stamp})
    assert refused.status_code == 422
    assert "Всё, что здесь написано, сохранено" in refused.text
    assert "Не вывозят мусор." in refused.text
    assert send(busy, {**form, "stamp": stamp, "altcha": solved(sum_)}).status_code == 303


def test_a_sum_of_another_form_is_worth_nothing(busy):
    _form, sum_, _stamp = form_with_sum(busy)
    done = solved(sum_)
    other, _sum, stamp = form_with_sum(busy)
    assert send(busy, {**other, "stamp": stamp, "altcha": done}).status_code == 422


@pytest.mark.parametrize(
    "change",
    [{"signature": "0" * 64}, {"number": -1}, {"salt": "x?form=y&at=1"}, {"challenge": None}],
)
def test_what_was_forged_is_refused(busy, change):
    form, sum_, _stamp = form_with_sum(busy)
    told = json.loads(base64.b64decode(solved(sum_)))
    forged = base64.b64encode(json.dumps({**told, **change}).encode()).decode()
    assert send(busy, {**form, "altcha": forged}).status_code == 422
    half, endless = {"challenge": "\ud800"}, {"number": float("inf")}
    for said in (
        "[]",
        "1",
        "[" * 20_000,
        json.dumps({**told, **half}),
        json.dumps({**told, **endless}),
    ):
        nonsense = base64.b64encode(said.encode()).decode()
        assert send(busy, {**form, "altcha": nonsense}).status_code == 422
    for nonsense in ("", "%%%"):
        assert send(busy, {**form, "altcha": nonsense}).status_code == 422


def test_who_has_no_scripts_waits_and_not_for_ever(busy, monkeypatch):
    pages = [form_with_sum(busy) for _form in range(4)]
    early, _sum, stamp = pages[0]
    assert send(busy, {**early, "stamp": stamp}).status_code == 422
    later(monkeypatch, 11)
    answers = [send(busy, {**form, "stamp": stamp}).status_code for form, _sum, stamp in pages]
    assert answers == [303, 303, 303, 422]


def test_a_stamp_of_another_form_or_none_does_not_count_as_waiting(busy, monkeypatch):
    _form, _sum, stamp = form_with_sum(busy)
    other, _sum, own = form_with_sum(busy)
    later(monkeypatch, 11)
    for given in (stamp, "", f"x{own}"):
        assert send(busy, {**other, "stamp": given}).status_code == 422


def test_a_day_old_sum_is_stale(busy, monkeypatch):
    form, sum_, stamp = form_with_sum(busy)
    done = solved(sum_)
    later(monkeypatch, 24 * 3600 + 1)
    assert send(busy, {**form, "stamp": stamp, "altcha": done}).status_code == 422


def test_the_review_asks_too(busy):
    form, _sum, _stamp = form_with_sum(busy)
    page = send(busy, {**form, "review": "1"}).text
    assert "Проверьте обращение" in page
    sum_, stamp = asked(page)
    assert send(busy, {**form, "stamp": stamp, "altcha": solved(sum_)}).status_code == 303


def test_the_staff_set_how_many_an_address_may_send(app, client):
    with app.app_context():
        directory.save_settings({"flood.most": "10", "flood.free": "100"}, actor="administrator")
    answers = [send(client, {**opened(client), **TEXT}).status_code for _appeal in range(11)]
    assert answers == [303] * 10 + [429]


def test_limits_switched_off_ask_for_nothing(make_app):
    app = make_app()
    with app.app_context():
        directory.save_settings({"flood.free": "5"}, actor="administrator")
    client = app.test_client()
    for _appeal in range(6):
        file_one(client)
    assert asked(client.get("/appeals/new").text) == (None, "")
