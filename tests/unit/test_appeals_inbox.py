"""The inbox, the search, the lists and who may see what."""

import re
from dataclasses import replace
from datetime import date, timedelta
from importlib import import_module

import pytest
from sqlalchemy import select, update

from app import clock
from app.access import services as access
from app.appeals import building, counting, indexing, numbers, services, timeline, worklist
from app.appeals.commands import AssignmentFilter, InboxFilter, SearchQuery
from app.appeals.models import Appeal
from app.database import db, reading, transaction
from app.errors import Conflict, Forbidden, Invalid, NotFound
from app.reports.services import figures
from tests.unit.office import QUESTION, Office
from tests.web.statements import counted

#: The module: its name in the package is the use case's.
listing = import_module("app.appeals.services.inbox")


def inbox(by, **wanted):
    return services.inbox(Office.person(by), InboxFilter(**wanted))


def elements(by, **wanted):
    return [item.element for item in inbox(by, **wanted).page.items]


@pytest.fixture
def two(either_app):
    """One appeal in registration, one with two executors of whom one has accepted."""
    fresh = Office(either_app, applicant={"last_name": "Яблокова"}, text="Яма на дороге")
    busy = Office(either_app)
    busy.settle()  # only then are they found by their words
    busy.register(summary="Вывоз мусора")
    busy.assign("executor1", "executor2")
    busy.do("executor2", "accept_assignment")
    return fresh, busy


def test_everybody_sees_the_work_of_their_own(two):
    fresh, busy = two
    assert elements("registrar") == ["register"]
    assert elements("executor1") == ["accept_assignment"]
    assert elements("executor2") == ["report"]
    assert elements("manager") == []
    assert elements("analyst") == []
    assert sorted(elements("auditor")) == ["accept_assignment", "register", "report"]
    assert elements("auditor", appeal=busy.status().number) == ["accept_assignment", "report"]
    assert elements("auditor", appeal=fresh.ref) == ["register"]


def test_a_list_says_what_an_earlier_step_told(two):
    with transaction() as session:
        session.execute(update(Appeal).values(due_on=date(2099, 1, 2)))  # the card alone says so
    with reading() as session:
        rows = session.scalars(select(Appeal)).all()
        lives, few = timeline.timelines(session, rows), timeline.present_of(session, rows)
        said = [building.present(few[row.id]) for row in rows]
        assert said == [building.present(lives[row.id]) for row in rows]
        assert "Срок — до" in said[1].next
        assert "2099" not in said[1].next


def test_counts_scopes_and_filters(two):
    counts = inbox("registrar").counts
    assert (counts.mine, counts.role, counts.all) == (0, 1, 1)
    stages = {item.element: item.stage for item in inbox("auditor").page.items}
    standing = [stage.text for stage in two[1].card().stages if stage.left_at is None]
    assert [stages["report"]] == [stages["accept_assignment"]] == standing
    assert stages["register"] not in (None, *standing)
    fresh, _busy = two
    services.take(Office.person("registrar"), fresh.find("registrar", "register").id)
    counts = inbox("registrar").counts
    assert (counts.mine, counts.role, counts.all, counts.near) == (1, 0, 1, 1)
    assert elements("registrar", scope="mine") == ["register"]
    assert elements("registrar", scope="role") == []
    assert elements("registrar", text="яблокова") == ["register"]
    assert elements("auditor", text="яблокова") == ["register"]
    assert elements("controller", text="яблокова") == [], "a masked name is not found either"
    assert elements("controller", text="ЯМА") == ["register"]
    assert elements("auditor", text="ЯМА") == ["register"]
    assert elements("auditor", text="вы_зят") == elements("auditor", text="%") == []
    assert elements("auditor", term="overdue") == []
    assert elements("auditor", role="registrar") == ["register"]
    assert elements("auditor", element="report") == ["report"]
    assert elements("auditor", process="assignment", sort="-title") == [
        "report",
        "accept_assignment",
    ]
    assert elements("auditor", term="near") == ["register"]
    assert len(elements("auditor", term="later")) == 2
    assert [item.due_at for item in inbox("auditor", sort="due").page.items] == sorted(
        item.due_at for item in inbox("auditor").page.items
    )


def test_pages_of_the_inbox_follow_each_other(two):
    first = inbox("auditor", size=2, sort="opened").page
    assert (len(first.items), first.total, first.next) == (2, 3, 2)
    second = inbox("auditor", size=2, page=2, sort="opened").page
    assert (len(second.items), second.next) == (1, None)
    assert not {item.id for item in first.items} & {item.id for item in second.items}


