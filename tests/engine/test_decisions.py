"""Decision tables mean what DMN says, and their failures name the table and the question."""

from datetime import UTC, datetime
from xml.sax.saxutils import escape

import pytest

from engine.check import check
from engine.decisions import DecisionError, load_decisions, read_decisions
from engine.errors import Refused
from engine.expressions import ExpressionError
from engine.feel import unary_tests

NAMESPACE = "https://www.omg.org/spec/DMN/20191111/MODEL/"


def definitions(*bodies, namespace=NAMESPACE):
    return (
        f'<definitions xmlns="{namespace}" id="d" name="d">{"".join(bodies)}</definitions>'.encode()
    )


def table(rows, *, inputs=("x",), outputs=("out",), policy="", identity="route", extra="", head=""):
    """Make a decision; `outputs` are names or (name, values, default)."""
    parts = [
        f"<input><inputExpression><text>{escape(text)}</text></inputExpression></input>"
        for text in inputs
    ]
    for output in outputs:
        name, values, default = (output, "", "") if isinstance(output, str) else output
        listed = f"<outputValues><text>{escape(values)}</text></outputValues>" if values else ""
        other = f"<defaultOutputEntry><text>{escape(default)}</text></defaultOutputEntry>"
        parts.append(f'<output name="{name}">{listed}{other if default else ""}</output>')
    for row in rows:
        cells = [
            f"<inputEntry><text>{escape(cell)}</text></inputEntry>" for cell in row[: len(inputs)]
        ]
        cells += [
            f"<outputEntry><text>{escape(cell)}</text></outputEntry>" for cell in row[len(inputs) :]
        ]
        parts.append(f"<rule>{''.join(cells)}</rule>")
    return (
        f'<decision id="{identity}" name="Маршрут">{head}'
        f"<decisionTable {policy}>{''.join(parts)}</decisionTable>{extra}</decision>"
    )


def decision(rows, **more):
    (only,) = load_decisions(definitions(table(rows, **more)), "route.dmn")
    return only


@pytest.mark.parametrize(
    ("cell", "yes", "no"),
    [
        ("-", [1, "a", None, True, [1]], []),
        ("", [1, None], []),
        ("5", [5, 5.0], [4, "5", None, True]),
        ("-5", [-5], [5]),
        ("0.5", [0.5], [0, None]),
        (".5", [0.5], [5]),
        ("[-.5..1.5]", [-0.5, 1], [-1]),
        ('"a"', ["a"], ["b", None, 1]),
        ('"a,b"', ["a,b"], ["a", "b"]),
        ('"say \\"a\\""', ['say "a"'], ["a"]),
        ('"a", "b"', ["a", "b"], ["c", None]),
        ('"a", "b,c",5', ["a", "b,c", 5], ["b", "c"]),
        ("true", [True], [False, 1, "true"]),
        ("false", [False], [True, 0, None]),
        ("null", [None], [0, "", False]),
        ("< 5", [4, 4.9], [5, None, "4", True]),
        ("<=5", [5], [6]),
        ("> 5", [6], [5, None, "6"]),
        (">= -1", [-1, 0], [-2]),
        ('> "b"', ["c"], ["b", "a", 5]),
        ("[1..5]", [1, 3, 5], [0, 6, None]),
        ("(1..5)", [2, 4.9], [1, 5]),
        ("]1..5[", [2], [1, 5]),
        ("[1..5[", [1], [5]),
        ("(1..5]", [5], [1]),
        ("[-5..-1.5]", [-5, -1.5], [-1, 0]),
        ("[1.5..2.5]", [1.5, 2.5], [1.4]),
        ("<1, [3..4], 9", [0, 3, 9], [1, 5]),
        ('["a","b"]', ["a", "b"], ["c"]),
        ("not(5)", [4, None, "5"], [5]),
        ('not("a", "b")', ["c", None], ["a", "b"]),
        ("not([1..5])", [0, 6], [1, 5]),
        ("not(null)", [1, ""], [None]),
        ("not(< 3)", [3, None], [2]),
        ('date("2026-01-31")', ["2026-01-31", "2026-01-31T10:00:00+03:00"], ["2026-02-01", 5, "x"]),
        ('< date("2026-01-31")', ["2026-01-30"], ["2026-01-31", None, "", "nonsense"]),
        ('[date("2026-01-01")..date("2026-01-31")]', ["2026-01-15"], ["2026-02-01"]),
        (
            '>= date and time("2026-01-31T10:00:00+03:00")',
            ["2026-01-31T07:00:00+00:00", "2026-01-31T08:00:00"],
            ["2026-01-31T06:59:59Z"],
        ),
        ("limit", [7], [8]),
        ("> limit", [8], [7]),
        ("[1..limit]", [7], [8]),
        ("names", ["a", "b"], ["c"]),
    ],
)
def test_cell(cell, yes, no):
    tests = unary_tests(cell)
    variables = {"limit": 7, "names": ["a", "b"]}
    assert [value for value in yes if not tests.matches(value, variables)] == []
    assert [value for value in no if tests.matches(value, variables)] == []


