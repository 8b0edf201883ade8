"""The one door through which XML comes in: small, flat, without DOCTYPE and entities."""

from functools import lru_cache
from typing import Any

from lxml import etree

from engine.errors import Refused, refuse
from engine.misreadings import misread
from engine.sentences import sentence

BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
CAMUNDA = "http://camunda.org/schema/1.0/bpmn"
DMN = "https://www.omg.org/spec/DMN/20191111/MODEL/"
BPMNDI = "http://www.omg.org/spec/BPMN/20100524/DI"
DMNDI = "https://www.omg.org/spec/DMN/20191111/DMNDI/"
DC = "http://www.omg.org/spec/DD/20100524/DC"
DI = "http://www.omg.org/spec/DD/20100524/DI"
XSI = "http://www.w3.org/2001/XMLSchema-instance"

LARGEST_FILE = 4 * 1024 * 1024
DEEPEST_ELEMENT = 100
MOST_ELEMENTS = 50_000
MOST_ATTRIBUTES = 200


def read(data: bytes, file: str) -> Any:
    """Parse a file into an lxml element, or raise `Refused` naming `file`.

    Comments and processing instructions are dropped. The size is looked at before anything is
    parsed, so that a hostile file costs neither time nor memory.
    """
    if len(data) > LARGEST_FILE:
        limit = LARGEST_FILE // (1024 * 1024)
        raise refuse(
            file,
            None,
            "xml.too-large",
            sentence("the file is larger than {limit} MB; split it", limit=limit),
        )
    try:
        root = etree.fromstring(data, _parser())
    except (etree.XMLSyntaxError, ValueError, LookupError) as error:
        if "Excessive depth" in str(error):
            raise _too_deep(file) from error
        raise refuse(
            file,
            None,
            "xml.malformed",
            sentence("this is not well-formed: {error}", error=misread(error)),
        ) from error
    if root.getroottree().docinfo.doctype or root.getroottree().docinfo.internalDTD is not None:
        raise refuse(
            file,
            None,
            "xml.doctype",
            sentence("DOCTYPE and entities are not allowed; remove the DOCTYPE"),
        )
    _measure(root, file)
    return root


def name_of(element: Any) -> str:
    """Return the tag without its namespace."""
    return _split(element.tag)[1]


def namespace_of(element: Any) -> str:
    """Return the namespace of the tag, or an empty string."""
    return _split(element.tag)[0]


@lru_cache(maxsize=1024)
def _split(tag: Any) -> tuple[str, str]:
    """Part a tag into namespace and name; a comment has neither."""
    if not isinstance(tag, str):
        return "", ""
    namespace, _, name = tag.rpartition("}")
    return namespace[1:], name


def _parser() -> Any:
    # A parser is not safe to share between threads while it works, and costs microseconds.
    return etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )


def _measure(root: Any, file: str) -> None:
    """Refuse what is small as a file and large as a tree."""
    depth = elements = 0
    for event, element in etree.iterwalk(root, events=("start", "end")):
        depth += 1 if event == "start" else -1
        elements += event == "start"
        if depth > DEEPEST_ELEMENT:
            raise _too_deep(file)
        # Finding one attribute takes as long as there are others: all of them, the square of that.
        if event == "start" and len(element.attrib) > MOST_ATTRIBUTES:
            remedy = sentence(
                "an element has more than {most} attributes; remove some", most=MOST_ATTRIBUTES
            )
            raise refuse(file, element.get("id"), "xml.too-large", remedy)
        if elements > MOST_ELEMENTS:
            remedy = sentence(
                "the file has more than {most} elements; split it", most=MOST_ELEMENTS
            )
            raise refuse(file, None, "xml.too-large", remedy)


def _too_deep(file: str) -> Refused:
    remedy = sentence(
        "elements are nested deeper than {most} levels; flatten the file", most=DEEPEST_ELEMENT
    )
    return refuse(file, None, "xml.too-deep", remedy)
