"""Campaigns: like appeals gathered, decided together and answered one by one."""

import threading

import pytest

from app.access import services as access
from app.appeals import services
from app.appeals.services import campaigns, runs
from app.audit.services import history
from app.correspondence.texts import day
from app.database import reading
from app.errors import Forbidden, Invalid, NotFound
from app.workflow.incidents import incidents
from tests.unit.office import QUESTION, Office

PARK = (
    "Мы против вырубки деревьев в парке «Берёзки» ради строительства торгового центра. Парк — "
    "единственное место отдыха для семей с детьми. Требуем отменить разрешение на строительство."
)
WRITERS = (
    ("Абрамова", "Анна", "Ивановна"),
    ("Белов", "Борис", "Петрович"),
    ("Волкова", "Вера", "Сергеевна"),
    ("Громов", "Глеб", "Андреевич"),
)


def person(login):
    return Office.person(login)


def letters(app, size=4, **more):
    """Letters of a campaign, their texts compared."""
    found = [
        Office(
            app,
            applicant={
                **dict(zip(("last_name", "first_name", "middle_name"), names, strict=True)),
                "email": f"citizen{n}@example.org",
            },
            text=f"{PARK} Мне {20 + n} лет.",
            **more,
        )
        for n, names in enumerate(WRITERS[:size])
    ]
    found[0].settle()
    return found


def gathered(app, size=4, **more):
    found = letters(app, size, **more)
    return found, campaigns.confirm(person("registrar"), found[0].ref, "Парк")


def do(campaign, login, element, **answers):
    """Do a step for all; the run when it is through."""
    more = {name: answers.pop(name) for name in ("appeals", "confirmed") if name in answers}
    started = runs.begin(person(login), campaign, element, answers, **more)
    while runs.carry_on(started):
        pass
    return runs.run(person(login), campaign, started)


def test_a_group_shows_what_differs_and_nothing_alone_is_a_group(app):
    first, *_others = letters(app)
    Office(app, text="Прошу починить качели во дворе дома 5 по Садовой улице.").settle()
    (group,) = campaigns.groups(person("manager"))
    assert (group.first.receipt, group.count, group.campaign) == (first.ref, 4, None)
    opened = campaigns.group(person("manager"), group.first.id)
    assert opened.sample == first.card().text
    assert opened.members.items[0].appeal.applicant == "Абрамова Анна Ивановна"
    differing = [text.strip() for text, differs in opened.members.items[1].pieces if differs]
    assert differing == ["21"]


def test_confirmed_it_is_no_group_any_more_and_what_comes_later_joins(app):
    _offices, number = gathered(app, 3)
    assert campaigns.groups(person("manager")) == []
    late = Office(app, text=PARK, applicant={"last_name": "Дымов", "email": "d@example.org"})
    late.settle()
    assert campaigns.campaign(person("manager"), number).fresh == 1
    assert campaigns.confirm(person("manager"), late.ref) == number
    view = campaigns.campaign(person("manager"), number)
    assert (view.name, view.count, view.fresh) == ("Парк", 4, 0)


def test_two_who_confirm_at_once_make_one_campaign(either_app):
    offices, made, meeting = letters(either_app), [], threading.Barrier(4)

    def confirm(login):
        with either_app.app_context():
            who = person(login)
            meeting.wait(30)
            made.append(campaigns.confirm(who, offices[0].ref))

    threads = [
        threading.Thread(target=confirm, args=(login,)) for login in ("registrar", "manager") * 2
    ]
    for one in threads:
        one.start()
    for one in threads:
        one.join(60)
    assert made == [made[0]] * 4
    assert campaigns.campaign(person("manager"), made[0]).count == 4


def test_who_may_gather_and_look(app):
    offices = letters(app)
    for login in ("executor1", "controller", "auditor"):
        with pytest.raises(Forbidden):
            campaigns.confirm(person(login), offices[0].ref)
    with pytest.raises(Forbidden):
        campaigns.groups(person("executor1"))
    with pytest.raises(NotFound):
        campaigns.confirm(person("registrar"), "нет такого")
    assert campaigns.groups(person("auditor"))
    number = campaigns.confirm(person("registrar"), offices[0].ref)
    with pytest.raises(NotFound):
        campaigns.campaign(person("executor1"), number)


