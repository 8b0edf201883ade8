"""Rules of the appeals room that need no application."""

from datetime import UTC, date, datetime, timedelta

import pytest

import engine
from app.appeals import codes, policy
from app.appeals.commands import SubmitAppeal
from app.appeals.timeline import UNKNOWN, _merged, _stages, filled, public, shown
from app.errors import Invalid
from app.workflow.services import StepView
from tests.unit.office import command

KEY = "k" * 64
LONGEST = 1_000_000


def errors(**more):
    return set(policy.filing_errors(command(**more), longest=LONGEST))


def test_a_code_has_eighty_bits_and_belongs_to_one_appeal_and_generation():
    code = codes.access_code(KEY, 17, 1)
    assert len(codes.plain(code)) * 5 >= 80
    assert codes.access_code(KEY, 17, 1) == code
    others = {
        codes.access_code(KEY, 18, 1),
        codes.access_code(KEY, 17, 2),
        codes.access_code("another", 17, 1),
    }
    assert code not in others
    assert len(others) == 3


@pytest.mark.parametrize(
    "typed", [str.lower, lambda code: code.replace("-", " "), lambda code: code.replace("0", "О")]
)
def test_a_code_may_be_typed_as_people_type(typed):
    for generation in range(1, 6):
        code = codes.access_code(KEY, 17, generation)
        assert codes.fits(KEY, 17, generation, typed(code))
        assert not codes.fits(KEY, 17, generation, code[:-1])
    assert not codes.fits(KEY, 17, 1, "")


def test_only_what_the_reply_needs_is_required():
    assert errors() == set()
    assert errors(applicant={"middle_name": "", "postal_address": None}) == set()
    assert errors(applicant={"last_name": "", "first_name": " "}) == {"last_name", "first_name"}
    assert errors(applicant={"kind": ""}) == {"kind"}
    assert errors(applicant={"kind": "alien"}) == {"kind"}
    assert errors(text=" \n") == {"text"}
    assert errors(applicant={"email": ""}) == {"email"}
    assert errors(reply_channel="post", applicant={"postal_address": ""}) == {"postal_address"}
    assert errors(reply_channel="pigeon") == {"reply_channel"}
    assert errors(applicant={"kind": "organisation", "last_name": "", "first_name": ""}) == {"name"}
    assert errors(co_applicants=[{"last_name": "Петров"}]) == {"co_applicants"}
    assert errors(co_applicants=["Петров Пётр Петрович"]) == set()
    assert errors(place="x" * 1001) == {"place"}


def test_without_a_chosen_channel_the_given_address_decides():
    assert policy.reply_channel(command(reply_channel="")) == "email"
    assert policy.reply_channel(command(reply_channel="", applicant={"email": ""})) == "post"


def test_paper_may_be_anonymous_and_its_text_a_scan():
    paper = command(
        channel="post",
        text="",
        files=["upload"],
        reply_channel="post",
        applicant={"last_name": "", "first_name": "", "email": "", "postal_address": ""},
    )
    assert policy.intake_errors(paper, longest=LONGEST) == {}
    empty = command(channel="post", text="", files=[])
    assert set(policy.intake_errors(empty, longest=LONGEST)) == {"text"}


@pytest.mark.parametrize(
    ("address", "good"),
    [
        ("a@example.org", True),
        ("имя@почта.рф", True),
        ("first.last+tag@sub.example.co", True),
        ("a@localhost", False),
        ("a b@example.org", False),
        ("a@example..org", False),
        ("a@example.org\nBcc: b@example.org", False),
        ("@example.org", False),
        ("a@-example.org", False),
        ("a" * 65 + "@example.org", False),
    ],
)
def test_what_can_be_an_address(address, good):
    assert policy.is_email(address) is good


@pytest.mark.parametrize(
    "body",
    [
        {"applicant": "Ёлкина"},
        {"applicant": {"last_name": 5}},
        {"applicant": {"no_middle_name": "yes"}},
        {"text": ["a"]},
        {"files": "id"},
        {"files": [5]},
        {"co_applicants": [5]},
        {"source": {"date": "yesterday"}},
    ],
)
def test_values_of_the_wrong_kind_are_named(body):
    with pytest.raises(Invalid) as refusal:
        SubmitAppeal.of(body)
    assert refusal.value.fields


