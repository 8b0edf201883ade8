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


def told_of(*voices):
    """The same of voices, each given by the groups it belongs to."""
    codes = dict(enumerate(voices))
    found = grouped(dict.fromkeys(codes, (5, "yes")), codes, str.upper)
    rest = found.rest and found.rest.marks
    return {one.code: one.marks for one in found.groups}, rest, found.hidden


def test_who_belongs_to_no_group_cannot_be_told_by_subtraction():
    """The whole less `a` and `b` would be the one who has no unit."""
    assert told_of(*["a"] * 9, *["b"] * 6, "") == ({"a": 9}, 7, 1)
    assert told_of(*["a"] * 9, *[""] * LEAST) == ({"a": 9}, None, 0)


def test_what_groups_share_does_not_make_the_hidden_ones_enough():
    """Together `b` and `c` have five voices, but the whole less `a` is the one of `c`."""
    assert told_of(*["a"] * 6, *["ab"] * 4, "c") == ({}, 11, 3)


def test_what_a_few_share_cannot_be_told_by_subtraction():
    """All groups together less the whole would be the one with two topics."""
    assert told_of(*["a"] * 9, *["b"] * 7, "bc", *["c"] * 5) == ({"a": 9, "b": 8}, 5, 1)
    assert told_of(*["ab"] * LEAST, "a") == ({"a": 6, "b": LEAST}, None, 0)


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
