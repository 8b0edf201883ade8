"""Version sets: what they tell, what they refuse, and when two are the same."""

import json

import pytest

from engine import Refused, VersionSet, check, content_key
from tests.engine.draw import HEAD, draw
from tests.engine.walk import Walk

LANES = (
    HEAD + '<bpmn:process id="p" name="Обращение" isExecutable="true">'
    '<bpmn:laneSet id="ls"><bpmn:lane id="registrar_lane" name="Регистратор">'
    "<bpmn:flowNodeRef>a</bpmn:flowNodeRef></bpmn:lane>"
    '<bpmn:lane id="Lane_x" name="Руководитель"><bpmn:extensionElements><camunda:properties>'
    '<camunda:property name="role" value="manager"/></camunda:properties></bpmn:extensionElements>'
    "<bpmn:flowNodeRef>b</bpmn:flowNodeRef></bpmn:lane></bpmn:laneSet>"
    '<bpmn:startEvent id="s"/><bpmn:userTask id="a" name="Принять" camunda:formKey="r/take">'
    "<bpmn:documentation>Проверьте.</bpmn:documentation><bpmn:extensionElements>"
    '<camunda:properties><camunda:property name="name.en" value="Take"/>'
    '<camunda:property name="documentation.en" value="Check."/>'
    '<camunda:property name="stage" value="Принято"/></camunda:properties>'
    '<camunda:taskListener event="complete" delegateExpression="${appeals.take}"/>'
    "</bpmn:extensionElements></bpmn:userTask>"
    '<bpmn:userTask id="b" camunda:candidateGroups="x, y"/><bpmn:subProcess id="sub">'
    '<bpmn:startEvent id="ss"/></bpmn:subProcess>'
    '<bpmn:sequenceFlow id="f1" sourceRef="s" targetRef="a"/>'
    '<bpmn:sequenceFlow id="f2" sourceRef="a" targetRef="b"/></bpmn:process></bpmn:definitions>'
).encode()


def test_elements_tell_what_is_drawn():
    vset = VersionSet.load({"a/p.bpmn": LANES, "forms/r/take.form": b'{"components": []}'})
    a = vset.element("p", "a")
    assert (a.name, a.name_en, a.documentation, a.documentation_en) == (
        "Принять", "Take", "Проверьте.", "Check.",
    )  # fmt: skip
    assert (a.lane, a.roles, a.form_key, a.listener) == (
        "Регистратор", ("registrar",), "r/take", "appeals.take",
    )  # fmt: skip
    assert dict(a.properties) == {"stage": "Принято"}
    assert vset.element("p", "b").roles == ("x", "y")
    assert (vset.file_of("p"), vset.processes["p"].name) == ("a/p.bpmn", "Обращение")
    assert vset.forms == {"r/take": {"components": []}}


def test_a_lane_property_names_the_role():
    drawn = LANES.replace(b' camunda:candidateGroups="x, y"', b"")
    assert VersionSet.load({"p.bpmn": drawn}).element("p", "b").roles == ("manager",)


BASE = draw("start s\nxor g\nuser a\nuser b\ns > g > a : ${x}\ng >> b")
SHAPES = (
    b'<bpmndi:BPMNDiagram xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI" id="d1">'
    b'<bpmndi:BPMNPlane id="pl" bpmnElement="p"/></bpmndi:BPMNDiagram></bpmn:definitions>'
)


@pytest.mark.parametrize(
    "same",
    [
        BASE.replace(b"><", b">\n  <"),
        BASE.replace(b"</bpmn:definitions>", SHAPES),
        BASE.replace(b"<bpmn:process", b"<!-- a note --><bpmn:process"),
        BASE.replace(b'id="p" isExecutable="true"', b'isExecutable="true" id="p"'),
        BASE.replace(b"bpmn:", b"b:").replace(b"xmlns:bpmn", b"xmlns:b"),
        BASE.replace(b' xsi:type="bpmn:tFormalExpression"', b""),
        BASE.replace(b'id="definitions"', b'id="definitions" exporter="Other" exporterVersion="9"'),
        BASE.replace(b'<bpmn:userTask id="a" >', b'<bpmn:userTask id="a" startQuantity="1" >'),
        BASE.replace(
            b'<bpmn:userTask id="a" ></',
            b'<bpmn:userTask id="a" ><bpmn:incoming>f1</bpmn:incoming></',
        ),
        BASE.replace(b">${x}<", b">\n ${x}\n <"),
    ],
)
def test_what_only_looks_different_keeps_the_key(same):
    assert content_key({"p.bpmn": same}) == content_key({"p.bpmn": BASE})


