"""Every attack in every place that holds an expression, and in the data that people send."""

import json
from xml.sax.saxutils import escape

import pytest

from engine import Broken, Refused, VersionSet, check
from tests.engine.draw import HEAD
from tests.engine.test_expressions_attacks import REFUSED_WHEN_READ
from tests.engine.walk import Walk

ATTACKS = {name: text for name, text in REFUSED_WHEN_READ.items() if "\x00" not in text}
# One element for each place, called after it; `@` is where the attack goes.
PLACES = {
    "condition": '<bpmn:intermediateCatchEvent id="condition"><bpmn:conditionalEventDefinition>'
    "<bpmn:condition>${@}</bpmn:condition></bpmn:conditionalEventDefinition></bpmn:intermediateCatchEvent>",
    **{
        tag: f'<bpmn:intermediateCatchEvent id="{tag}"><bpmn:timerEventDefinition><bpmn:{tag}>{text}'
        f"</bpmn:{tag}></bpmn:timerEventDefinition></bpmn:intermediateCatchEvent>"
        for tag, text in {"timeDate": "${@}", "timeDuration": "P${@}D", "timeCycle": "R3/${@}"}.items()
    },
    "collection": '<bpmn:task id="collection"><bpmn:multiInstanceLoopCharacteristics '
    'camunda:collection="${@}"/></bpmn:task>',
    "bareCollection": '<bpmn:task id="bareCollection"><bpmn:multiInstanceLoopCharacteristics '
    'camunda:collection="@"/></bpmn:task>',
    "loopDataInputRef": '<bpmn:task id="loopDataInputRef"><bpmn:multiInstanceLoopCharacteristics>'
    "<bpmn:loopDataInputRef>@</bpmn:loopDataInputRef></bpmn:multiInstanceLoopCharacteristics></bpmn:task>",
    "cardinality": '<bpmn:task id="cardinality"><bpmn:multiInstanceLoopCharacteristics><bpmn:loopCardinality>'
    "${@}</bpmn:loopCardinality></bpmn:multiInstanceLoopCharacteristics></bpmn:task>",
    "completion": '<bpmn:task id="completion"><bpmn:multiInstanceLoopCharacteristics camunda:collection="x">'
    "<bpmn:completionCondition>${@}</bpmn:completionCondition></bpmn:multiInstanceLoopCharacteristics></bpmn:task>",
    "loop": '<bpmn:task id="loop"><bpmn:standardLoopCharacteristics><bpmn:loopCondition>${@}'
    "</bpmn:loopCondition></bpmn:standardLoopCharacteristics></bpmn:task>",
    **{
        name: f'<bpmn:userTask id="{name}" camunda:{name}="${{@}}"/>'
        for name in ("assignee", "candidateGroups", "dueDate", "priority")
    },
    "listener": '<bpmn:userTask id="listener"><bpmn:extensionElements><camunda:taskListener event="complete" '
    'delegateExpression="${@}"/></bpmn:extensionElements></bpmn:userTask>',
    "topic": '<bpmn:serviceTask id="topic" camunda:type="external" camunda:topic="${@}"/>',
    "formKey": '<bpmn:userTask id="formKey" camunda:formKey="${@}"/>',
    **{
        f"{kind}{shape}": f'<bpmn:serviceTask id="{kind}{shape}" camunda:type="external" camunda:topic="r.x">'
        f'<bpmn:extensionElements><camunda:inputOutput><camunda:{kind}Parameter name="a">{text}'
        f"</camunda:{kind}Parameter></camunda:inputOutput></bpmn:extensionElements></bpmn:serviceTask>"
        for kind in ("input", "output")
        for shape, text in {
            "Text": "n ${@}",
            "List": "<camunda:list><camunda:value>${@}</camunda:value></camunda:list>",
            "Map": '<camunda:map><camunda:entry key="k">${@}</camunda:entry></camunda:map>',
        }.items()
    },
    "script": '<bpmn:scriptTask id="script"><bpmn:script>y = @</bpmn:script></bpmn:scriptTask>',
    "decision": '<bpmn:businessRuleTask id="decision" camunda:decisionRef="${@}"/>',
    "called": '<bpmn:callActivity id="called" calledElement="${@}"/>',
    **{
        f"call{kind}": f'<bpmn:callActivity id="call{kind}" calledElement="p"><bpmn:extensionElements>'
        f'<camunda:{kind.lower()} sourceExpression="${{@}}" target="y"/></bpmn:extensionElements></bpmn:callActivity>'
        for kind in ("In", "Out")
    },
    "signal": '<bpmn:intermediateThrowEvent id="signal"><bpmn:signalEventDefinition signalRef="sig">'
    '<bpmn:extensionElements><camunda:in sourceExpression="${@}" target="y"/></bpmn:extensionElements>'
    "</bpmn:signalEventDefinition></bpmn:intermediateThrowEvent>",
}  # fmt: skip
FLOW = (
    '<bpmn:exclusiveGateway id="g"/><bpmn:sequenceFlow id="flow" sourceRef="g" targetRef="e">'
    "<bpmn:conditionExpression>${@}</bpmn:conditionExpression></bpmn:sequenceFlow>"
)
NAMED = '<bpmn:{0} id="{0}" name="${{@}}"/>'