def test_looking_at_many_is_noted_once_in_half_an_hour(app):
    _offices, number = gathered(app)
    for _look in range(2):
        campaigns.campaign(person("auditor"), number)
        runs.step(person("registrar"), number, "register")
    with reading() as session:
        seen = [one for one in history(session, f"campaign:{number}") if "opened" in one.action]
    assert [(one.actor, one.details["found"]) for one in seen] == [("auditor", 4), ("registrar", 4)]


def test_what_was_taken_out_is_considered_by_itself(app):
    offices, number = gathered(app)
    campaigns.take_out(person("registrar"), number, offices[3].ref)
    done = do(number, "registrar", "register", questions=[QUESTION])
    assert (done.run.done, done.run.failed) == (3, 0)
    assert offices[3].card().number is None
    assert campaigns.groups(person("registrar")) == []
    campaigns.take_out(person("registrar"), number, offices[3].ref, out=False)
    assert do(number, "registrar", "register", questions=[QUESTION]).run.done == 1


def test_registering_all_keeps_what_each_has_of_its_own(either_app):
    offices, number = gathered(either_app)
    done = do(
        number, "registrar", "register", questions=[QUESTION], kind="complaint", summary="Парк"
    )
    assert (done.run.done, done.run.failed, done.run.busy) == (4, 0, False)
    assert done.run.finished_at is not None
    cards = [office.card("registrar") for office in offices]
    assert len({card.number for card in cards}) == 4
    assert {card.kind for card in cards} == {"complaint"}
    assert [card.applicants[0].last_name for card in cards] == [one[0] for one in WRITERS]
    assert [one.element for one in campaigns.campaign(person("manager"), number).steps] == [
        "review"
    ]


def test_wrong_answers_are_told_before_anything_is_done(app):
    offices, number = gathered(app)
    with pytest.raises(Invalid) as refused:
        runs.begin(person("registrar"), number, "register", {"questions": []})
    assert list(refused.value.fields) == ["questions"]
    assert campaigns.campaign(person("registrar"), number).runs == ()
    with pytest.raises(NotFound):
        runs.begin(person("executor1"), number, "register", {"questions": [QUESTION]})
    with pytest.raises(NotFound):
        runs.begin(person("registrar"), number, "dispatch", {})
    with pytest.raises(Invalid) as refused:
        runs.begin(person("registrar"), number, "register", {"questions": [QUESTION]}, appeals=[])
    assert list(refused.value.fields) == ["appeals"]
    assert offices[0].card().number is None


def test_one_decision_goes_past_no_ban(app):
    """A complaint of the executor stays with the manager, told by name; the others go on."""
    offices, number = gathered(app)
    do(number, "registrar", "register", questions=[QUESTION], appeals=[o.ref for o in offices[1:]])
    offices[0].register(kind="complaint", complained_person="executor1")
    lines = [{"executor": "executor1", "responsible": True, "text": "Ответить всем"}]
    done = do(number, "manager", "review", decision="assign", resolutions=lines)
    assert (done.run.done, done.run.failed) == (3, 1)
    (failed,) = done.failed
    assert failed.appeal.receipt == offices[0].ref
    assert "ст. 8" in failed.reason
    assert offices[0].open() == ["review"]
    assert offices[1].open() == ["accept_assignment"]
    again = runs.retry(person("manager"), number, done.run.id)
    assert again is None
    assert runs.run(person("manager"), number, done.run.id).run.waiting == 1
    with pytest.raises(NotFound):
        runs.retry(person("executor2"), number, done.run.id)


@pytest.mark.parametrize("decision", ["return", "void"])
def test_what_concerns_one_appeal_is_not_decided_for_all(app, decision):
    _offices, number = gathered(app)
    do(number, "registrar", "register", questions=[QUESTION])
    with pytest.raises(Invalid) as refused:
        runs.begin(person("manager"), number, "review", {"decision": decision})
    assert list(refused.value.fields) == ["decision"]


