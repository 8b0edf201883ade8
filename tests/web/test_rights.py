"""Who sees an appeal: every door is tried by somebody who does not; the grounds, one by one."""

import re
from datetime import timedelta

import pytest
from werkzeug.routing import BuildError

from app import clock
from app.access import services as access
from app.appeals import services
from app.appeals.commands import AssignmentFilter, DueFilter, InboxFilter, SearchQuery
from app.audit import services as audit
from app.database import reading, transaction
from app.desk.books import BOOKS
from app.directory import services as directory
from app.errors import Conflict, Forbidden, Invalid, NotFound
from app.workflow import services as workflow
from tests.unit.office import Office
from tests.web.test_studio import Visitor

SECRET = "Тайнописцев"
WORDS = ("Тайнописцев", "тайнописцев", "секретныйслог")


@pytest.fixture
def office(either_app):
    return confined(either_app)


def confined(app):
    """An appeal of a limited circle with an assignment, a report and a letter."""
    office = Office(
        app,
        applicant={"last_name": SECRET, "phone": "+79995550011"},
        text="секретныйслог про мусор",
    )
    office.register(summary="секретныйслог")
    office.assign("executor1")
    office.do("executor1", "accept_assignment")
    services.confine(office.person("manager"), office.ref, "секретныйслог: проверка")
    office.do("executor1", "report", text="секретныйслог сделано", results=[])
    office.do("manager", "accept_report", decision="accept")
    office.do("executor1", "draft_reply")
    return office


def why(login, office):
    return services.access_to(office.person(login), office.ref).why


def hidden_from(login, office):
    with pytest.raises(NotFound):
        services.card(office.person(login), office.ref)
    return True


# ---- the circle


def test_roles_alone_no_longer_open_a_card_of_a_limited_circle(office):
    for login in ("controller", "dispatcher", "executor2", "assistant"):
        assert hidden_from(login, office)
    assert why("manager", office).ground == "part"
    assert why("registrar", office).ground == "part"
    assert why("executor1", office).ground == "part"
    assert why("auditor", office).ground == "auditor"
    # Who has to take the task that is free reads it; afterwards the others of the role do not.
    assert why("approver", office).ground == "free"
    services.open_circle(office.person("manager"), office.ref, "Проверка окончена")
    assert why("controller", office).ground == "role"
    with pytest.raises(Conflict):
        services.open_circle(office.person("manager"), office.ref, "Ещё раз")


def test_only_who_keeps_cards_closes_the_circle_and_says_why(office):
    with pytest.raises(Forbidden):
        services.confine(office.person("executor1"), office.ref, "Так надо")
    with pytest.raises(NotFound):
        services.open_circle(office.person("controller"), office.ref, "Так надо")
    with pytest.raises(Invalid) as refusal:
        services.open_circle(office.person("manager"), office.ref, " ")
    assert list(refusal.value.fields) == ["reason"]


def test_lists_keep_what_is_kept_from_the_person(office):
    for login in ("controller", "dispatcher", "assistant"):
        person = office.person(login)
        found = [
            services.search(person, SearchQuery()),
            services.search(person, SearchQuery(q="секретныйслог")),
            services.inbox(person, InboxFilter(size=200)),
            services.inbox(person, InboxFilter(scope="unit", size=200)),
            services.due_list(person, DueFilter(days=90)),
            list(services.due_lines(person, DueFilter(days=90))),
            services.assignments(person, AssignmentFilter()),
            services.assignments_after(person, AssignmentFilter(), 0, 500),
            services.outgoing(person),
            services.campaigns.groups(person),
            *(list(one.rows(person, {})) for one in BOOKS if one.may(person)),
        ]
        for one in found:
            assert not any(word in repr(one) for word in WORDS), (login, one)
            assert office.ref not in repr(one), (login, one)
        assert services.search(person, SearchQuery()).total == 0
    inbox = services.inbox(office.person("controller"), InboxFilter(size=200))
    assert inbox.page.total == inbox.counts.all == 0
    assert services.search(office.person("manager"), SearchQuery()).total == 1
    assert services.search(office.person("auditor"), SearchQuery()).total == 1


