"""Every route says whom it lets in; what only the auditor may look at is never a change."""

import pytest
from flask import Flask
from werkzeug.routing import Map, Rule

from app.access import web

FRAMEWORK = ("static",)


def rules(app):
    for rule in app.url_map.iter_rules():
        if rule.endpoint.split(".")[-1] not in FRAMEWORK:
            yield rule


def unmarked(app):
    known = app.extensions.get("public_endpoints", set())
    return sorted(
        f"{method} {rule.rule} ({rule.endpoint})"
        for rule in rules(app)
        for method in rule.methods - {"HEAD", "OPTIONS"}
        if rule.endpoint not in known
        and web.mark_of(app.view_functions[rule.endpoint], method) is None
    )


def test_every_route_has_an_access_mark(app):
    assert unmarked(app) == []


def test_a_route_without_a_mark_is_found():
    bad = Flask("bad")
    bad.add_url_rule("/forgotten", "forgotten", lambda: "")
    bad.add_url_rule("/open", "open", web.public(lambda: ""))
    assert unmarked(bad) == ["GET /forgotten (forgotten)"]


def test_pages_of_staff_are_not_public(app):
    """The folders of the address tell the audience; a mark that says otherwise is a slip."""
    wrong = []
    for rule in rules(app):
        if not rule.rule.startswith(("/desk", "/studio")):
            continue
        for method in rule.methods - {"HEAD", "OPTIONS"}:
            mark = web.mark_of(app.view_functions[rule.endpoint], method)
            if mark is not None and mark.open:
                wrong.append(f"{method} {rule.rule}")
    assert wrong == []


def test_what_changes_something_is_not_asked_for_by_get(app):
    """A link that changes something could be put on any page of the world."""
    words = ("sign-out", "delete", "remove", "revoke", "cancel", "retry", "activate", "publish")
    wrong = [
        rule.rule
        for rule in rules(app)
        if rule.rule.rsplit("/", 1)[-1] in words and "GET" in rule.methods
    ]
    assert wrong == []


@pytest.mark.parametrize("path", ["/desk/", "/studio/", "/studio/admin/people"])
def test_staff_pages_ask_a_stranger_to_sign_in(client, path):
    answer = client.get(path)
    assert answer.status_code == 302
    assert answer.location.startswith("/sign-in")


def test_every_address_is_built_as_the_library_builds_it(app):
    for ours in app.url_map.iter_rules():
        plain = Rule(ours.rule, endpoint=ours.endpoint, defaults=ours.defaults)
        Map([plain], converters=app.url_map.converters)
        values = dict.fromkeys(ours.arguments, 7) | {"more": "a b"}
        for unknown in (True, False):
            built = [ours.build(values, unknown) for _learned_and_known in range(2)]
            assert built == [plain.build(values, unknown)] * 2
