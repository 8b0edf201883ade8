"""The law through the shipped diagrams: its terms and its bans, tried by the use cases."""

from datetime import date, timedelta
from pathlib import Path

import pytest

from app import clock
from app.access import services as access
from app.appeals import lookups, policy, services
from app.deadlines.calendar import Calendar
from app.deadlines.services import Policy, due
from app.directory import services as directory
from app.errors import Forbidden, Invalid
from app.workflow import versions
from app.workflow.incidents import incidents
from app.workflow.timers import fire_due
from tests.unit.office import QUESTION, Office, command

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
    wanted = clock.today("Europe/Moscow") + timedelta(days=asked)
    office = forwarded(app, number="7-1", due_on=wanted.isoformat())
    office.register()
    card = office.card()
    assert card.due_on == (wanted if kept else by_rule(office, "R17"))
    assert card.statutory_due_on == by_rule(office, "R17")
    assert words in said(office, "reply")


def test_a_shortened_term_may_still_be_extended_and_the_letter_says_the_old_one(app):
    wanted = clock.today("Europe/Moscow") + timedelta(days=10)
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


@pytest.mark.parametrize("shift", ["previous", "next", "none"])
def test_a_granted_day_is_checked_as_decided_and_then_moved_from_a_day_off(app, shift):
    """On a day chosen so that the longest extension the law allows ends on the first of two."""
    directory.save_settings({"deadlines.nonworking": shift}, actor="administrator")
    days = Calendar()
    clock.move_to(clock.now() + timedelta(days=1))
    while any(days.is_working(clock.today("Europe/Moscow") + timedelta(days=n)) for n in (60, 61)):
        clock.move_to(clock.now() + timedelta(days=1))
    office = Office(app)
    office.register()
    office.assign("executor1")
    last = office.card().registered_on + timedelta(days=60)
    services.request_extension(office.person("executor1"), office.ref, "Экспертиза", 30)
    late = (last + timedelta(days=1)).isoformat()
    assert refused(office, "manager", "decide_extension", decision="grant", due_on=late) == "due_on"
    office.do("manager", "decide_extension", decision="grant", due_on=last.isoformat())
    wanted = {
        "previous": days.previous_working(last),
        "next": days.next_working(last),
        "none": last,
    }[shift]
    assert office.card().due_on == office.status().due_on == wanted
    assert office.card().assignments[0].due_on == wanted
    assert f"установлен срок {last:%d.%m.%Y}" in said(office, "extension")
    assert incidents() == []


@pytest.mark.parametrize("shift", ["previous", "next", "none"])
def test_the_day_that_the_form_offers_can_be_granted_as_it_is(app, shift):
    directory.save_settings({"deadlines.nonworking": shift}, actor="administrator")
    office = Office(app)
    office.register()
    office.assign("executor1")
    asked = services.request_extension(office.person("executor1"), office.ref, "Экспертиза", 30)
    office.do("manager", "decide_extension", decision="grant")
    assert office.card().due_on == asked.asked_due_on


def test_every_term_says_how_it_was_counted_in_both_languages(office):
    office.register()
    office.assign("executor1")
    services.request_extension(office.person("executor1"), office.ref, "Надо", 15)
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
    received = clock.today("Europe/Moscow") - timedelta(days=2)
    office = Office(app)
    given = command(channel="post", received_on=received.isoformat())
    office.receipt = services.intake(given, person=office.person("registrar"))
    office.ref = office.receipt.receipt
    office.register(registered_on=date(2026, 1, 1).isoformat())
    card = office.card()
    assert card.received_at.date() == received
    assert card.registered_on == clock.today("Europe/Moscow")
    assert card.register_by == due("R05", received).due


# ---- article 8, parts 6 and 7: a complaint never goes to those it complains of ---------------


def complained_of(office, **whom):
    office.register(kind="complaint", **whom)
    return office


def refused(office, by, element, **answers):
    with pytest.raises(Invalid) as wrong:
        office.do(by, element, **answers)
    (field,) = wrong.value.fields
    return field


def test_a_complaint_is_assigned_to_anybody_but_the_person_complained_of(office):
    complained_of(office, complained_person="executor1")
    lines = [{"executor": "executor1", "responsible": True}]
    assert refused(office, "manager", "review", decision="assign", resolutions=lines) == (
        "resolutions"
    )
    assert refused(office, "manager", "review", decision="answer", drafter="executor1") == "drafter"
    office.assign("executor2")
    office.do("executor2", "accept_assignment")
    (part,) = office.card().assignments
    with pytest.raises(Invalid) as wrong:
        services.sub_assign(office.person("executor2"), part.id, "executor1", "Ответьте")
    assert list(wrong.value.fields) == ["executor"]