# ---- every door


def arguments(office):
    """What the addresses of pages and of the machine's door are filled in with."""
    card = services.card(office.person("auditor"), office.ref)
    with reading() as session:
        items = [one.id for one in workflow.open_items(session, key=card.key)]
    return {
        "appeal_id": [card.id],
        "ref": [card.receipt, card.number],
        "item_id": items,
        "letter_id": [one.id for one in card.letters] or [1],
        "document_id": [one.id for one in card.documents] or [1],
        "assignment_id": [one.id for one in card.assignments],
        "note_id": [1],
        "share_id": [1],
        "campaign_id": [1],
        "first": [card.id],
        "instance_id": [one.instance_id for one in card.routes],
    }


def addresses(app, known):
    """Every address of the desk and the machine's door that is looked at, filled in."""
    adapter = app.url_map.bind("localhost")
    for rule in app.url_map.iter_rules():
        if "GET" not in rule.methods or not rule.rule.startswith(("/desk", "/api/v1")):
            continue
        name = next(iter(rule.arguments), None)
        for value in known.get(name, [1]):
            values = {one: known.get(one, [1])[0] for one in rule.arguments} | (
                {name: value} if name else {}
            )
            try:
                yield rule.endpoint, adapter.build(rule.endpoint, values)
            except BuildError:
                yield rule.endpoint, None


#: Addresses of lists, which take a filter; addresses of files, whose content is not read here.
LISTS = {
    *("desk.inbox", "desk.search", "desk.due", "desk.letters"),
    *("desk.assignments", "desk.campaigns", "api-work-items.listing", "api-work-items.due"),
}
FILES = {"desk.letter_pdf", "desk.document", "desk.act_pdf"}
TYPED = 'value="секретныйслог"'
QUERIES = (
    "",
    "?q=секретныйслог",
    "?scope=all",
    "?scope=all&state=",
    "?days=90",
    "?appeal={ref}",
    "?state=all",
)


def test_every_door_is_shut_to_who_has_no_right(app):
    office = confined(app)
    known = arguments(office)
    tokens = {
        login: access.issue_token(login).secret for login in ("controller", "dispatcher", "manager")
    }
    seen = {}
    for login in ("controller", "dispatcher", "manager"):
        visitor = Visitor(app, login)
        bearer = {"Authorization": f"Bearer {tokens[login]}"}
        told = seen.setdefault(login, set())
        for endpoint, address in addresses(app, known):
            assert address, f"{endpoint}: nobody knows how to fill its address in"
            headers = bearer if address.startswith("/api/") else {}
            for query in QUERIES if endpoint in LISTS else QUERIES[:1]:
                wanted = address + query.format(ref=office.ref)
                answer = visitor.client.get(wanted, headers=headers)
                if answer.status_code == 200 and endpoint in FILES:
                    told.add(endpoint)
                # What was typed into a filter is shown again.
                shown = answer.get_data().decode(errors="replace").replace(TYPED, "")
                shown = re.sub(r'<input[^>]*name="next"[^>]*>', "", shown)
                if any(word in unescaped(shown) for word in WORDS):
                    told.add(endpoint)
                answer.close()
    # The walk is no empty one: who is in the circle is told by pages, lists and the machine's door.
    shown = {"desk.card", "desk.printed", "desk.search", "desk.letter_pdf", "api-appeals.show"}
    assert shown <= seen["manager"]
    assert seen["controller"] == set()
    assert seen["dispatcher"] == set()


def unescaped(text):
    """JSON spells Cyrillic letters by their numbers."""
    return re.sub(r"\\u([0-9a-f]{4})", lambda found: chr(int(found[1], 16)), text)


