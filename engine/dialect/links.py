"""Link events: a jump within one scope, which is nothing but a sequence flow."""

from typing import Any

from lxml import etree

from engine.errors import refuse
from engine.sentences import sentence
from engine.xml import BPMN

LINK = f"{{{BPMN}}}linkEventDefinition"


def join_links(root: Any, file: str) -> None:
    """Connect every link throw with the catch of the same name in its scope."""
    for scope in root.iter(f"{{{BPMN}}}process", f"{{{BPMN}}}subProcess"):
        throws: list[tuple[str, Any]] = []
        catches: dict[str, Any] = {}
        for event in scope:
            link = event.find(LINK)
            if link is None:
                continue
            name = link.get("name") or event.get("name") or ""
            event.remove(link)
            if event.tag == f"{{{BPMN}}}intermediateThrowEvent":
                throws.append((name, event))
            else:
                # The catch side of a link waits for nothing.
                event.tag = f"{{{BPMN}}}intermediateThrowEvent"
                catches[name] = event
        for name, event in throws:
            if name not in catches:
                raise refuse(
                    file,
                    event.get("id"),
                    "link.unmatched",
                    sentence(
                        "no link event catches “{name}” in this scope; "
                        "add an intermediate catch link event of the same name",
                        name=name,
                    ),
                )
            add_flow(scope, f"{event.get('id')}__link", event, catches[name])


def add_flow(scope: Any, flow_id: str, source: Any, target: Any) -> None:
    """Append a sequence flow to a scope."""
    etree.SubElement(
        scope,
        f"{{{BPMN}}}sequenceFlow",
        id=flow_id,
        sourceRef=source.get("id"),
        targetRef=target.get("id"),
    )
