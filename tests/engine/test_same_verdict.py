"""`check` and a running instance give one verdict on an expression."""

import pytest

from engine import Broken, ExpressionError, Refused, VersionSet, check, parse
from tests.engine.draw import draw
from tests.engine.test_expressions_attacks import REFUSED_WHEN_READ
from tests.engine.walk import BEGINNING, Walk

DATA = {
    "x": 3, "y": 0, "f": 1.5, "s": "abc", "d": "2026-01-31", "b": True, "no": False, "n": None,
    "l": [1, 2, 3], "e": [], "m": {"k": "v", "n": {"a": 1}}, "r": [{"a": 1}, {"a": 2}],
}  # fmt: skip
GOOD = """
1 | 12.5 | 'a' | "b" | 'it\\'s' | 'a\\nb' | true | false | null | True | False | None | [] | [1, 'a', null]
x | (x) | ((x)) | -x | - -x | !b | not b | !!b | not not b | empty x | empty l | !empty l | not empty e
x + 1 | x - 1 | x * 2 | x / 2 | x % 2 | x + y * 2 | (x + y) * 2 | x - 1 - 1 | -x * 2 | f + x | s + 'd' | 'a' + 'b' + s
x == 3 | x != 3 | x < 4 | x > 4 | x <= 3 | x >= 3 | x eq 3 | x ne 3 | x lt 4 | x gt 4 | x le 3 | x ge 3 | s < 'b' | d < '2027'
x == 'a' | n == null | b == 1 | l == [1, 2, 3] | m == n | x in l | 'a' in s | 'k' in m | not (x in l) | x in [1, 2] | n in [null]
b and x | b or x | b && no | b || no | b and not no | not b or no | x > 1 and x < 5 | (b or no) and b | b and b and b and no
b ? 1 : 2 | b ? 'a' : 2 | b ? no ? 1 : 2 : 3 | x > 1 ? l : e | !b ? 1 : x + 1
l[0] | l[-1] | l[x - 1] | m['k'] | m["n"]["a"] | r[0]['a'] | r[1]["a"] + 1 | [1, 2][0]
len(l) | len(s) | len(m) | int('5') | int(f) | int(b) | str(x) | str(n) | str(b) | min(l) | max(1, 2, 3) | min('a', 'b') | sum(l) | sum(e)
any(l) | all(l) | all(e) | abs(-x) | round(f) | round(f, 1) | now() | today() | today() > d | len(l) > 2 and l[0] == 1
x+1==4 | x   ==   3 | b&&no||b | !(x==3) | empty(x) | not(x == 3) | (((((x))))) | 1 == 1.0 | 0.1 + 0.2 < 0.4 | true && true | n < 1 | 1 in n
"""
FAILING = """
unknown | x + unknown | unknown and b | x / y | x % y | l[9] | l[-9] | m['none'] | m['n']['b'] | s + x | x + s | l + l | x * s | s * x
-s | -l | s - s | n + 1 | b + 1 | x < s | b < 1 | l < l | x in x | 1 in b | 1 in s | s[0] | x[0] | n['a'] | l['a'] | m[l] | len(x) | len(n)
int(s) | int(l) | int(n) | str(l) | str(m) | min(e) | min(x) | min(l, 1) | max('a', 1) | sum(s) | sum(x) | any(x) | all(s) | abs(s) | round(s) | round(f, 99)
"""


def listed(text):
    return [each.strip() for line in text.strip().splitlines() for each in line.split(" | ")]


def verdict_of_check(text):
    found = check({"p.bpmn": draw("start s\nscript c\nend e\ns > c > e").replace(
        b"</bpmn:scriptTask>", b"<bpmn:script>z = %s</bpmn:script></bpmn:scriptTask>" % quoted(text)
    )})  # fmt: skip
    rules = {each.rule for each in found if each.rule.startswith("expression.")}
    return rules.pop() if rules else None


def quoted(text):
    return text.replace("&", "&amp;").replace("<", "&lt;").encode()


def verdict_of_reading(text):
    try:
        parse(text)
    except ExpressionError as error:
        return error.rule
    return None


def verdict_of_running(text):
    """The rule an instance stops by where the expression was never read before it ran."""
    try:
        parse(text).evaluate(DATA, now=BEGINNING)
    except ExpressionError as error:
        return error.rule
    return None