def test_absent_null_and_empty_are_one():
    assert SubmitAppeal.of({}) == SubmitAppeal.of(
        {"applicant": None, "text": "", "files": None, "co_applicants": "", "place": None}
    )


def test_search_words_are_spelt_one_way():
    assert policy.folded("  Ёлкина\n МАРИЯ ") == "елкина мария"
    assert policy.number_key(" и – 12 / 26") == "и-12/26"
    assert policy.like("100%_\\") == "%100\\%\\_\\\\%"


def test_a_resolution_has_at_most_one_responsible_executor():
    one = {"executor": "a"}
    assert policy.resolution_errors([]) != []
    assert policy.resolution_errors([one]) == []
    both = [{**one, "responsible": True}, {"executor": "b", "responsible": True}]
    assert policy.resolution_errors(both) != []
    assert policy.resolution_errors([one, {"executor": "b"}]) == []
    assert policy.resolution_errors([{**one, "responsible": True}, one]) != []
    assert policy.resolution_errors([{"executor": ""}]) != []


def test_facts_fill_the_analysts_words():
    facts = {
        "due_on": "2026-12-01",
        "at": "2026-11-30T22:30:00+00:00",
        "reason": "причина",
        "reason_en": "reason",
        "codes": ["1", "2"],
        "nothing": None,
    }
    zone = "Europe/Moscow"
    assert filled("до {due_on}", facts, "ru", zone) == "до 01.12.2026"
    assert filled("by {due_on}", facts, "en", zone) == "by 1 December 2026"
    assert filled("{at}", facts, "ru", zone) == "01.12.2026"
    assert filled("{reason}", facts, "ru", zone) == "причина"
    assert filled("{reason}", facts, "en", zone) == "reason"
    assert filled("{codes}", facts, "ru", zone) == "1, 2"
    assert filled("№ {nothing} {unknown} {not a name}", facts, "ru", zone) == (
        f"№ {UNKNOWN} {UNKNOWN} {{not a name}}"
    )
    assert shown("2026-13-45", "ru", zone) == "2026-13-45"


def step(element, at, left=None, facts=None, **properties):
    info = engine.Element(
        element, "appeal", "userTask", "", None, "", None, None, (), None, None, None, properties
    )
    return StepView(1, 1, "appeal", element, at, left, None, None, facts or {}, info, 1, None)


def test_stages_are_steps_with_words_and_secrets_stay_inside():
    start = datetime(2026, 3, 2, 9, tzinfo=UTC)
    later = [start + timedelta(hours=hour) for hour in range(6)]
    steps = [
        step("silent", later[0], later[1], {"number": "7"}),
        step("open", later[1], later[2], stage="Номер {number}, срок {due_on}, {secret}"),
        step("inside", later[2], None, {"secret": "x"}, stage="Тайна", confidential="true"),
        step("work", later[2], later[3], stage="В работе"),
        step("work", later[2], later[4], stage="В работе"),
        step("work", later[5], None, stage="В работе"),
        step("late", later[5], None, {"due_on": "2026-05-01"}, stage="{due_on} {secret}"),
    ]
    stages = _merged(_stages(steps, {"due_on": "2026-04-01", "number": None}, "Europe/Moscow"))
    seen = [(stage.id, stage.text, stage.left_at) for stage in public(stages)]
    assert seen == [
        ("open", f"Номер 7, срок 01.04.2026, {UNKNOWN}", later[2]),
        ("work", "В работе", later[4]),
        ("work", "В работе", None),
        ("late", f"01.05.2026 {UNKNOWN}", None),
    ]
    assert [stage.id for stage in stages if stage.confidential] == ["inside"]


def test_days_left_counts_whole_days():
    assert policy.days_left(date(2026, 3, 5), date(2026, 3, 2)) == 3
    assert policy.days_left(date(2026, 3, 1), date(2026, 3, 2)) == -1
    assert policy.days_left(None, date(2026, 3, 2)) is None