@pytest.mark.parametrize(
    ("cell", "rule"),
    [
        ("'a'", "syntax"),
        ('"a', "syntax"),
        ('"a" "b"', "syntax"),
        ("a b", "syntax"),
        ("= 5", "syntax"),
        ("!= 5", "syntax"),
        ("? > 5", "syntax"),
        ("5,", "syntax"),
        (",5", "syntax"),
        ("[1..5", "syntax"),
        ("[1..]", "syntax"),
        ("(1)", "syntax"),
        ("1..5", "syntax"),
        ("not(5", "syntax"),
        ("not()", "syntax"),
        ("not(not(5))", "unknown-function"),
        ("< -", "syntax"),
        ("> [1..2]", "syntax"),
        ("5 + 1", "syntax"),
        ("x > 5", "syntax"),
        ('date("31.01.2026")', "syntax"),
        ("date(2026)", "syntax"),
        ('date and time("x")', "syntax"),
        ('"\\x41"', "syntax"),
        ("5abc", "syntax"),
        ("1" * 19, "syntax"),
        ("__import__", "unsafe"),
        ("x.y", "unsafe"),
        ("x.__class__", "unsafe"),
        ("x in [1]", "syntax"),
        ("lambda: 1", "syntax"),
        ("{a: 1}", "syntax"),
        ("for x in y return x", "syntax"),
        ("if x then 1 else 2", "syntax"),
        ("some x in y satisfies x", "syntax"),
        ("eval(1)", "unknown-function"),
        ('open("x")', "unknown-function"),
        ("now()", "unknown-function"),
        ("duration(1)", "unknown-function"),
        ("1," * 500 + "1", "too-big"),
        ("1," * 300 + "1", "too-big"),
    ],
)
def test_malformed_cell(cell, rule):
    with pytest.raises(ExpressionError) as caught:
        unary_tests(cell)
    assert caught.value.rule == f"expression.{rule}"


def test_a_forgotten_quote_is_explained():
    found = decision([("assign", "1"), ("-", "2")])
    with pytest.raises(DecisionError, match='put it in quotes: "assign"'):
        found.evaluate({"x": "assign"})


ROWS = [("> 1", '"one"'), ("> 2", '"two"'), ("> 3", '"one"')]


@pytest.mark.parametrize(
    ("policy", "x", "answer"),
    [
        ("", 2, {"out": "one"}),
        ('hitPolicy="UNIQUE"', 2, {"out": "one"}),
        ('hitPolicy="FIRST"', 9, {"out": "one"}),
        ('hitPolicy="ANY"', 2, {"out": "one"}),
        ('hitPolicy="RULE ORDER"', 9, [{"out": "one"}, {"out": "two"}, {"out": "one"}]),
        ('hitPolicy="COLLECT"', 3, [{"out": "one"}, {"out": "two"}]),
        ('hitPolicy="COLLECT"', 0, []),
        ('hitPolicy="RULE ORDER"', 0, []),
        ('hitPolicy="COLLECT" aggregation="COUNT"', 9, {"out": 3}),
        ('hitPolicy="COLLECT" aggregation="COUNT"', 0, {"out": 0}),
    ],
)
def test_hit_policy(policy, x, answer):
    assert decision(ROWS, policy=policy).evaluate({"x": x}) == answer


@pytest.mark.parametrize(
    ("aggregation", "x", "answer"),
    [("SUM", 9, 7.5), ("MIN", 9, 1), ("MAX", 9, 4), ("SUM", 0, None), ("MAX", 2, 4)],
)
def test_aggregation(aggregation, x, answer):
    found = decision(
        [("> 1", "4"), ("> 2", "1"), ("> 3", "2.5")],
        policy=f'hitPolicy="COLLECT" aggregation="{aggregation}"',
    )
    assert found.evaluate({"x": x}) == {"out": answer}