def test_what_changes_something_is_refused_as_absent(app):
    office = confined(app)
    card = services.card(office.person("auditor"), office.ref)
    controller = Visitor(app, "controller")
    for path in (
        f"/desk/appeals/{card.id}/access/circle",
        f"/desk/appeals/{card.id}/access/share",
        f"/desk/appeals/{card.id}/reveal",
        f"/desk/appeals/{card.id}/notes/new",
        f"/desk/appeals/{card.id}/correct",
        f"/desk/appeals/{card.id}/reopen",
    ):
        sent = controller.send(path, form="/desk/", reason="Нужно", text="х", login="controller")
        assert sent.status_code in (404, 405), (path, sent.status_code)
    for item in card.tasks:
        for deed in ("take", "complete", "release"):
            token = access.issue_token("controller").secret
            answer = controller.client.post(
                f"/api/v1/work-items/{item.id}/{deed}",
                json={"answers": {}},
                headers={"Authorization": f"Bearer {token}"},
            )
            assert answer.status_code in (403, 404), (deed, answer.status_code)


def test_the_journal_tells_the_administrator_who_and_when_only(app):
    office = confined(app)
    administrator = Visitor(app, "administrator")
    key = services.card(office.person("auditor"), office.ref).key
    page = administrator.page(f"/studio/admin/journal?subject={key}")
    assert "Доступ к обращению ограничен" in page
    assert not any(word in page for word in WORDS)
    assert "секретныйслог: проверка" in Visitor(app, "auditor").page(
        f"/studio/admin/journal?subject={key}"
    )


# ---- shares


def test_a_share_opens_a_card_for_a_time_and_ends_by_itself(office):
    manager, day = office.person("manager"), clock.today("Europe/Moscow")
    services.share(manager, office.ref, "controller", None, day + timedelta(days=3), "Проверка")
    found = why("controller", office)
    assert (found.ground, found.reason) == ("shared", "Проверка")
    assert services.search(office.person("controller"), SearchQuery()).total == 1
    line = [one for one in services.card(manager, office.ref).history if "share" in one.details]
    assert line[-1].action == "card.shared"
    assert line[-1].details["to"] == "controller"
    clock.move_to(clock.now() + timedelta(days=4))
    assert hidden_from("controller", office)
    assert services.search(office.person("controller"), SearchQuery()).total == 0


def test_whom_a_card_is_shown_to_is_told_by_mail_and_of_nothing_more(office):
    manager, day = office.person("manager"), clock.today("Europe/Moscow")
    services.share(manager, office.ref, "controller", None, day + timedelta(days=3), "Проверка")
    office.settle()
    (mail,) = office.mail("controller@sredneozersk.example")
    number = services.card(manager, office.ref).number
    assert number in mail.subject
    assert f"/desk/appeals/{office.ref}" in mail.text or "/desk/appeals/" in mail.text
    for secret in (*WORDS, "Проверка"):
        assert secret not in mail.subject + mail.text
    # Who closes a circle lets themselves in, and knows it.
    assert office.mail("manager@sredneozersk.example") == []


def test_a_share_begins_on_its_day_and_is_taken_back(office):
    manager, day = office.person("manager"), clock.today("Europe/Moscow")
    tomorrow = day + timedelta(days=1)
    services.share(manager, office.ref, "executor2", tomorrow, tomorrow, "Справка")
    assert hidden_from("executor2", office)
    clock.move_to(clock.now() + timedelta(days=1))
    assert why("executor2", office).ground == "shared"
    (own,) = [
        one for one in services.access_to(manager, office.ref).shares if one.login == "executor2"
    ]
    services.end_share(manager, office.ref, own.id)
    assert hidden_from("executor2", office)
    with pytest.raises(NotFound):
        services.end_share(manager, office.ref, own.id)


@pytest.mark.parametrize(
    ("login", "since", "until", "reason", "field"),
    [
        ("nobody", 0, 1, "Надо", "login"),
        ("controller", 2, 1, "Надо", "until"),
        ("controller", 0, -1, "Надо", "until"),
        ("controller", 0, 500, "Надо", "until"),
        ("controller", 0, 1, " ", "reason"),
    ],
)
def test_a_wrong_share_is_refused_by_field(app, login, since, until, reason, field):
    office, day = Office(app), clock.today("Europe/Moscow")
    first, last = day + timedelta(days=since), day + timedelta(days=until)
    with pytest.raises(Invalid) as refusal:
        services.share(office.person("manager"), office.ref, login, first, last, reason)
    assert list(refusal.value.fields) == [field]


