"""Addresses are the framework's own, though each is worked out once."""

import pytest
from flask import Flask
from werkzeug.routing import BuildError

ASKED = [
    ("reception.status", {}),
    ("reception.show", {"handle": "a1"}),
    ("reception.show", {"handle": "a b/c?d&%(handle)s"}),
    ("reception.show", {"handle": "%41"}),
    ("reception.show", {"handle": ""}),
    ("reception.file", {"handle": "a1", "document_id": 0}),
    ("reception.file", {"handle": "7", "document_id": "7"}),
    ("reception.file", {"document_id": 9_000_001, "handle": "m9000000m"}),
    ("reception.status", {"number": "П-2026 1", "page": 2}),
    ("reception.status", {"number": "P-1", "page": None}),
    ("reception.status", {"page": True}),
    ("reception.status", {"page": -1}),
    ("reception.status", {"a)s": "x", "b": "y"}),
    ("reception.status", {"b": ["x", "y"]}),
    ("reception.status", {"_anchor": "x"}),
    ("reception.status", {"_external": True}),
    ("static", {"filename": "css/main.css"}),
    ("static", {"filename": "main"}),
    ("studio.edit_unit", {"unit_id": 3}),
    ("studio.edit_unit", {"unit_id": None}),
]


@pytest.mark.parametrize("script_root", ["", "/inner place"])
@pytest.mark.parametrize(("endpoint", "told"), ASKED, ids=str)
def test_an_address_is_what_the_framework_makes_of_it(app, endpoint, told, script_root):
    with app.test_request_context(environ_overrides={"SCRIPT_NAME": script_root}):
        wanted = Flask.url_for(app, endpoint, **told)
        other = {name: one + 1 if type(one) is int else one for name, one in told.items()}
        for given in (told, other, told):
            assert app.url_for(endpoint, **given) == Flask.url_for(app, endpoint, **given)
        assert app.url_for(endpoint, **told) == wanted


def test_what_has_no_address_still_has_none(app):
    with app.test_request_context():
        for told in ({}, {"document_id": "word", "handle": "a1"}, {"handle": "a1"}):
            with pytest.raises((BuildError, ValueError)):
                app.url_for("reception.file", **told)