@pytest.mark.parametrize(
    ("aggregation", "rows", "answer"),
    [
        ("SUM", ["0.1", "0.2"], 0.3),
        ("SUM", ["1", "2"], 3),
        ("MIN", ['"b"', '"a"'], "a"),
        ("MAX", ['"2026-02-01"', '"2026-01-31"'], "2026-02-01"),
        (
            "MIN",
            ['"2026-01-31T10:00:00+00:00"', '"2026-01-31T12:00:00+03:00"'],
            "2026-01-31T12:00:00+03:00",
        ),
    ],
)
def test_aggregation_of_fractions_texts_and_dates(aggregation, rows, answer):
    found = decision(
        [("-", row) for row in rows], policy=f'hitPolicy="COLLECT" aggregation="{aggregation}"'
    )
    assert found.evaluate({"x": 1}) == {"out": answer}


@pytest.mark.parametrize("aggregation", ["MIN", "MAX"])
def test_aggregation_of_different_kinds_is_an_error(aggregation):
    found = decision(
        [("-", "1"), ("-", '"a"')], policy=f'hitPolicy="COLLECT" aggregation="{aggregation}"'
    )
    with pytest.raises(DecisionError, match="numbers alone or texts alone"):
        found.evaluate({"x": 1})


def test_aggregation_of_texts_is_an_error():
    found = decision(ROWS, policy='hitPolicy="COLLECT" aggregation="SUM"')
    with pytest.raises(DecisionError, match="SUM needs a number"):
        found.evaluate({"x": 9})


def test_any_with_equal_results():
    rows = [("> 1", '"same"'), ("> 2", '"same"')]
    assert decision(rows, policy='hitPolicy="ANY"').evaluate({"x": 9}) == {"out": "same"}


OUTPUTS = (("level", '"high","middle","low"', ""), "note")
GRADES = [("> 1", '"low"', "1"), ("> 2", '"high"', "2"), ("> 3", '"middle"', "3")]


def test_priority_takes_the_best_value():
    found = decision(GRADES, outputs=OUTPUTS, policy='hitPolicy="PRIORITY"')
    assert found.evaluate({"x": 9}) == {"level": "high", "note": 2}
    assert found.evaluate({"x": 2}) == {"level": "low", "note": 1}


def test_output_order_sorts_by_the_values():
    found = decision(GRADES, outputs=OUTPUTS, policy='hitPolicy="OUTPUT ORDER"')
    assert [row["note"] for row in found.evaluate({"x": 9})] == [2, 3, 1]


def test_priority_of_an_unlisted_value_is_an_error():
    found = decision([("-", '"odd"', "1")], outputs=OUTPUTS, policy='hitPolicy="PRIORITY"')
    with pytest.raises(DecisionError, match="not in the list"):
        found.evaluate({"x": 1})


@pytest.mark.parametrize("policy", ["UNIQUE", "FIRST", "ANY", "PRIORITY"])
def test_no_match_names_the_table_and_the_inputs(policy):
    found = decision(
        [("1", "2", '"high"')],
        inputs=("x", "len(names)"),
        outputs=(("level", '"high"', ""),),
        policy=f'hitPolicy="{policy}"',
    )
    with pytest.raises(DecisionError) as caught:
        found.evaluate({"x": "post", "names": ["a"]})
    assert '"route"' in str(caught.value)
    assert "no row matches" in str(caught.value)
    assert 'x = "post", len(names) = 1' in str(caught.value)


def test_two_matches_of_a_unique_table_are_an_error():
    with pytest.raises(DecisionError, match=r"UNIQUE, but rows 1 and 2 match.*x = 3"):
        decision(ROWS).evaluate({"x": 3})


def test_different_results_of_an_any_table_are_an_error():
    with pytest.raises(DecisionError, match=r"ANY, but rows 1 and 2 match.*x = 9"):
        decision(ROWS, policy='hitPolicy="ANY"').evaluate({"x": 9})


def test_default_output():
    found = decision([("1", "1", "2")], outputs=(("a", "", '"other"'), "b"))
    assert found.evaluate({"x": 5}) == {"a": "other", "b": None}


def test_outputs_may_be_expressions_dates_and_nothing():
    found = decision(
        [("-", "x * 2 + 1", 'date("2026-01-31")', "", "today()", "[x, 'y']")],
        outputs=("a", "b", "c", "d", "e"),
    )
    answer = found.evaluate({"x": 4}, now=datetime(2026, 3, 1, tzinfo=UTC))
    assert answer == {"a": 9, "b": "2026-01-31", "c": None, "d": "2026-03-01", "e": [4, "y"]}


