"""The analyst moves what runs to another version, watches it and takes it back."""

import re

import pytest

from app.database import reading, transaction
from app.outbox.cli import settle_all
from app.workflow import services as workflow
from app.workflow import versions
from app.workflow.models import Instance
from tests.unit.diagrams import bpmn, end, line, start, user
from tests.web.test_studio import Visitor


def drawn(*names):
    body = start() + "".join(user(name) for name in names) + end()
    return {"one/one.bpmn": bpmn("one", body + line("begin", *names, "finish"))}


def publish(*names):
    return versions.publish(drawn(*names), note=" ".join(names), actor="analyst").version


@pytest.fixture
def analyst(app):
    return Visitor(app, "analyst")


@pytest.fixture
def sets(app):
    """Three processes on the old set, of which one has gone on; and a new set."""
    old = publish("write", "check")
    for number in range(3):
        with transaction() as session:
            workflow.start(session, "one", {}, key=f"test:{number}", actor="tester")
    finish("test:0")
    return old, publish("check", "sign")


def finish(key):
    with transaction() as session:
        (item,) = workflow.open_items(session, key=key)
        workflow.complete(session, item.id, {}, actor="tester")


def running():
    with reading() as session:
        return [one.version_id for one in session.query(Instance).order_by(Instance.id)]


def words_of(page):
    return " ".join(re.sub(r"<[^>]+>", " ", page.split("<main")[1]).split())


def test_a_preview_shows_who_can_and_why_others_stay(analyst, sets):
    old, new = sets
    assert "Перевести процессы" in analyst.page(f"/studio/versions/{old}")
    text = words_of(analyst.page(f"/studio/versions/{old}/move?to={new}"))
    assert "Шага «write», на котором сейчас стоит процесс, в новой версии нет. 2" in text
    assert "Перевести все возможные (1)" in text
    can = analyst.page(f"/studio/versions/{old}/move?to={new}&show=can")
    assert "test:0" in can
    assert "test:1" not in can
    assert running() == [old, old, old]
    analyst.page(f"/studio/versions/{old}/move?to=99", 404)
    assert "ничего не идёт" in analyst.page(f"/studio/versions/{new}/move")


def test_all_at_once_with_progress_result_and_undo(app, analyst, sets):
    old, new = sets
    place = f"/studio/versions/{old}/move"
    begun = analyst.send(place, to=new)
    assert begun.status_code == 303
    busy = analyst.page(begun.location)
    assert "Рассмотрено: 0 из 3" in busy
    assert 'http-equiv="refresh"' in busy
    settle_all(app, 60)
    done = analyst.page(begun.location)
    assert 'http-equiv="refresh"' not in done
    assert "Шага «write»" in words_of(done)
    assert "test:0" in analyst.page(f"{begun.location}?show=done")
    assert running() == [new, old, old]
    assert "1 / 3" in words_of(analyst.page("/studio/"))

    analyst.send(f"{begun.location}/undo", form=begun.location)
    settle_all(app, 60)
    back = words_of(analyst.page(begun.location))
    assert f"возвращено на версию {old} 1" in back
    assert running() == [old, old, old]
    assert analyst.send(f"{begun.location}/undo", form=place).status_code == 404


def test_one_by_one_and_what_has_gone_on_stays(app, analyst, sets):
    old, new = sets
    place = f"/studio/versions/{old}/move"
    one = next(
        iter(re.findall(r'name="instance" value="(\d+)"', analyst.page(f"{place}?show=can")))
    )
    moved = analyst.send(place, to=new, instance=one)
    assert running() == [new, old, old]
    finish("test:0")
    analyst.send(f"{moved.location}/undo", form=moved.location)
    settle_all(app, 60)
    assert "с тех пор продвинулся дальше" in words_of(analyst.page(moved.location))
    assert running() == [new, old, old]


def test_only_analysts_move(app, analyst, sets):
    old, new = sets
    moved = analyst.send(f"/studio/versions/{old}/move", to=new)
    for login, sees in (("administrator", 200), ("auditor", 200), ("registrar", 403)):
        other = Visitor(app, login)
        other.page(moved.location, sees)
        assert "Отменить перевод" not in other.page(moved.location, sees)
        # The auditor reads everything, and has no button anywhere.
        plan = other.page(f"/studio/versions/{old}/move", 200 if login == "auditor" else 403)
        assert 'name="to" value' not in plan
        for path in (f"/studio/versions/{old}/move", f"{moved.location}/undo"):
            assert other.send(path, form="/password", to=new).status_code == 403


def test_a_slip_is_told(analyst, sets):
    old, new = sets
    place = f"/studio/versions/{old}/move"
    assert analyst.send(place).status_code == 409
    assert analyst.send(place, to=old).status_code == 409
    assert analyst.send(place, to=99).status_code == 404
    assert analyst.send(place, to=new, instance=10_000).status_code == 404
    analyst.page("/studio/migrations/none", 404)