def test_leaving_all_without_an_answer_tells_each(app):
    offices, number = gathered(app)
    do(number, "registrar", "register", questions=[QUESTION])
    do(number, "manager", "review", decision="leave", reason="unclear")
    offices[0].settle()
    for n, office in enumerate(offices):
        assert office.card().outcome == "left"
        assert any(
            office.card().number in one.text for one in office.mail(f"citizen{n}@example.org")
        )


def test_one_reply_becomes_letters_with_names_numbers_and_channels(app):
    offices, number = gathered(app, 3)
    paper = offices[2]
    do(number, "registrar", "register", questions=[QUESTION])
    do(number, "manager", "review", decision="answer", drafter="executor1")
    page = runs.step(person("executor1"), number, "draft_reply")
    assert page.values["text"].startswith("Ваше обращение № {номер} от {дата}")
    assert page.marks == ("{номер}", "{дата}", "{заявитель}")
    said = "По Вашему обращению № {номер} от {дата}: вырубка отменена. {number}"
    results = [{"code": QUESTION, "result": "supported"}]
    do(number, "executor1", "draft_reply", subject="О парке", text=said, results=results)
    do(number, "approver", "approve_reply", decision="accept")
    page = runs.step(person("signatory"), number, "sign_reply")
    assert page.must_confirm
    assert [line.letter.addressee for line in page.lines] == [
        "Абрамова Анна Ивановна", "Белов Борис Петрович", "Волкова Вера Сергеевна",
    ]  # fmt: skip
    with pytest.raises(Invalid) as refused:
        runs.begin(person("signatory"), number, "sign_reply", {})
    assert list(refused.value.fields) == ["confirmed"]
    chosen = [office.ref for office in offices[:2]]
    done = do(number, "signatory", "sign_reply", confirmed=True, appeals=chosen)
    assert done.run.done == 2
    offices[0].settle()
    for office in offices[:2]:
        card = office.card("registrar")
        (letter,) = [one for one in card.letters if one.kind == "reply"]
        assert card.outcome == "answered"
        assert card.number in letter.text
        assert f"от {day(card.registered_on, 'ru')}: вырубка" in letter.text
        assert "{" not in letter.text
        assert letter.addressee.name == card.applicants[0].full_name
        assert [one.code for one in office.status().questions if one.result == "supported"]
    assert paper.open() == ["sign_reply"]
    view = campaigns.campaign(person("manager"), number)
    assert (view.count, view.closed) == (3, 2)


def test_letters_on_paper_are_posted_by_one_decision(app):
    more = {"reply_channel": "post"}
    offices, number = gathered(app, 3, **more)
    do(number, "registrar", "register", questions=[QUESTION])
    offices[0].settle()
    page = runs.step(person("dispatcher"), number, "dispatch_notice")
    assert [line.letter.channel for line in page.lines] == ["post"] * 3
    assert [one["key"] for one in page.form["components"]] == ["posted_on"]
    with pytest.raises(NotFound):
        runs.step(person("registrar"), number, "dispatch_notice")
    assert do(number, "dispatcher", "dispatch_notice").run.done == 3
    do(number, "manager", "review", decision="answer", drafter="executor1")
    do(number, "executor1", "draft_reply", text="Ваше обращение № {номер} рассмотрено.")
    do(number, "approver", "approve_reply", decision="accept")
    assert do(number, "signatory", "sign_reply", confirmed=True).run.done == 3
    offices[0].settle()
    assert do(number, "dispatcher", "dispatch").run.done == 3
    for office in offices:
        assert office.card().outcome == "answered"
        assert {one.state for one in office.card().letters} == {"sent"}
        assert office.open() == ["rate"]
    assert incidents() == []


def test_an_executor_sees_the_campaign_by_the_tasks_in_it_and_no_strangers(app):
    _offices, number = gathered(app, 3)
    do(number, "registrar", "register", questions=[QUESTION])
    do(number, "manager", "review", decision="answer", drafter="executor1")
    view = campaigns.campaign(person("executor1"), number)
    assert [one.element for one in view.steps] == ["draft_reply"]
    assert view.members.items == ()
    assert [one.id for one in campaigns.campaigns(person("executor1"))] == [number]
    assert campaigns.campaigns(person("executor2")) == []


