"""The shipped set as an analyst meets it: no finding, everything drawn, everything named."""

import itertools
import re

import pytest
import shipped
from lxml import etree
from shipped import BPMN, BPMNDI, CAMUNDA, DC, DI, DMN, DMNDI, properties, tag, tasks
from SpiffWorkflow.spiff.parser.process import VALIDATOR

FIXED_TASKS = frozenset(
    [
        "register",
        "review",
        "accept_assignment",
        "report",
        "accept_report",
        "decide_extension",
        "prepare_redirection",
        "sign_redirection",
        "draft_reply",
        "approve_reply",
        "sign_reply",
        "dispatch",
        "rate",
    ]
)
FIXED_MESSAGES = frozenset(
    ["withdraw", "request_extension", "documents_added", "term_changed", "letter_signed"]
)
FIXED_DECISIONS = {
    "review": {"assign", "redirect", "answer", "leave", "return"},
    "accept_report": {"accept", "rework"},
    "approve_reply": {"accept", "rework"},
    "decide_extension": {"grant", "refuse"},
}
FACTS = frozenset(
    [
        "number",
        "registered_on",
        "due_on",
        "register_by",
        "reason",
        "organisation",
        "date",
        "measures",
        "letter_number",
        "letter_on",
        "answer_by",
        "read_on",
        "read_at",
        "place",
    ]
)


# -- the standard ---------------------------------------------------------------------------


@pytest.mark.parametrize("name", shipped.diagrams())
def test_a_diagram_is_valid_bpmn(name):
    VALIDATOR.validate(shipped.diagrams()[name], name)


# -- what scripts outside rely on ------------------------------------------------------------


def test_fixed_tasks_are_there():
    assert {task.get("id") for task in tasks()} >= FIXED_TASKS


def test_fixed_messages_are_there():
    named = {
        message.get("name")
        for root in shipped.diagrams().values()
        for message in root.iter(f"{BPMN}message")
    }
    assert named >= FIXED_MESSAGES


@pytest.mark.parametrize("task", FIXED_DECISIONS)
def test_fixed_decisions_are_offered(task):
    offered = {answer for _process, element, answer in shipped.form_decisions() if element == task}
    assert offered >= FIXED_DECISIONS[task]


def test_a_process_its_file_and_its_folder_share_a_name():
    named = {
        f"{process.get('id')}/{process.get('id')}.bpmn"
        for root in shipped.diagrams().values()
        for process in root.iter(f"{BPMN}process")
    }
    assert named == set(shipped.diagrams())


# -- forms -----------------------------------------------------------------------------------


def test_every_form_is_named_and_every_name_has_a_form():
    named = {
        node.get(f"{CAMUNDA}formKey")
        for process in shipped.processes()
        for node in process.iter(f"{BPMN}userTask", f"{BPMN}startEvent")
    } - {None}
    assert named == set(shipped.forms())


def test_every_task_has_a_form():
    assert [task.get("id") for task in tasks() if not task.get(f"{CAMUNDA}formKey")] == []


@pytest.mark.parametrize("key", shipped.forms())
def test_a_form_speaks_two_languages(key):
    lacking = [
        (component.get("key"), name)
        for component in shipped.components(shipped.forms()[key])
        for name in ("label", "description", "text")
        if component.get(name) and not component.get("properties", {}).get(f"{name}.en")
    ]
    lacking += [
        (field["key"], option["value"])
        for field in shipped.fields(shipped.forms()[key])
        for option in field.get("values", ())
        if not option.get("labelEn")
    ]
    assert not lacking


@pytest.mark.parametrize("key", shipped.forms())
def test_conditions_mean_the_same_in_a_modeler(key):
    """FEEL has one sign for equality and we have two: neither stands in a shipped condition."""
    for component in shipped.components(shipped.forms()[key]):
        condition = component.get("conditional", {}).get("hide", "=")[1:]
        assert "=" not in condition.replace("!=", ""), component["id"]


@pytest.mark.parametrize("key", shipped.forms())
def test_no_shipped_form_requires_a_file(key):
    required = [
        field["key"]
        for field in shipped.fields(shipped.forms()[key])
        if field.get("properties", {}).get("widget") in ("files", "document")
        and field.get("validate", {}).get("required")
    ]
    assert not required


# -- words -----------------------------------------------------------------------------------


def test_everything_named_has_an_english_name():
    lacking = [
        (process.get("id"), element.get("id"))
        for process in shipped.processes()
        for element in (
            process,
            *process.iter(f"{BPMN}lane", f"{BPMN}sequenceFlow"),
            *shipped.nodes(process),
        )
        if element.get("name") and not properties(element).get("name.en")
    ]
    assert not lacking


def test_every_task_says_what_to_do():
    lacking = [
        task.get("id")
        for task in tasks()
        if not task.findtext(f"{BPMN}documentation") or not properties(task).get("documentation.en")
    ]
    assert not lacking


def stages():
    return [
        (node.get("id"), properties(node)["stage"], properties(node).get("stage.en", ""))
        for process in shipped.processes()
        for node in shipped.nodes(process)
        if "stage" in properties(node)
    ]


@pytest.mark.parametrize(
    ("element", "russian", "english"), stages(), ids=[stage[0] for stage in stages()]
)
def test_a_stage_names_the_same_known_facts_in_both_languages(element, russian, english):
    named = set(re.findall(r"\{(\w+)\}", russian))
    assert named <= FACTS
    assert named == set(re.findall(r"\{(\w+)\}", english)), element


