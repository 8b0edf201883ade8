"""Hostile XML is refused in bounded time and memory."""

import time

import pytest

from engine import Refused
from engine.xml import read

ENTITIES = b'<!DOCTYPE a [<!ENTITY b "bbbbbbbbbb">%s]><a>&z;</a>'
LAUGHS = b"".join(
    b'<!ENTITY %c "%s">' % (name, b"&%c;" % (name - 1) * 10)
    for name in range(ord("c"), ord("z") + 1)
)
HOSTILE = {
    "billion laughs": ENTITIES % LAUGHS,
    "external entity": b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>',
    "external dtd": b'<!DOCTYPE a SYSTEM "http://localhost/none.dtd"><a/>',
    "parameter entity": b'<!DOCTYPE a [<!ENTITY % p SYSTEM "http://localhost/x"> %p;]><a/>',
    "an empty doctype": b"<!DOCTYPE a><a/>",
    "doctype in utf-16": '<?xml version="1.0" encoding="utf-16"?><!DOCTYPE a><a/>'.encode("utf-16"),
    "100 MB": b"<a>" + b"x" * 100_000_000 + b"</a>",
    "10,000 deep": b"<a>" * 10_000 + b"</a>" * 10_000,
    "150 deep": b"<a>" * 150 + b"</a>" * 150,
    "10,000 attributes": b"<a " + b" ".join(b'a%d="1"' % n for n in range(10_000)) + b"/>",
    "not closed": b"<a><b></a>",
    "empty": b"",
    "not XML": b"PK\x03\x04",
    "an unknown encoding": b'<?xml version="1.0" encoding="nonsense"?><a/>',
}
RULES = {"100 MB": "xml.too-large", "10,000 deep": "xml.too-deep", "150 deep": "xml.too-deep"}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_xml_is_refused_quickly(name):
    begun = time.process_time()
    with pytest.raises(Refused) as refused:
        read(HOSTILE[name], "f.bpmn")
    assert time.process_time() - begun < 1
    (finding,) = refused.value.findings
    assert finding.file == "f.bpmn"
    assert finding.rule == RULES.get(name, finding.rule)
    assert finding.rule.startswith("xml.")


def test_comments_and_instructions_are_dropped():
    root = read(b"<?xml version='1.0'?><?go away?><a><!-- x --><b/></a>", "f")
    assert [child.tag for child in root] == ["b"]