def test_a_complaint_is_sent_to_any_body_but_the_one_complained_of(office):
    theirs, other = (str(one.id) for one in lookups.organisations("", limit=2))
    complained_of(office, complained_organisation=theirs)
    assert office.card().complained_of == (lookups.organisations("", limit=1)[0].name,)
    field = refused(office, "manager", "review", decision="redirect", organisation=theirs)
    assert field == "organisation"
    office.do("manager", "review", decision="redirect", organisation=other)
    assert refused(office, "registrar", "prepare_redirection", organisation=theirs) == (
        "organisation"
    )


def test_who_is_complained_of_takes_no_task_of_the_complaint(office):
    complained_of(office, complained_person="manager")
    (review,) = office.items()
    manager = office.person("manager")
    with pytest.raises(Forbidden):
        services.take(manager, review.id)
    with pytest.raises(Forbidden):
        services.complete(manager, review.id, {"decision": "answer"})
    office.do("assistant", "review", decision="answer", drafter="executor2")


def test_what_is_no_complaint_may_go_to_the_person_it_names(office):
    office.register(kind="complaint", complained_person="executor1")
    office.do("manager", "review", decision="return", remark="Это заявление")
    office.register(kind="statement", complained_person="executor1")
    office.assign("executor1")


def test_an_executor_does_not_accept_their_own_report(app):
    access.change_account("executor1", {"roles": ["executor", "controller"]}, actor="console")
    office = Office(app)
    office.register()
    office.assign("executor1")
    office.do("executor1", "accept_assignment")
    office.do("executor1", "report", text="Сделано")
    with pytest.raises(Forbidden):
        office.do("executor1", "accept_report", decision="accept")
    directory.save_settings({"duties.own_report": "yes"}, actor="administrator")
    office.do("executor1", "accept_report", decision="accept")


# ---- article 11: what is left without a reply, and what is said about it ---------------------

GROUNDS = {
    "anonymous": "части 1 статьи 11",
    "court": "части 2 статьи 11",
    "abuse": "недопустимости злоупотребления правом",
    "unreadable": "части 4 статьи 11",
    "unclear": "части 4.1 статьи 11",
    "ended": "прекращении переписки",
    "published": "https://body.example/answers/7",
    "secret": "части 6 статьи 11",
    "no_addressee": "в суд",
}
MORE = {
    "ended": {"earlier_replies": "№ ОГ-5/25 от 01.02.2025, № ОГ-9/25 от 03.03.2025"},
    "published": {"answer_url": "https://body.example/answers/7"},
}


def test_every_ground_is_tried():
    assert GROUNDS.keys() == policy.LEFT_REASONS.keys()


def test_a_letter_says_the_norm_of_its_ground_and_nothing_of_the_others(app):
    for ground, norm in GROUNDS.items():
        office, more = Office(app), MORE.get(ground, {})
        office.register()
        office.do("manager", "review", decision="leave", reason=ground, **more)
        if ground == "unreadable":
            office.draw_up_act()
        office.settle()
        assert office.status().outcome == "left"
        said = " ".join(office.mail()[0].text.split())
        assert norm in said
        assert all(value in said for value in more.values())
        others = {words for name, words in GROUNDS.items() if name != ground and "част" in words}
        assert not any(words in said for words in others), ground


def test_correspondence_is_ended_by_the_manager_alone(office):
    office.register()
    field = refused(
        office, "assistant", "review", decision="leave", reason="ended", **MORE["ended"]
    )
    assert field == "reason"


def test_a_ground_asks_for_what_its_letter_must_say(office):
    office.register()
    for ground, needed in MORE.items():
        field = refused(office, "manager", "review", decision="leave", reason=ground)
        assert [field] == list(needed)


def test_a_question_without_an_answer_stops_the_reply(office):
    office.register()
    office.do("manager", "review", decision="answer", drafter="executor1")
    silent = [{"code": QUESTION, "result": None, "measures": ""}]
    assert refused(office, "executor1", "draft_reply", text="Ответ", results=silent) == "results"
    drafted = office.do("executor1", "draft_reply")
    assert drafted["results"][0]["result"] == "explained"


def test_a_receipt_that_comes_after_the_archive_is_noted(app):
    office = Office(app, reply_channel="post", applicant={"email": ""})
    office.register()
    office.do("manager", "review", decision="answer", drafter="executor1")
    office.do("executor1", "draft_reply")
    office.do("approver", "approve_reply", decision="accept")
    office.do("signatory", "sign_reply")
    office.settle()
    office.do("dispatcher", "dispatch", track="80080012345678")
    clock.move_to(clock.now() + timedelta(days=40))
    assert fire_due()
    office.settle()
    card = office.card()
    assert card.closed_at is not None
    reply = next(one for one in card.letters if one.kind == "reply")
    services.note_delivery(office.person("dispatcher"), reply.id, delivered=True)
    reply = next(one for one in office.card().letters if one.kind == "reply")
    assert reply.state == "delivered"


