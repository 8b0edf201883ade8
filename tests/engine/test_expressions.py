"""What the small language means."""

from datetime import UTC, date, datetime

import pytest

from engine.expressions import ExpressionError, parse, parse_condition, parse_script, template

DATA = {
    "a": 2,
    "b": 3,
    "name": "Иванов",
    "decision": "assign",
    "executors": ["anna", "boris"],
    "answers": {"mark": 5, "note": ""},
    "nothing": None,
    "yes": True,
    "no": False,
    "rows": [{"n": 1}, {"n": 2}],
}
NOW = datetime(2026, 3, 1, 22, 30, 15, 7, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1", 1),
        ("12.50", 12.5),
        ("'it\\'s'", "it's"),
        ('"quote \\" and \\\\"', 'quote " and \\'),
        ("'line\\nnext'", "line\nnext"),
        ("[]", []),
        ("[1, 'x', [true]]", [1, "x", [True]]),
        ("[1, 2,]", [1, 2]),
        ("true", True),
        ("False", False),
        ("null", None),
        ("None", None),
        ("a", 2),
        ("имя_2", 7),
        ("${ a }", 2),
        ("  ${a}\n", 2),
        ("a + b * 2", 8),
        ("(a + b) * 2", 10),
        ("10 - 4 - 3", 3),
        ("12 / 3 / 2", 2.0),
        ("7 / 2", 3.5),
        ("7 % 4", 3),
        ("-a", -2),
        ("--a", 2),
        ("-a * b", -6),
        ("2 - -3", 5),
        ("'a' + 'b' + name", "abИванов"),
        ("a == 2", True),
        ("a != 2", False),
        ("a eq 2", True),
        ("a ne 2", False),
        ("a lt b", True),
        ("a gt b", False),
        ("a le 2", True),
        ("a ge 3", False),
        ("'a' < 'b'", True),
        ("2 <= 2.0", True),
        ("1 == true", False),
        ("1 == 1.0", True),
        ("'1' == 1", False),
        ("[1, [true]] == [1, [1]]", False),
        ("[1, 2] == [1, 2]", True),
        ("nothing == null", True),
        ("nothing != 'x'", True),
        ("nothing > 1", False),
        ("1 >= nothing", False),
        ("nothing < '2026-03-01'", False),
        ("nothing < executors", False),
        ("nothing < nothing", False),
        ("nothing <= nothing", False),
        ("a in nothing", False),
        ("'a' in nothing", False),
        ("answers == answers", True),
        ("decision in ['assign', 'redirect']", True),
        ("true in [1]", False),
        ("'nna' in 'anna'", True),
        ("'mark' in answers", True),
        ("not 'x' in answers", True),
        ("yes and no", False),
        ("yes && no || yes", True),
        ("no or no or yes", True),
        ("no and unknown", False),
        ("yes or unknown", True),
        ("a and name", True),
        ("not a == 3", True),
        ("!a == false", True),
        ("!yes == no", True),
        ("not not yes", True),
        ("yes and not no", True),
        ("!!yes", True),
        ("empty nothing", True),
        ("empty ''", True),
        ("empty answers['note']", True),
        ("empty executors", False),
        ("empty 0", False),
        ("!empty executors && yes", True),
        ("empty '' == yes", True),
        ("executors[1]", "boris"),
        ("executors[-1]", "boris"),
        ("answers['mark'] + 1", 6),
        ("rows[1]['n']", 2),
        ("[10, 20][a - 1]", 20),
        ("len(executors)", 2),
        ("len('абв')", 3),
        ("len(answers)", 2),
        ("int('12') + int(3.9) + int(true)", 16),
        ("int(' -7 ')", -7),
        ("str(12) + str(1.5) + str(true) + str(null) + str('x')", "121.5truex"),
        ("min(3, 1, 2)", 1),
        ("max([3, 1])", 3),
        ("min('b', 'a')", "a"),
        ("sum([1, 2, 3.5])", 6.5),
        ("sum([])", 0),
        ("sum([0.1, 0.2])", 0.3),
        ("sum([0.1, 0.2, 1])", 1.3),
        ("any([false, true])", True),
        ("all([true, false])", False),
        ("all([])", True),
        ("abs(-3)", 3),
        ("round(2.6)", 3),
        ("round(2.345, 1)", 2.3),
        ("now()", "2026-03-01T22:30:15+00:00"),
        ("today()", "2026-03-01"),
        ("yes ? 1 : 2", 1),
        ("no ? 1 : yes ? 2 : 3", 2),
        ("a > 1 and b > 1 ? 'both' : 'one'", "both"),
        ("yes ? no ? 1 : 2 : 3", 2),
        ("1 - 2 < 0 and 2 + 2 == 4", True),
        ("'}' + '${'", "}${"),
    ],
)
def test_value(text, value):
    result = parse(text).evaluate({**DATA, "имя_2": 7}, now=NOW)
    assert result == value
    assert type(result) is type(value)


