"""The bridge: work items, rights, messages, timers, incidents; on each database."""

import threading
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

import engine
from app import clock
from app.access.services import list_people
from app.database import reading, transaction
from app.errors import Conflict, Forbidden, Invalid
from app.outbox import relay
from app.outbox import services as outbox
from app.workflow import incidents, registry, timers, versions
from app.workflow import services as workflow
from app.workflow.bridge import ProcessBroken
from app.workflow.items import for_roles
from app.workflow.models import IncidentRow, Instance, WorkItem
from tests.engine.draw import draw as drawn
from tests.unit import diagrams as draw

KEY = "test:1"


@pytest.fixture
def operations(monkeypatch):
    """Operations of the test's own: name → function(ctx, **inputs)."""
    known = dict(registry._operations)
    monkeypatch.setattr(registry, "_operations", known)

    def register(name, function, kind="service"):
        words = {"ru": name, "en": name}
        spec = {"value": {"type": "string", "required": False, "ru": "х", "en": "x"}}
        known[name] = registry.Operation(name, function, kind, words, spec, spec, {})

    return register


def publish(**files):
    return versions.publish(
        {f"{name}/{name}.bpmn": content for name, content in files.items()},
        note="test",
        actor="analyst",
    ).version


def begin(process, variables=None, key=KEY):
    with transaction() as session:
        return workflow.start(session, process, variables or {}, key=key, actor="tester")


def items(key=KEY):
    with reading() as session:
        return {one.element: one for one in workflow.open_items(session, key=key)}


def person(login):
    return next(one for one in list_people(login) if one.login == login)


def complete(element, login=None, answers=None, version=None, key=KEY):
    one = items(key)[element]
    who = person(login) if login else None
    with transaction() as session:
        return workflow.complete(
            session, one.id, answers or {}, actor=login or "tester", person=who, version=version
        )


@pytest.fixture
def two_steps(either_app):
    body = draw.start() + draw.user("first") + draw.user("second", roles="manager") + draw.end()
    publish(two=draw.bpmn("two", body + draw.line("begin", "first", "second", "finish")))
    begin("two")
    return either_app


def test_a_work_item_moves_on_and_tells_what_opened(two_steps):
    opened = complete("first", "registrar")
    assert [one.element for one in opened] == ["second"]
    assert opened[0].roles == ("manager",)
    assert list(items()) == ["second"]
    complete("second", "manager")
    assert items() == {}
    with reading() as session:
        steps = workflow.steps(session, KEY)
    assert [step.element for step in steps] == ["begin", "first", "second", "finish"]
    assert all(step.left_at for step in steps)
    assert steps[1].actor == "registrar"
    assert steps[0].actor is None


def test_items_of_a_role_are_found_by_its_whole_name(either_app):
    roles = {
        "one": "clerk",
        "two": "chief,clerk",
        "three": "clerk,judge",
        "four": "chief_clerk,clerks",
    }
    tasks = "".join(draw.user(name, roles=each) for name, each in roles.items())
    line = draw.line("begin", *roles, "finish")
    publish(several=draw.bpmn("several", draw.start() + tasks + draw.end() + line))
    begin("several")
    for name in list(roles)[:3]:
        complete(name)

    def found(*wanted):
        with reading() as session:
            query = select(WorkItem.element).where(for_roles(wanted)).order_by(WorkItem.id)
            return list(session.scalars(query))

    assert found("clerk") == ["one", "two", "three"]
    assert found("chief", "judge") == ["two", "three"]
    assert found("chief_clerk") == ["four"]
    assert found("chiefXclerk") == found() == []


def test_only_the_role_may_complete(two_steps):
    with pytest.raises(Forbidden):
        complete("first", "executor1")
    assert list(items()) == ["first"]


def test_a_taken_item_is_its_takers_until_given_back(two_steps):
    one, registrar, manager = items()["first"], person("registrar"), person("manager")
    with transaction() as session:
        assert workflow.take(session, one.id, person=registrar).assignee == "registrar"
    with transaction() as session:
        workflow.take(session, one.id, person=registrar)
    with pytest.raises((Conflict, Forbidden)), transaction() as session:
        workflow.take(session, one.id, person=manager)
    with transaction() as session:
        assert workflow.release(session, one.id, person=registrar).assignee is None
    with pytest.raises(Conflict), transaction() as session:
        workflow.release(session, one.id, person=registrar)