def drawn(inside, before='<bpmn:signal id="sig" name="sig"/>'):
    return (
        f'{HEAD}{before}<bpmn:process id="p" isExecutable="true"><bpmn:startEvent id="s"/>{inside}'
        '<bpmn:endEvent id="e"/></bpmn:process></bpmn:definitions>'
    )


def files(template, attack, name="p.bpmn"):
    return {name: template.replace("@", escape(attack, {'"': "&quot;", "\n": "&#10;"})).encode()}


def loading(what):
    with pytest.raises(Refused) as refused:
        VersionSet.load(what)
    return refused.value.findings


@pytest.mark.parametrize("attack", ATTACKS.values(), ids=ATTACKS)
def test_an_attack_is_refused_in_every_place(attack):
    # `${x.secret}` is how a listener names the operation x.secret.
    places = {n: t for n, t in PLACES.items() if n != "listener" or attack != "x.secret"}
    found = check(files(drawn("".join(places.values())), attack))
    assert {each.element for each in found if each.severity == "error"} >= set(places)
    for place, text in places.items():
        assert place in {each.element for each in loading(files(drawn(text), attack))}
    assert "flow" in {each.element for each in loading(files(drawn(FLOW), attack))}
    assert "flow" in {
        each.element for each in check(files(drawn(FLOW), attack)) if each.severity == "error"
    }


DMN = '<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="d">{}</definitions>'
TABLE = (
    '<decision id="t"><decisionTable hitPolicy="FIRST"><input><inputExpression><text>{input}</text>'
    '</inputExpression></input><output name="y">{values}<defaultOutputEntry><text>{default}</text>'
    "</defaultOutputEntry></output><rule><inputEntry><text>{cell}</text></inputEntry><outputEntry>"
    "<text>{output}</text></outputEntry></rule></decisionTable></decision>"
)
SOUND = {"input": "x", "values": "", "default": "1", "cell": "-", "output": "1"}


@pytest.mark.parametrize("attack", ATTACKS.values(), ids=ATTACKS)
def test_an_attack_is_refused_in_tables(attack):
    for place in ("input", "default", "cell", "output"):
        table = DMN.format(TABLE.format(**{**SOUND, place: "@"}))
        found = loading(files(table, attack, "t.dmn"))
        assert {each.element for each in found} == {"t"}, place
        assert {each.rule.partition(".")[0] for each in found} == {"expression"}
        told = check(files(table, attack, "t.dmn"))
        assert {each.rule for each in told} == {each.rule for each in found}
    literal = DMN.format(
        '<decision id="t"><literalExpression><text>@</text></literalExpression></decision>'
    )
    assert loading(files(literal, attack, "t.dmn"))


