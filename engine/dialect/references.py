"""Event definitions that stand outside the processes and are only referred to by events."""

from copy import deepcopy
from typing import Any

from engine.errors import refuse
from engine.sentences import sentence
from engine.xml import BPMN, name_of

REFERENCE = f"{{{BPMN}}}eventDefinitionRef"


def put_in_place(root: Any, file: str) -> None:
    """Replace every reference to an event definition by the definition."""
    defined = {node.get("id"): node for node in root if name_of(node).endswith("EventDefinition")}
    for reference in list(root.iter(REFERENCE)):
        event = reference.getparent()
        name = (reference.text or "").strip().rpartition(":")[2]
        if name not in defined:
            raise refuse(
                file,
                event.get("id"),
                "event.missing",
                sentence(
                    "the event definition {name} is not in the file; define it inside the event",
                    name=name,
                ),
            )
        definition = deepcopy(defined[name])
        definition.attrib.pop("id")  # it would be there twice
        event.replace(reference, definition)