def test_what_is_late_is_counted_and_shown(two):
    fresh, busy = two
    clock.move_to(clock.now() + timedelta(days=40))
    counts = inbox("auditor").counts
    assert counts.overdue == 3
    assert all(item.overdue for item in inbox("auditor", term="overdue").page.items)
    assert fresh.card().overdue
    found = services.search(Office.person("auditor"), SearchQuery(term="overdue")).items
    assert {hit.appeal.receipt for hit in found} == {fresh.ref, busy.ref}
    late = services.assignments(Office.person("controller"), AssignmentFilter(scope="overdue"))
    assert {part.executor for part in late.items} == {"executor1", "executor2"}
    assert figures().overdue == 1, "a year back, whatever the calendar year"
    assert {load.login: load.overdue for load in figures().load} == {"executor1": 1, "executor2": 1}


def test_search_by_number_applicant_text_and_term(two):
    fresh, busy = two
    number = busy.status().number

    def found(by="auditor", **wanted):
        hits = services.search(Office.person(by), SearchQuery(**wanted)).items
        return [hit.appeal.receipt for hit in hits]

    assert found(number=number) == found(q=number.lower()) == [busy.ref]
    assert found(number=fresh.ref) == [fresh.ref]
    assert found("registrar", applicant="яблокова мария") == [fresh.ref]
    assert found("manager", applicant="елкина") == [busy.ref]
    assert found(text="ЯМА дорог") == [fresh.ref]
    assert found(text="вывоз") == [busy.ref]
    assert found("registrar", q="петровна елкина") == [busy.ref]
    assert found(sort="received") == [fresh.ref, busy.ref]
    assert found(state="closed") == []
    due_on = busy.card().due_on
    assert found(due_from=due_on, due_to=due_on) == [busy.ref]
    assert found(by="executor1") == [busy.ref], "only what one has a part in"
    assert found(by="analyst") == []
    (hit,) = services.search(Office.person("auditor"), SearchQuery(q="яма")).items
    assert hit.stage


def test_each_choice_of_a_filter_says_how_many_it_would_leave(two, either_app, monkeypatch):
    fresh, _busy = two
    auditor = Office.person("auditor")
    clock.move_to(clock.now() + timedelta(days=40))
    withdrawn = Office(either_app)
    services.withdraw(withdrawn.ref, withdrawn.receipt.access_code, "")

    def choices(**wanted):
        return services.search(auditor, SearchQuery(**wanted)).choices

    for chosen in ({}, {"state": "open"}, {"term": "overdue"}, {"mark": "primary"}):
        counted = choices(**chosen)
        assert {*counted} == {"state", "term", "mark"}
        for name, each in counted.items():
            for value, left in each.items():
                found = services.search(auditor, SearchQuery(**chosen | {name: value}))
                assert left == found.total == len(found.items), (chosen, name, value)
    assert choices()["state"] == {"open": 2, "closed": 1}
    assert choices(term="overdue")["state"] == {"open": 2, "closed": 0}
    assert choices(q="яма", state="closed")["state"] == {"open": 1, "closed": 0}
    assert choices(number=fresh.ref)["term"] == {"overdue": 1, "near": 0}

    monkeypatch.setattr(counting, "MOST", 2)
    assert choices() == {}
    assert choices(q="яма")["state"] == {"open": 1, "closed": 0}
    assert services.search(auditor, SearchQuery(state="closed")).total == 1


def test_what_many_texts_say_is_found_like_what_few_say(two, monkeypatch):
    fresh, busy = two

    def found():
        hits = [services.search(Office.person("auditor"), SearchQuery(text="яма")).items]
        hits += [services.search(Office.person("auditor"), SearchQuery(q="мусора")).items]
        listed = [elements("auditor", text="яма"), elements("auditor", text="мусор")]
        return [[hit.appeal.receipt for hit in some] for some in hits] + listed

    few = found()
    assert few == [[fresh.ref], [busy.ref], ["register"], ["accept_assignment", "report"]]
    monkeypatch.setattr(indexing, "FEW", 0)
    assert found() == few, "gathered: too few of the newest say it"
    monkeypatch.setattr(indexing, "ENOUGH", 1)
    assert found() == few, "looked for along the list"