def test_somebody_does_every_task():
    """A lane's id is a role; inside a sub-process there are no lanes, so the task says it."""
    lanes = {
        reference.text: lane.get("id")
        for process in shipped.processes()
        for lane in process.iter(f"{BPMN}lane")
        for reference in lane.iter(f"{BPMN}flowNodeRef")
    }
    people = frozenset(
        [
            "registrar",
            "assistant",
            "manager",
            "executor",
            "controller",
            "approver",
            "signatory",
            "dispatcher",
            "citizen",
        ]
    )
    for task in tasks():
        groups = task.get(f"{CAMUNDA}candidateGroups")
        roles = set(groups.split(",")) if groups else {lanes.get(task.get("id"))}
        assert roles <= people, task.get("id")


# -- the picture -----------------------------------------------------------------------------


def bounds(shape):
    box = shape.find(f"{DC}Bounds")
    x, y, width, height = (float(box.get(side)) for side in ("x", "y", "width", "height"))
    return x, y, x + width, y + height


def inside(inner, outer):
    return (
        inner[0] >= outer[0]
        and inner[1] >= outer[1]
        and inner[2] <= outer[2]
        and inner[3] <= outer[3]
    )


def apart(one, other):
    return one[2] <= other[0] or other[2] <= one[0] or one[3] <= other[1] or other[3] <= one[1]


def shapes(root):
    return {shape.get("bpmnElement"): bounds(shape) for shape in root.iter(f"{BPMNDI}BPMNShape")}


def edges(root):
    return {
        edge.get("bpmnElement"): [
            (float(point.get("x")), float(point.get("y"))) for point in edge.iter(f"{DI}waypoint")
        ]
        for edge in root.iter(f"{BPMNDI}BPMNEdge")
    }


@pytest.mark.parametrize("name", shipped.diagrams())
def test_everything_is_drawn(name):
    root = shipped.diagrams()[name]
    things = {
        element.get("id")
        for process in root.iter(f"{BPMN}process")
        for element in (*shipped.nodes(process), *process.iter(f"{BPMN}lane"))
    }
    things |= {pool.get("id") for pool in root.iter(f"{BPMN}participant")}
    assert set(shapes(root)) == things
    assert set(edges(root)) == {flow.get("id") for flow in root.iter(f"{BPMN}sequenceFlow")}


@pytest.mark.parametrize("name", shipped.diagrams())
def test_everything_stands_in_its_lane(name):
    root, drawn = shipped.diagrams()[name], shapes(shipped.diagrams()[name])
    for process in root.iter(f"{BPMN}process"):
        stands = {
            reference.text: lane.get("id")
            for lane in process.iter(f"{BPMN}lane")
            for reference in lane.iter(f"{BPMN}flowNodeRef")
        }
        for node in shipped.nodes(process):
            scope = node.getparent()
            around = scope.get("id") if tag(scope) == "subProcess" else stands[node.get("id")]
            assert inside(drawn[node.get("id")], drawn[around]), node.get("id")


@pytest.mark.parametrize("name", shipped.diagrams())
def test_nothing_lies_on_anything_else(name):
    root, drawn = shipped.diagrams()[name], shapes(shipped.diagrams()[name])
    nodes = [
        node
        for process in root.iter(f"{BPMN}process")
        for node in shipped.nodes(process)
        if tag(node) != "boundaryEvent"
    ]
    for place, node in enumerate(nodes):
        for other in nodes[place + 1 :]:
            if node.getparent() is other.getparent():
                one, two = node.get("id"), other.get("id")
                assert apart(drawn[one], drawn[two]), f"{one} overlaps {two}"


@pytest.mark.parametrize("name", shipped.diagrams())
def test_flows_begin_and_end_at_their_elements(name):
    root, drawn = shipped.diagrams()[name], shapes(shipped.diagrams()[name])
    lines = edges(root)
    for flow in root.iter(f"{BPMN}sequenceFlow"):
        line = lines[flow.get("id")]
        assert on_the_edge(line[0], drawn[flow.get("sourceRef")]), flow.get("id")
        assert on_the_edge(line[-1], drawn[flow.get("targetRef")]), flow.get("id")
        assert all(a[0] == b[0] or a[1] == b[1] for a, b in itertools.pairwise(line)), (
            f"{flow.get('id')} runs aslant"
        )


def on_the_edge(point, box):
    x, y = point
    across = x in (box[0], box[2]) and box[1] <= y <= box[3]
    return across or (y in (box[1], box[3]) and box[0] <= x <= box[2])


@pytest.mark.parametrize("name", shipped.tables())
def test_a_table_is_drawn(name):
    root = shipped.tables()[name]
    decisions = {decision.get("id") for decision in root.iter(f"{DMN}decision")}
    assert {shape.get("dmnElementRef") for shape in root.iter(f"{DMNDI}DMNShape")} == decisions


@pytest.mark.parametrize("name", [*shipped.diagrams(), *shipped.tables()])
def test_ids_are_unique(name):
    root = etree.fromstring(shipped.files()[name])
    ids = [element.get("id") for element in root.iter() if element.get("id")]
    assert len(ids) == len(set(ids))
