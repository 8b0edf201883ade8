"""Running instances on another version: ahead, one by one, all at once, back again."""

import threading
from datetime import timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

import engine
from app import clock
from app.database import db, reading, transaction
from app.errors import Conflict, DomainError, NotFound
from app.extensions import in_language
from app.outbox.cli import settle_all
from app.workflow import finality, migration_records, migrations, shelf, versions
from app.workflow import services as workflow
from app.workflow.models import BROKEN, OPEN, RUNNING, IncidentRow, Instance, StepRow, WorkItem
from tests.unit import diagrams as draw

LATE = (
    '<bpmn:boundaryEvent id="late" attachedToRef="write"><bpmn:timerEventDefinition>'
    "<bpmn:timeDuration>{}</bpmn:timeDuration></bpmn:timerEventDefinition></bpmn:boundaryEvent>"
    '<bpmn:sequenceFlow id="late_to_finish" sourceRef="late" targetRef="finish"/>'
)


def drawn(*names, more="", **options):
    body = draw.start() + "".join(draw.user(name, **options) for name in names) + draw.end()
    return {"one/one.bpmn": draw.bpmn("one", body + draw.line("begin", *names, "finish") + more)}


def publish(files):
    return versions.publish(files, note="", actor="analyst").version


def begin(key, **variables):
    with transaction() as session:
        return workflow.start(session, "one", variables, key=key, actor="tester")


def finish(key):
    with transaction() as session:
        (item,) = workflow.open_items(session, key=key)
        workflow.complete(session, item.id, {}, actor="tester")


def rows(model, *columns):
    with reading() as session:
        names = columns or [column.name for column in model.__table__.columns]
        found = session.scalars(select(model).order_by(model.id)).all()
        return [tuple(getattr(row, name) for name in names) for row in found]


def version_of(instance):
    with reading() as session:
        return session.get(Instance, instance).version_id


def test_steps_are_appended_and_say_which_version_they_ran_under(either_app):
    old = publish(drawn("first", "write"))
    begin("test:1")
    finish("test:1")
    new = publish(drawn("first", "write", "check"))
    before = rows(StepRow)
    assert {step[3] for step in before} == {old}
    done = migrations.migrate(old, new, actor="analyst")
    assert rows(StepRow) == before
    migrations.undo(done.id, actor="analyst")
    assert rows(StepRow) == before
    migrations.migrate(old, new, actor="analyst")
    finish("test:1")
    finish("test:1")
    after = rows(StepRow, "element", "version_id")
    assert after[: len(before)] == [(step[5], old) for step in before]
    assert after[len(before) :] == [("check", new), ("finish", new)]
    with reading() as session:
        assert {one.version for one in workflow.steps(session, "test:1")} == {old, new}


def test_a_block_drawn_around_is_entered_and_left_again(app):
    old = publish(drawn("write"))
    begin("test:1")
    inside = draw.start("in") + draw.user("write") + draw.line("in", "write")
    body = draw.start() + f'<bpmn:subProcess id="block">{inside}</bpmn:subProcess>' + draw.end()
    around = {"one/one.bpmn": draw.bpmn("one", body + draw.line("begin", "block", "finish"))}
    done = migrations.migrate(old, publish(around), actor="analyst")
    migrations.undo(done.id, actor="analyst")
    finish("test:1")
    stays = rows(StepRow, "element", "how")
    assert sorted(stays) == [
        *[("begin", "completed"), ("block", "cancelled")],
        *[("finish", "completed"), ("write", "completed")],
    ]


def test_what_is_open_follows_the_new_diagram_and_comes_back(either_app):
    old = publish(drawn("write"))
    begin("test:1", who="executor2")
    new = publish(drawn("write", roles="manager", assignee="${who}"))
    done = migrations.migrate(old, new, actor="analyst")

    def item():
        with reading() as session:
            (found,) = workflow.open_items(session, key="test:1")
            queue = session.scalar(select(WorkItem.queue).where(WorkItem.id == found.id))
            return queue, found.roles, found.assignee, found.set_version

    assert item() == ("manager/one/write", ("manager",), "executor2", new)
    migrations.undo(done.id, actor="analyst")
    assert item() == ("registrar/one/write", ("registrar",), None, old)