def test_an_old_version_is_refused(two_steps):
    one, registrar = items()["first"], person("registrar")
    before = one.version
    with transaction() as session:
        workflow.take(session, one.id, person=registrar)
    with pytest.raises(Conflict):
        complete("first", "registrar", version=before)
    complete("first", "registrar", version=items()["first"].version)


def test_of_two_at_once_one_wins(two_steps):
    one, done, refused = items()["first"], [], []
    gate = threading.Barrier(2)

    def try_it():
        with two_steps.app_context():
            gate.wait()
            try:
                with transaction() as session:
                    workflow.complete(session, one.id, {}, actor="registrar")
                done.append(1)
            except Conflict:
                refused.append(1)

    threads = [threading.Thread(target=try_it) for _each in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(done), len(refused)) == (1, 1)
    assert list(items()) == ["second"]
    with reading() as session:
        assert len([s for s in workflow.steps(session, KEY) if s.element == "second"]) == 1


def test_an_assignee_of_the_diagram_keeps_others_out(either_app):
    body = draw.start() + draw.user("work", roles="", assignee="${who}") + draw.end()
    publish(one=draw.bpmn("one", body + draw.line("begin", "work", "finish")))
    begin("one", {"who": "executor1"})
    with pytest.raises(Conflict):
        complete("work", "executor2")
    complete("work", "executor1")


def test_a_listener_refuses_beside_a_field_and_nothing_changes(either_app, operations):
    def refuse(ctx, **answers):
        raise Invalid("no", fields={"text": ["too short"]})

    operations("test.hear", refuse, "listener")
    body = draw.start() + draw.user("work", listener="test.hear") + draw.end()
    publish(one=draw.bpmn("one", body + draw.line("begin", "work", "finish")))
    begin("one")
    with pytest.raises(Invalid) as refusal:
        complete("work", "registrar")
    assert refusal.value.fields == {"text": ["too short"]}
    assert list(items()) == ["work"]
    assert incidents.incidents() == []


def test_public_facts_become_the_steps_facts(either_app, operations):
    operations("test.tell", lambda ctx, **inputs: {"public": {"number": "7"}, "value": "x"})
    body = draw.start() + draw.service("tell", "test.tell") + draw.user("work") + draw.end()
    publish(one=draw.bpmn("one", body + draw.line("begin", "tell", "work", "finish")))
    begin("one")
    with reading() as session:
        facts = {step.element: step.facts for step in workflow.steps(session, KEY)}
    assert facts["tell"] == {"number": "7"}
    assert "public" not in items()["work"].variables


def test_a_message_reaches_who_waits_or_starts_a_process(either_app):
    waits = draw.start() + draw.catch("wait", "go") + draw.user("after") + draw.end()
    starts = draw.message_start("called", "come") + draw.user("came") + draw.end()
    publish(
        waits=draw.bpmn(
            "waits", waits + draw.line("begin", "wait", "after", "finish"), messages=["go"]
        ),
        starts=draw.bpmn(
            "starts", starts + draw.line("called", "came", "finish"), messages=["come"]
        ),
    )
    first, other = begin("waits"), begin("waits", key="test:2")
    with transaction() as session:
        assert workflow.deliver(session, KEY, "go", {"x": 1})
    assert list(items()) == ["after"]
    assert items()["after"].variables["x"] == 1
    assert items("test:2") == {}
    with transaction() as session:
        assert not workflow.deliver(session, first, "go", {})
        assert workflow.deliver(session, other, "go", {})
        assert workflow.deliver(session, KEY, "come", {"y": 2})
        assert not workflow.deliver(session, KEY, "nobody", {})
    assert set(items()) == {"after", "came"}


def test_a_thrown_message_reaches_another_instance_of_the_key(either_app):
    waits = draw.start() + draw.catch("wait", "go") + draw.user("after") + draw.end()
    throws = draw.start() + draw.throw("call", "go") + draw.end()
    publish(
        waits=draw.bpmn(
            "waits", waits + draw.line("begin", "wait", "after", "finish"), messages=["go"]
        ),
        throws=draw.bpmn("throws", throws + draw.line("begin", "call", "finish"), messages=["go"]),
    )
    begin("waits")
    begin("throws")
    assert list(items()) == ["after"]