@pytest.mark.parametrize("attack", REFUSED_WHEN_READ.values(), ids=REFUSED_WHEN_READ)
def test_an_attack_is_refused_in_forms(attack):
    if attack in EQUALS:
        attack = attack.replace("=", "==") + ".x"  # a single = compares in a form
    for place, refused in (
        ({"conditional": {"hide": f"={attack}"}}, "expression"),
        ({"readonly": f"={attack}"}, "form"),
    ):
        field = {"type": "textfield", "key": "a", **place}
        form = {"components": [{"type": "group", "components": [field]}]}
        (found,) = check({"forms/f.form": json.dumps(form).encode()})
        assert (found.element, found.rule.partition(".")[0]) == ("a", refused)


EQUALS = (REFUSED_WHEN_READ["assignment"], REFUSED_WHEN_READ["keyword argument"])


# -- data -----------------------------------------------------------------------------------------

HOUSE = """
    start s
    user a listener=r.keep assignee=${who}
    receive m message=word
    service w topic=r.w in.text='x ${said}' in.list='${[said]}'
    script c script='copy = said; longer = said + said'
    xor g
    user b assignee=${who} candidateGroups=${said}
    end e
    s > a > m > w > c > g > b : ${said == copy}
    g >> e
"""


@pytest.mark.parametrize("attack", REFUSED_WHEN_READ.values(), ids=REFUSED_WHEN_READ)
def test_what_people_send_is_data_and_stays_data(attack):
    for sent in (attack, "${" + attack + "}"):
        walk = Walk(HOUSE, variables={"who": sent}, answers={"r.keep": {"kept": [sent]}})
        assert walk.outcome.tasks[0].assignee == sent
        walk.do("a", answers={"said": sent, sent: 1}, said=sent)
        walk.send("word", said=sent, payload={sent: sent})
        assert walk.called[0][1] == {"said": sent, sent: 1}
        assert walk.called[1][1] == {"text": f"x {sent}", "list": [sent]}
        data = walk.data
        assert (data["said"], data["copy"], data["kept"]) == (sent, sent, [sent])
        assert (data["longer"], data["payload"]) == (sent + sent, {sent: sent})
        assert walk.open == ["b"]


ASKED = {
    "timer": ("catch x timer=${said}\nuser a\ns > a > x", "x"),
    "process": ("call x calls=${said}\nuser a\ns > a > x", "x"),
    "decision": ("rule x decision=${said}\nuser a\ns > a > x", "x"),
    "number of instances": ("task x times=${said}\nuser a\ns > a > x", "x"),
    "due date": ("user x dueDate=${said}\nuser a\ns > a > x", "x"),
    "priority": ("user x priority=${said}\nuser a\ns > a > x", "x"),
}


@pytest.mark.parametrize("place", ASKED)
def test_data_is_not_read_as_code_where_a_text_is_asked_for(place):
    text, element = ASKED[place]
    for sent in REFUSED_WHEN_READ.values():
        walk = Walk(f"start s\n{text}")
        with pytest.raises(Broken) as broken:
            walk.do("a", said=sent)
        assert broken.value.element == element
        assert walk.open == ["a"]


TYPES = (
    *("datetime", "date", "time", "timedelta", "UUID", "Decimal", "TaskState", "tuple", "set"),
    *("BpmnWorkflow", "BpmnSubWorkflow", "BpmnProcessSpec", "Task", "TaskDataEnvironment"),
    *("MessageEventDefinition", "BpmnEvent", "PythonScriptEngine", "builtins.eval", "os.system"),
)


@pytest.mark.parametrize("name", TYPES)
def test_no_engine_type_can_be_forged(name):
    forged = {
        "typename": name,
        "value": "P1D",
        "args": ["id"],
        "py/object": name,
        "__class__": name,
    }
    walk = Walk(HOUSE, variables={"who": "i"}, answers={"r.keep": {"kept": forged}})
    walk.do("a", answers={"x": forged}, said="s", forged=forged, typename=name)
    walk.send("word", again=[forged], state=7, tasks=forged)
    data = walk.data
    assert data["kept"] == data["forged"] == data["again"][0] == data["tasks"] == forged
    assert (data["typename"], walk.open) == (name, ["b"])
