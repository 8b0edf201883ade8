"""From what Camunda Modeler and bpmn.io save to what our SpiffWorkflow parser takes."""

from copy import deepcopy
from typing import Any

from engine.dialect.elements import describe_elements, describe_processes
from engine.dialect.links import join_links
from engine.dialect.mappings import Passing, child_of, extension, mapped, passings
from engine.dialect.references import put_in_place
from engine.dialect.refusals import refusals, refuse_camunda_8
from engine.dialect.scopes import give_starts, wrap_event_subprocesses
from engine.dialect.spelling import is_global_task, name_flows, plain_attributes, spell_out

__all__ = [
    "Passing",
    "child_of",
    "describe_elements",
    "describe_processes",
    "extension",
    "is_global_task",
    "mapped",
    "passings",
    "plain_attributes",
    "put_in_place",
    "refusals",
    "refuse_camunda_8",
    "spell_out",
    "translate",
]


def translate(root: Any, file: str) -> Any:
    """Return a copy in which links are flows and event sub-processes are boundary events.

    Ids of the diagram stay what they are; whatever is added is marked so and has `__` in its id.
    """
    root = deepcopy(root)
    name_flows(root)
    join_links(root, file)
    give_starts(root)
    wrap_event_subprocesses(root, file)
    return root
