"""Small diagrams for tests of the bridge: bodies of processes wrapped into BPMN files."""

from itertools import pairwise

HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>'
    '<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" '
    'xmlns:camunda="http://camunda.org/schema/1.0/bpmn" '
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" id="d" targetNamespace="t">'
)


def bpmn(process, body, messages=()):
    """A file with one process; `messages` are declared with ids m_<name>."""
    declared = "".join(f'<bpmn:message id="m_{name}" name="{name}"/>' for name in messages)
    return (
        f'{HEAD}{declared}<bpmn:process id="{process}" name="{process}" isExecutable="true">'
        f"{body}</bpmn:process></bpmn:definitions>"
    ).encode()


def start(name="begin"):
    return f'<bpmn:startEvent id="{name}"/>'


def user(name, roles="registrar", assignee="", listener=""):
    extra = f' camunda:assignee="{assignee}"' if assignee else ""
    groups = f' camunda:candidateGroups="{roles}"' if roles else ""
    heard = (
        "<bpmn:extensionElements><camunda:taskListener "
        f'event="complete" delegateExpression="${{{listener}}}"/></bpmn:extensionElements>'
        if listener
        else ""
    )
    return f'<bpmn:userTask id="{name}" name="{name}"{groups}{extra}>{heard}</bpmn:userTask>'


def service(name, topic, inputs=(), outputs=()):
    given = "".join(
        f'<camunda:inputParameter name="{key}">{value}</camunda:inputParameter>'
        for key, value in dict(inputs).items()
    )
    taken = "".join(
        f'<camunda:outputParameter name="{key}">{value}</camunda:outputParameter>'
        for key, value in dict(outputs).items()
    )
    return (
        f'<bpmn:serviceTask id="{name}" name="{name}" camunda:type="external" '
        f'camunda:topic="{topic}"><bpmn:extensionElements><camunda:inputOutput>{given}{taken}'
        "</camunda:inputOutput></bpmn:extensionElements></bpmn:serviceTask>"
    )


def catch(name, message):
    return (
        f'<bpmn:intermediateCatchEvent id="{name}">'
        f'<bpmn:messageEventDefinition messageRef="m_{message}"/></bpmn:intermediateCatchEvent>'
    )


def throw(name, message):
    return (
        f'<bpmn:intermediateThrowEvent id="{name}">'
        f'<bpmn:messageEventDefinition messageRef="m_{message}"/></bpmn:intermediateThrowEvent>'
    )


def message_start(name, message):
    return (
        f'<bpmn:startEvent id="{name}">'
        f'<bpmn:messageEventDefinition messageRef="m_{message}"/></bpmn:startEvent>'
    )


def timer(name, duration):
    return (
        f'<bpmn:intermediateCatchEvent id="{name}"><bpmn:timerEventDefinition>'
        f'<bpmn:timeDuration xsi:type="bpmn:tFormalExpression">{duration}</bpmn:timeDuration>'
        "</bpmn:timerEventDefinition></bpmn:intermediateCatchEvent>"
    )


def end(name="finish"):
    return f'<bpmn:endEvent id="{name}"/>'


def line(*names):
    """Sequence flows that join the elements one after another."""
    return "".join(
        f'<bpmn:sequenceFlow id="{one}_to_{other}" sourceRef="{one}" targetRef="{other}"/>'
        for one, other in pairwise(names)
    )