def test_a_run_goes_on_where_it_was_cut_off(either_app, monkeypatch):
    from sqlalchemy.exc import OperationalError

    offices, number = gathered(either_app)
    started = runs.begin(person("registrar"), number, "register", {"questions": [QUESTION]})
    real, seen = runs.completed, []

    def dying(session, who, item, answers):
        seen.append(item)
        if len(seen) == 3:
            raise OperationalError("the database is away", None, Exception())
        return real(session, who, item, answers)

    monkeypatch.setattr(runs, "completed", dying)
    with pytest.raises(OperationalError):
        runs.carry_on(started)
    found = runs.run(person("registrar"), number, started).run
    assert (found.done, found.waiting, found.failed) == (2, 2, 0)
    offices[0].settle()
    found = runs.run(person("registrar"), number, started).run
    assert (found.done, found.waiting, found.failed) == (4, 0, 0)
    # Each was registered once.
    assert sorted(services.card(person("auditor"), one.ref).number for one in offices) == sorted(
        {one.card().number for one in offices}
    )


def test_a_task_that_another_did_meanwhile_is_told_and_not_done_twice(app):
    offices, number = gathered(app)
    started = runs.begin(person("registrar"), number, "register", {"questions": [QUESTION]})
    offices[1].register(summary="Уже")
    campaigns.take_out(person("registrar"), number, offices[2].ref)
    while runs.carry_on(started):
        pass
    found = runs.run(person("registrar"), number, started)
    assert (found.run.done, found.run.failed) == (2, 2)
    assert {one.appeal.receipt for one in found.failed} == {offices[1].ref, offices[2].ref}
    assert all(one.reason for one in found.failed)
    assert offices[1].card().summary == "Уже"


# ---- of a limited circle


def confined(office):
    """Kept for a limited circle; a registrar who stays out of it."""
    office.register()
    services.confine(person("manager"), office.ref, "Проверка")
    names = {"name": "Вторая", "roles": ["registrar"]}
    access.create_account("registrar2", names, password=None, actor="system")
    with pytest.raises(NotFound):
        services.card(person("registrar2"), office.ref)
    return person("registrar2")


def test_what_a_run_could_not_do_is_told_of_what_one_may_see(app):
    offices, number = gathered(app)
    started = runs.begin(person("registrar"), number, "register", {"questions": [QUESTION]})
    offices[1].register()
    while runs.carry_on(started):
        pass
    (failed,) = runs.run(person("controller"), number, started).failed
    assert failed.appeal.receipt == offices[1].ref
    services.confine(person("manager"), offices[1].ref, "Проверка")
    assert runs.run(person("controller"), number, started).failed == ()
    assert runs.run(person("auditor"), number, started).failed


def test_one_s_own_act_tells_no_more_of_what_was_kept_from_one_since(app):
    office = Office(app)
    office.register()
    item = office.find("controller", "review")
    act = services.bulk.begin(person("controller"), "take", [item.id], {})
    while runs.carry_on(act):
        pass
    assert len(services.bulk.page(person("controller"), act).lines) == 1
    services.confine(person("manager"), office.ref, "Проверка")
    assert services.bulk.page(person("controller"), act).lines == ()


def test_who_may_not_see_an_appeal_moves_it_in_no_campaign(app):
    offices, number = gathered(app)
    stranger = confined(offices[1])
    for out in (True, False):
        with pytest.raises(NotFound):
            campaigns.take_out(stranger, number, offices[1].ref, out=out)
    campaigns.take_out(person("manager"), number, offices[1].ref)


def test_a_group_is_confirmed_by_who_may_see_the_text_it_repeats(app):
    offices = letters(app)
    stranger = confined(offices[0])
    for one in offices[:2]:
        with pytest.raises(NotFound):
            campaigns.confirm(stranger, one.ref)
    assert campaigns.confirm(person("manager"), offices[1].ref)


def test_a_step_is_opened_by_who_may_see_the_campaign(app):
    offices, number = gathered(app)
    stranger = confined(offices[0])
    assert runs.step(person("registrar"), number, "register").lines
    with pytest.raises(NotFound):
        runs.step(stranger, number, "register")