def test_only_matching_rows_are_worked_out():
    found = decision([("0", "1 / x"), ("-", "1 / x")], policy='hitPolicy="FIRST"')
    assert found.evaluate({"x": 2}) == {"out": 0.5}
    with pytest.raises(DecisionError, match=r"row 1, output out: division by zero; inputs: x = 0"):
        found.evaluate({"x": 0})


def test_a_missing_variable_is_named():
    with pytest.raises(DecisionError, match=r'"route": input x: there is no variable x'):
        decision([("-", "1")]).evaluate({})


def test_what_a_decision_says_of_itself():
    found = decision([("> limit", "y")], inputs=("x + 1",), outputs=(("out", "", "z"),))
    assert (found.id, found.name, found.hit_policy) == ("route", "Маршрут", "UNIQUE")
    assert (found.inputs, found.outputs) == (("x + 1",), ("out",))
    assert found.names == {"x", "limit", "y", "z"}


REQUIRES = '<informationRequirement><requiredDecision href="#{}"/></informationRequirement>'


def test_requirement_graph():
    graph = definitions(
        table(
            [("12", '"yes"'), ("-", '"no"')],
            inputs=("score + base",),
            head=REQUIRES.format("score") + REQUIRES.format("base"),
            policy='hitPolicy="FIRST"',
            identity="top",
        ),
        table(
            [("-", "base * 2")], outputs=("points",), head=REQUIRES.format("base"), identity="score"
        ),
        '<decision id="base"><literalExpression><text>y + 3</text></literalExpression></decision>',
    )
    top, score, base = load_decisions(graph, "graph.dmn")
    assert base.evaluate({"y": 1}) == {"base": 4}
    assert score.evaluate({"y": 1, "x": 0}) == {"points": 8}
    assert top.evaluate({"y": 1, "x": 0}) == {"out": "yes"}
    assert top.evaluate({"y": 2, "x": 0}) == {"out": "no"}
    assert top.names == {"x", "y"}


def test_a_required_list_is_passed_on_as_a_list():
    graph = definitions(
        table([("3", '"all"'), ("-", '"some"')], inputs=("len(name)",), head=REQUIRES.format("names"),
              policy='hitPolicy="FIRST"'),
        table(
            [("-", '"a"'), ("> 1", '"b"'), ("> 2", '"c"')],
            policy='hitPolicy="COLLECT"',
            outputs=("name",),
            identity="names",
        ),
    )  # fmt: skip
    route = load_decisions(graph, "graph.dmn")[0]
    assert route.evaluate({"x": 3}) == {"out": "all"}
    assert route.evaluate({"x": 1}) == {"out": "some"}


def test_a_branching_graph_is_worked_out_once_per_decision():
    # Without a memory this graph would be evaluated two to the 25th times.
    layers = [
        table([("-", f"a{n} + b{n}")], inputs=("1",), outputs=(f"{side}{n + 1}",), identity=f"{side}{n + 1}",
              head=REQUIRES.format(f"a{n}") + REQUIRES.format(f"b{n}"))
        for n in range(25)
        for side in "ab"
    ]  # fmt: skip
    ends = [
        f'<decision id="{side}0"><literalExpression><text>1</text></literalExpression></decision>'
        for side in "ab"
    ]
    found = {each.id: each for each in load_decisions(definitions(*layers, *ends), "g.dmn")}
    assert found["a25"].evaluate({}) == {"a25": 2**25}


def errors(body):
    _, findings = read_decisions(body, "bad.dmn")
    return [(finding.element, finding.rule, finding.message) for finding in findings]