BAD = [text for text in REFUSED_WHEN_READ.values() if not set(text) & set("\x00\n")]
ALL = [*listed(GOOD), *listed(FAILING), *BAD]
SEEN_WHEN_RUN = {"expression.failed", "expression.unknown-variable", "expression.unsafe"}


def test_there_are_enough_of_them():
    assert len(set(ALL)) > 300


@pytest.mark.parametrize("text", ALL)
def test_check_refuses_what_the_engine_refuses_and_nothing_else(text):
    verdict = verdict_of_reading(text)
    assert verdict_of_check(text) == verdict
    drawn = {"p.bpmn": draw("start s\nxor g\nend e\nend o\ns > g > e : @\ng >> o").replace(
        b"@", quoted(text if text.startswith("${") else "${" + text + "}"))}  # fmt: skip
    if verdict is None:
        VersionSet.load(drawn)
    else:
        with pytest.raises(Refused) as refused:
            VersionSet.load(drawn)
        assert {each.rule for each in refused.value.findings} == {verdict}


@pytest.mark.parametrize("text", listed(GOOD))
def test_what_check_lets_pass_can_be_worked_out(text):
    assert verdict_of_running(text) is None
    walk = Walk(
        files={"p.bpmn": draw("start s\nscript c\nuser u\ns > c > u").replace(
            b"</bpmn:scriptTask>", b"<bpmn:script>z = %s</bpmn:script></bpmn:scriptTask>" % quoted(text)
        )},
        variables=DATA,
    )  # fmt: skip
    assert walk.data["z"] == parse(text).evaluate(DATA, now=BEGINNING)


@pytest.mark.parametrize("text", listed(FAILING))
def test_what_only_data_make_wrong_is_an_incident_by_the_same_rules(text):
    assert verdict_of_reading(text) is None
    assert verdict_of_running(text) in SEEN_WHEN_RUN
    with pytest.raises(Broken) as broken:
        Walk(
            files={"p.bpmn": draw("start s\nscript c\nuser u\ns > c > u").replace(
                b"</bpmn:scriptTask>", b"<bpmn:script>z = %s</bpmn:script></bpmn:scriptTask>" % quoted(text)
            )},
            variables=DATA,
        )  # fmt: skip
    assert broken.value.element == "c"


# -- names ----------------------------------------------------------------------------------------

MANY = '<bpmn:multiInstanceLoopCharacteristics camunda:collection="x"'
NAMES = {
    "inputParameter": (MAPPED := '<bpmn:task id="x"><bpmn:extensionElements><camunda:inputOutput>{}'
                       "</camunda:inputOutput></bpmn:extensionElements></bpmn:task>").format(
                           '<camunda:inputParameter name="@">1</camunda:inputParameter>'),
    "outputParameter": MAPPED.format('<camunda:outputParameter name="@">1</camunda:outputParameter>'),
    "entry": MAPPED.format('<camunda:inputParameter name="a"><camunda:map><camunda:entry key="@">1'
                           "</camunda:entry></camunda:map></camunda:inputParameter>"),
    "resultVariable": '<bpmn:serviceTask id="x" camunda:type="external" camunda:topic="r.o" '
                      'camunda:resultVariable="@"/>',
    "elementVariable": f'<bpmn:task id="x">{MANY} camunda:elementVariable="@"/></bpmn:task>',
    "outputDataItem": f'<bpmn:task id="x">{MANY}><bpmn:loopDataOutputRef>all</bpmn:loopDataOutputRef>'
                      '<bpmn:outputDataItem name="@"/></bpmn:multiInstanceLoopCharacteristics></bpmn:task>',
    "loopDataOutputRef": f'<bpmn:task id="x">{MANY}><bpmn:loopDataOutputRef>@</bpmn:loopDataOutputRef>'
                         "</bpmn:multiInstanceLoopCharacteristics></bpmn:task>",
    **{
        f"{kind} {part}": '<bpmn:callActivity id="x" calledElement="p"><bpmn:extensionElements>'
        f'<camunda:{kind} {written}/></bpmn:extensionElements></bpmn:callActivity>'
        for kind in ("in", "out")
        for part, written in {"source": 'source="@" target="b"', "target": 'source="a" target="@"'}.items()
    },
    **{
        variable: '<bpmn:task id="host"/><bpmn:boundaryEvent id="x" attachedToRef="host">'
        f'<bpmn:{kind}EventDefinition camunda:{variable}="@"/></bpmn:boundaryEvent>'
        for variable, kind in {"errorCodeVariable": "error", "errorMessageVariable": "error",
                               "escalationCodeVariable": "escalation"}.items()
    },
}  # fmt: skip


