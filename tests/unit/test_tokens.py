"""Cookies and the tokens of forms are the libraries' own, though what signs them is made once."""

from datetime import UTC, datetime

import pytest
from flask import Flask, g, session
from flask.sessions import SecureCookieSessionInterface
from flask_wtf import csrf
from itsdangerous import BadSignature, SignatureExpired, URLSafeTimedSerializer
from markupsafe import Markup
from wtforms import ValidationError

from app import clock
from app.signing import serializer

SALT = "wtf-csrf-token"


def theirs(app: Flask, secret: str = "") -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(secret or app.secret_key, salt=SALT)


def test_a_token_is_what_the_library_makes_of_it(app):
    with app.test_request_context():
        for _page in range(2):
            g.pop("csrf_token", None)
            token = csrf.generate_csrf()
            assert theirs(app).loads(token) == session["csrf_token"]
        csrf.validate_csrf(theirs(app).dumps(session["csrf_token"]))


def test_a_token_of_another_secret_another_session_or_too_old_is_refused(app, monkeypatch):
    with app.test_request_context():
        csrf.generate_csrf()
        wrong = theirs(app, "another secret").dumps(session["csrf_token"])
        for token in (wrong, theirs(app).dumps("another session"), csrf.generate_csrf()[:-1]):
            with pytest.raises(ValidationError):
                csrf.validate_csrf(token)
        old = csrf.generate_csrf()
        later = clock.real().timestamp() + 120
        monkeypatch.setitem(app.config, "WTF_CSRF_TIME_LIMIT", 60)
        monkeypatch.setattr("itsdangerous.timed.time.time", lambda: later)
        with pytest.raises(ValidationError, match="expired"):
            csrf.validate_csrf(old)


@pytest.mark.parametrize("shown", [0, 1, 4])
def test_a_cookie_is_what_flask_makes_of_it(app, shown):
    flask = SecureCookieSessionInterface().get_signing_serializer(app)
    house = app.session_interface.get_signing_serializer(app)
    told = {"shown": {f"a{n}": [f"П-{n}", "CODE", 1.5, n] for n in range(shown)}}
    for _page in range(2):
        assert house.loads(flask.dumps(told)) == told
        assert flask.loads(house.dumps(told)) == told
    with pytest.raises(BadSignature):
        house.loads(house.dumps(told)[:-2])
    with pytest.raises(SignatureExpired):
        house.loads(house.dumps(told), max_age=-1)


def test_a_cookie_keeps_what_json_does_not_know(app):
    flask = SecureCookieSessionInterface().get_signing_serializer(app)
    house = app.session_interface.get_signing_serializer(app)
    at = datetime(2026, 3, 1, 12, 30, 15, tzinfo=UTC)
    for told in (
        {"a": ["x", {"b": ("y", at)}], "c": b"\x00", "d": Markup("<b>")},
        {"said": '{" t":["x"]}', "a": {" t": ["x"]}},
        {"plain": [None, True, 2**70, 1.5, "Ё"]},
    ):
        assert house.loads(flask.dumps(told)) == flask.loads(house.dumps(told)) == told


def test_a_cookie_of_the_secret_before_is_read_and_none_is_made_by_it(app, monkeypatch):
    before = SecureCookieSessionInterface().get_signing_serializer(app).dumps({"a": 1})
    monkeypatch.setitem(app.config, "SECRET_KEY_FALLBACKS", [app.secret_key])
    monkeypatch.setattr(app, "secret_key", "another secret")
    monkeypatch.delitem(app.extensions, "signer", raising=False)
    house = app.session_interface.get_signing_serializer(app)
    assert house.loads(before) == house.loads(house.dumps({"a": 1})) == {"a": 1}
    monkeypatch.setitem(app.config, "SECRET_KEY_FALLBACKS", None)
    flask = SecureCookieSessionInterface().get_signing_serializer(app)
    assert flask.loads(house.dumps({"a": 1})) == {"a": 1}


def test_what_signs_tokens_is_made_once_for_each_secret():
    assert csrf.URLSafeTimedSerializer is serializer
    assert serializer("one", salt=SALT) is serializer("one", salt=SALT)
    assert serializer("one", salt=SALT) is not serializer("two", salt=SALT)
    with pytest.raises(BadSignature):
        serializer("two", salt=SALT).loads(serializer("one", salt=SALT).dumps("told"))
    with pytest.raises(BadSignature):
        serializer("one", salt="other").loads(serializer("one", salt=SALT).dumps("told"))
