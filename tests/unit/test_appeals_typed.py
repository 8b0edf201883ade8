"""What is typed into a task's form and not handed on: kept a pause at a time, for whom, how long."""

from datetime import timedelta

import pytest

from app import clock
from app.appeals import services
from app.audit import services as audit
from app.errors import Conflict, Forbidden, Invalid, NotFound
from tests.unit.office import Office


@pytest.fixture
def office(either_app):
    made = Office(either_app)
    made.register()
    made.do("manager", "review", decision="answer", drafter="executor1")
    return made


@pytest.fixture
def item(office):
    (found,) = office.items("executor1")
    return found.id


def keep(item, text, *, by="executor1", opening="page", after=60):
    clock.move_to(clock.now() + timedelta(seconds=after))
    return services.keep_typed(Office.person(by), item, opening, [("text", text)])


def last(item, by="executor1", version=None):
    found = services.last_typed(Office.person(by), item, version)
    return dict(found[0])["text"] if found else None


def versions(item, shown=None):
    return services.typed_versions(Office.person("executor1"), item, shown)


def told():
    return len(audit.journal(audit.Filter(action="form.typed")).entries)


def test_each_pause_is_a_version_and_the_journal_tells_once(item):
    assert last(item) is None
    at = keep(item, "Мусор")
    keep(item, "Мусор", after=90)
    keep(item, "Мусор вывезен")
    keep(item, "Мусор вывезен вчера", after=20)
    assert last(item) == "Мусор вывезен вчера"
    found = versions(item)
    assert [one.characters for one in found.versions] == [19, 5]
    assert found.versions[1].saved_at == at
    assert found.versions[0].author_name == Office.person("executor1").name
    assert [what for what, _piece in found.differences] == ["same", "new"]
    assert last(item, version=found.versions[1].id) == "Мусор"
    assert versions(item, found.versions[1].id).differences == (("new", "Мусор"),)
    assert told() == 1
    keep(item, "Мусор вывезен сегодня", opening="another tab", after=1)
    keep(item, "Мусор вывезен.", opening="page")
    assert told() == 2
    assert len(versions(item).versions) == 4


def test_only_who_may_do_the_task_keeps_and_reads(office, item):
    keep(item, "Мусор вывезен")
    for login, refusal in (("executor2", Conflict), ("manager", Conflict), ("analyst", NotFound)):
        with pytest.raises(refusal):
            keep(item, "Чужое", by=login)
        with pytest.raises(refusal):
            services.typed_versions(Office.person(login), item)
        with pytest.raises(refusal):
            last(item, by=login, version=versions(item).shown)
    assert last(item, version=9999) is None
    free = next(one for one in Office(office.app).items("registrar") if one.element == "register")
    with pytest.raises(Forbidden):
        keep(free.id, "Не моя роль", by="manager")
    assert last(free.id, by="registrar", version=versions(item).shown) is None


def test_a_colleague_goes_on_with_what_was_typed(item):
    keep(item, "Мусор вывезен")
    services.hand_over(Office.person("manager"), item, "executor2", "Отпуск")
    assert last(item, by="executor2") is None, "nobody is shown another's words as their own"
    (found,) = services.typed_versions(Office.person("executor2"), item).versions
    assert last(item, by="executor2", version=found.id) == "Мусор вывезен"


def test_what_cannot_be_kept_is_refused(item):
    with pytest.raises(Invalid):
        keep(item, "я" * 500_001)
    with pytest.raises(Invalid):
        keep(item, "Мусор", opening="")
    keep(item, "Нули\x00 не хранятся")
    assert "\x00" not in last(item)


def test_it_goes_when_the_task_is_completed_and_when_it_is_old(office, item, monkeypatch):
    monkeypatch.setattr("app.appeals.services.typed.MOST", 2)
    for text in ("Раз", "Два", "Три"):
        keep(item, text)
    assert [one.characters for one in versions(item).versions] == [3, 3]
    assert last(item) == "Три"
    assert services.sweep_typed() == 0
    office.do("executor1", "draft_reply", text="Мусор вывезен.")
    with pytest.raises(Conflict):
        keep(item, "Поздно")
    assert services.sweep_typed() == 2
    office.do("approver", "approve_reply", decision="rework", remark="Поправьте")
    (again,) = office.items("executor1")
    keep(again.id, "Поправлено")
    clock.move_to(clock.now() + timedelta(days=31))
    assert services.sweep_typed() == 1
