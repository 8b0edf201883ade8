"""A small set of files without a fault, and the means to spoil it."""

import itertools
import json
import re

HEAD = (
    '<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" '
    'xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI" '
    'xmlns:dc="http://www.omg.org/spec/DD/20100524/DC" '
    'xmlns:di="http://www.omg.org/spec/DD/20100524/DI" '
    'xmlns:camunda="http://camunda.org/schema/1.0/bpmn" id="definitions">'
)


def diagram(body, *, process="case", attributes="", before="", properties="", drawing=True):
    """Make a .bpmn file around the body of one process; all that has an id is drawn."""
    own = (
        f"<bpmn:extensionElements>{props(**properties)}</bpmn:extensionElements>"
        if properties
        else ""
    )
    text = (
        f'{HEAD}{before}<bpmn:process id="{process}" isExecutable="true" {attributes}>'
        f"{own}{body}</bpmn:process>"
    )
    if drawing:
        nodes = re.findall(r"<bpmn:(?!sequenceFlow|message|lane)\w+ id=\"(\w+)\"", body)
        flows = re.findall(r'<bpmn:sequenceFlow id="(\w+)"', body)
        shapes = "".join(
            f'<bpmndi:BPMNShape id="{node}_di" bpmnElement="{node}"><dc:Bounds x="0" y="0" '
            'width="1" height="1"/></bpmndi:BPMNShape>'
            for node in nodes
        )
        edges = "".join(
            f'<bpmndi:BPMNEdge id="{flow}_di" bpmnElement="{flow}"><di:waypoint x="0" y="0"/>'
            "</bpmndi:BPMNEdge>"
            for flow in flows
        )
        text += (
            '<bpmndi:BPMNDiagram id="drawing"><bpmndi:BPMNPlane id="plane" '
            f'bpmnElement="{process}">{shapes}{edges}</bpmndi:BPMNPlane></bpmndi:BPMNDiagram>'
        )
    return (text + "</bpmn:definitions>").encode()


def props(**values):
    inside = "".join(
        f'<camunda:property name="{name.replace("_", ".")}" value="{value}"/>'
        for name, value in values.items()
    )
    return f"<camunda:properties>{inside}</camunda:properties>"


def flow(identity, source, target, condition=""):
    inside = (
        f"<bpmn:conditionExpression>{condition}</bpmn:conditionExpression>" if condition else ""
    )
    return (
        f'<bpmn:sequenceFlow id="{identity}" sourceRef="{source}" targetRef="{target}">'
        f"{inside}</bpmn:sequenceFlow>"
    )


def line(*nodes):
    """Flows from each node to the next, named after their ends."""
    return "".join(flow(f"{a}_{b}", a, b) for a, b in itertools.pairwise(nodes))


START, END = '<bpmn:startEvent id="start"/>', '<bpmn:endEvent id="end"/>'


def around(middle, node="middle", extra=""):
    """A process of start → node → end."""
    return START + middle + END + line("start", node, "end") + extra


REVIEW = (
    '<bpmn:userTask id="review" name="Рассмотреть" camunda:formKey="case/review" '
    'camunda:candidateGroups="manager" camunda:dueDate="${due_at}">'
    "<bpmn:documentation>Решите, что делать.</bpmn:documentation><bpmn:extensionElements>"
    + props(
        name_en="Review",
        documentation_en="Decide.",
        stage="Рассматриваем до {due_on}",
        stage_en="Under review until {due_on}",
    )
    + '<camunda:taskListener event="complete" delegateExpression="${cases.review}"/>'
    "</bpmn:extensionElements></bpmn:userTask>"
)
NOTIFY = (
    '<bpmn:serviceTask id="notify" camunda:type="external" camunda:topic="cases.notify">'
    "<bpmn:extensionElements><camunda:inputOutput>"
    '<camunda:inputParameter name="text">Due ${due_at}</camunda:inputParameter>'
    '<camunda:outputParameter name="sent">${letter}</camunda:outputParameter>'
    "</camunda:inputOutput></bpmn:extensionElements></bpmn:serviceTask>"
)
ROUTE = (
    '<bpmn:businessRuleTask id="route" camunda:decisionRef="route_table" '
    'camunda:resultVariable="way"/>'
)
CASE = (
    START
    + REVIEW
    + '<bpmn:exclusiveGateway id="which" default="which_route"/>'
    + NOTIFY
    + ROUTE
    + '<bpmn:callActivity id="help" calledElement="helper"><bpmn:extensionElements>'
    '<camunda:in source="way" target="given"/><camunda:out source="found" target="helped"/>'
    "</bpmn:extensionElements></bpmn:callActivity>"
    + END
    + line("start", "review", "which")
    + flow("which_notify", "which", "notify", "${decision == 'answer' and reviewed}")
    + line("which", "route", "help", "end")
    + line("notify", "end")
)
HELPER = around(
    '<bpmn:scriptTask id="middle"><bpmn:script>found = given + 1</bpmn:script></bpmn:scriptTask>'
)
TABLE = (
    b'<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="d">'
    b'<decision id="route_table"><decisionTable><input><inputExpression><text>decision</text>'
    b'</inputExpression></input><output name="way"/><rule><inputEntry><text>-</text></inputEntry>'
    b"<outputEntry><text>1</text></outputEntry></rule></decisionTable></decision></definitions>"
)
FORM = {
    "components": [
        {
            "key": "decision",
            "type": "select",
            "label": "Решение",
            "properties": {"variable": "true", "label.en": "Decision"},
            "values": [{"value": "answer", "label": "Ответить", "labelEn": "Answer"}],
        },
        {
            "type": "group",
            "components": [
                {
                    "key": "note",
                    "type": "textfield",
                    "label": "Note",
                    "conditional": {"hide": '=decision = "answer"'},
                }
            ],
        },
    ]
}
MANIFEST = {
    "roles": ["manager"],
    "operations": {
        "cases.review": {
            "kind": "listener",
            "summary": {"ru": "Рассмотрение", "en": "Review"},
            "inputs": {
                "decision": {
                    "type": "string",
                    "values": ["answer", "redirect"],
                    "ru": "Решение",
                    "en": "Decision",
                }
            },
            "outputs": {"reviewed": {"type": "boolean", "ru": "Рассмотрено", "en": "Reviewed"}},
            "errors": {},
        },
        "cases.notify": {
            "kind": "service",
            "summary": {"ru": "Уведомить", "en": "Notify"},
            "inputs": {
                "text": {"type": "string", "required": True, "ru": "Текст", "en": "Text"},
                "copy": {"type": "boolean", "ru": "Копия", "en": "Copy"},
            },
            "outputs": {"letter": {"type": "string", "ru": "Письмо", "en": "Letter"}},
            "errors": {"no-address": {"ru": "Нет адреса", "en": "No address"}},
        },
    },
}


def good_set():
    return {
        "case/case.bpmn": diagram(CASE, properties={"variables": "due_at, appeal"}),
        "case/helper.bpmn": diagram(HELPER, process="helper"),
        "case/route.dmn": TABLE,
        "forms/case/review.form": json.dumps(FORM).encode(),
    }
