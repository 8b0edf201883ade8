"""The law through the shipped diagrams: its terms and its bans, tried by the use cases."""

from datetime import date, timedelta
from pathlib import Path

import pytest

from app import clock
from app.appeals import lookups, services
from app.deadlines.services import Policy, due
from app.directory import services as directory
from app.errors import Invalid
from app.workflow import versions
from app.workflow.incidents import incidents
from tests.unit.office import Office, command

TERMS = Path(__file__).parents[2] / "processes" / "control" / "terms.dmn"


@pytest.fixture
def office(app):
    made = Office(app)
    yield made
    assert incidents() == []


def forwarded(app, **source):
    """An appeal that another body sent on."""
    office = Office(app)
    given = command(channel="forwarded", source={"organisation": "Прокуратура", **source})
    office.receipt = services.intake(given, person=office.person("registrar"))
    office.ref = office.receipt.receipt
    return office


def due_days(office):
    """The day on which each open task is due, by its element."""
    return {item.element: item.due_at.astimezone().date() for item in office.items()}


def by_rule(office, rule, **more):
    return due(rule, office.card().registered_on, **more).due


def said(office, what, locale="ru"):
    return next(" ".join(one.said(locale)) for one in office.card().terms if one.of == what)


def test_what_must_be_done_within_seven_days_is_due_within_them(office):
    office.register()
    assert due_days(office)["review"] == by_rule(office, "R06")
    (body,) = lookups.organisations("", limit=1)
    office.do("manager", "review", decision="redirect", organisation=str(body.id))
    assert due_days(office)["prepare_redirection"] == by_rule(office, "R06")
    office.do("registrar", "prepare_redirection")
    assert due_days(office)["sign_redirection"] == by_rule(office, "R06")
    assert office.card().due_on == by_rule(office, "R17")


def test_an_appeal_about_migration_has_five_days_to_be_sent_on(office):
    office.register(about_migration=True)
    assert due_days(office)["review"] == by_rule(office, "R07")
    assert office.card().due_on == by_rule(office, "R17")
    assert "ч. 3.1 ст. 8" in said(office, "decision")


def test_the_highest_official_considers_it_in_twenty_days(office):
    directory.save_settings({"deadlines.highest_official": "yes"}, actor="administrator")
    office.register(about_migration=True)
    assert office.card().due_on == by_rule(office, "R18")
    office.assign("executor1")
    asked = services.request_extension(office.person("executor1"), office.ref, "Надо", 30)
    assert asked.asked_due_on == by_rule(office, "R18", extended=True)


def test_a_correction_of_the_card_counts_the_terms_anew_and_tells_control(office):
    directory.save_settings({"deadlines.highest_official": "yes"}, actor="administrator")
    office.register()
    office.do("manager", "review", decision="return", remark="Это о миграции")
    office.register(about_migration=True)
    assert office.card().due_on == office.status().due_on == by_rule(office, "R18")
    assert due_days(office)["review"] == by_rule(office, "R07")
    office.do("manager", "review", decision="answer")
    assert due_days(office)["draft_reply"] == by_rule(office, "R18")


@pytest.mark.parametrize(
    ("asked", "kept", "words"),
    [(10, True, "просит ответить до"), (90, False, "позже срока по закону"), (-3, False, "истёк")],
)
def test_the_term_of_another_body_shortens_ours_and_never_lengthens_it(app, asked, kept, words):
    wanted = clock.now().date() + timedelta(days=asked)
    office = forwarded(app, number="7-1", due_on=wanted.isoformat())
    office.register()
    card = office.card()
    assert card.due_on == (wanted if kept else by_rule(office, "R17"))
    assert card.statutory_due_on == by_rule(office, "R17")
    assert words in said(office, "reply")


def test_a_shortened_term_may_still_be_extended_and_the_letter_says_the_old_one(app):
    wanted = clock.now().date() + timedelta(days=10)
    office = forwarded(app, due_on=wanted.isoformat())
    office.register()
    office.assign("executor1")
    assert office.card("executor1").may_request_extension
    services.request_extension(office.person("executor1"), office.ref, "Ждём экспертизу", 30)
    office.do("manager", "decide_extension", decision="grant")
    office.settle()
    card = office.card()
    assert card.due_on == by_rule(office, "R17", extended=True)
    assert card.assignments[0].due_on == card.due_on
    letter = next(mail for mail in office.mail() if "продлён" in mail.subject)
    assert f"{wanted.day} " in letter.text.partition("Прежний срок:")[2].splitlines()[0]
    assert not office.card("executor1").may_request_extension


def test_every_term_says_how_it_was_counted_in_both_languages(office):
    office.register()
    office.assign("executor1")
    services.request_extension(office.person("executor1"), office.ref, "Надо", 10)
    office.do("manager", "decide_extension", decision="grant")
    terms = office.card().terms
    assert [one.of for one in terms] == ["registration", "decision", "reply", "extension"]
    assert [one.rule for one in terms] == ["R05", "R06", "R17", "R17"]
    for one in terms:
        assert any("→" in line for line in one.said("ru"))
        assert not any("а" <= letter <= "я" for letter in " ".join(one.said("en")))
    assert terms[-1].due_on == office.card().due_on


def test_a_body_that_counts_the_day_of_registration_says_so_once(app):
    defaults = directory.all_settings()
    assert defaults["deadlines.start"] == Policy().start
    assert defaults["deadlines.nonworking"] == Policy().nonworking_last_day
    assert defaults["deadlines.extension_base"] == Policy().extension_base
    directory.save_settings({"deadlines.start": "same_day"}, actor="administrator")
    office = Office(app)
    office.register()
    assert office.card().due_on == by_rule(office, "R17", policy=Policy(start="same_day"))


def test_a_choice_the_law_does_not_leave_is_refused(app):
    with pytest.raises(Invalid) as wrong:
        directory.save_settings({"deadlines.nonworking": "never"}, actor="administrator")
    assert list(wrong.value.fields) == ["deadlines.nonworking"]


def test_days_changed_in_the_table_change_the_next_appeals(app):
    table = TERMS.read_text(encoding="utf-8")
    changed = table.replace("<text>30</text>", "<text>10</text>", 1)
    assert changed != table
    shipped = versions.export(next(one.id for one in versions.versions() if one.active))
    files = {**shipped, "control/terms.dmn": changed.encode()}
    versions.publish(files, note="Десять дней", actor="analyst")
    office = Office(app)
    office.register()
    card = office.card()
    assert card.due_on <= card.registered_on + timedelta(days=10)


def test_registration_is_never_backdated(app):
    received = clock.now().date() - timedelta(days=2)
    office = Office(app)
    given = command(channel="post", received_on=received.isoformat())
    office.receipt = services.intake(given, person=office.person("registrar"))
    office.ref = office.receipt.receipt
    office.register(registered_on=date(2026, 1, 1).isoformat())
    card = office.card()
    assert card.received_at.date() == received
    assert card.registered_on == clock.now().date()
    assert card.register_by == due("R05", received).due