def test_what_many_say_is_looked_for_along_the_list_where_the_newest_say_it(two, monkeypatch):
    monkeypatch.setattr(indexing, "FEW", 0)
    for enough, along in ((2, True), (3, False)):
        monkeypatch.setattr(indexing, "ENOUGH", enough)
        with counted(db.engine) as asked:
            services.search(Office.person("auditor"), SearchQuery(text="2026"))
        listed = [one for one in asked.statements if one.startswith("SELECT appeal.id")]
        (found,) = [one for one in listed if "FROM search_text" in one]
        assert ("EXISTS (SELECT search_text" in found) is along


@pytest.mark.parametrize("either_app", ["postgresql"], indirect=True)
def test_the_list_is_gone_along_where_that_costs_less_than_to_gather(two, monkeypatch):
    """Too few of the newest say it, but so many others do by the database's statistics."""
    monkeypatch.setattr(indexing, "FEW", 0)
    for dearer, along in ((0, True), (1000, False)):
        monkeypatch.setattr(indexing, "DEARER", dearer)
        with counted(db.engine) as asked:
            assert services.search(Office.person("auditor"), SearchQuery(text="2026")).total == 2
        listed = [one for one in asked.statements if one.startswith("SELECT appeal.id")]
        (found,) = [one for one in listed if "FROM search_text" in one]
        assert ("EXISTS (SELECT search_text" in found) is along


@pytest.mark.parametrize("either_app", ["postgresql"], indirect=True)
def test_what_is_gathered_is_kept_by_hashes_and_the_list_gone_along(two, monkeypatch):
    """A join would look each of them up in the index of the list."""
    monkeypatch.setattr(indexing, "FEW", 0)
    monkeypatch.setattr(listing, "LOOKED_AT", 0)
    person = Office.person("auditor")
    with counted(db.engine) as asked:
        assert services.search(person, SearchQuery(text="2026")).total == 2
        assert inbox("auditor", text="2026").page.total == 3
    gathered = {
        statement: values
        for statement, values in zip(asked.statements, asked.values, strict=True)
        if "IN (SELECT search_text" in statement
    }
    assert len(gathered) == 2
    with db.engine.connect() as connection:
        for statement, values in gathered.items():
            plan = connection.exec_driver_sql(f"EXPLAIN {statement}", values).scalars().all()
            assert any("hashed SubPlan" in line for line in plan), "\n".join(plan)


@pytest.mark.parametrize("either_app", ["postgresql"], indirect=True)
def test_words_and_topics_are_planned_for_as_they_are(two):
    """What is asked often PostgreSQL would plan once for any word, frequent or rare."""
    person = Office.person("auditor")
    for ask, wanted, looked_in in (
        (services.search, SearchQuery(text="яма"), "FROM search_text"),
        (services.inbox, InboxFilter(text="яма"), "FROM search_text"),
        (services.inbox, InboxFilter(topic=QUESTION[:9]), "appeal_question.code LIKE"),
    ):
        with counted(db.engine) as asked:
            ask(person, wanted)
        first = next(at for at, one in enumerate(asked.statements) if looked_in in one)
        planned = "set_config('plan_cache_mode', 'force_custom_plan', true)"
        assert any(planned in one for one in asked.statements[:first])
    with db.engine.connect() as connection:
        assert connection.exec_driver_sql("SHOW plan_cache_mode").scalar() == "auto"


@pytest.mark.parametrize("either_app", ["postgresql"], indirect=True)
def test_what_many_say_is_looked_for_along_the_inbox(two, either_app, monkeypatch):
    """The same items, order and counts as by gathering, which is left for what few say."""
    for number in range(4):
        other = Office(either_app, text=f"Яма {number}")
        if number == 1:
            services.take(Office.person("registrar"), other.find("registrar", "register").id)
    two[0].settle()
    asked_for = [
        (login, InboxFilter(**sought, size=size, page=page, sort=sort, scope=scope))
        for login in ("registrar", "controller")
        for sought in (
            *({"text": one} for one in ("яма", "2026", "яблокова", "ОГ", "%")),
            *({"topic": one} for one in (QUESTION[:9], "0001.0001")),
            {"text": "мусор", "topic": QUESTION},
        )
        for scope, sort in (("all", "due"), ("role", "-opened"), ("unit", "applicant"))
        for size, page in ((50, 1), (2, 2), (1, 1))
    ]

    def found():
        pages = (services.inbox_page(Office.person(login), wanted) for login, wanted in asked_for)
        return [(page.total, page.more, [item.id for item in page.items]) for page in pages]

    monkeypatch.setattr(counting, "MOST", 3)
    monkeypatch.setattr(counting, "MOST_OF_COMMON", 3)
    monkeypatch.setattr(listing, "LOOKED_AT", 0)
    plain = found()
    assert {(total, more) for total, more, _ids in plain} >= {(0, False), (3, True), (1, False)}
    for looked_at, farthest in ((100, 100), (2, 3), (3, 100)):
        monkeypatch.setattr(listing, "LOOKED_AT", looked_at)
        monkeypatch.setattr(listing, "FARTHEST", farthest)
        assert found() == plain
    for farthest, gathered in ((100, False), (4, True)):
        monkeypatch.setattr(listing, "FARTHEST", farthest)
        with counted(db.engine) as asked:
            services.inbox_page(Office.person("controller"), InboxFilter(text="яма", size=1))
        assert any("IN (SELECT search_text" in one for one in asked.statements) is gathered