def around(node):
    host = "host" if 'id="host"' in node else "x"
    drawn = draw(f"start s\ntask {host}\ns > {host}").decode()
    return {"p.bpmn": drawn.replace(f'<bpmn:task id="{host}"></bpmn:task>', node).encode()}


def verdicts(files):
    """What `check` says of a file and what loading it does."""
    told = {(found.element, found.rule) for found in check(files) if found.severity == "error"}
    try:
        VersionSet.load(files)
    except Refused as refused:
        return told, {(found.element, found.rule) for found in refused.findings}
    return told, set()


@pytest.mark.parametrize("place", NAMES)
def test_a_name_is_fixed_wherever_one_stands(place):
    assert verdicts(around(NAMES[place].replace("@", "naïve_1"))) == (set(), set())
    for wrong in ("${a}", "a ${b}", "#{a}"):
        said = {("x", "name.malformed")}
        assert verdicts(around(NAMES[place].replace("@", wrong))) == (said, said), wrong


def test_an_item_may_be_named_in_words_as_other_tools_do():
    assert verdicts(around(NAMES["outputDataItem"].replace("@", "Order item"))) == (set(), set())


@pytest.mark.parametrize("kind", ["in", "out"])
@pytest.mark.parametrize(
    ("written", "rule"),
    [
        ('source="a + 1" target="b"', "name.malformed"),
        ('source="a[0]" target="b"', "name.malformed"),
        ('target="b"', "name.malformed"),
        ('source="a"', "name.malformed"),
        ('sourceExpression="${a +}" target="b"', "expression.syntax"),
        ('sourceExpression="${a.b}" target="b"', "expression.unsafe"),
        ('sourceExpression="two words, ${a}" target="b"', None),
        ('sourceExpression="${a + 1}" target="b"', None),
        ('sourceExpression="" source="a" target="b"', None),
        ('variables="all"', None),
        ('businessKey="#{execution.processBusinessKey}"', None),
    ],
)
def test_what_a_call_passes_is_judged_alike(kind, written, rule):
    node = NAMES[f"{kind} source"].replace('source="@" target="b"', written)
    said = {("x", rule)} if rule else set()
    assert verdicts(around(node)) == (said, said)


# -- what begins a sub-process --------------------------------------------------------------------

WAITS = (
    '<bpmn:startEvent id="{}"><bpmn:timerEventDefinition>'
    "<bpmn:timeDuration>P1D</bpmn:timeDuration></bpmn:timerEventDefinition></bpmn:startEvent>"
)
PLAIN = '<bpmn:startEvent id="{}"/>'
EMBEDDED, WATCHING = '<bpmn:subProcess id="x">', '<bpmn:subProcess id="x" triggeredByEvent="true">'


@pytest.mark.parametrize(
    ("scope", "starts", "wrong"),
    [
        (EMBEDDED, PLAIN.format("a"), set()),
        (EMBEDDED, PLAIN.format("a") + PLAIN.format("b"), {"a", "b"}),
        (EMBEDDED, WAITS.format("a"), {"a"}),
        (EMBEDDED, PLAIN.format("a") + WAITS.format("b"), {"a", "b"}),
        (WATCHING, WAITS.format("a"), set()),
        (WATCHING, WAITS.format("a") + WAITS.format("b"), {"a", "b"}),
        (WATCHING, PLAIN.format("a"), {"a"}),
    ],
)
def test_a_sub_process_has_one_start_and_only_that_of_an_event_waits(scope, starts, wrong):
    drawn = draw("start s\ntask t\nend e\ns > t > e").decode()
    inside = scope + starts + "</bpmn:subProcess>"
    if scope == EMBEDDED:
        drawn = drawn.replace('<bpmn:task id="t"></bpmn:task>', inside.replace('"x"', '"t"'))
    else:
        drawn = drawn.replace("</bpmn:process>", inside + "</bpmn:process>")
    said = {(element, "event.start") for element in wrong}
    assert verdicts({"p.bpmn": drawn.encode()}) == (said, said)
