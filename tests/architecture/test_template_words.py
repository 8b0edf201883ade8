"""Words that rooms give to templates: no room takes a name that another one gave already."""

import pytest
from flask import Flask


class Watched(dict):
    """A name may be given once; a second giving is remembered."""

    def __init__(self, given):
        super().__init__(given)
        self.twice = set()

    def __setitem__(self, name, value):
        if name in self:
            self.twice.add(name)
        super().__setitem__(name, value)

    def update(self, *mappings, **named):
        for name, value in dict(*mappings, **named).items():
            self[name] = value


@pytest.fixture
def watched(monkeypatch, make_app):
    """An application whose environment watches what is put into it."""
    make = Flask.create_jinja_environment

    def environment(app):
        made = make(app)
        made.globals, made.filters = Watched(made.globals), Watched(made.filters)
        return made

    monkeypatch.setattr(Flask, "create_jinja_environment", environment)
    return make_app()


def ours(app):
    """Each context processor of the rooms: where it counts, and the names it gives."""
    with app.test_request_context():
        for scope, processors in app.template_context_processors.items():
            for one in processors:
                if one.__module__.startswith("app."):
                    yield scope, set(one())


def overlapping(app):
    """Names that one template would see from two givers."""
    taken, twice = set(app.jinja_env.globals), set(app.jinja_env.globals.twice)
    found = sorted(ours(app), key=lambda each: each[0] or "")
    for scope, names in found:
        twice |= names & taken
        if scope is None:
            taken |= names
    return twice | app.jinja_env.filters.twice


def test_no_room_takes_the_word_of_another(watched):
    assert overlapping(watched) == set()


def test_a_word_given_twice_is_found(watched):
    watched.jinja_env.globals.update(icon=str)
    watched.context_processor(given := lambda: {"today": str})
    given.__module__ = "app.shell"
    assert overlapping(watched) == {"icon", "today"}