@pytest.mark.parametrize("either_app", ["postgresql"], indirect=True)
def test_what_many_say_is_not_counted_far_along_the_inbox(two, either_app, monkeypatch):
    for number in range(4):
        Office(either_app, text=f"Яма {number}")
    two[0].settle()
    monkeypatch.setattr(listing, "LOOKED_AT", 3)
    monkeypatch.setattr(counting, "MOST_OF_COMMON", 2)
    page = inbox("controller", text="яма", size=1).page
    assert (page.total, page.more, page.next, len(page.items)) == (2, True, 2, 1)
    each = [inbox("controller", text="яма", size=1, page=n).page for n in range(1, 7)]
    assert [len(one.items) for one in each] == [1, 1, 1, 1, 1, 0]
    # Who turns further has it counted as far as that.
    assert [(one.total, one.more) for one in each[1:5]] == [
        (2, True),
        (3, True),
        (4, True),
        (5, False),
    ]


def test_what_many_texts_say_is_not_counted_far(two, monkeypatch):
    """Each row of such a list may be looked up in the texts."""
    monkeypatch.setattr(counting, "MOST_OF_COMMON", 1)
    person, both = Office.person("auditor"), SearchQuery(text="2026")
    assert (services.search(person, both).total, services.search(person, both).more) == (2, False)
    monkeypatch.setattr(indexing, "FEW", 0)
    first = replace(both, size=1)
    found = services.search(person, first)
    assert (found.total, found.more, found.next, len(found.items)) == (1, True, 2, 1)
    assert found.choices == {}
    whole = services.search(person, both)
    assert (whole.total, whole.more, len(whole.items)) == (2, False, 2)
    second = services.search(person, replace(first, page=2))
    assert (second.total, second.more, second.items) == (2, False, whole.items[1:])
    monkeypatch.setattr(indexing, "ENOUGH", 1)
    assert services.search(person, first) == found
    monkeypatch.setattr(counting, "MOST", 1)
    listed = services.inbox(person, InboxFilter(text="2026", size=1)).page
    assert (listed.total, listed.more, len(listed.items)) == (1, True, 1)


def test_ones_own_and_those_of_ones_role_are_one_list(two, either_app):
    """Each is asked for apart; nothing stands in it twice, and the order is that of all."""
    taken = two[0].find("registrar", "register").id
    services.take(Office.person("registrar"), taken)
    for number in range(3):
        other = Office(either_app, text=f"Яма {number}")
        if number == 1:
            services.take(Office.person("registrar"), other.find("registrar", "register").id)
    for sort in ("due", "-due", "opened", "-opened", "number", "applicant"):
        whole = inbox("registrar", sort=sort)
        shown = [item.id for item in whole.page.items]
        pages = [inbox("registrar", sort=sort, size=1, page=1 + place) for place in range(4)]
        assert [item.id for page in pages for item in page.page.items] == shown
        assert (len({*shown}), whole.page.total, whole.counts.all) == (4, 4, 4)
        assert (shown == sorted(shown)) is (sort in {"due", "opened", "number"})
    assert (whole.counts.mine, whole.counts.role, whole.counts.near) == (2, 2, 4)


def test_the_items_alone_are_those_of_the_inbox_and_cost_less(two):
    """The machine's door shows neither figures nor views nor warnings, and asks for none."""
    person = Office.person("registrar")
    several = (InboxFilter(), InboxFilter(scope="all", size=1), InboxFilter(element="register"))
    for wanted in several:
        with counted(db.engine) as whole:
            page = services.inbox(person, wanted).page
        with counted(db.engine) as alone:
            assert services.inbox_page(person, wanted) == page
        assert page.items
        assert len(alone.statements) <= len(whole.statements) - 2, alone
        assert not re.search(r"FROM (inbox_view|reminder)\b", str(alone))
        assert len(re.findall(r"FROM (inbox_view|reminder)\b", str(whole))) == 2