def test_outside_a_circle_a_share_has_an_end(app):
    office = Office(app)
    with pytest.raises(Invalid) as refusal:
        services.share(office.person("manager"), office.ref, "executor2", None, None, "Надо")
    assert list(refusal.value.fields) == ["until"]
    with pytest.raises(Forbidden):
        services.share(office.person("approver"), office.ref, "executor2", None, None, "Надо")


def test_nobody_is_shown_a_complaint_of_themselves(app):
    office = Office(app)
    office.register(kind="complaint", complained_person="executor2")
    day = clock.today("Europe/Moscow")
    with pytest.raises(Invalid) as refusal:
        services.share(office.person("manager"), office.ref, "executor2", day, day, "Надо")
    assert list(refusal.value.fields) == ["login"]


# ---- units


def test_a_unit_sees_its_appeals_where_the_body_lets_it(either_app):
    office = Office(either_app)
    office.register()
    office.assign("executor1")
    of_unit = access.load_person("executor1").unit_id
    access.change_account("executor2", {"unit_id": of_unit}, actor="administrator")
    assert hidden_from("executor2", office)
    with transaction() as session:
        directory.set_setting(session, "rights.unit", "yes", "administrator")
    assert why("executor2", office).ground == "unit"
    assert services.search(office.person("executor2"), SearchQuery()).total == 1
    services.confine(office.person("manager"), office.ref, "Проверка")
    assert hidden_from("executor2", office)
    assert services.search(office.person("executor2"), SearchQuery()).total == 0


# ---- the pages


def test_the_card_says_why_and_the_page_of_access_lets_in(app):
    office = Office(app)
    office.register()
    manager = Visitor(app, "manager")
    card = services.card(office.person("auditor"), office.ref)
    assert "роль работает со всеми обращениями: Руководитель" in manager.page(
        f"/desk/appeals/{card.id}"
    )
    page = f"/desk/appeals/{card.id}/access"
    refused = manager.send(page + "/circle", form=page, deed="close")
    assert refused.status_code == 422
    sent = {"circle-reason": "Проверка", "deed": "close", "circle-csrf_token": ""}
    closed = send(manager, page, "/circle", **sent)
    assert closed.status_code == 303
    assert "ограниченный доступ" in manager.page(f"/desk/appeals/{card.id}")
    Visitor(app, "controller").page(f"/desk/appeals/{card.id}", 404)
    wrong = send(manager, page, "/share", **{"share-login": "nobody", "share-reason": "х"})
    assert wrong.status_code == 422
    assert "Такого сотрудника нет" in wrong.text
    given = {"share-login": "controller", "share-reason": "Надзор"}
    assert send(manager, page, "/share", **given).status_code == 303
    assert "круг допущенных" in Visitor(app, "controller").page(f"/desk/appeals/{card.id}")
    shares = services.access_to(office.person("manager"), office.ref).shares
    end = next(one.id for one in shares if one.login == "controller")
    assert manager.send(f"{page}/{end}/end", form=page).status_code == 303
    Visitor(app, "controller").page(f"/desk/appeals/{card.id}", 404)
    actions = [line.action for line in audit.journal(audit.Filter(subject=card.key)).entries]
    assert {"appeal.confined", "card.shared", "card.share_ended"} <= set(actions)


def send(visitor, page, way, **data):
    """The forms of this page have prefixes of their own, their tokens too."""
    name = way.strip("/")
    text = visitor.page(page)
    token = text.partition(f'name="{name}-csrf_token"')[2].partition('value="')[2].partition('"')[0]
    data = {**data, f"{name}-csrf_token": token, "csrf_token": token}
    return visitor.client.post(page + way, data=data)
