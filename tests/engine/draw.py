"""Diagrams for tests in a few lines of text.

start s
user a assignee=${boss}
sub inner {
    …
}
s > a > inner
g > a : ${again}     the last flow of a path with a condition
g >> e               the default flow
"""

import shlex
from xml.sax.saxutils import quoteattr

HEAD = (
    '<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" '
    'xmlns:camunda="http://camunda.org/schema/1.0/bpmn" '
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
    'id="definitions" targetNamespace="test">'
)
TAGS = {
    "start": "startEvent",
    "end": "endEvent",
    "catch": "intermediateCatchEvent",
    "throw": "intermediateThrowEvent",
    "boundary": "boundaryEvent",
    "task": "task",
    "user": "userTask",
    "manual": "manualTask",
    "service": "serviceTask",
    "send": "sendTask",
    "receive": "receiveTask",
    "script": "scriptTask",
    "rule": "businessRuleTask",
    "call": "callActivity",
    "sub": "subProcess",
    "watch": "subProcess",
    "xor": "exclusiveGateway",
    "or": "inclusiveGateway",
    "and": "parallelGateway",
    "event": "eventBasedGateway",
}
CODED = {"error": "errorCode", "escalation": "escalationCode"}


def draw(*texts: str, **named: str) -> bytes:
    """Draw processes p, p2, … or those given by name."""
    processes = {**{f"p{i}" if i > 1 else "p": text for i, text in enumerate(texts, 1)}, **named}
    declared: dict[str, dict[str, str]] = {}
    body = "".join(
        f'<bpmn:process id="{name}" isExecutable="true">{_scope(text.splitlines(), declared)}'
        "</bpmn:process>"
        for name, text in processes.items()
    )
    return f"{HEAD}{_declarations(declared)}{body}</bpmn:definitions>".encode()


def _declarations(declared: dict[str, dict[str, str]]) -> str:
    found = []
    for tag, names in declared.items():
        for element_id, name in names.items():
            code = f' {CODED[tag]}="{name}"' if tag in CODED else ""
            found.append(f'<bpmn:{tag} id="{element_id}" name="{name}"{code}/>')
    return "".join(found)


def _scope(lines: list[str], declared: dict[str, dict[str, str]]) -> str:
    nodes: list[str] = []
    flows: list[tuple[str, str, str | None]] = []
    defaults: dict[str, str] = {}
    position = 0
    while position < len(lines):
        line = lines[position].strip()
        position += 1
        if not line:
            continue
        words = line.split()
        if len(words) > 2 and words[1] in (">", ">>"):
            _read_flows(line, flows, defaults)
        elif line.endswith("{"):
            depth, inner = 1, []
            while True:
                inner.append(lines[position])
                position += 1
                depth += inner[-1].strip().endswith("{") - (inner[-1].strip() == "}")
                if depth == 0:
                    break
            nodes.append(_node(line[:-1], declared, _scope(inner[:-1], declared)))
        else:
            nodes.append(_node(line, declared, ""))
    for source, flow in defaults.items():
        nodes = [
            n.replace(f' id="{source}"', f' id="{source}" default="{flow}"', 1)
            if f' id="{source}"' in n.split(">", 1)[0]
            else n
            for n in nodes
        ]
    return "".join(nodes) + "".join(
        f'<bpmn:sequenceFlow id="f{i}_{a}_{b}" sourceRef="{a}" targetRef="{b}">{_condition(c)}'
        "</bpmn:sequenceFlow>"
        for i, (a, b, c) in enumerate(flows)
    )


def _read_flows(line, flows, defaults):
    path, _, condition = line.partition(" : ")
    words = path.split()
    for place in range(0, len(words) - 2, 2):
        source, arrow, target = words[place : place + 3]
        if arrow == ">>":
            defaults[source] = f"f{len(flows)}_{source}_{target}"
        last = place + 3 == len(words)
        flows.append((source, target, (condition.strip() or None) if last else None))


def _condition(text):
    if text is None:
        return ""
    return (
        '<bpmn:conditionExpression xsi:type="bpmn:tFormalExpression">'
        f"{_text(text)}</bpmn:conditionExpression>"
    )