@pytest.mark.parametrize(
    ("text", "rule", "words"),
    [
        ("", "syntax", "empty"),
        ("${}", "syntax", "empty"),
        ("${a", "syntax", "closing brace"),
        ("#{a}", "syntax", "${…}"),
        ("${a} ${b}", "syntax", "brace"),
        ("= a", "syntax", "=="),
        ("a = 1", "syntax", "=="),
        ("a +", "syntax", "missing at the end"),
        ("a b", "syntax", "out of place"),
        ("(a", "syntax", "expected ')'"),
        ("a)", "syntax", "out of place"),
        ("[1", "syntax", "expected ','"),
        ("[,]", "syntax", "out of place"),
        ("1 < 2 < 3", "syntax", "do not chain"),
        ("a == b != c", "syntax", "do not chain"),
        ("a in b in c", "syntax", "do not chain"),
        ("a == not b", "syntax", "parentheses"),
        ("a not in b", "syntax", "parentheses"),
        ("! not a", "syntax", "parentheses"),
        ("a ? b", "syntax", "expected ':'"),
        ("a & b", "syntax", "&&"),
        ("a | b", "syntax", "||"),
        ("'open", "syntax", "not closed"),
        ("'a\nb'", "syntax", "not closed"),
        ("'\\x41'", "syntax", "escape"),
        ("1.", "syntax", "not a number"),
        ("1e5", "syntax", "not a number"),
        ("0x10", "syntax", "not a number"),
        ("12abc", "syntax", "not a number"),
        ("len()", "syntax", "arguments"),
        ("len(a, b)", "syntax", "arguments"),
        ("now(1)", "syntax", "arguments"),
        ("and", "syntax", "out of place"),
        ("in ['a']", "syntax", "out of place"),
        ("+a", "syntax", "out of place"),
        ("a; b", "syntax", "not part"),
        ("size(a)", "unknown-function", "there is no function size"),
    ],
)
def test_malformed(text, rule, words):
    with pytest.raises(ExpressionError) as caught:
        parse(text)
    assert caught.value.rule == f"expression.{rule}"
    assert words in caught.value.message


@pytest.mark.parametrize(
    ("text", "rule", "words"),
    [
        ("unknown", "unknown-variable", "no variable unknown"),
        ("name < 3", "unsafe", "cannot compare a string"),
        ("yes < 3", "unsafe", "a boolean"),
        ("executors < executors", "unsafe", "a list"),
        ("a + name", "unsafe", "only to a string"),
        ("nothing + 1", "unsafe", "needs a number, not null"),
        ("name * a", "unsafe", "needs a number"),
        ("executors * 2", "unsafe", "needs a number"),
        ("name % a", "unsafe", "needs a number"),
        ("-name", "unsafe", "needs a number"),
        ("yes + 1", "unsafe", "not a boolean"),
        ("a / 0", "failed", "zero"),
        ("a % (2 - a)", "failed", "zero"),
        ("executors[2]", "failed", "2 items"),
        ("executors['x']", "unsafe", "whole number"),
        ("executors[yes]", "unsafe", "whole number"),
        ("executors[0.0]", "unsafe", "whole number"),
        ("answers['x']", "failed", "no such key: x"),
        ("answers[nothing]", "failed", "no such key"),
        ("name[0]", "unsafe", "only lists and maps"),
        ("nothing[0]", "unsafe", "only lists and maps"),
        ("a in b", "unsafe", "needs a list"),
        ("len(nothing)", "unsafe", "not null"),
        ("int(name)", "failed", "whole number"),
        ("int(nothing)", "unsafe", "not null"),
        ("int(executors)", "unsafe", "not a list"),
        ("str(executors)", "unsafe", "no text"),
        ("min(a, name)", "unsafe", "numbers only"),
        ("max([])", "failed", "empty"),
        ("sum(executors)", "unsafe", "needs a number"),
        ("any(a)", "unsafe", "needs a list"),
        ("round(2.5, -1)", "failed", "decimal places"),
    ],
)
def test_cannot_be_worked_out(text, rule, words):
    expression = parse(text)
    with pytest.raises(ExpressionError) as caught:
        expression.evaluate(DATA, now=NOW)
    assert caught.value.rule == f"expression.{rule}"
    assert words in caught.value.message