# ---- who signs, and what another body is asked for -------------------------------------------


def test_nobody_signs_after_their_authority_is_over(office):
    office.register()
    office.do("manager", "review", decision="answer", drafter="executor1")
    office.do("executor1", "draft_reply")
    office.do("approver", "approve_reply", decision="accept")
    for one in directory.list_authorities():
        directory.revoke_authority(one.id, actor="administrator")
    with pytest.raises(Forbidden):
        office.do("signatory", "sign_reply")
    office.settle()
    reply = next(one for one in office.card().letters if one.kind == "reply")
    assert (reply.number, reply.document_id) == (None, None)
    assert office.open() == ["sign_reply"]


@pytest.mark.parametrize("asked", [True, False])
def test_the_cover_letter_asks_for_the_result_when_the_manager_does(office, asked):
    (body,) = lookups.organisations("", limit=1)
    office.register()
    chosen = {"organisation": str(body.id), "ask_result": asked}
    office.do("manager", "review", decision="redirect", **chosen)
    letter = office.do("registrar", "prepare_redirection")["text"]
    assert ("часть 5 статьи 8" in letter) == asked
    assert ("О результатах рассмотрения просим сообщить" in letter) == asked


def sent(office, count):
    """Prepare, sign and send as many cover letters as there are."""
    for _each in range(count):
        office.do("registrar", "prepare_redirection")
        office.do("signatory", "sign_redirection")
    office.settle()


def test_other_competent_bodies_get_copies_while_our_part_goes_on(either_app):
    office = Office(either_app)
    one, two = lookups.organisations("", limit=2)
    office.register()
    copies = {"copy_1": str(one.id), "copy_2": str(two.id), "copy_3": str(one.id)}
    office.assign("executor1", **copies)
    assert office.open() == ["accept_assignment", "prepare_redirection", "prepare_redirection"]
    assert due_days(office)["prepare_redirection"] == by_rule(office, "R08")
    sent(office, 2)
    seen = office.status()
    assert {body.organisation for body in seen.redirections} == {one.name, two.name}
    assert seen.open
    told = [mail for mail in office.mail() if mail.subject.startswith("Копия обращения")]
    assert {one.name in mail.text for mail in told} == {True, False}
    assert all("части 4 статьи 8" in mail.text for mail in told)
    assert all("рассматриваем мы" in mail.text for mail in told)
    office.do("executor1", "accept_assignment")
    office.do("executor1", "report", text="Сделано")
    office.do("manager", "accept_report", decision="accept")
    office.reply("executor1")
    assert office.status().outcome == "answered"
    assert incidents() == []


def test_what_goes_to_two_bodies_whole_ends_with_the_first_and_is_told_of_both(office):
    one, two = lookups.organisations("", limit=2)
    office.register(about_migration=True)
    chosen = {"organisation": str(one.id), "copy_1": str(two.id)}
    office.do("manager", "review", decision="redirect", **chosen)
    sent(office, 2)
    seen = office.status()
    assert seen.outcome == "redirected"
    assert {body.organisation for body in seen.redirections} == {one.name, two.name}
    told = [mail.text for mail in office.mail() if "направлен" in mail.subject]
    assert len(told) == 2
    assert all("части 3.1 статьи 8" in text for text in told)
    assert not any("рассматриваем мы" in text for text in told)
    assert all("30 дней" in text and "20 дней (часть 1.1 статьи 12)" in text for text in told)


def test_a_notice_of_what_is_not_about_migration_names_thirty_days_alone(office):
    (body,) = lookups.organisations("", limit=1)
    office.register()
    office.do("manager", "review", decision="redirect", organisation=str(body.id))
    sent(office, 1)
    (told,) = (mail.text for mail in office.mail() if "направлен" in mail.subject)
    assert "30 дней" in told
    assert "20 дней" not in told


def test_no_copy_of_a_complaint_goes_to_the_body_complained_of(office):
    theirs, other = (str(one.id) for one in lookups.organisations("", limit=2))
    complained_of(office, complained_organisation=theirs)
    field = refused(
        office, "manager", "review", decision="redirect", organisation=other, copy_1=theirs
    )
    assert field == "copy_1"


# ---- mistakes have a way back ----------------------------------------------------------------


def test_a_mistaken_registration_is_voided_and_its_number_never_given_again(app):
    office = Office(app)
    office.register()
    number = office.card().number
    assert refused(office, "manager", "review", decision="void") == "void_reason"
    office.do("manager", "review", decision="void", void_reason="Зарегистрировано дважды")
    office.settle()
    seen = office.status()
    assert (seen.number, seen.outcome, seen.open) == (number, "voided", False)
    assert "Зарегистрировано дважды" in seen.stages[-2].text
    assert "аннулирована" in office.mail()[0].subject
    assert office.card().tasks == ()
    other = Office(app)
    other.register()
    assert other.card().number != number