def test_pending_timers_keep_their_due_times(either_app):
    old = publish(drawn("write", more=LATE.format("P3D")))
    begin("test:1")
    (due,) = rows(Instance, "next_due_at")
    migrations.migrate(old, publish(drawn("write", more=LATE.format("P9D"))), actor="analyst")
    assert due[0] is not None
    assert rows(Instance, "next_due_at") == [due]


def test_a_preview_says_which_can_and_why_others_cannot_in_both_languages(either_app):
    old = publish(drawn("write", "check"))
    ready, stays = begin("test:1"), begin("test:2")
    finish("test:1")
    new = publish(drawn("check"))
    before = rows(Instance), rows(StepRow), rows(WorkItem)
    said = {line.instance: line for line in migrations.preview(old, new)}
    assert (said[ready].can, said[ready].reason) == (True, "")
    assert (said[stays].rule, said[stays].element) == ("element.gone", "write")
    assert said[stays].reason == (
        "Шага «write», на котором сейчас стоит процесс, в новой версии нет."
    )
    with in_language("en"):
        (line,) = migrations.preview(old, new, instance=stays)
        assert line.reason == "The step “write”, which is open now, is not in the new version."
    assert (rows(Instance), rows(StepRow), rows(WorkItem)) == before
    done = migrations.migrate(old, new, actor="analyst")
    assert (done.moved, done.left) == (1, 1)
    assert [version_of(ready), version_of(stays)] == [new, old]


def test_every_reason_of_the_engine_has_words():
    from app.workflow.reasons import SENTENCES

    assert set(engine.REASONS) < set(SENTENCES)


def test_one_by_one(either_app):
    old = publish(drawn("write"))
    first, second = begin("test:1"), begin("test:2")
    new = publish(drawn("write", "check"))
    migrations.migrate(old, new, instance=second, actor="analyst")
    assert [version_of(first), version_of(second)] == [old, new]
    with pytest.raises(NotFound):
        migrations.migrate(old, new, instance=second, actor="analyst")
    with pytest.raises(Conflict):
        migrations.migrate(old, old, actor="analyst")


def test_one_that_fails_holds_up_nobody(either_app):
    old = publish(drawn("write"))
    first, broken, last = (begin(f"test:{n}") for n in range(3))
    with transaction() as session:
        session.get(Instance, broken).state = b"nonsense"
    new = publish(drawn("write", "check"))
    assert [line.can for line in migrations.preview(old, new)] == [True, False, True]
    done = migrations.migrate(old, new, actor="analyst")
    assert [line.rule for line in done.lines] == [None, "failed", None]
    assert [version_of(one) for one in (first, broken, last)] == [new, old, new]


def test_what_has_moved_on_stays_and_the_others_go_back(either_app):
    old = publish(drawn("write"))
    first, second = begin("test:1"), begin("test:2")
    new = publish(drawn("write", "check"))
    done = migrations.migrate(old, new, actor="analyst")
    finish("test:2")
    back = migrations.undo(done.id, actor="analyst")
    assert [(line.can, line.rule) for line in back.lines] == [
        (True, None),
        (False, "instance.went_on"),
    ]
    assert [version_of(first), version_of(second)] == [old, new]
    with pytest.raises(NotFound):
        migrations.undo(done.id, actor="analyst")
    finish("test:1")
    with reading() as session:
        assert [one.element for one in workflow.open_items(session, key="test:2")] == ["check"]
        assert workflow.open_items(session, key="test:1") == []


def test_a_cancelled_process_is_not_brought_back(app):
    old = publish(drawn("write"))
    begin("test:1")
    new = publish(drawn("write", "check"))
    done = migrations.migrate(old, new, actor="analyst")
    with transaction() as session:
        workflow.cancel(session, "test:1", actor="tester", reason="")
    with pytest.raises(Conflict):
        migrations.undo(done.id, actor="analyst")


def test_the_worker_moves_many_and_takes_them_back(either_app, monkeypatch):
    monkeypatch.setattr(migrations.carry_on, "__defaults__", (2,))
    old = publish(drawn("write"))
    for number in range(5):
        begin(f"test:{number}")
    new = publish(drawn("write", "check"))
    migration = migrations.begin(old, new, actor="analyst", later=True)
    assert migration_records.progress(migration).busy
    assert len(migrations.carry_on(migration)) == 2
    assert migration_records.progress(migration).done == 2
    assert settle_all(either_app, 60)
    progress = migration_records.progress(migration)
    assert (progress.busy, progress.moved, progress.total) == (False, 5, 5)
    migrations.begin_undo(migration, actor="analyst", later=True)
    assert settle_all(either_app, 60)
    assert migration_records.progress(migration).counts["undone"] == 5
    assert set(rows(Instance, "version_id")) == {(old,)}