def test_time_comes_from_the_caller():
    with pytest.raises(ExpressionError, match="time is not known"):
        parse("today()").evaluate({})


def test_dates_of_the_host_are_iso_text():
    data = {"on": date(2026, 5, 4), "at": NOW}
    assert parse("on + ' ' + at").evaluate(data) == "2026-05-04 2026-03-01T22:30:15.000007+00:00"


def test_names_kind_and_notes():
    expression = parse("${a in [b, 'x'] and len(c) > 0}")
    assert expression.names == {"a", "b", "c"}
    assert expression.kind == "boolean"
    assert expression.notes == {"in", "lists", "functions", "and, or"}
    assert parse("a > 1 && b == 'x'").notes == frozenset()
    assert parse("a ? 'x' : 'y'").kind == "string"
    assert parse("a[0]").kind is None


def test_an_expression_is_read_once():
    assert parse("${a + 1}") is parse("${a + 1}")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("plain text", "plain text"),
        ("", ""),
        ("  kept  ", "  kept  "),
        ("${a}", 2),
        (" ${executors}\n", ["anna", "boris"]),
        ("№ ${a}-${b}", "№ 2-3"),
        ("${a}${b}", "23"),
        ("to ${name}, ${nothing}.", "to Иванов, ."),
        ("${'}'} and ${'\\'}'}", "} and '}"),
        ("a $ sign and a } brace", "a $ sign and a } brace"),
        ("${yes}!", "true!"),
    ],
)
def test_template(text, value):
    assert template(text).evaluate(DATA) == value


@pytest.mark.parametrize("text", ["#{a}", "x #{a}", "${a", "x ${a + '}", "${}", "${a} #{b}"])
def test_malformed_template(text):
    with pytest.raises(ExpressionError) as caught:
        template(text)
    assert caught.value.rule == "expression.syntax"


def test_template_names():
    assert template("${a} and ${b + c}").names == {"a", "b", "c"}


def test_a_list_has_no_text_in_a_template():
    with pytest.raises(ExpressionError, match="no text"):
        template("to ${executors}").evaluate(DATA)


def test_script():
    script = parse_script("\n total = a + b\n\ntwice = total * 2 == 10\na = 0\nlate = ${a}\n")
    assert script.names == {"a", "b"}
    assert script.assigned == {"total", "twice", "a", "late"}
    assert script.evaluate(DATA) == {"total": 5, "twice": True, "a": 0, "late": 0}
    assert DATA["a"] == 2


def test_empty_script_sets_nothing():
    assert parse_script("  \n").evaluate({}) == {}


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("import os", "syntax"),
        ("a == 1", "syntax"),
        ("a += 1", "syntax"),
        ("a = ", "syntax"),
        ("a = b = 1", "syntax"),
        ("x = 1; y = 2", "syntax"),
        ("true = 1", "syntax"),
        ("len = 1", "syntax"),
        ("2x = 1", "syntax"),
        ("# a remark", "syntax"),
        ("while True: pass", "syntax"),
        ("a.b = 1", "unsafe"),
        ("a['x'] = 1", "unsafe"),
        ("_x = 1", "unsafe"),
        ("__builtins__ = 1", "unsafe"),
        ("x = __import__('os')", "unsafe"),
        ("x = eval('1')", "unknown-function"),
        ("\n".join(f"x{n} = {n}" for n in range(101)), "too-big"),
    ],
)
def test_malformed_script(text, rule):
    with pytest.raises(ExpressionError) as caught:
        parse_script(text)
    assert caught.value.rule == f"expression.{rule}"


def test_a_failing_script_names_the_line():
    with pytest.raises(ExpressionError, match="line 2: there is no variable y"):
        parse_script("x = 1\nz = y").evaluate({})
    with pytest.raises(ExpressionError, match="line 3: "):
        parse_script("x = 1\n\nz = (")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('=decision = "assign"', True),
        ('= decision != "assign"', False),
        ('=not(decision = "assign") and yes', False),
        ('=a >= 2 and (b = 3 or decision == "x")', True),
        ("=yes", True),
        ("=empty nothing", True),
        ("=a + 1 = 3", True),
    ],
)
def test_condition_of_a_form(text, value):
    assert parse_condition(text).evaluate(DATA) is value


@pytest.mark.parametrize(
    "text", ["decision", "", "=", "=a = 1 = 2", "=a.b", "==a", "=a === b", "=${a}"]
)
def test_malformed_condition_of_a_form(text):
    with pytest.raises(ExpressionError):
        parse_condition(text)