@pytest.mark.parametrize(
    "other",
    [
        BASE.replace(b"${x}", b"${y}"),
        BASE.replace(b'id="a"', b'id="a2"').replace(b'targetRef="a"', b'targetRef="a2"'),
        BASE.replace(b'<bpmn:userTask id="a"', b'<bpmn:userTask name="n" id="a"'),
    ],
)
def test_what_is_different_changes_the_key(other):
    assert content_key({"p.bpmn": other}) != content_key({"p.bpmn": BASE})


def test_the_key_covers_every_file_and_its_path():
    key = content_key({"p.bpmn": BASE})
    assert content_key({"q.bpmn": BASE}) != key
    form = {"components": [], "id": "f"}
    compact, spread = json.dumps(form).encode(), json.dumps(form, indent=2, sort_keys=True).encode()
    assert content_key({"f.form": compact}) == content_key({"f.form": spread})
    assert VersionSet.load({"p.bpmn": BASE}).key == key


def test_moving_a_shape_changes_nothing_that_happens():
    flows = [flow.id for flow in VersionSet.load({"p.bpmn": BASE}).specs["p"].task_specs["g"].flows]
    shapes = (
        b'<bpmndi:BPMNDiagram xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI" '
        b'xmlns:dc="http://www.omg.org/spec/DD/20100524/DC" id="d1"><bpmndi:BPMNPlane id="pl">'
        b'<bpmndi:BPMNShape id="x" bpmnElement="b"><dc:Bounds x="0" y="0" width="1" height="1"/>'
        b'</bpmndi:BPMNShape><bpmndi:BPMNShape id="y" bpmnElement="a">'
        b'<dc:Bounds x="0" y="500" width="1" height="1"/></bpmndi:BPMNShape>'
        b"</bpmndi:BPMNPlane></bpmndi:BPMNDiagram></bpmn:definitions>"
    )
    drawn = VersionSet.load({"p.bpmn": BASE.replace(b"</bpmn:definitions>", shapes)})
    assert [flow.id for flow in drawn.specs["p"].task_specs["g"].flows] == flows


def test_everything_that_is_wrong_is_told_at_once():
    with pytest.raises(Refused) as refused:
        VersionSet.load(
            {
                "a.bpmn": draw("start s\nservice w\nuser u assignee='${a b}'\ns > w > u"),
                "b.bpmn": b"<broken",
                "c.form": b"no json",
            }
        )
    assert {finding.file for finding in refused.value.findings} == {"a.bpmn", "b.bpmn", "c.form"}
    assert {f.element for f in refused.value.findings if f.file == "a.bpmn"} == {"w", "u"}


def test_two_processes_of_one_id_are_refused():
    with pytest.raises(Refused, match="rename"):
        VersionSet.load({"a.bpmn": BASE, "b.bpmn": BASE})


def test_a_pool_to_be_looked_at_only_is_left_alone():
    drawn = draw("start s\nend e\ns > e").replace(
        b"</bpmn:definitions>",
        b'<bpmn:process id="citizen" isExecutable="false"><bpmn:task id="anything"/>'
        b'<bpmn:serviceTask id="what"/></bpmn:process></bpmn:definitions>',
    )
    vset = VersionSet.load({"p.bpmn": drawn})
    assert set(vset.specs) == {"p"}
    assert set(vset.processes) == {"p", "citizen"}


def test_data_stores_and_other_drawings_are_left_alone():
    drawn = draw("start s\nend e\ns > e").replace(
        b'<bpmn:process id="p"',
        b'<bpmn:dataStore id="DataStore_1"/><bpmn:collaboration id="c"><bpmn:participant id="pt" '
        b'processRef="p"/><bpmn:participant id="box"/></bpmn:collaboration><bpmn:process id="p"',
    )
    drawn = drawn.replace(
        b"</bpmn:process>",
        b'<bpmn:dataObjectReference id="dr" dataObjectRef="do"/><bpmn:dataObject id="do"/>'
        b'<bpmn:dataStoreReference id="ds"/><bpmn:textAnnotation id="ta"><bpmn:text>x</bpmn:text>'
        b"</bpmn:textAnnotation><bpmn:association id='as' sourceRef='s' targetRef='ta'/>"
        b"</bpmn:process>",
    )
    assert set(VersionSet.load({"p.bpmn": drawn}).specs) == {"p"}


