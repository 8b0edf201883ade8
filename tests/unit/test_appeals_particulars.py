"""The fields of the card beside registration: noted by right, refused with words, journaled."""

from datetime import date

import pytest
from sqlalchemy import inspect

from app.appeals import particulars, services
from app.appeals.models import Particulars, Question
from app.classifier.subtypes import subtypes
from app.errors import Conflict, Forbidden, Invalid
from tests.unit.office import QUESTION, Office


@pytest.fixture
def office(app):
    made = Office(app)
    made.register(kind="complaint")
    return made


def note(office, version, by="registrar", **given):
    return services.change_particulars(office.person(by), office.ref, given, version)


def said(office, action):
    return [one for one in office.card().history if one.action == action]


def test_every_field_has_its_column():
    columns = {one.key for one in inspect(Particulars).columns}
    apart = {"appeal_id", "version", "control_off_by"}
    assert columns - apart == particulars.FIELDS.keys()
    asked = {one.name for one in particulars.OF_QUESTION}
    assert asked < {one.key for one in inspect(Question).columns}
    for one in (*particulars.FIELDS.values(), *particulars.OF_QUESTION):
        assert one.longest or one.kind not in (particulars.TEXT, particulars.WORDS), one.name


def test_what_was_noted_is_shown_and_stands_in_the_journal(office):
    assert office.card().particulars_version == 0
    given = {
        "sheets": "3", "benefits": ["many_children", "disabled"], "letter_date": "2025-01-09",
        "subtype": "Ж1.1", "street": "Садовая", "house": "5", "control": "special",
    }  # fmt: skip
    assert note(office, 0, **given)
    card = office.card()
    assert card.particulars["sheets"] == 3
    assert card.particulars["benefits"] == ["disabled", "many_children"]
    assert card.particulars["letter_date"] == date(2025, 1, 9)
    assert not note(office, 1, **given)
    assert note(office, 1, sheets="4", control_off_on="2025-01-10", control_off_ground="Ответ дан")
    line = said(office, "particulars.changed")[-1]
    assert line.details["before"]["sheets"] == 3
    assert line.details["after"]["sheets"] == 4
    assert office.card().particulars["control_off_by"] == "registrar"


def test_nobody_overwrites_what_another_noted_meanwhile(office):
    note(office, 0, sheets="3")
    with pytest.raises(Conflict):
        note(office, 0, by="manager", copies="2")
    assert office.card().particulars["copies"] is None


@pytest.mark.parametrize(
    ("field", "given"),
    [
        ("sheets", {"sheets": "three"}),
        ("sheets", {"sheets": "100001"}),
        ("letter_date", {"letter_date": "2999-01-01"}),
        ("letter_date", {"letter_date": "1999-01-01"}),
        ("postcode", {"postcode": "1" * 11}),
        ("benefits", {"benefits": ["king"]}),
        ("social_status", {"social_status": "king"}),
        ("coordinates", {"coordinates": "95.1, 37.2"}),
        ("subtype", {"subtype": "П1.1"}),
        ("control_off_on", {"control_off_on": "2025-01-09"}),
        ("control_off_ground", {"control": "ordinary", "control_off_on": "2025-01-09"}),
    ],
)
def test_what_cannot_be_is_refused_beside_its_field(office, field, given):
    with pytest.raises(Invalid) as wrong:
        note(office, 0, **given)
    assert list(wrong.value.fields) == [field]
    assert office.card().particulars_version == 0


@pytest.mark.parametrize("login", ["executor1", "approver", "auditor"])
def test_others_only_look(office, login):
    office.assign("executor1")
    with pytest.raises(Forbidden):
        note(office, 0, by=login, sheets="1")
    assert not office.card(login).may_note


def test_an_address_by_parts_is_masked_like_the_whole(office):
    note(office, 0, street="Садовая", region="Москва")
    shown = office.card("controller").particulars
    assert (shown["street"], shown["region"]) == ("***", "Москва")
    assert "Садовая" not in str(office.card("controller").history)


def test_questions_have_data_of_their_own(office):
    person = office.person("registrar")
    given = {QUESTION: {"note": "О вывозе", "jurisdiction": "local", "executor": "executor1"}}
    assert services.change_questions(person, office.ref, given)
    assert not services.change_questions(person, office.ref, given)
    notes = office.card().question_notes[QUESTION]
    assert (notes["note"], notes["executor"]) == ("О вывозе", "executor1")
    assert notes["executor_name"] not in ("", "executor1")
    (line,) = said(office, "question.noted")
    assert line.details["question"] == QUESTION
    assert line.details["after"] == {
        "note": "О вывозе", "jurisdiction": "local", "executor": "executor1",
    }  # fmt: skip
    with pytest.raises(Invalid) as wrong:
        services.change_questions(person, office.ref, {QUESTION: {"executor": "nobody"}})
    assert list(wrong.value.fields) == [f"{QUESTION}-executor"]


def test_the_citizen_sees_none_of_it(office):
    note(office, 0, marks=["corruption"], damage="Порвано")
    given = {QUESTION: {"note": "Внутреннее"}}
    services.change_questions(office.person("registrar"), office.ref, given)
    shown = repr(office.status())
    assert "Порвано" not in shown
    assert "Внутреннее" not in shown
    assert "corruption" not in shown


def test_a_correction_tells_all_that_it_changed(office):
    services.ask_for_correction(office.person("registrar"), office.ref, "Ошибка")
    office.do("registrar", "correct_card", last_name="Иванова", collective=True)
    (line,) = said(office, "appeal.corrected")
    assert line.details["before"] == {"collective": False, "last_name": "Ёлкина"}
    assert line.details["after"] == {"collective": True, "last_name": "Иванова"}


def test_subtypes_are_those_of_the_document():
    assert len(subtypes()) == 38
    kinds = {"П": "proposal", "З": "statement", "Ж": "complaint", "Н": "other"}
    assert all(kinds[one.code[0]] == one.kind for one in subtypes().values())