def test_a_signal_reaches_everybody_of_the_key_and_starts_what_begins_by_it(either_app):
    roles = "candidateGroups=registrar"
    publish(
        waits=drawn(waits=f"start s\ncatch c signal=go\nuser after {roles}\ns > c > after"),
        starts=drawn(starts=f"start s signal=go\nuser came {roles}\ns > came"),
        throws=drawn(
            throws=f"""
            start s
            user first {roles}
            boundary own on=first signal=go keep
            user heard {roles}
            throw call signal=go
            s > first
            own > heard
            s > call
            """
        ),
    )
    begin("waits")
    begin("waits", key="test:2")
    begin("throws")
    with reading() as session:
        open_now = [one.element for one in workflow.open_items(session, key=KEY)]
    assert sorted(open_now) == ["after", "came", "first", "heard"]
    assert items("test:2") == {}


def test_a_stuck_instance_is_one_incident_however_often_something_still_happens(either_app):
    publish(
        stuck=drawn(
            stuck="""
            start s
            xor g
            task a
            task b
            and j
            s > g
            g > a : ${true}
            g >> b
            a > j
            b > j
            watch w {
                start ws message=go keep
            }
            """
        )
    )
    instance = begin("stuck")
    for _ in range(2):
        with transaction() as session:
            assert workflow.deliver(session, instance, "go", {})
    (incident,) = incidents.incidents()
    assert (incident.element, incident.move) == ("j", "stuck")
    assert incident.reason.in_language("ru") == "Отсюда процесс больше не может сдвинуться."


@pytest.mark.parametrize(
    "drawing",
    [
        "start s message=go\nend e message=go\ns > e",
        "start s\nstart t signal=go\nthrow e signal=go\ns > e\nt > e",
    ],
)
def test_processes_that_start_one_another_without_end_are_stopped(either_app, drawing):
    publish(endless=drawn(endless=drawing))
    with pytest.raises(ProcessBroken):
        begin("endless")
    (incident,) = incidents.incidents()
    assert (incident.process, "without end" in incident.reason) == ("endless", True)
    with reading() as session:
        assert session.scalars(select(Instance)).all() == []


def timed(name, duration):
    body = draw.start() + draw.timer("pause", duration) + draw.user(f"after_{name}") + draw.end()
    return draw.bpmn(name, body + draw.line("begin", "pause", f"after_{name}", "finish"))


def test_timers_fire_when_due_and_once(either_app):
    publish(late=timed("late", "P3D"), soon=timed("soon", "P1D"))
    begin("late")
    begin("soon")
    assert timers.fire_due() == 0
    clock.move_to(clock.now() + timedelta(days=1, minutes=1))
    assert timers.fire_due() == 1
    assert list(items()) == ["after_soon"]
    assert timers.fire_due() == 0
    clock.move_to(clock.now() + timedelta(days=3))
    assert timers.fire_due() == 1
    assert set(items()) == {"after_soon", "after_late"}


def test_a_timer_starts_a_process_as_often_as_it_says(either_app):
    publish(ask=drawn(ask="start s cycle=R3/P1D\nuser a assignee=${n}\nend e\ns > a > e"))
    begin("ask", {"n": "who"})
    for rounds in (1, 2, 3):
        clock.move_to(clock.now() + timedelta(days=1, minutes=1))
        assert timers.fire_due() == 1
        with reading() as session:
            opened = workflow.open_items(session, key=KEY)
        assert [one.assignee for one in opened] == ["who"] * rounds
        assert len({one.instance_id for one in opened}) == rounds
    clock.move_to(clock.now() + timedelta(days=5))
    assert timers.fire_due() == 0
    complete("a")


@pytest.fixture
def breaking(either_app, operations):
    """A process whose service breaks until `cure` is set."""
    state = {"cured": False, "calls": 0}

    def work(ctx, **inputs):
        state["calls"] += 1
        if not state["cured"]:
            raise RuntimeError("the register of roofs does not answer")
        return {}

    operations("test.work", work)
    return state


def test_a_broken_move_leaves_an_incident_and_can_be_retried(breaking):
    body = draw.start() + draw.user("ask") + draw.service("work", "test.work") + draw.user("next")
    flow = draw.line("begin", "ask", "work", "next", "finish")
    publish(one=draw.bpmn("one", body + draw.end() + flow))
    begin("one")
    with pytest.raises(ProcessBroken) as broken:
        complete("ask", "registrar", {"text": "kept"})
    assert "work" in str(broken.value)
    assert list(items()) == ["ask"]
    (incident,) = incidents.incidents()
    assert incident.element == "work"
    assert "RuntimeError" in incident.reason
    assert "roofs" not in incident.reason
    assert incident.reason.in_language("ru").startswith("операция test.work не выполнена — ")
    with pytest.raises(ProcessBroken):
        incidents.retry_incident(incident.id, actor="administrator")
    breaking["cured"] = True
    incidents.retry_incident(incident.id, actor="administrator")
    assert list(items()) == ["next"]
    assert incident.id not in {one.id for one in incidents.incidents()}


