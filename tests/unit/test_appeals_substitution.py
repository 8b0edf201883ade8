"""Somebody is away and another acts for them: what the other may, and what never."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from app import clock
from app.access import services as access
from app.appeals import services
from app.appeals.commands import AssignmentFilter, InboxFilter, SearchQuery
from app.appeals.models import Appeal
from app.audit.services import history
from app.correspondence.names import on_behalf_of
from app.database import reading, transaction
from app.directory import services as directory
from app.errors import Conflict, Forbidden, Invalid, NotFound
from app.workflow.models import StepRow
from tests.unit.office import Office
from tests.web.desk import Clerk
from tests.web.life import Reception, in_process

ZONE = "Europe/Moscow"


@pytest.fixture
def office(app):
    return Office(app)


def in_days(days):
    return clock.today(ZONE) + timedelta(days=days)


def away(absent, other, first=0, last=6, by=None):
    return access.substitute(
        access.load_person(by or absent), absent, other, in_days(first), in_days(last)
    )


def refused(field, *given, **more):
    with pytest.raises(Invalid) as refusal:
        away(*given, **more)
    (sentence,) = refusal.value.fields[field]
    return str(sentence)


def acting(office, by, element, **answers):
    """Do a task of the absent: the item that `by` sees as theirs."""
    person = office.person(by)
    (item,) = (one for one in office.items(by) if one.element == element and one.instead_of)
    assert item.mine
    services.take(person, item.id)
    view = services.work_item(person, item.id)
    services.complete(person, item.id, {**view.values, **answers}, view.item.version)
    return item


def complaint_about(office, login):
    office.register(kind="complaint", complained_person=login)


def lines(subject, action):
    with reading() as session:
        return [one for one in history(session, subject) if one.action == action]


# -- setting it ----------------------------------------------------------------------------------


def test_absences_are_set_by_oneself_by_a_manager_and_by_nobody_else(app):
    own = away("executor1", "executor2")
    assert (own.running, own.until) == (True, in_days(6))
    assert not away("approver", "signatory", 3, 5, by="manager").running
    away("dispatcher", "registrar", by="administrator")
    with pytest.raises(Forbidden):
        away("controller", "registrar", by="executor2")
    (added,) = lines("account:executor1", "substitution.added")
    assert added.details["before"] == {}
    assert added.details["after"]["substitute"] == "executor2"
    assert [one.absent.login for one in access.list_substitutions()] == [
        "executor1", "dispatcher", "approver",
    ]  # fmt: skip


def test_days_that_cannot_be_are_refused(app):
    assert "прошлом" in refused("since", "executor1", "executor2", -1)
    assert "раньше первого" in refused("until", "executor1", "executor2", 5, 4)
    assert "года" in refused("until", "executor1", "executor2", 0, 366)
    assert "сам" in refused("substitute", "executor1", "executor1")
    assert "Выберите" in refused("substitute", "executor1", "nobody")
    assert "роли" in refused("substitute", "executor1", "auditor")


def test_overlapping_chained_and_circular_substitutions_are_refused(app):
    away("executor1", "executor2", 2, 5)
    assert "уже отсутствует" in refused("since", "executor1", "manager", 5, 9)
    assert "замещать друг друга" in refused("substitute", "executor2", "executor1", 4, 4)
    assert "отсутствует" in refused("substitute", "manager", "executor1", 0, 2)
    assert "замещает" in refused("since", "executor2", "manager", 1, 3)
    away("executor2", "executor1", 6, 9)
    away("manager", "executor2", 3, 4)
    assert access.load_person("executor2").logins == {"executor2"}


def test_it_begins_with_its_day_and_ends_by_itself(app):
    away("executor1", "executor2", 1, 1)
    assert access.load_person("executor2").stands_for == set()
    midnight = access.list_substitutions()[0].since
    for hours, stands in ((0, {"executor1"}), (23.99, {"executor1"}), (24, set())):
        start = clock.now().astimezone(ZoneInfo(ZONE)).replace(
            year=midnight.year, month=midnight.month, day=midnight.day,
            hour=0, minute=0, second=0, microsecond=0,
        )  # fmt: skip
        clock.move_to(start + timedelta(hours=hours))
        assert access.load_person("executor2").stands_for == stands
    assert access.load_person("executor1").away is None
    assert access.list_substitutions() == []


def test_who_comes_back_earlier_ends_it(app):
    found = away("executor1", "executor2")
    with pytest.raises(Forbidden):
        access.end_substitution(access.load_person("executor2"), found.id)
    access.end_substitution(access.load_person("executor1"), found.id)
    assert access.load_person("executor1").away is None
    (ended,) = lines("account:executor1", "substitution.ended")
    assert ended.details["before"]["until"] == in_days(6).isoformat()
    assert ended.details["after"]["until"] == in_days(0).isoformat()
    with pytest.raises(Conflict):
        access.end_substitution(access.load_person("executor1"), found.id)
    away("executor1", "manager")


# -- acting for somebody -------------------------------------------------------------------------


def test_a_substitute_does_the_tasks_of_the_absent_and_both_are_named(office):
    office.register()
    office.assign("executor1")
    assert office.items("dispatcher") == ()
    away("executor1", "dispatcher")
    (item,) = office.items("dispatcher")
    assert (item.element, item.assignee, item.instead_of) == (
        "accept_assignment", "executor1", "executor1",
    )  # fmt: skip
    assert item.instead_of_name == "Лебедева Н. П."
    found = services.inbox(office.person("dispatcher"), InboxFilter(scope="mine"))
    assert (found.counts.mine, found.page.total) == (1, 1)
    mine = services.assignments(office.person("dispatcher"), AssignmentFilter(scope="mine"))
    assert mine.total == 1
    acting(office, "dispatcher", "accept_assignment")
    acting(office, "dispatcher", "report", text="Сделано")
    key = office.card().key
    for action in ("assignment.accepted", "assignment.reported"):
        (line,) = lines(key, action)
        assert (line.actor, line.details["instead_of"]) == ("dispatcher", "executor1")
    with reading() as session:
        steps = session.scalars(select(StepRow).where(StepRow.element == "report"))
        assert [(one.actor, one.instead_of) for one in steps] == [("dispatcher", "executor1")]
    (line,) = lines(key, "assignment.issued")
    assert "instead_of" not in line.details


def accepted_for_others(office):
    """One who was away assigned, and one who was away accepted, by those who stand in."""
    office.register()
    (item,) = office.items("manager")
    services.take(office.person("manager"), item.id)
    away("manager", "approver")
    acting(
        office, "approver", "review", decision="assign",
        resolutions=[{"executor": "executor1", "responsible": True, "text": "Проверить"}],
    )  # fmt: skip
    away("executor1", "dispatcher")
    acting(office, "dispatcher", "accept_assignment")


def complaint_about_the_reply(office):
    """The reply of executor1, written by executor2 for them, and the complaint about it."""
    office.register()
    office.do("manager", "review", decision="answer", drafter="executor1")
    away("executor1", "executor2")
    acting(office, "executor2", "draft_reply")
    office.do("approver", "approve_reply", decision="accept")
    office.do("signatory", "sign_reply")
    office.settle()
    clock.move_to(clock.now() + timedelta(days=8))
    code = office.receipt.access_code
    made = services.complain(office.ref, code, "Ответ не по существу", auth_method="esia")
    new = Office.__new__(Office)
    new.app, new.receipt, new.ref = office.app, made, made.receipt
    return new


def barred(office, login):
    with pytest.raises(Invalid) as refusal:
        office.do("manager", "review", decision="answer", drafter=login)
    with pytest.raises(Invalid) as of_share:
        services.share(
            office.person("manager"), office.ref, login, None, in_days(3), "Пусть посмотрит"
        )
    return (*refusal.value.fields, *of_share.value.fields) == ("drafter", "login")


def test_a_complaint_about_a_reply_goes_neither_to_who_wrote_it_nor_to_the_absent(office):
    new = complaint_about_the_reply(office)
    task = new.find("registrar", "register")
    for login in ("executor1", "executor2"):
        access.change_account(login, {"roles": ["executor", "registrar"]}, actor="administrator")
        with pytest.raises(Forbidden):
            services.take(office.person(login), task.id)
    assert new.register()["complained_person"] == "executor2"
    names = {office.person(login).name for login in ("executor1", "executor2")}
    assert set(new.card().complained_of) == names
    assert barred(new, "executor1")
    assert barred(new, "executor2")


@pytest.mark.parametrize(
    ("named", "both"), [("executor1", True), ("executor2", True), ("dispatcher", False), ("", None)]
)
def test_the_registrar_may_name_the_other_of_the_two_or_somebody_else(office, named, both):
    new = complaint_about_the_reply(office)
    new.register(complained_person=named)
    about = len(new.card().complained_of)
    assert about == {True: 2, False: 1, None: 0}[both]
    if both:
        assert barred(new, "executor1")
        assert barred(new, "executor2")


def test_the_card_and_the_versions_of_a_reply_name_both(office, app):
    accepted_for_others(office)
    acting(office, "dispatcher", "report", text="Сделано")
    (item,) = office.items("controller")
    services.take(office.person("controller"), item.id)
    away("controller", "registrar")
    acting(office, "registrar", "accept_report", decision="accept")
    acting(office, "dispatcher", "draft_reply")
    card = office.card()
    (resolution,), ((report,),) = card.resolutions, [one.reports for one in card.assignments]
    absent = {login: short(office, login) for login in ("manager", "executor1", "controller")}
    assert resolution.instead_of_name == absent["manager"]
    assert report.instead_of_name == absent["executor1"]
    assert report.decided_for_name == absent["controller"]
    auditor = Clerk(app, "auditor")
    shown = auditor.page(f"/desk/appeals/{card.id}?tab=assignments")
    reporter = office.person("dispatcher").name
    assert f"Отчёт: {reporter}, за {absent['executor1']}, " in shown
    assert f"{office.person('registrar').name}, за {absent['controller']}" in shown
    assert f"{reporter}, за {absent['executor1']}</option>" in auditor.page(
        f"/desk/appeals/{card.id}/reply"
    )


def short(office, login):
    """The name of an absent colleague as it follows «за»."""
    return on_behalf_of(office.person(login).name, "ru")


def test_only_personal_tasks_are_lent_and_only_while_it_runs(office):
    found = away("registrar", "executor2")
    assert office.items("executor2") == ()
    with pytest.raises(NotFound):
        services.card(office.person("executor2"), office.ref)
    (register,) = office.items("registrar")
    services.take(office.person("registrar"), register.id)
    assert [one.element for one in office.items("executor2")] == ["register"]
    services.card(office.person("executor2"), office.ref)
    hits = services.search(office.person("executor2"), SearchQuery())
    assert hits.total == 0  # a task is no part of the appeal
    given_back = services.release(office.person("executor2"), register.id)
    assert given_back.assignee is None
    assert office.items("executor2") == ()
    services.take(office.person("registrar"), register.id)
    access.end_substitution(office.person("registrar"), found.id)
    assert office.items("executor2") == ()
    with pytest.raises(NotFound):
        services.take(office.person("executor2"), register.id)


def test_what_is_asked_and_passed_on_is_the_absents(office):
    office.register()
    office.assign("executor1")
    office.do("executor1", "accept_assignment")
    away("executor1", "dispatcher")
    substitute = office.person("dispatcher")
    asked = services.request_extension(substitute, office.ref, "Нужен выезд", 15)
    assert asked.asked_by == "executor1"
    (part,) = office.card().assignments
    passed = services.sub_assign(substitute, part.id, "executor2", "Дать справку")
    assert passed.author == "executor1"
    (line,) = lines(office.card().key, "assignment.passed_on")
    assert (line.actor, line.details["instead_of"]) == ("dispatcher", "executor1")


def test_what_was_assigned_asked_and_decided_for_somebody_names_both_everywhere(office, app):
    accepted_for_others(office)
    substitute = office.person("dispatcher")
    asked = services.request_extension(substitute, office.ref, "Нужен выезд", 15)
    (part,) = office.card().assignments
    passed = services.sub_assign(substitute, part.id, "executor2", "Дать справку")
    gave = office.person("approver").name, short(office, "manager")
    worked = substitute.name, short(office, "executor1")
    assert (part.author_name, part.instead_of_name) == gave
    assert (passed.author_name, passed.instead_of_name) == worked
    assert (asked.asked_by_name, asked.asked_for_name) == worked
    auditor = Clerk(app, "auditor")
    card = f"/desk/appeals/{office.card().id}"
    for page in (f"{card}?tab=assignments", "/desk/assignments?scope=all"):
        shown = auditor.page(page)
        for names in (gave, worked):
            assert f"Автор поручения: {', за '.join(names)}" in shown
    assert f"{', за '.join(worked)}: Нужен выезд" in auditor.page(card)
    rows = [one.instead_of_name for one in services.assignments_after(
        office.person("auditor"), AssignmentFilter(scope="all"), 0, 9
    )]  # fmt: skip
    assert rows == [gave[1], worked[1]]
    (item,) = (one for one in office.items("manager") if one.element == "decide_extension")
    services.take(office.person("manager"), item.id)
    acting(office, "approver", "decide_extension", decision="grant")
    (extension,) = office.card().extensions
    assert (extension.decided_by, extension.decided_for_name) == ("approver", gave[1])
    assert ", за ".join(gave) in auditor.page(card).split("Срок продлён")[1]


def test_a_letter_names_who_decided_and_for_whom(office):
    office.register()
    services.ask_to_read(office.ref, office.receipt.access_code, "Акт осмотра двора")
    (item,) = (one for one in office.items("manager") if one.element == "decide_inspection")
    services.take(office.person("manager"), item.id)
    away("manager", "approver")
    acting(
        office, "approver", "decide_inspection", decision="refuse", ground="others",
        explanation="В деле адреса соседей.",
    )  # fmt: skip
    office.settle()
    said = " ".join(office.mail()[0].text.split())
    assert "Решение принял: Начальник правового управления Р. А. Никитин, за Громову Е. В." in said
    (asked,) = office.card("manager").inspections
    assert asked.decided_for_name == short(office, "manager")


def test_nobody_accepts_their_own_report_through_a_substitution(app):
    access.change_account("executor2", {"roles": ["executor", "controller"]}, actor="console")
    office = Office(app)
    office.register()
    office.assign("executor1")
    away("executor1", "executor2")
    acting(office, "executor2", "accept_assignment")
    acting(office, "executor2", "report", text="Сделано")
    (item,) = office.items("executor2")
    with pytest.raises(Forbidden):
        services.complete(office.person("executor2"), item.id, {"decision": "accept"})
    office.do("manager", "accept_report", decision="accept")


def test_a_substitute_does_not_accept_the_report_of_whom_they_stand_for(app):
    access.change_account("executor1", {"roles": ["executor", "controller"]}, actor="console")
    office = Office(app)
    office.register()
    office.assign("executor1")
    office.do("executor1", "accept_assignment")
    office.do("executor1", "report", text="Сделано")
    (item,) = office.items("executor1")
    services.take(office.person("executor1"), item.id)
    away("executor1", "executor2")
    with pytest.raises(Forbidden):
        acting(office, "executor2", "accept_report", decision="accept")


def drafted(office):
    office.register()
    office.do("manager", "review", decision="answer", drafter="executor1")
    office.do("executor1", "draft_reply")
    office.do("approver", "approve_reply", decision="accept")
    (item,) = (one for one in office.items("signatory") if one.element == "sign_reply")
    services.take(office.person("signatory"), item.id)


def test_a_letter_names_who_signed_and_who_was_away(office):
    drafted(office)
    away("signatory", "approver")
    with pytest.raises(Forbidden, match="права подписи"):
        acting(office, "approver", "sign_reply")
    directory.give_authority(
        login="approver", basis="Приказ № 7", since=in_days(0), actor="administrator"
    )
    acting(office, "approver", "sign_reply")
    office.settle()
    (letter,) = (one for one in office.card().letters if one.kind == "reply")
    assert (letter.signatory, letter.signed_for) == ("approver", "Орлова Д. Н.")
    from app.correspondence import composing

    with reading() as session:
        signed = composing.sheet(session, letter)["signatory"]
    assert signed["post"].endswith("(на время отсутствия Орлова Д. Н.)")
    assert letter.signatory_name.startswith(signed["name"].split("\N{NO-BREAK SPACE}")[-1])


# -- where it would evade art. 8 p. 6 ------------------------------------------------------------


def test_a_complaint_is_out_of_reach_of_the_substitute_of_whom_it_is_about(office):
    away("executor1", "executor2")
    complaint_about(office, "executor1")
    with pytest.raises(Invalid) as refusal:
        office.assign("executor2")
    assert "замещает" in str(refusal.value.fields["resolutions"])
    with pytest.raises(Invalid):
        office.do("manager", "review", decision="answer", drafter="executor2")


def test_a_substitute_does_nothing_with_a_complaint_they_had_before(office):
    complaint_about(office, "executor1")
    office.assign("executor2")
    away("executor1", "executor2")
    (item,) = office.items("executor2")
    for act in (services.take, lambda who, one: services.complete(who, one, {})):
        with pytest.raises(Forbidden):
            act(office.person("executor2"), item.id)


def test_what_the_complained_of_had_is_not_lent(office):
    office.register()
    office.assign("executor1")
    away("executor1", "executor2")
    with transaction() as session:  # as a correction leaves it that was made before the absence
        session.scalars(select(Appeal)).one().complained_person = "executor1"
    assert office.items("executor2") == ()
    (item,) = office.items("executor1")
    with pytest.raises(NotFound):
        services.take(office.person("executor2"), item.id)


def test_who_is_complained_of_gets_nothing_of_it_by_standing_in(office):
    complaint_about(office, "executor2")
    office.assign("executor1")
    away("executor1", "executor2")
    assert office.items("executor2") == ()
    (item,) = office.items("executor1")
    person = office.person("executor2")
    for look in (services.work_item, services.take):
        with pytest.raises(NotFound):
            look(person, item.id)
    with pytest.raises(NotFound):
        services.card(person, office.ref)
    assert services.search(person, SearchQuery()).total == 0
    assert services.assignments(person, AssignmentFilter(scope="mine")).total == 0
    assert services.inbox(person, InboxFilter(scope="mine")).counts.mine == 0


def test_a_complaint_is_not_handed_to_a_substitute_nor_by_one(office):
    complaint_about(office, "executor1")
    office.assign("executor2")
    (item,) = office.items("executor2")
    away("executor1", "dispatcher")
    with pytest.raises(Invalid) as refusal:
        services.hand_over(office.person("manager"), item.id, "dispatcher", "Отпуск")
    assert refusal.value.fields.keys() == {"to"}
    office.do("executor2", "accept_assignment")
    (part,) = office.card().assignments
    with pytest.raises(Invalid) as refusal:
        services.sub_assign(office.person("executor2"), part.id, "dispatcher", "Справка")
    assert refusal.value.fields.keys() == {"executor"}


def test_members_of_a_commission_and_addressees_are_checked_too(app):
    office = Office(app)
    away("executor1", "manager")
    with pytest.raises(Invalid) as refusal:
        office.register(kind="complaint", complained_person="executor1", to_manager="manager")
    assert refusal.value.fields.keys() == {"to_manager"}


# -- by the doors --------------------------------------------------------------------------------


def test_pages_say_who_is_away_and_for_whom_one_acts(office, app):
    office.register()
    office.assign("executor1")
    clerk = Clerk(app, "executor1")
    days = {"since": in_days(0).isoformat(), "until": in_days(6).isoformat()}
    page = "/desk/substitutions"
    again = clerk.send(page, "substitute", 422, **days, substitute="executor1")
    assert "Нельзя замещать самого себя" in again.text
    clerk.send(page, "substitute", **days, substitute="executor2")
    words = f"отсутствует по {in_days(6):%d.%m.%Y}, замещает Тихонова О. Д."
    assert words in Clerk(app, "manager").page(f"/desk/appeals/{office.card().id}?tab=assignments")
    other = Clerk(app, "executor2")
    assert "за Лебедева Н. П." in other.page("/desk/")
    (item,) = office.items("executor2")
    other.send(f"/desk/items/{item.id}", "version")
    assert "Тихонова Ольга Дмитриевна, за Лебедева Н. П." in Clerk(app, "auditor").page(
        f"/desk/appeals/{office.card().id}?tab=history"
    )
    (found,) = access.list_substitutions()
    clerk.post(f"{page}/{found.id}/end", {"csrf_token": clerk.form(page, "since")["csrf_token"]})
    assert access.list_substitutions() == []


def test_machines_set_see_and_end_absences(office, app):
    office.register()
    office.assign("executor1")
    machine = Reception(in_process(app))
    for login in ("executor1", "executor2"):
        machine.tokens[login] = access.issue_token(login).secret
    days = {"since": in_days(0).isoformat(), "until": in_days(6).isoformat()}
    refusal = machine.call("POST", "/substitutions", by="executor1", json=days, expect=422)
    assert refusal["errors"].keys() == {"substitute"}
    body = {**days, "substitute": "executor2"}
    made = machine.call("POST", "/substitutions", by="executor1", json=body, expect=201)
    assert made["absent"]["login"] == "executor1"
    (item,) = machine.call("GET", "/work-items?scope=mine", by="executor2")["items"]
    assert (item["assignee"], item["instead_of"]) == ("executor1", "executor1")
    (person,) = machine.call("GET", "/people?q=executor1", by="executor2")["items"]
    assert person["away"]["login"] == "executor2"
    machine.call("DELETE", f"/substitutions/{made['id']}", by="executor2", expect=403)
    machine.call("DELETE", f"/substitutions/{made['id']}", by="executor1", expect=204)
    assert machine.call("GET", "/substitutions", by="executor2")["items"] == []


def test_who_stands_in_is_written_to_and_reminded(office):
    office.register()
    away("executor1", "executor2", 0, 60)
    office.assign("executor1")
    office.settle()
    told = [one for one in ("executor1", "executor2") if office.mail(f"{one}@sredneozersk.example")]
    assert told == ["executor1", "executor2"]
    office.at_noon(office.card().due_on - timedelta(days=3))
    for login in ("executor1", "executor2"):
        (line,) = services.inbox(office.person(login), InboxFilter()).reminders
        assert line.appeal.receipt == office.ref
