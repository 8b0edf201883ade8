"""`docs/law.md` against what there is: the table of terms, the diagrams and the tests it names."""

import ast
import re
import sys
from datetime import date
from functools import cache
from pathlib import Path

import pytest

from app.deadlines.terms import SHIPPED, shipped
from app.errors import NotFound

ROOT = Path(__file__).parents[2]
RULES = [f"R{number:02}" for number in range(1, 38)]
# Read in no source that quotes the norm.
FROM_MEMORY = set("R07 R08 R09 R10 R11 R12 R15 R16 R27 R28 R29 R30 R32 R34 R36".split())
STATES = ("Executed", "In part", "Not yet")

sys.path.insert(0, str(ROOT / "tests" / "process"))


@cache
def sections():
    page = (ROOT / "docs" / "law.md").read_text(encoding="utf-8")
    found = re.split(r"^### (R\d\d)\. ", page, flags=re.MULTILINE)[1:]
    return list(zip(found[::2], found[1::2], strict=True))


def line(section, name):
    found = re.search(rf"^\* {name}: (.*)$", section, flags=re.MULTILINE)
    return found[1] if found else ""


@cache
def functions_in(path):
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    return {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}


def term_of(rule):
    """The term as the table gives it to an appeal of today, in the words of the page."""
    try:
        found = shipped().rule(rule, date(2026, 3, 2))
    except NotFound:
        return ""
    longest = f", extended by at most {found.extension_days}" if found.extension_days else ""
    return f"{found.days} days from {found.starts_from}{longest}"


def test_every_rule_has_its_place_and_only_one():
    assert [rule for rule, _section in sections()] == sorted(RULES)


def test_every_rule_of_the_table_is_on_the_page():
    in_table = set(re.findall(r'<rule id="term_(R\d\d)', SHIPPED.read_text(encoding="utf-8")))
    assert in_table <= set(RULES)
    # R19 is told as the longest extension of R17 and R18 as well.
    assert {rule for rule, section in sections() if line(section, "Term")} == in_table


@pytest.mark.parametrize("rule", RULES)
def test_a_rule_says_what_is_so(rule):
    section = dict(sections())[rule]
    state = re.search(r"^\*\*([A-Z][a-z ]+)\.\*\*", section, flags=re.MULTILINE)[1]
    assert state in STATES
    assert bool(line(section, "Missing")) == (state != "Executed")
    assert ("Rests on memory" in section) == (rule in FROM_MEMORY)
    assert line(section, "Term") == term_of(rule)


@pytest.mark.parametrize("rule", RULES)
def test_the_tests_that_prove_a_rule_exist(rule):
    named = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", line(dict(sections())[rule], "Tests"))
    assert named
    for path, name in named:
        assert name in functions_in(path), f"{rule}: there is no {path}::{name}"


@pytest.mark.parametrize("rule", RULES)
def test_the_places_in_the_diagrams_exist(rule):
    import shipped as diagrams

    places = re.findall(r"`(\w+)` › `(\w+)`", line(dict(sections())[rule], "Diagram"))
    for process, element in places:
        xml = diagrams.files()[f"{process}/{process}.bpmn"]
        assert f'id="{element}"'.encode() in xml, f"{rule}: {process} has no {element}"
