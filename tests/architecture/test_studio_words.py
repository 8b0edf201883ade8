"""What the studio shows of journals and failures has a name in the reader's language."""

import ast
import json
from pathlib import Path

import pytest
from sqlalchemy import text

from app.database import reading
from app.outbox import services as outbox
from app.studio import failures
from app.studio.words import JOBS, KEYS
from tests.unit.test_audit_actions import WRITERS

APP = Path(__file__).parents[2] / "app"
# A line shows these two as what was and what is now; the name stands at what they hold.
SIDES = {"before", "after"}
# Who gives up says why; the last of them is the mail server's.
SPEAKERS = {"GiveUp", "NoSigningKey", "Refused"}


def calls(source, names):
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call):
            name = getattr(node.func, "id", None) or getattr(node.func, "attr", None)
            if name in names:
                yield node


def keys_in(source):
    """Keys of details that a piece of code writes, those of dicts written out among them."""
    for call in calls(source, WRITERS):
        for keyword in call.keywords:
            if keyword.arg and keyword.arg not in SIDES:
                yield keyword.arg
            elif isinstance(keyword.value, ast.Dict):
                yield from (key.value for key in keyword.value.keys)


def unnamed(source):
    return sorted(set(keys_in(source)) - set(KEYS))


def test_every_key_written_to_the_journal_has_a_name():
    lacking = {
        str(path.relative_to(APP)): unnamed(path.read_text("utf-8")) for path in APP.rglob("*.py")
    }
    assert {name: keys for name, keys in lacking.items() if keys} == {}


def test_a_key_without_a_name_is_found():
    assert unnamed('record(s, a, "cat.fed", key, fish=1, reason="", after=x)') == ["fish"]
    assert unnamed('record(s, a, "cat.fed", key, after={"mice": 2, "name": ""})') == ["mice"]


def test_what_changed_is_named_too(app):
    """Accounts, units, posts and organisations of the demo are journaled with all their fields."""
    with reading() as session:
        lines = session.scalars(text("SELECT details FROM journal WHERE details LIKE '%after%'"))
        written = [json.loads(line) if isinstance(line, str) else line for line in lines]
    keys = {key for line in written for key in line["after"]}
    assert {"name", "roles", "post"} <= keys
    assert sorted(keys - set(KEYS)) == []


def reasons():
    """What the handlers of jobs say themselves, with something in the place of every value."""
    for path in (*APP.glob("correspondence/*.py"), *APP.glob("documents/*.py")):
        for call in calls(path.read_text("utf-8"), SPEAKERS):
            said = call.args[0]
            if isinstance(said, ast.Constant):
                yield said.value
            elif isinstance(said, ast.JoinedStr):
                yield "".join(
                    part.value if isinstance(part, ast.Constant) else "550" for part in said.values
                )


@pytest.mark.parametrize("reason", sorted(set(reasons())))
def test_whoever_gives_up_can_be_translated(app, reason):
    with app.test_request_context(headers={"Accept-Language": "ru"}):
        told, foreign = failures.told(reason)
    assert told
    assert told != reason
    assert foreign == ""


def test_foreign_errors_keep_their_text(app):
    with app.test_request_context(headers={"Accept-Language": "ru"}):
        assert failures.told("gaierror: [Errno -2] Name") == (
            "Имя сервера неизвестно",
            "[Errno -2] Name",
        )
        assert failures.told("Boom: x") == ("", "Boom: x")


def test_every_kind_of_delivery_has_a_name(app):
    assert set(outbox._handlers) <= set(JOBS)