def plans(ask):
    """How SQLite goes about the statements of a use case."""
    with counted(db.engine) as asked:
        ask()
    with db.engine.connect() as connection:
        for statement, values in zip(asked.statements, asked.values, strict=True):
            rows = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)
            yield from (row.detail for row in rows)


def test_on_sqlite_no_figure_of_the_inbox_reads_a_whole_table(app):
    """Its planner has no statistics: an index that begins with the status would serve them all."""
    Office(app)
    found = list(plans(lambda: inbox("controller")))
    assert any("ix_work_item_term" in one for one in found)
    assert any("ix_appeal_confined" in one for one in found)
    assert [one for one in found if re.fullmatch(r"SCAN (appeal|work_item|reminder)", one)] == []
    assert [one for one in found if "(status" in one] == []


@pytest.mark.parametrize(
    ("index", "wanted"),
    [
        ("ix_appeal_term", SearchQuery(sort="due")),
        ("ix_appeal_term", SearchQuery(sort="-due")),
        ("ix_appeal_people", SearchQuery(sort="applicant")),
        ("ix_appeal_received_at", SearchQuery(sort="received")),
        ("ix_appeal_received_at", SearchQuery(state="closed")),
        ("ix_work_item_opened", InboxFilter(sort="opened")),
        ("ix_work_item_opened", InboxFilter(sort="-opened")),
    ],
)
def test_each_order_of_a_list_is_that_of_an_index(app, index, wanted):
    """What PostgreSQL takes depends on how much there is, see docs/performance.md."""
    Office(app)
    ask = services.search if isinstance(wanted, SearchQuery) else services.inbox_page
    assert any(index in one for one in plans(lambda: ask(Office.person("auditor"), wanted)))


@pytest.mark.parametrize("most", [0, 1, 5000])
def test_a_part_of_a_number_is_found_like_any_other_text(two, monkeypatch, most):
    """Whether PostgreSQL looks for its pairs or along the list."""
    monkeypatch.setattr(numbers, "MOST", most)
    fresh, busy = two
    number, receipt = busy.status().number, fresh.ref
    person = Office.person("auditor")

    def found(part):
        by = (SearchQuery(number=part), SearchQuery(q=part), InboxFilter(text=part))
        hits = [services.search(person, one).items for one in by[:2]]
        hits.append(services.inbox(person, by[2]).page.items)
        (shown,) = {frozenset(hit.appeal.receipt for hit in each) for each in hits}
        return shown

    for part in (number[1:], number[2:5], f" {number[:-1].lower()}", number.replace("-", "–")):
        assert found(part) == {busy.ref}, part
    assert found(receipt[3:]) == {fresh.ref}
    assert found(receipt[4:-3]) == {fresh.ref, busy.ref}
    assert found(number[2]) == {busy.ref} | ({fresh.ref} if number[2] in receipt else set())
    for part in ("1%", "_1", "\\1", "'1", '"1', "{1}", "1,", "404-404", "1" * 70):
        assert found(part) == set(), part


def multiplied(table, times, **changed):
    """Have so many rows for each of a table in PostgreSQL; `n` tells them apart."""
    columns = [column.name for column in db.metadata.tables[table].columns]
    values = [changed.get(name, "id + 1000 * n" if name == "id" else name) for name in columns]
    with db.engine.begin() as connection:
        connection.exec_driver_sql(
            f"INSERT INTO {table} ({', '.join(columns)}) SELECT {', '.join(values)} "
            f"FROM {table}, generate_series(1, {times}) n"
        )
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql(f"VACUUM ANALYZE {table}")


def indexes(ask):
    """Which indexes PostgreSQL goes by in the statements of a use case."""
    with counted(db.engine) as asked:
        ask()
    with db.engine.connect() as connection:
        for statement, values in zip(asked.statements, asked.values, strict=True):
            if statement.startswith("SELECT"):
                rows = connection.exec_driver_sql(f"EXPLAIN {statement}", values).scalars()
                yield from re.findall(r"\b(?:on|using) (ix_\w+)", "\n".join(rows))


