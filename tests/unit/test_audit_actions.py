"""Every action that code writes into the journal has a name for people."""

import ast
import re
from pathlib import Path

from app.audit.actions import ACTIONS

APP = Path(__file__).parents[2] / "app"
WRITERS = ("record", "record_change")


def actions_in(source):
    """Actions written by a piece of code; `noun.*` where the participle is computed."""
    tree = ast.parse(source)
    for call in ast.walk(tree):
        if not isinstance(call, ast.Call) or len(call.args) < 3:
            continue
        name = getattr(call.func, "id", None) or getattr(call.func, "attr", None)
        if name not in WRITERS:
            continue
        action = call.args[2]
        if isinstance(action, ast.Constant) and isinstance(action.value, str):
            yield action.value
        elif isinstance(action, ast.JoinedStr) and isinstance(action.values[0], ast.Constant):
            yield f"{action.values[0].value}*"
        elif isinstance(action, ast.Name):
            yield from assigned(tree, action.id)


def assigned(tree, name):
    """What a variable that holds an action is given anywhere in the module."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", None) == name:
            branches = (
                (node.value.body, node.value.orelse)
                if isinstance(node.value, ast.IfExp)
                else (node.value,)
            )
            yield from (one.value for one in branches if isinstance(one, ast.Constant))


def unnamed(sources):
    for source in sources:
        for action in actions_in(source):
            named = action in ACTIONS
            if action.endswith("*"):
                named = any(one.startswith(action[:-1]) for one in ACTIONS)
            if not named:
                yield action


def test_every_action_has_a_name():
    assert sorted(set(unnamed(path.read_text("utf-8") for path in APP.rglob("*.py")))) == []


def test_an_action_without_a_name_is_found():
    code = 'record(session, actor, "cat.fed", key)\naudit.record(s, a, f"dog.{how}", key)'
    assert list(unnamed([code])) == ["cat.fed", "dog.*"]
    code = 'action = "cat.fed" if good else "cat.scolded"\nrecord(session, actor, action, key)'
    assert list(unnamed([code])) == ["cat.fed", "cat.scolded"]


def test_actions_are_a_noun_and_a_participle():
    assert [one for one in ACTIONS if not re.fullmatch(r"[a-z]+\.[a-z]+(_[a-z]+)?", one)] == []
