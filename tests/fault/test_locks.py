"""Processes of one case that call each other never wait for each other half-way."""

from datetime import timedelta

from sqlalchemy import select

from app import clock
from app.database import reading, transaction
from app.workflow import registry, timers, versions
from app.workflow import services as workflow
from app.workflow.models import Instance
from tests.fault.test_races import Meeting, together
from tests.unit import diagrams as draw


def test_processes_that_call_each_other_do_not_meet_half_way(app, monkeypatch):
    """A task of the first tells the second, a timer of the second tells the first."""
    met = Meeting()

    def meet(ctx, **_inputs):
        met.wait()
        return {}

    words = {"ru": "х", "en": "x"}
    monkeypatch.setitem(
        registry._operations,
        "test.meet",
        registry.Operation("test.meet", meet, "service", words, {}, {}, {}),
    )
    fork = '<bpmn:parallelGateway id="fork"/>'
    begins = {"first": draw.user("begun"), "second": draw.timer("begun", "PT1H")}
    words_of = {"first": ("done", "late"), "second": ("late", "done")}
    lines = {}
    for name, begun in begins.items():
        said, heard = words_of[name]
        lines[name] = (
            f"{draw.start()}{fork}{begun}{draw.service('meet', 'test.meet')}"
            f"{draw.throw('tell', said)}{draw.end()}{draw.catch('hear', heard)}{draw.end('over')}"
            f"{draw.line('begin', 'fork', 'begun', 'meet', 'tell', 'finish')}"
            f"{draw.line('fork', 'hear', 'over')}"
        )
    versions.publish(
        {f"{name}/{name}.bpmn": draw.bpmn(name, body, ["done", "late"])
         for name, body in lines.items()},
        note="test", actor="analyst",
    )  # fmt: skip
    with transaction() as session:
        workflow.start(session, "first", {}, key="test:1", actor="tester")
        second_id = workflow.start(session, "second", {}, key="test:1", actor="tester")
    with reading() as session:
        (item,) = workflow.open_items(session, key="test:1")
    clock.move_to(clock.now() + timedelta(hours=2))

    def complete():
        with app.app_context(), transaction() as session:
            return workflow.complete(session, item.id, {}, actor="registrar")

    def fire():
        with app.app_context():
            return timers.fire(second_id)

    found = together(complete, fire)
    assert not [one for one in found if isinstance(one, Exception)], found
    timers.fire_due()
    with reading() as session:
        assert set(session.scalars(select(Instance.status).where(Instance.key == "test:1"))) == {
            "ended"
        }


def test_what_was_started_while_somebody_waited_is_seen(app, monkeypatch):
    """The first starts another process of the key; who waited for it must find the case as it is."""
    met = Meeting()

    def more(ctx, **_inputs):
        met.wait()
        ctx.start("other", {})
        return {}

    words = {"ru": "х", "en": "x"}
    monkeypatch.setitem(
        registry._operations,
        "test.more",
        registry.Operation("test.more", more, "service", words, {}, {}, {}),
    )
    one = draw.start() + draw.user("work") + draw.service("more", "test.more") + draw.end()
    other = draw.start() + draw.user("task") + draw.end()
    files = {
        "one": one + draw.line("begin", "work", "more", "finish"),
        "other": other + draw.line("begin", "task", "finish"),
    }
    versions.publish(
        {f"{name}/{name}.bpmn": draw.bpmn(name, body) for name, body in files.items()},
        note="test",
        actor="analyst",
    )
    with transaction() as session:
        workflow.start(session, "one", {}, key="test:1", actor="tester")
    with reading() as session:
        (item,) = workflow.open_items(session, key="test:1")

    def complete():
        with app.app_context(), transaction() as session:
            return workflow.complete(session, item.id, {}, actor="registrar")

    found = together(complete, complete)
    assert sorted(type(each).__name__ for each in found) == ["Conflict", "list"], found