@pytest.mark.parametrize("either_app", ["postgresql"], indirect=True)
def test_what_few_of_many_are_is_found_by_an_index(two):
    key = "'appeal:' || id + 1000 * n"
    numbers = {name: f"{name} || n" for name in ("receipt", "receipt_key", "number", "number_key")}
    multiplied("appeal", 2000, key=key, **numbers)
    multiplied("assignment", 2000, executor="'executor' || n", state="'done'")
    auditor, executor = Office.person("auditor"), Office.person("executor1")
    overdue = set(indexes(lambda: services.search(auditor, SearchQuery(term="overdue"))))
    assert overdue & {"ix_appeal_pressing", "ix_appeal_burning"}
    mine = AssignmentFilter("mine", state="open")
    assert "ix_assignment_held" in set(indexes(lambda: services.assignments(executor, mine)))
    for part in (SearchQuery(q="777777"), SearchQuery(number="777777")):
        assert "ix_appeal_numbers" in set(indexes(lambda: services.search(auditor, part)))  # noqa: B023


@pytest.mark.parametrize("either_app", ["postgresql"], indirect=True)
def test_a_list_of_a_unit_is_put_together_of_what_each_has(two):
    """PostgreSQL would go along all that is open, be it that nobody of the unit has anything."""
    access.change_account("executor1", {"unit_id": Office.person("executor2").unit_id}, actor="x")
    multiplied("work_item", 3000, task="task || n", assigned_to="'nobody' || n", status="'open'")
    person = Office.person("executor1")
    for unit in (InboxFilter(scope="unit", size=1), InboxFilter(scope="unit", size=1, page=2)):
        used = set(indexes(lambda: services.inbox_page(person, unit)))  # noqa: B023
        assert "ix_work_item_holder" in used
        assert "ix_work_item_pressing" not in used


def test_a_topic_is_asked_by_number_code_and_beginning(two):
    for topic in (QUESTION, QUESTION[:9], QUESTION.rpartition(".")[2]):
        assert elements("auditor", topic=topic) == ["accept_assignment", "report"]
        assert inbox("auditor", topic=topic).page.total == 2
    assert elements("auditor", topic="0001.0001") == []


def test_a_long_list_is_not_counted_to_its_end(two, monkeypatch):
    monkeypatch.setattr(counting, "MOST", 1)
    person = Office.person("auditor")
    first = services.search(person, SearchQuery(size=1))
    assert (first.total, first.more, first.next) == (1, True, 2)
    second = services.search(person, SearchQuery(size=1, page=2))
    assert second.items != first.items
    assert services.search(person, SearchQuery(size=1, page=3)).next is None
    narrow = services.search(person, SearchQuery(text="яма"))
    assert (narrow.total, narrow.more, narrow.next) == (1, False, None)


def test_the_figures_above_the_inbox_are_not_counted_to_the_end(two, monkeypatch):
    services.save_view(Office.person("auditor"), "Отчёты", InboxFilter(element="report"))
    services.save_view(Office.person("auditor"), "Все", InboxFilter(sort="opened"))
    monkeypatch.setattr(counting, "MOST_OPEN", 2)
    found = inbox("auditor", size=2)
    assert (found.counts.all, found.counts.near) == (2, 1)
    assert found.counts.more == {"all"}
    assert (found.page.total, found.page.more, found.page.next) == (2, True, 2)
    assert [(view.count, view.more) for view in found.views] == [(1, False), (2, True)]
    assert len(inbox("auditor", size=2, page=2).page.items) == 1
    late = inbox("auditor", term="later").page
    assert (late.total, late.more) == (2, False)


def test_who_may_open_a_card(two):
    fresh, busy = two
    for login in ("registrar", "manager", "controller", "auditor", "dispatcher"):
        assert services.card(Office.person(login), fresh.ref).receipt == fresh.ref
    assert services.card(Office.person("executor1"), busy.ref)
    for login, ref in (("executor1", fresh.ref), ("analyst", busy.ref), ("auditor", "no-such")):
        with pytest.raises(NotFound):
            services.card(Office.person(login), ref)


def test_a_task_is_not_for_everybody(two):
    fresh, busy = two
    item = busy.find("executor2", "report")
    with pytest.raises(NotFound):
        services.work_item(Office.person("analyst"), item.id)
    with pytest.raises(Conflict):
        services.take(Office.person("executor1"), item.id)
    with pytest.raises(Conflict):
        services.complete(Office.person("executor1"), item.id, {"text": "Чужое"})
    free = fresh.find("registrar", "register")
    with pytest.raises(Forbidden):
        services.complete(Office.person("auditor"), free.id, {"questions": [QUESTION]})
    assert services.take(Office.person("registrar"), free.id).mine
    assert services.take(Office.person("registrar"), free.id).mine
    assert not services.release(Office.person("registrar"), free.id).mine


