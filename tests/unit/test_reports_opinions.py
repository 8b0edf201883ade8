"""Marks by group: few voices are not told, and cannot be told from what is."""

from app.reports.groups import LEAST
from app.reports.opinions import Opinion, grouped


def told(**groups):
    """What is told of groups given as numbers of marks; all the marks are fives."""
    codes, voices = {}, {}
    for code, number in groups.items():
        for _one in range(number):
            codes[len(voices)] = {code}
            voices[len(voices)] = (5, "yes")
    found = grouped(voices, codes, str.upper)
    rest = found.rest and found.rest.marks
    return {one.code: one.marks for one in found.groups}, rest, found.hidden


def test_groups_of_few_marks_are_told_together():
    assert told(a=9, b=LEAST, c=4, d=3) == ({"a": 9, "b": LEAST}, 7, 2)


def test_a_single_small_group_takes_another_with_it():
    """Less what is shown, the whole would tell the four marks of the second."""
    assert told(a=9, b=4) == ({}, 13, 2)
    assert told(a=9, b=6, c=1) == ({"a": 9}, 7, 2)


def test_nothing_is_told_of_few_marks_in_all():
    assert told(a=2, b=1) == ({}, None, 2)
    assert told() == ({}, None, 0)
    assert told(a=LEAST) == ({"a": LEAST}, None, 0)


def test_the_average_and_the_share_of_what_is_settled():
    voices = dict(enumerate([(5, "yes"), (4, "yes"), (4, "no"), (2, "partly"), (1, "no")]))
    found = grouped(voices, {appeal: {"a"} for appeal in voices}, str.upper)
    assert found.groups == (Opinion("a", "A", 5, 3.2, 40),)
    silent = {appeal: (mark, None) for appeal, (mark, _settled) in voices.items()}
    assert (
        grouped(silent, {appeal: {"a"} for appeal in voices}, str.upper).groups[0].settled is None
    )
