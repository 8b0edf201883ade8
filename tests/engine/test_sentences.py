"""Every sentence of the engine exists in Russian, and says the same."""

import ast
import json
import string
from pathlib import Path

import engine
from engine.check import command
from engine.russian import TEXTS, check, decisions, expressions, forms, loading, running
from engine.sentences import Datum, Sentence, listed, restored, sentence, sentence_of, together
from tests.engine import test_check
from tests.engine.checkset import diagram, good_set

ROOT = Path(engine.__file__).parent
# What tells a person something; the type checker sees to the others.
ERRORS = {"NotATime", "NotWaiting", "Unstorable"}


def calls():
    """Every call in the engine: its file, the name of what is called, the call."""
    for path in sorted(ROOT.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call):
                name = node.func
                yield path.name, getattr(name, "id", getattr(name, "attr", "")), node


# Which argument is the template: the place in a decision is only put into words when it fails.
TEMPLATES = {"sentence": 0, "_work_out": 1, "_refusal": 0}


def written():
    """Template → the names of its facts, as the code gives them."""
    found = {}
    for file, name, call in calls():
        if name in TEMPLATES:
            template = call.args[TEMPLATES[name]]
            assert isinstance(template, ast.Constant), f"{file}:{call.lineno} is no literal"
            found[template.value] = {fact.arg for fact in call.keywords}
    return found


def holes(template):
    return {name for _, name, _, _ in string.Formatter().parse(template) if name is not None}


def test_every_sentence_has_its_russian_and_nothing_else_has():
    assert set(written()) == set(TEXTS)
    rooms = (check, decisions, expressions, forms, loading, running)
    assert len(TEXTS) == sum(len(room.TEXTS) for room in rooms)


def test_both_languages_name_the_same_facts():
    for template, facts in written().items():
        if facts:
            assert holes(template) == facts, template
            assert holes(TEXTS[template]) <= facts, template


def test_errors_that_reach_a_person_are_made_of_sentences():
    for file, name, call in calls():
        if name in ERRORS:
            said = call.args[0]
            assert getattr(getattr(said, "func", None), "id", "") == "sentence", (file, call.lineno)


def findings():
    """What the tests of `check` provoke, all rules among it."""
    for old, new, _, _ in test_check.FAULTS_IN_A_SET:
        files = good_set()
        case = files["case/case.bpmn"]
        files["case/case.bpmn"] = case.replace(old.encode(), new.encode())
        yield from test_check.findings(files)
    for body, _, _ in test_check.FAULTS_IN_A_DIAGRAM:
        data = body if isinstance(body, bytes) else diagram(body)
        yield from test_check.findings({"case.bpmn": data}, None, portable=True)
    for data, _, _ in test_check.FAULTS_IN_A_FORM:
        yield from test_check.findings({"forms/a.form": data})


def untranslated(said):
    """The English words of our own that are left in a Russian sentence."""
    yield from () if said.template in TEXTS else (said.template,)
    for fact in said.facts.values():
        if isinstance(fact, Sentence):
            yield from untranslated(fact)


def test_what_check_finds_can_be_said_in_russian():
    said = [one.message for one in findings()]
    assert len(said) > 100
    assert [each for one in said for each in untranslated(one)] == []
    russian = [one.in_language("ru") for one in said]
    assert all(any("а" <= letter <= "я" for letter in one.lower()) for one in russian)


def test_a_sentence_is_text_and_comes_back_from_storage():
    inner = sentence("there is no variable {name}", name="x")
    said = sentence("{what}: {message}", what=sentence("input {name}", name="due"), message=inner)
    assert said == "input due: there is no variable x"
    back = restored(json.loads(json.dumps(said.stored())))
    assert back == said
    assert back.in_language("ru") == "вход due: переменной x нет"
    assert back.in_language("en") == said


def test_a_sentence_that_the_program_no_longer_says_keeps_its_english():
    said = restored({"template": "once {name} was said", "facts": {"name": {"value": "x"}}})
    assert said == said.in_language("ru") == "once x was said"


def test_what_somebody_wrote_is_left_out_of_what_is_kept():
    said = sentence("the timer cannot be set: {error}", error=sentence("{text} is not an ISO 8601 "
        "date, such as 2026-01-31T09:00Z", text=Datum("Ёлкина Мария")))  # fmt: skip
    assert "Ёлкина" in said
    assert "Ёлкина" in said.in_language("ru")
    for language in ("en", "ru"):
        kept = restored(json.loads(json.dumps(said.discreet().stored()))).in_language(language)
        assert "Ёлкина" not in kept
        assert "… " in kept
    assert sentence("{a}: {b}", a="place", b=3).discreet() == "place: 3"


def test_lists_are_joined_in_either_language():
    kinds = [sentence("forms"), sentence("the manifest operations.json")]
    assert together(kinds) == "forms and the manifest operations.json"
    assert together(kinds).in_language("ru") == "форм и описи operations.json"
    assert listed(["a", "b", "c"]) == "a, b, c"
    assert listed(["a"]) == "a"


def test_the_words_of_a_library_are_passed_on():
    assert sentence_of(ValueError("char 7")).in_language("ru") == "char 7"


def test_the_command_speaks_russian(tmp_path, capsys):
    (tmp_path / "bad.bpmn").write_text("<")
    assert command([str(tmp_path)], language="ru") == 2
    (line,) = capsys.readouterr().out.splitlines()
    assert "это не правильно построенный XML" in json.loads(line)["message"]