def test_what_moved_on_is_refused_with_a_word_and_changes_nothing(two):
    _fresh, busy = two
    person, item = Office.person("executor2"), busy.find("executor2", "report")
    with pytest.raises(Conflict):
        services.complete(person, item.id, {"text": "Сделано"}, item.version + 7)
    with pytest.raises(Invalid) as refusal:
        services.complete(person, item.id, {"text": ""}, item.version)
    assert list(refusal.value.fields) == ["text"]
    done = services.complete(person, item.id, {"text": "Сделано", "no_such_key": 1}, item.version)
    assert [one.element for one in done.next] == ["accept_report"]
    for again in (
        lambda: services.work_item(person, item.id),
        lambda: services.take(person, item.id),
    ):
        with pytest.raises(Conflict):
            again()
    with pytest.raises(Conflict):
        services.complete(person, item.id, {"text": ""}, item.version)
    assert len(busy.card().assignments[1].reports) == 1


def test_the_list_of_assignments_and_its_table(two):
    _fresh, busy = two
    manager, executor = Office.person("manager"), Office.person("executor1")
    issued = services.assignments(manager, AssignmentFilter(scope="issued"))
    assert [(one.executor, one.responsible) for one in issued.items] == [
        ("executor1", True),
        ("executor2", False),
    ]
    busy.do("executor1", "accept_assignment")
    services.sub_assign(executor, issued.items[0].id, "assistant", "Уточнить", None)
    mine = services.assignments(executor, AssignmentFilter(scope="mine"))
    assert [(one.executor, one.depth) for one in mine.items] == [("executor1", 0), ("assistant", 1)]
    unit = Office.person("executor2").unit_id
    assert {
        one.executor
        for one in services.assignments(manager, AssignmentFilter("all", unit=unit)).items
    } == {"executor2"}
    assert not services.assignments(manager, AssignmentFilter("all", state="done")).items
    assert len(services.assignments(manager, AssignmentFilter("all", state="open")).items) == 3
    wanted = AssignmentFilter("all", text="ёлкина")
    assert services.count_assignments(manager, wanted) == 3
    first, *_more = services.assignments_after(manager, wanted, 0, 2)
    assert first.executor == "executor1"
    (last,) = services.assignments_after(manager, AssignmentFilter("all"), _more[-1].id, 500)
    assert (last.executor, last.depth) == ("assistant", 1)


@pytest.mark.parametrize(
    ("answers", "field"),
    [
        ({"executor": "nobody"}, "executor"),
        ({"executor": "executor2"}, "executor"),
        ({"executor": "assistant", "due_on": "past"}, "due_on"),
        ({"executor": "assistant", "due_on": "late"}, "due_on"),
    ],
)
def test_a_sub_assignment_that_cannot_be(app, answers, field):
    busy = Office(app)
    busy.register()
    busy.assign("executor2")
    busy.do("executor2", "accept_assignment")
    part = busy.card().assignments[0]
    dates = {"past": part.due_on - timedelta(days=90), "late": part.due_on + timedelta(days=1)}
    due_on = dates.get(answers.get("due_on"))
    with pytest.raises(Invalid) as refusal:
        services.sub_assign(Office.person("executor2"), part.id, answers["executor"], "", due_on)
    assert list(refusal.value.fields) == [field]
    with pytest.raises(NotFound):
        services.sub_assign(Office.person("executor1"), part.id, "assistant", "", None)


def test_a_part_is_passed_on_once(app):
    """The form may be sent twice; another part may go to the same person."""
    busy = Office(app)
    busy.register()
    busy.assign("executor2")
    busy.do("executor2", "accept_assignment")
    part, person = busy.card().assignments[0], Office.person("executor2")
    services.sub_assign(person, part.id, "assistant", "Проверить", None)
    with pytest.raises(Conflict):
        services.sub_assign(person, part.id, "assistant", "Проверить", None)
    services.sub_assign(person, part.id, "assistant", "Измерить", None)
    assert len(busy.card().assignments) == 3