def test_a_broken_timer_waits_for_the_administrator(breaking):
    body = draw.start() + draw.timer("pause", "P1D") + draw.service("work", "test.work")
    body += draw.user("next") + draw.end()
    flow = draw.line("begin", "pause", "work", "next", "finish")
    publish(one=draw.bpmn("one", body + flow))
    begin("one")
    clock.move_to(clock.now() + timedelta(days=2))
    assert timers.fire_due() == 1
    calls = breaking["calls"]
    assert timers.fire_due() == 0
    assert breaking["calls"] == calls
    (incident,) = incidents.incidents()
    breaking["cured"] = True
    incidents.retry_incident(incident.id, actor="administrator")
    assert list(items()) == ["next"]
    with pytest.raises(Conflict):
        incidents.retry_incident(incident.id, actor="administrator")


def test_a_fault_of_the_engine_stops_one_process_and_no_other(either_app, monkeypatch):
    publish(soon=timed("soon", "P1D"), later=timed("later", "P2D"))
    first, _ = begin("soon"), begin("later", key="test:2")
    with reading() as session:
        faulty = session.get(Instance, first).state
    tick = engine.tick

    def stumble(vset, state, **around):
        if state == faulty:
            raise AttributeError("no attribute arm")
        return tick(vset, state, **around)

    monkeypatch.setattr(engine, "tick", stumble)
    clock.move_to(clock.now() + timedelta(days=3))
    assert timers.fire_due() == 2
    assert list(items("test:2")) == ["after_later"]
    (incident,) = incidents.incidents()
    assert incident.instance_id == first
    assert incident.reason.startswith("AttributeError: app/workflow/timers.py:")
    assert incident.reason.in_language("ru").startswith("сбой движка — ")


def refused_by_the_database(ctx):
    ctx.session.add(IncidentRow(key=ctx.key, process="one", move={}, created_at=ctx.now))


def refused_by_a_rule(ctx):
    raise Invalid("Not today, Ivanov.")


def kept_from_a_row(ctx):
    raise OperationalError("SELECT", [], TimeoutError())


@pytest.mark.parametrize("failing", [refused_by_the_database, refused_by_a_rule, kept_from_a_row])
def test_what_one_timer_trips_over_stops_no_other(either_app, operations, failing):
    def work(ctx, **inputs):
        if ctx.key == KEY:
            failing(ctx)

    operations("test.work", work)
    body = draw.start() + draw.timer("pause", "P1D") + draw.service("work", "test.work")
    body += draw.user("next") + draw.end()
    publish(one=draw.bpmn("one", body + draw.line("begin", "pause", "work", "next", "finish")))
    begin("one")
    begin("one", key="test:2")
    clock.move_to(clock.now() + timedelta(days=3))
    timers.fire_due()
    assert (list(items()), list(items("test:2"))) == ([], ["next"])
    assert timers.fire_due() == 0
    reasons = {one.reason for one in incidents.incidents()}
    if failing is refused_by_the_database:
        assert reasons <= {"IntegrityError", "NotNullViolation"}
        assert reasons
    else:
        assert reasons == ({"Not today, Ivanov."} if failing is refused_by_a_rule else set())


def test_a_parked_job_of_a_process_is_an_incident_there(either_app, monkeypatch):
    def refuse(job):
        raise outbox.GiveUp("no such mailbox")

    monkeypatch.setitem(outbox._handlers, "test.send", refuse)
    body = draw.start() + draw.catch("wait", "sent") + draw.end()
    flow = draw.line("begin", "wait", "finish")
    publish(one=draw.bpmn("one", body + flow, messages=["sent"]))
    instance = begin("one")
    with transaction() as session:
        outbox.promise(session, "test.send", {}, key=KEY, instance=instance, element="wait")
    relay.run_due()
    (incident,) = incidents.incidents()
    assert (incident.element, incident.reason) == ("wait", "no such mailbox")
    incidents.cancel_incident(incident.id, actor="administrator", reason="known")
    assert incidents.incidents() == []


def test_cancelling_a_key_stops_all_of_it(two_steps):
    with transaction() as session:
        assert workflow.cancel(session, KEY, actor="administrator", reason="by mistake") == 1
    assert items() == {}
    with reading() as session:
        assert all(step.left_at for step in workflow.steps(session, KEY))