def test_elements_may_be_called_what_the_stock_specification_calls_its_own():
    walk = Walk("start Start\nuser a\nend End\nStart > a > End").do("a")
    assert walk.ended
    assert walk.steps("completed") == ["Start", "a", "End"]


def test_a_flow_from_nowhere_is_refused():
    drawn = draw("start s\nend e\ns > e").replace(b'targetRef="e"', b'targetRef="gone"')
    with pytest.raises(Refused, match="sequence flow"):
        VersionSet.load({"p.bpmn": drawn})


def test_a_diagram_of_a_thousand_tasks_in_a_row_loads():
    tasks = "\n".join(f"task t{i}" for i in range(1000))
    path = " > ".join(f"t{i}" for i in range(1000))
    assert VersionSet.load({"p.bpmn": draw(f"start s\n{tasks}\nend e\ns > {path} > e")})


def test_references_may_carry_the_prefix_of_their_namespace():
    drawn = draw(
        "start s\nreceive r message=word\ncall c calls=q\ns > r > c", q="start qs\nend qe\nqs > qe"
    )
    drawn = drawn.replace(b' targetNamespace="test"', b' targetNamespace="test" xmlns:t="test"')
    for reference in (b'messageRef="', b'calledElement="', b'sourceRef="', b'targetRef="'):
        drawn = drawn.replace(reference, reference + b"t:")
    assert Walk(files={"p.bpmn": drawn}).send("word").ended
    assert not [finding for finding in check({"p.bpmn": drawn}) if finding.severity == "error"]


def test_a_called_process_that_is_missing_is_named_at_the_call():
    with pytest.raises(Refused, match="nowhere") as refused:
        VersionSet.load({"p.bpmn": draw("start s\nsub x {\ncall c calls=nowhere\n}\ns > x")})
    assert [finding.element for finding in refused.value.findings] == ["c"]


def test_the_order_in_which_flows_are_listed_belongs_to_the_content():
    plain = draw("start s\nxor g\nuser a\nuser b\ns > g > a : ${x}\ng > b : ${y}")

    def listing(*flows):
        listed = "".join(f"<bpmn:outgoing>{flow}</bpmn:outgoing>" for flow in flows)
        gateway = f'<bpmn:exclusiveGateway id="g">{listed}'.encode()
        assert plain.count(b'<bpmn:exclusiveGateway id="g">') == 1
        return plain.replace(b'<bpmn:exclusiveGateway id="g">', gateway)

    keys = [
        content_key({"p.bpmn": drawn})
        for drawn in (plain, listing("f1_g_a", "f2_g_b"), listing("f2_g_b", "f1_g_a"))
    ]
    assert keys[0] == keys[1]
    assert keys[1] != keys[2]


DATA = """
    <bpmn:property id="size" name="size"/>
    <bpmn:dataInputAssociation id="read"><bpmn:sourceRef>paper</bpmn:sourceRef>
      <bpmn:targetRef>wanted</bpmn:targetRef></bpmn:dataInputAssociation>
    <bpmn:dataOutputAssociation id="write"><bpmn:sourceRef>given</bpmn:sourceRef>
      <bpmn:targetRef>paper</bpmn:targetRef></bpmn:dataOutputAssociation>
    <bpmn:ioSpecification id="io"><bpmn:dataInput id="wanted" name="wanted"/>
      <bpmn:dataOutput id="given" name="given"/>
      <bpmn:inputSet id="ins"><bpmn:dataInputRefs>wanted</bpmn:dataInputRefs></bpmn:inputSet>
      <bpmn:outputSet id="outs"><bpmn:dataOutputRefs>given</bpmn:dataOutputRefs></bpmn:outputSet>
    </bpmn:ioSpecification>
    <bpmn:resourceRole id="who" name="clerk"/>
"""


def test_the_data_of_the_standard_stand_in_nobodys_way():
    drawn = draw("start s\nuser a\ns > a").decode()
    drawn = drawn.replace('<bpmn:userTask id="a">', f'<bpmn:userTask id="a">{DATA}')
    drawn = drawn.replace(
        "</bpmn:process>",
        '<bpmn:dataObject id="thing"/><bpmn:dataObjectReference id="paper" dataObjectRef="thing"/>'
        '<bpmn:property id="about" name="about"/></bpmn:process>',
    )
    walk = Walk(files={"p.bpmn": drawn.encode()})
    assert "dataOutputAssociation" in drawn
    assert walk.open == ["a"]
    assert walk.do("a").ended
    assert walk.data == {}