@pytest.mark.parametrize(
    ("body", "rule", "words"),
    [
        (definitions(), "dmn.empty", "add a decision table"),
        (definitions(namespace="urn:other"), "dmn.format", "DMN 1.3"),
        (definitions('<decision id="a"/>'), "dmn.unsupported", "draw a table"),
        (definitions('<decision id="a"><context/></decision>'), "dmn.unsupported", "draw a table"),
        (
            definitions(table(ROWS), '<businessKnowledgeModel id="k"/>'),
            "dmn.unsupported",
            "businessKnowledgeModel",
        ),
        (definitions(table(ROWS, policy='hitPolicy="BEST"')), "dmn.hit-policy", "BEST"),
        (
            definitions(table(ROWS, policy='hitPolicy="FIRST" aggregation="SUM"')),
            "dmn.hit-policy",
            "only COLLECT",
        ),
        (
            definitions(table(ROWS, policy='hitPolicy="COLLECT" aggregation="AVG"')),
            "dmn.hit-policy",
            "AVG",
        ),
        (
            definitions(
                table([], outputs=("a", "b"), policy='hitPolicy="COLLECT" aggregation="SUM"')
            ),
            "dmn.hit-policy",
            "one output only",
        ),
        (definitions(table(ROWS, policy='hitPolicy="PRIORITY"')), "dmn.hit-policy", "best first"),
        (definitions(table([], outputs=())), "dmn.shape", "no output"),
        (definitions(table([], outputs=("a", "a"))), "dmn.shape", "one name"),
        (definitions(table([], outputs=("a", ""))), "dmn.shape", "no name"),
        (definitions(table([("1",)])), "dmn.shape", "row 1 has 1 inputs and 0 outputs"),
        (definitions(table([], inputs=("",))), "dmn.shape", "has no expression"),
        (definitions(table([], outputs=(("a", "x", ""),))), "dmn.shape", "plain values"),
        (definitions(table([("'a'", "1")])), "expression.syntax", "row 1, input 1"),
        (definitions(table([("-", "'a' * 9")])), "expression.unsafe", "row 1, output 1"),
        (definitions(table([("-", 'date("x")')])), "expression.syntax", "not a date"),
        (definitions(table([], inputs=("eval('1')",))), "expression.unknown-function", "input"),
        (
            definitions(table([], outputs=(("a", "", "x.y"),))),
            "expression.unsafe",
            "default of a",
        ),
        (
            definitions(table(ROWS, head=REQUIRES.format("nowhere"))),
            "dmn.requirement",
            "'nowhere'",
        ),
        (
            definitions(
                table([], identity="a", head=REQUIRES.format("b")),
                table([], identity="b", head=REQUIRES.format("a")),
            ),
            "dmn.requirement",
            "a → b → a",
        ),
        (
            definitions(
                *[table([], identity=f"d{n}", head=REQUIRES.format(f"d{n + 1}")) for n in range(60)],
                table([], identity="d60"),
            ),
            "dmn.requirement",
            "longer than",
        ),
        (
            definitions(table(ROWS).replace("<inputExpression>", '<inputExpression expressionLanguage="javascript">')),
            "dmn.language",
            "javascript",
        ),
        (
            definitions(table(ROWS).replace("<outputEntry>", '<outputEntry expressionLanguage="groovy">')),
            "dmn.language",
            "groovy",
        ),
        (
            definitions(table(ROWS).replace("<inputEntry>", '<inputEntry expressionLanguage="juel">')),
            "dmn.language",
            "JUEL",
        ),
    ],
)  # fmt: skip
def test_refused(body, rule, words):
    found = errors(body)
    assert rule in {each[1] for each in found}
    assert any(words in each[2] for each in found)
    with pytest.raises(Refused):
        load_decisions(body, "bad.dmn")


def test_all_that_is_wrong_is_listed_at_once():
    body = definitions(table([("'a'", "1"), ("-", "x.y"), ("5", "eval(1)")]))
    assert [rule for _, rule, _ in errors(body)] == [
        "expression.syntax",
        "expression.unsafe",
        "expression.unknown-function",
    ]


@pytest.mark.parametrize(
    "language",
    ["feel", "FEEL", "juel", "https://www.omg.org/spec/DMN/20191111/FEEL/", "http://www.omg.org/spec/FEEL/20140401"],
)  # fmt: skip
def test_languages_of_inputs(language):
    body = table(ROWS).replace(
        "<inputExpression>", f'<inputExpression expressionLanguage="{language}">'
    )
    assert errors(definitions(body)) == []


def test_hostile_xml_is_refused():
    with pytest.raises(Refused, match="DOCTYPE"):
        load_decisions(b'<!DOCTYPE a [<!ENTITY e "x">]><a>&e;</a>', "bad.dmn")


def test_a_line_of_the_description_gives_the_english_name():
    head = "<description>Куда направить.\nname.en:  Route of the case \n</description>"
    assert decision([("-", "1")], head=head).name_en == "Route of the case"
    assert decision([("-", "1")], head="<description>the name.en: no</description>").name_en is None
    assert decision([("-", "1")]).name_en is None


def test_a_russian_name_without_an_english_one_is_noted():
    found = check({"route.dmn": definitions(table([("-", "1")]))})
    assert [(one.element, one.rule) for one in found] == [("route", "english.missing")]