def _text(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;")


def _node(line: str, declared: dict[str, dict[str, str]], inside: str) -> str:
    kind, element_id, *rest = shlex.split(line)
    options = dict(word.partition("=")[::2] for word in rest)
    tag = TAGS[kind]
    attributes = {"id": element_id}
    if kind == "watch":
        attributes["triggeredByEvent"] = "true"
    extensions = _extensions(options, attributes)
    body = _definition(kind, options, attributes, declared) + _loop(options) + inside
    if "script" in options:
        lines = options.pop("script").replace("; ", "\n")
        body += f"<bpmn:script>{_text(lines)}</bpmn:script>"
    for name, value in options.items():
        attributes[name if ":" in name or name in PLAIN else f"camunda:{name}"] = value
    written = " ".join(f"{name}={quoteattr(value)}" for name, value in attributes.items())
    return f"<bpmn:{tag} {written}>{extensions}{body}</bpmn:{tag}>"


PLAIN = {
    *("name", "isExecutable", "isInterrupting", "isForCompensation"),
    *("instantiate", "eventGatewayType"),
}


def _extensions(options, attributes):
    found, inputs, outputs = [], [], []
    if listener := options.pop("listener", None):
        found.append(
            f'<camunda:taskListener event="complete" delegateExpression="${{{listener}}}"/>'
        )
    for name in list(options):
        if name.startswith("in."):
            text = _text(options.pop(name))
            inputs.append(
                f'<camunda:inputParameter name="{name[3:]}">{text}</camunda:inputParameter>'
            )
        elif name.startswith("out."):
            text = _text(options.pop(name))
            outputs.append(
                f'<camunda:outputParameter name="{name[4:]}">{text}</camunda:outputParameter>'
            )
    if inputs or outputs:
        found.append(f"<camunda:inputOutput>{''.join(inputs + outputs)}</camunda:inputOutput>")
    for option, tag in (("pass", "in"), ("give", "out")):
        entries = filter(None, options.pop(option, "").split(","))
        found.extend(_passing(tag, entry) for entry in entries)
    if "calls" in options:
        attributes["calledElement"] = options.pop("calls")
    if "topic" in options:
        attributes["camunda:type"] = "external"
    if "decision" in options:
        attributes["camunda:decisionRef"] = options.pop("decision")
    if "result" in options:
        attributes["camunda:resultVariable"] = options.pop("result")
    if "map" in options:
        attributes["camunda:mapDecisionResult"] = options.pop("map")
    inner = "".join(found)
    return f"<bpmn:extensionElements>{inner}</bpmn:extensionElements>" if inner else ""


def _passing(tag, entry):
    if entry == "all":
        return f'<camunda:{tag} variables="all"/>'
    source, _, target = entry.rpartition(":")
    attribute = "sourceExpression" if "${" in source else "source"
    return f'<camunda:{tag} {attribute}={quoteattr(source or target)} target="{target}"/>'


def _definition(kind, options, attributes, declared):
    if kind == "boundary":
        attributes["attachedToRef"] = options.pop("on")
        attributes["cancelActivity"] = "false" if options.pop("keep", None) is not None else "true"
    elif options.pop("keep", None) is not None:
        attributes["isInterrupting"] = "false"
    found = [
        written
        for option in list(options)
        if option in DEFINITIONS
        for written in _written(option, options.pop(option), kind, attributes, declared)
    ]
    if options.pop("all", None) is not None:
        attributes["parallelMultiple"] = "true"
    return "".join(found)


DEFINITIONS = {
    "timer": "timeDuration",
    "cycle": "timeCycle",
    "date": "timeDate",
    **dict.fromkeys(("message", "signal", "error", "escalation")),
    **dict.fromkeys(("condition", "link", "terminate")),
}


def _written(option, value, kind, attributes, declared):
    """Write the event definitions of one option; names may be several, with commas between."""
    if option in ("message", "signal", "error", "escalation"):
        for name in value.split(","):
            reference = f"{option}_{name}"
            if name:
                declared.setdefault(option, {})[reference] = name
            if kind in ("receive", "send"):
                attributes["messageRef"] = reference
                return
            known = f' {option}Ref="{reference}"' if name else ""
            yield f"<bpmn:{option}EventDefinition{known}/>"
    elif option == "condition":
        yield (
            f"<bpmn:conditionalEventDefinition><bpmn:condition>{_text(value)}</bpmn:condition>"
            "</bpmn:conditionalEventDefinition>"
        )
    elif option == "link":
        yield f'<bpmn:linkEventDefinition name="{value}"/>'
    elif option == "terminate":
        yield "<bpmn:terminateEventDefinition/>"
    else:
        tag = DEFINITIONS[option]
        yield (
            f"<bpmn:timerEventDefinition><bpmn:{tag}>{_text(value)}</bpmn:{tag}>"
            "</bpmn:timerEventDefinition>"
        )


def _loop(options):
    if "each" in options or "times" in options:
        written = ' isSequential="true"' if options.pop("sequential", None) is not None else ""
        body = ""
        if "each" in options:
            written += f" camunda:collection={quoteattr(options.pop('each'))}"
        else:
            body += f"<bpmn:loopCardinality>{_text(options.pop('times'))}</bpmn:loopCardinality>"
        if "as" in options:
            written += f' camunda:elementVariable="{options.pop("as")}"'
        if "gives" in options:
            item, _, whole = options.pop("gives").partition(":")
            body += f"<bpmn:loopDataOutputRef>{whole}</bpmn:loopDataOutputRef>"
            body += f'<bpmn:outputDataItem name="{item}"/>'
        if "until" in options:
            text = _text(options.pop("until"))
            body += f"<bpmn:completionCondition>{text}</bpmn:completionCondition>"
        tag = "multiInstanceLoopCharacteristics"
        return f"<bpmn:{tag}{written}>{body}</bpmn:{tag}>"
    if "while" in options or "max" in options:
        written = ' testBefore="true"' if options.pop("before", None) is not None else ""
        if "max" in options:
            written += f' loopMaximum="{options.pop("max")}"'
        body = ""
        if "while" in options:
            body = f"<bpmn:loopCondition>{_text(options.pop('while'))}</bpmn:loopCondition>"
        tag = "standardLoopCharacteristics"
        return f"<bpmn:{tag}{written}>{body}</bpmn:{tag}>"
    return ""