def test_the_worker_takes_over_from_a_command_that_was_killed(either_app):
    old = publish(drawn("write"))
    for number in range(3):
        begin(f"test:{number}")
    migration = migrations.begin(old, publish(drawn("write", "check")), actor="analyst")
    migrations.carry_on(migration, 1)
    settle_all(either_app, 60)
    assert migration_records.progress(migration).moved == 1  # the command may still be at it
    clock.move_to(clock.now() + timedelta(hours=2))
    settle_all(either_app, 60)
    assert (
        migration_records.progress(migration).busy,
        migration_records.progress(migration).moved,
    ) == (False, 3)


def test_an_undo_stops_what_still_runs(app):
    old = publish(drawn("write"))
    for number in range(3):
        begin(f"test:{number}")
    migration = migrations.begin(old, publish(drawn("write", "check")), actor="analyst")
    migrations.carry_on(migration, 1)
    migrations.undo(migration, actor="analyst")
    counts = migration_records.progress(migration).counts
    assert (counts["undone"], counts["stayed"], counts["waiting"]) == (1, 2, 0)


def test_a_timer_that_broke_is_tried_on_the_new_version(app):
    old = publish(drawn("write", more=LATE.format("P3D")))
    instance = begin("test:1")
    with transaction() as session:
        session.get(Instance, instance).status = BROKEN
        session.add(
            IncidentRow(
                instance_id=instance,
                key="test:1",
                process="one",
                element="late",
                reason="x",
                move={"move": "tick"},
                created_at=clock.now(),
            )
        )
    migrations.migrate(old, publish(drawn("write", more=LATE.format("P9D"))), actor="analyst")
    assert rows(Instance, "status") == [(RUNNING,)]
    assert rows(IncidentRow, "resolution") == [("migrated",)]


def test_people_work_on_while_everything_moves(either_app):
    old = publish(drawn("write"))
    for number in range(16):
        begin(f"test:{number}")
    new = publish(drawn("write", "check"))
    troubles = []

    def beside(work):
        def run():
            with either_app.app_context():
                try:
                    work()
                except Exception as trouble:  # noqa: BLE001  # told by the assertion below
                    troubles.append(trouble)
                finally:
                    db.session.remove()

        return threading.Thread(target=run)

    def work():
        for number in reversed(range(16)):
            finish(f"test:{number}")

    threads = [beside(work), beside(lambda: migrations.migrate(old, new, actor="analyst"))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert troubles == []
    for instance, version, status in rows(Instance, "id", "version_id", "status"):
        with reading() as session:
            row = session.get(Instance, instance)
            known = engine.inspect(shelf.version_set(session, version), row.state)
            held = session.scalars(
                select(WorkItem).where(WorkItem.instance_id == instance, WorkItem.status == OPEN)
            ).all()
            assert [item.task for item in held] == [task.id for task in known.tasks]
            assert [item.element for item in held] == (["check"] if version == new else [])
            assert status == (RUNNING if version == new else "ended")


# ---- published sets


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE process_file SET content = 'x'",
        "DELETE FROM process_file",
        "UPDATE process_version SET content_key = 'x'",
        "UPDATE process_version SET digest = 'x'",
        "UPDATE process_version SET published_by = 'x'",
        "DELETE FROM process_version",
    ],
)
def test_the_database_refuses_to_change_what_is_published(either_app, statement):
    with pytest.raises(DBAPIError, match=finality.SAID), transaction() as session:
        session.execute(text(statement))


def test_a_set_that_was_tampered_with_is_refused(either_app):
    version = publish(drawn("write"))
    with transaction() as session:
        finality.lift(session.connection())
        session.execute(
            text("UPDATE process_file SET content = :content WHERE version_id = :version"),
            {"content": drawn("forged")["one/one.bpmn"], "version": version},
        )
        finality.lay(session.connection())
    shelf._parsed.clear()
    with pytest.raises(DomainError, match=f"версии {version}"):
        begin("test:1")
    assert rows(Instance) == []