def test_a_resolution_that_cannot_be_stands_beside_its_field(app):
    office = Office(app)
    office.register()
    yesterday = (clock.now() - timedelta(days=2)).date().isoformat()
    twice = [{"executor": "executor1"}, {"executor": "executor1"}]
    both = [{"executor": login, "responsible": True} for login in ("executor1", "executor2")]
    late = [{"executor": "executor1", "due_on": yesterday}]
    for lines in (twice, both, late, []):
        with pytest.raises(Invalid) as refusal:
            office.do("manager", "review", decision="assign", resolutions=lines)
        assert list(refusal.value.fields) == ["resolutions"]
    assert office.open() == ["review"]


def test_a_person_who_left_gets_no_assignment(app):
    office = Office(app)
    office.register()
    access.change_account("executor2", {"active": False}, actor="administrator")
    with pytest.raises(Invalid):
        office.assign("executor2")


def test_a_unit_sees_what_its_people_have_as_far_as_it_may_be_opened(two):
    _fresh, _busy = two
    mates = {login: Office.person(login).unit_id for login in ("executor1", "executor2")}
    assert inbox("executor1").counts.unit == len(elements("executor1", scope="unit"))
    access.change_account("executor1", {"unit_id": mates["executor2"]}, actor="administrator")
    assert sorted(elements("executor1", scope="unit")) == ["accept_assignment", "report"]
    assert inbox("executor1").counts.unit == 2
    assert elements("registrar", scope="unit") == []


@pytest.mark.parametrize("most", [0, 1, 20])
def test_lists_are_the_same_of_many_queues_and_people_as_of_few(two, monkeypatch, most):
    """Few are asked for one by one."""
    monkeypatch.setattr(worklist, "MOST_LANES", most)
    _fresh, busy = two
    busy.do("executor2", "report", text="Убрано")
    for by in ("manager", "executor1", "auditor", "registrar"):
        whole = inbox(by)
        assert whole.counts.all == whole.page.total == len(whole.page.items)
        for scope in ("role", "unit"):
            pages = [inbox(by, scope=scope, size=1, page=1 + place).page for place in range(3)]
            found = inbox(by, scope=scope).page
            assert [one.id for page in pages for one in page.items] == [
                one.id for one in found.items
            ]
            assert found.total == getattr(whole.counts, scope) == len(found.items)


def test_the_inbox_is_narrowed_by_topic_and_executor(two):
    code = QUESTION
    assert len(elements("auditor", topic=code)) == 2
    assert len(elements("auditor", topic=code[:9])) == 2
    assert elements("auditor", topic="0002.0006") == []
    assert len(elements("auditor", topic=code.rpartition(".")[2])) == 2, "the number by itself"
    assert elements("auditor", executor="executor2") == ["report"]
    surname = Office.person("executor2").name.split()[0]
    assert elements("auditor", executor=surname.lower()) == ["report"]
    assert elements("auditor", executor="нет такого") == []
    assert elements("auditor", sort="-holder")[0] == "report"


def test_views_are_kept_counted_renamed_moved_and_removed(two):
    person, other = Office.person("auditor"), Office.person("registrar")
    first = services.save_view(person, " Отчёты  отдела ", InboxFilter(element="report"))
    second = services.save_view(person, "Всё", InboxFilter(scope="role", sort="-opened", page=3))
    found = services.inbox(person, InboxFilter()).views
    assert [(one.name, one.count) for one in found] == [("Отчёты отдела", 1), ("Всё", 0)]
    assert found[1].wanted == InboxFilter(scope="role", sort="-opened")
    again = services.save_view(person, "отчёты отдела", InboxFilter(process="assignment"))
    assert (again, services.inbox(person, InboxFilter()).views[0].count) == (first, 2), (
        "a name is taken anew"
    )
    services.move_view(person, second, -1)
    services.move_view(person, second, -1)
    assert [one.id for one in services.inbox(person, InboxFilter()).views] == [second, first]
    services.rename_view(person, second, "Мои роли")
    for name in ("", "мои РОЛИ", "н" * 81):
        with pytest.raises(Invalid):
            services.rename_view(person, first, name)
    with pytest.raises(NotFound):
        services.remove_view(other, first)
    assert services.inbox(other, InboxFilter()).views == ()
    services.remove_view(person, first)
    assert [one.name for one in services.inbox(person, InboxFilter()).views] == ["Мои роли"]
    for number in range(19):
        services.save_view(person, f"Подборка {number}", InboxFilter())
    with pytest.raises(Invalid):
        services.save_view(person, "Лишняя", InboxFilter())
