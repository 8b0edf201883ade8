"""Two at the same moment: one outcome, a clear word for who came too late, and every row right."""

import io
import threading
import uuid
from datetime import timedelta

import pytest
from sqlalchemy import select

from app import clock
from app.database import reading, transaction
from app.documents import services as documents
from app.outbox import jobs, relay
from app.outbox import services as outbox
from app.outbox.models import Promise
from app.workflow import migrations, timers, versions
from app.workflow.models import Instance
from app.workflow.shelf import active_version

ROUNDS = 4


def together(*calls):
    """Do all of these at the same moment; what each returned, or the exception it raised."""
    gate, found = threading.Barrier(len(calls)), [None] * len(calls)

    def do(place, call):
        gate.wait()
        try:
            found[place] = call()
        except Exception as error:  # noqa: BLE001  # the test looks at it
            found[place] = error

    threads = [threading.Thread(target=do, args=pair) for pair in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
        assert not thread.is_alive()
    return found


class Meeting:
    """Where two that are not kept apart meet; who is alone goes on after a second."""

    def __init__(self):
        self.gate = threading.Barrier(2)

    def wait(self):
        try:
            self.gate.wait(timeout=1)
        except threading.BrokenBarrierError:
            self.gate.reset()


def statuses(*calls):
    return sorted(status for status, _body, _lost in together(*calls))


def registered(person):
    """A registered appeal: its receipt and the open review."""
    receipt = person.file()
    person.complete(open_item(person, receipt, "register"), receipt)
    return receipt, open_item(person, receipt, "review")


def open_item(person, receipt, element):
    found = person.get(f"/work-items?appeal={receipt['receipt']}&element={element}&scope=all")
    return next(iter(found["items"]), None)


def completing(person, item, login, **answers):
    """A call that completes an item as somebody who has it open."""
    opened = person.get(f"/work-items/{item['id']}", login)
    body = {"answers": {**opened["values"], **answers}, "version": opened["version"]}

    def call():
        status, told, lost = person.send("POST", f"/work-items/{item['id']}/complete", login, body)
        if status == 200:
            person.ledger.completed[item["id"]] = login
        return status, told, lost

    return call


def withdrawing(person, receipt):
    pair = {name: receipt[name] for name in ("receipt", "access_code")}
    return lambda: person.send("POST", "/status/withdraw", json=pair)


def test_two_people_complete_one_task(served, at_peace):
    for _round in range(ROUNDS):
        _receipt, review = registered(served)
        answers = {"decision": "leave", "reason": "unclear", "explanation": "Суть не ясна."}
        found = together(
            completing(served, review, "manager", **answers),
            completing(served, review, "assistant", decision="answer", drafter="executor1"),
        )
        assert sorted(status for status, _body, _lost in found) == [200, 409]
        late = next(body for status, body, _lost in found if status == 409)
        assert late["detail"]
    assert at_peace(served.ledger) == []


def test_one_form_sent_twice(served, at_peace):
    """By the same person: a double click."""
    for _round in range(ROUNDS):
        _receipt, review = registered(served)
        call = completing(served, review, "manager", decision="answer", drafter="executor1")
        assert statuses(call, call) == [200, 409]
    assert at_peace(served.ledger) == []


def test_one_appeal_filed_at_once(served, at_peace):
    key, body = uuid.uuid4().hex, {
        "applicant": {"kind": "citizen", "last_name": "Ёлкина", "first_name": "Мария",
                      "email": "elkina@example.org"},
        "reply_channel": "email",
        "text": "Не горят фонари.",
    }  # fmt: skip

    def call():
        return served.send("POST", "/appeals", json=body, headers={"Idempotency-Key": key})

    found = together(*[call] * 4)
    assert {status for status, _body, _lost in found} == {201}
    assert len({told["receipt"] for _status, told, _lost in found}) == 1
    served.ledger.filed[key] = found[0][1]
    assert at_peace(served.ledger) == []


def test_one_upload_named_by_two(app):
    """A file belongs to one of them; the other is told that it is no longer there."""
    kept = documents.accept_upload(io.BytesIO(b"an act"), "act.txt", owner="api")
    met = Meeting()

    def attach(key):
        with app.app_context(), transaction() as session:
            found = documents.attach(session, [kept.id], key=key, kind="report", actor="tester")
            met.wait()
            return found

    found = together(lambda: attach("appeal:1"), lambda: attach("appeal:2"))
    assert sorted(type(one).__name__ for one in found) == ["Invalid", "list"]


def test_a_message_arrives_twice(served, at_peace):
    for _round in range(ROUNDS):
        receipt, _review = registered(served)
        call = withdrawing(served, receipt)
        assert statuses(call, call) == [200, 409]
    assert at_peace(served.ledger) == []


def test_more_time_is_asked_for_twice(served, at_peace):
    receipt, review = registered(served)
    part = {"executor": "executor1", "responsible": True, "text": "Ответить"}
    completing(served, review, "manager", decision="assign", resolutions=[part])()
    body = {"reason": "Ждём документы", "days": 15}
    path = f"/appeals/{receipt['receipt']}/extension-requests"

    def call():
        return served.send("POST", path, "executor1", body)

    assert statuses(call, call) == [201, 409]
    assert at_peace(served.ledger) == []


def test_withdrawn_while_it_is_decided(served, at_peace):
    """Whoever comes first; the other is refused, or finds what the first one left."""
    for _round in range(ROUNDS):
        receipt, review = registered(served)
        body = served.get("/organisations?q=", "manager")["items"][0]["id"]
        found = statuses(
            completing(served, review, "manager", decision="redirect", organisation=body),
            withdrawing(served, receipt),
        )
        assert found in ([200, 200], [200, 409])
    assert at_peace(served.ledger) == []


def test_a_timer_fires_while_a_task_is_completed(served, app, house, at_peace):
    """The reminder of the term and the decision that ends it, again and again."""
    for _round in range(ROUNDS):
        _receipt, review = registered(served)
        call = completing(
            served, review, "manager", decision="leave", reason="unclear", explanation="Не ясно."
        )

        def advance():
            clock.move_to(clock.now() + timedelta(days=21))
            with app.app_context():
                return timers.fire_due()

        status, fired = together(call, advance)
        assert status[0] == 200
        assert not isinstance(fired, Exception), fired
    assert at_peace(served.ledger) == []


def test_two_workers_fire_one_timer(app, served, at_peace):
    registered(served)
    with reading() as session:
        due = session.scalar(select(Instance.id).where(Instance.next_due_at.is_not(None)))
        moment = session.get(Instance, due).next_due_at
    house = served.house
    house.stop()
    clock.move_to(moment + timedelta(seconds=1))

    def fire():
        with app.app_context():
            return timers.fire(due)

    assert sorted(together(fire, fire)) == [0, 1]
    assert at_peace(served.ledger) == []


def test_moved_to_another_version_while_it_goes_on(served, app, at_peace):
    """All instances are migrated to and fro while people complete tasks and withdraw."""
    with reading() as session:
        first = active_version(session)
    files = versions.export(first)
    name = "appeal/appeal.bpmn"
    files[name] = files[name].replace(b"<bpmn:definitions", b"<!-- x --><bpmn:definitions", 1)
    changed = files["forms/assignment/accept.form"].replace(b"4000", b"3999")
    files["forms/assignment/accept.form"] = changed
    second = versions.publish(files, note="another", actor="analyst").version
    assert second != first
    for number in range(ROUNDS):
        receipt, review = registered(served)
        pair = (first, second) if number % 2 else (second, first)

        def migrate(pair=pair):
            with app.app_context():
                return migrations.migrate(*pair, actor="analyst").lines

        found = together(
            completing(served, review, "manager", decision="answer", drafter="executor1"),
            migrate,
            withdrawing(served, receipt),
            lambda pair=pair: migrate(pair[::-1]),
        )
        assert not [one for one in found if isinstance(one, Exception)], found
        assert all(one[0] in (200, 409) for one in (found[0], found[2]))
    assert at_peace(served.ledger) == []


# -- promises ------------------------------------------------------------------------------------


@pytest.fixture
def slow(monkeypatch):
    """A kind of promise that takes a while to keep, and how often it was."""
    done, wait = [], threading.Event()

    def keep(job):
        done.append(job.uid)
        wait.wait(0.5)

    monkeypatch.setitem(outbox._handlers, "test.slow", keep)
    return done


def promise():
    with transaction() as session:
        return outbox.promise(session, "test.slow", {})


def test_two_relays_share_the_work(app, slow):
    uids = [promise() for _each in range(6)]

    def run():
        with app.app_context():
            return relay.run_due(limit=3)

    together(run, run)
    while relay.run_due():
        pass
    assert sorted(slow) == sorted(uids)


def test_a_promise_queued_twice_is_kept_once(app, slow):
    """A queue that was slow holds the same promise twice, and two workers take both at once."""
    uid = promise()
    entries = []
    for _each in range(2):
        (job,) = relay.claim()
        entries.append(relay.entry(job))
        with transaction() as session:
            session.scalar(select(Promise).where(Promise.uid == uid)).leased_until = clock.real()
    jobs.bind(app)
    together(*[lambda entry=entry: jobs.keep(*entry) for entry in entries])
    assert slow == [uid]
    with reading() as session:
        assert session.scalar(select(Promise.status).where(Promise.uid == uid)) == "done"


def test_who_lost_its_lease_does_not_speak_for_the_row(app, slow, monkeypatch):
    """A worker that wakes up after another took its promise leaves the promise to the other."""
    promise()
    (sleeper,) = relay.claim()
    later = clock.real() + timedelta(hours=1)
    monkeypatch.setattr(clock, "real", lambda: later)
    (other,) = relay.claim()

    def fail(job):
        raise OSError("asleep")

    monkeypatch.setitem(outbox._handlers, "test.slow", fail)
    relay.keep(sleeper)
    with reading() as session:
        row = session.scalars(select(Promise).where(Promise.uid == other.uid)).one()
        assert row.leased_until is not None
        assert row.last_error is None
