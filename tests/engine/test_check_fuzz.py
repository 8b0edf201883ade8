"""Spoiled at random, a set is judged without a crash, and what passes can really be loaded."""

import json
import random

import pytest
from lxml import etree

from engine.check import RULES, check
from engine.library import VersionSet
from engine.manifest import read_manifest
from tests.engine.checkset import MANIFEST, good_set

KNOWN = read_manifest(json.dumps(MANIFEST).encode())
ODD = ("", "x", "${", "start", "${x.y}", "#{x}", "P1D", "a" * 2000, "Я", "-1")


def spoil(data, chance):
    root = etree.fromstring(data)
    for _ in range(chance.randint(1, 3)):
        elements = list(root.iter())
        element = chance.choice(elements)
        how = chance.random()
        if how < 0.3 and element is not root:
            element.getparent().remove(element)
        elif how < 0.5 and element.attrib:
            del element.attrib[chance.choice(list(element.attrib))]
        elif how < 0.75 and element.attrib:
            element.set(chance.choice(list(element.attrib)), chance.choice(ODD))
        elif how < 0.85:
            element.text = chance.choice(ODD)
        elif how < 0.95:
            chance.choice(elements).append(etree.fromstring(etree.tostring(element)))
        else:
            element.tag = chance.choice(elements).tag
    return etree.tostring(root)


@pytest.mark.parametrize("seed", range(150))
def test_spoiled_sets(seed):
    chance = random.Random(seed)
    files = good_set()
    file = chance.choice([name for name in files if not name.endswith(".form")])
    files[file] = spoil(files[file], chance)
    found = check(files, KNOWN, portable=True)
    assert {finding.rule for finding in found} <= set(RULES)
    assert all(finding.message for finding in found)
    if not any(finding.severity == "error" for finding in found):
        VersionSet.load(files)
