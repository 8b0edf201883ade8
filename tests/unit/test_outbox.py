"""Promises: kept once or more, retried, parked, never lost."""

import errno
import threading
from datetime import timedelta
from types import SimpleNamespace

import pytest
import rq
from sqlalchemy import select

from app import clock
from app.database import reading, transaction
from app.demo.hours import advance
from app.errors import Conflict, Unavailable
from app.outbox import cli, crowd, lock, relay, thread
from app.outbox import services as outbox
from app.outbox.aside import Aside
from app.outbox.models import Promise


@pytest.fixture
def handled(monkeypatch):
    """A kind of promise whose handler does what the test says."""
    done = []
    monkeypatch.setitem(outbox._handlers, "test.do", done.append)
    return done


def promise(**more):
    with transaction() as session:
        return outbox.promise(session, "test.do", {"id": 1}, **more)


def test_a_promise_is_kept_after_the_commit(either_app, handled):
    uid = promise()
    assert handled == []
    assert relay.run_due() == 1
    assert [job.uid for job in handled] == [uid]
    assert relay.run_due() == 0


def test_what_nobody_waits_for_is_kept_when_nothing_else_is_due(either_app, handled, monkeypatch):
    """However many texts of files are still to be read, a letter promised after them goes first."""
    monkeypatch.setitem(outbox._handlers, "test.patient", handled.append)
    monkeypatch.setattr(outbox, "_patient", {"test.patient"})
    with transaction() as session:
        patient = [outbox.promise(session, "test.patient", {}) for _each in range(5)]
    urgent = [promise(), promise()]
    assert relay.run_due() == 2
    assert [job.uid for job in handled] == urgent
    assert relay.run_due() == relay.FEW
    urgent.append(promise())  # it waits for no more than those
    assert relay.run_due() == 1
    while relay.run_due():
        pass
    assert [job.uid for job in handled] == [
        *urgent[:2],
        *patient[: relay.FEW],
        urgent[2],
        *patient[relay.FEW :],
    ]


def test_reading_files_is_patient_and_letters_are_not(app):
    patient = {kind for kind in outbox._handlers if outbox.is_patient(kind)}
    assert patient == {"appeal.compare", "appeal.learn", "document.read", "signature.recognise"}


def test_a_rolled_back_use_case_promises_nothing(either_app, handled):
    with pytest.raises(ValueError, match="no"), transaction() as session:
        outbox.promise(session, "test.do", {"id": 1})
        raise ValueError("no")
    assert relay.run_due() == 0


def test_an_unknown_kind_is_refused_when_promised(app):
    with pytest.raises(LookupError), transaction() as session:
        outbox.promise(session, "test.unknown", {})


def test_failures_wait_longer_and_longer_then_park(app, handled, monkeypatch):
    def fail(job):
        raise OSError(errno.EHOSTUNREACH, "no route to mail.example.org")

    monkeypatch.setitem(outbox._handlers, "test.do", fail)
    told = []
    monkeypatch.setattr(
        relay, "_parked_listeners", [lambda session, job, reason: told.append(reason)]
    )
    uid = promise(key="appeal:1")
    tries = 0
    while not outbox.list_parked():
        assert relay.run_due() == 1
        tries += 1
        if following := outbox.next_promise():
            clock.move_to(following)
    assert tries == len(relay.BACK_OFF) + 1
    (parked,) = outbox.list_parked()
    assert parked.uid == uid
    assert parked.reason.startswith("OSError EHOSTUNREACH: app/outbox/relay.py:")
    assert told == [parked.reason]


def test_giving_up_parks_at_once_and_a_retry_starts_anew(app, handled, monkeypatch):
    def refuse(job):
        raise outbox.GiveUp("no such address")

    monkeypatch.setitem(outbox._handlers, "test.do", refuse)
    uid = promise()
    relay.run_due()
    assert [one.reason for one in outbox.list_parked()] == ["no such address"]
    monkeypatch.setitem(outbox._handlers, "test.do", handled.append)
    outbox.retry(uid, actor="administrator")
    relay.run_due()
    assert [job.uid for job in handled] == [uid]
    assert not outbox.list_parked()
    with pytest.raises(Conflict):
        outbox.cancel(uid, actor="administrator")


def test_what_is_promised_for_later_waits(app, handled):
    promise(due_at=clock.now() + timedelta(hours=1))
    assert relay.run_due() == 0
    clock.move_to(clock.now() + timedelta(hours=2))
    assert relay.run_due() == 1


def test_a_lease_keeps_others_away_until_it_runs_out(either_app, handled, monkeypatch):
    promise()
    (job,) = relay.claim()
    assert relay.claim() == []
    later = clock.real() + timedelta(hours=1)
    monkeypatch.setattr(clock, "real", lambda: later)
    (again,) = relay.claim()
    assert again.uid == job.uid
    assert again.attempts == job.attempts + 1


@pytest.fixture
def slow(either_app, handled, monkeypatch):
    """A slow kind, each of which is at work until `end()`; beside them a clock goes on."""
    permits, at_work = threading.Semaphore(0), threading.Event()

    def keep(job):
        at_work.set()
        assert permits.acquire(timeout=60)
        at_work.clear()
        if job.payload.get("fails"):
            raise OSError("no room")
        handled.append(job)

    monkeypatch.setitem(outbox._handlers, "test.slow", keep)
    monkeypatch.setattr(outbox, "_slow", {"test.slow"})
    aside = Aside(either_app)

    def promise(**payload):
        with transaction() as session:
            return outbox.promise(session, "test.slow", payload)

    def end():
        permits.release()
        if aside._thread:
            aside._thread.join(60)

    def begin():
        done = relay.run_due()
        assert at_work.wait(60)
        return done

    with relay.taking(relay.BATCH, aside):
        yield SimpleNamespace(promise=promise, begin=begin, end=end)
    end()


def test_a_letter_leaves_while_what_is_slow_is_at_work(handled, slow):
    """One that is slow at a time, and however many of them wait, they keep nothing else."""
    first, *others = [slow.promise() for _each in range(relay.BATCH + 1)]
    letter = promise()
    assert slow.begin() == 1
    assert relay.run_due() == 1
    assert [job.uid for job in handled] == [letter]
    assert relay.run_due() == 0
    slow.end()
    assert [job.uid for job in handled] == [letter, first]
    assert slow.begin() == 1
    slow.end()
    assert handled[-1].uid == others[0]


def test_who_settles_keeps_what_is_slow_in_its_order(either_app, handled, monkeypatch):
    monkeypatch.setitem(outbox._handlers, "test.slow", handled.append)
    monkeypatch.setattr(outbox, "_slow", {"test.slow"})
    uids = [promise()]
    with transaction() as session:
        uids += [outbox.promise(session, "test.slow", {}) for _each in range(2)]
    uids.append(promise())
    assert relay.run_due() == 4
    assert [job.uid for job in handled] == uids


def test_the_clock_of_the_demo_waits_for_what_is_slow(either_app, handled, slow):
    def go_on():
        with either_app.app_context():
            advance(either_app, clock.now() + timedelta(hours=1))

    slow.promise()
    slow.begin()
    demo = threading.Thread(target=go_on)
    demo.start()
    demo.join(1)
    assert clock.offset() == timedelta()
    assert not cli.settle_all(either_app, 0.1)
    slow.end()
    demo.join(60)
    assert clock.offset() > timedelta(minutes=59)
    assert len(handled) == 1


def test_what_is_slow_fails_as_others_do(handled, slow):
    uid = slow.promise(fails=True)
    slow.begin()
    slow.end()
    with reading() as session:
        row = session.scalars(select(Promise).where(Promise.uid == uid)).one()
        assert row.last_error.startswith("OSError")
        assert row.leased_until is None
        assert row.due_at > clock.now()
    assert relay.run_due() == 0
    slow.promise()
    assert slow.begin() == 1


def test_who_is_told_to_end_gives_back_what_it_is_at(either_app, handled, slow, monkeypatch):
    def end(job):
        raise SystemExit

    monkeypatch.setitem(outbox._handlers, "test.do", end)
    uid = promise()
    with pytest.raises(SystemExit):
        relay.run_due()
    monkeypatch.setitem(outbox._handlers, "test.do", handled.append)
    assert relay.run_due() == 1
    assert [job.uid for job in handled] == [uid]
    aside = slow.promise()
    slow.begin()
    relay.give_back()
    (again,) = relay.claim()
    assert (again.uid, again.attempts) == (aside, 2)


def test_the_thread_beside_the_clock_outlives_what_it_is_given(app):
    def fail():
        raise OSError("the database is away")

    aside = Aside(app)
    for _again in range(2):
        aside.do(fail)
        aside._thread.join(60)
        assert aside.free()


def test_rq_keeps_promises_on_a_real_redis(make_app, redis_url, handled):
    from redis import Redis
    from rq import SimpleWorker
    from rq.serializers import JSONSerializer

    app = make_app(redis_url=redis_url)
    with app.app_context():
        uid = promise()
        assert relay.run_due() == 1
        assert handled == []
        worker = SimpleWorker(
            ["default"], connection=Redis.from_url(redis_url), serializer=JSONSerializer
        )
        worker.work(burst=True)
        assert [job.uid for job in handled] == [uid]
        assert outbox.counts()["done"] >= 1


def test_a_worker_empties_the_queue_of_the_patient_last(make_app, redis_url, handled, monkeypatch):
    monkeypatch.setitem(outbox._handlers, "test.patient", handled.append)
    monkeypatch.setattr(outbox, "_patient", {"test.patient"})
    monkeypatch.setattr(rq, "Worker", rq.SimpleWorker)
    monkeypatch.setattr(cli.os, "nice", lambda by: None)
    app, begun = make_app(redis_url=redis_url), list[bool]()
    monkeypatch.setitem(app.extensions, "starts", [lambda: begun.append(not handled)])
    with app.app_context():
        with transaction() as session:
            patient = [outbox.promise(session, "test.patient", {}) for _each in range(3)]
        while relay.run_due():
            pass
        urgent = promise()
        relay.run_due()
        assert app.test_cli_runner().invoke(args=["outbox", "worker", "--burst"]).exit_code == 0
        assert [job.uid for job in handled] == [urgent, *patient]
        assert begun == [True]


@pytest.mark.parametrize("url", ["redis://127.0.0.1:1/0", "nowhere"])
def test_nothing_is_claimed_for_a_queue_that_is_away(app, handled, url):
    uid = promise()
    app.extensions["settings"] = app.extensions["settings"].model_copy(update={"redis_url": url})
    with pytest.raises(Unavailable, match="REDIS_URL"):
        relay.run_due()
    with reading() as session:
        found = session.scalar(select(Promise).where(Promise.uid == uid))
        assert (found.attempts, found.leased_until) == (0, None)


def test_losing_redis_loses_nothing(make_app, redis_url, handled, monkeypatch):
    from redis import Redis

    app = make_app(redis_url=redis_url)
    with app.app_context():
        promise()
        relay.run_due()
        Redis.from_url(redis_url).flushall()
        later = clock.real() + timedelta(hours=1)
        monkeypatch.setattr(clock, "real", lambda: later)
        assert relay.run_due() == 1


def test_an_idle_worker_does_not_wake_itself(app, handled, monkeypatch):
    from app import database
    from app.outbox import thread

    thread.do_duties(app)
    while thread.do_duties(app):
        pass
    woken = []
    monkeypatch.setattr(database, "_after_commit", [lambda: woken.append(1)])
    assert thread.do_duties(app) == 0
    assert woken == []
    promise()
    assert woken


@pytest.mark.parametrize("command", ["relay", "worker"])
def test_what_nobody_waits_for_stands_back_from_the_pages(make_app, monkeypatch, command):
    niceness = []

    def nicer(by):
        niceness.append(by)
        raise SystemExit  # before it begins to work, which it would do for ever

    monkeypatch.setattr(cli.os, "nice", nicer)
    runner = make_app(redis_url="redis://127.0.0.1:1").test_cli_runner()
    runner.invoke(args=["outbox", command])
    assert niceness == [cli.NICENESS]


@pytest.mark.parametrize(
    ("ran", "waited", "rest"),
    [(50, 12, 0), (50, 13, 1), (300, 100, 3), (300, 3000, 3), (2000, 3000, 5)],
)
def test_who_waits_for_the_processor_stands_aside(tmp_path, monkeypatch, ran, waited, rest):
    """Milliseconds it ran and waited for others, and seconds to leave them the processor."""
    told = tmp_path / "schedstat"
    told.write_text("5000000 9000000 12\n")
    monkeypatch.setattr(crowd, "TOLD", told)
    seen = crowd.Crowd()
    told.write_text(f"{(5 + ran) * 10**6} {(9 + waited) * 10**6} 13\n")
    assert seen.rest() == rest
    assert seen.rest() == 0  # nothing more since it was asked last


def test_where_nobody_tells_of_the_processor_there_is_no_crowd(tmp_path, monkeypatch):
    monkeypatch.setattr(crowd, "TOLD", tmp_path / "schedstat")
    assert crowd.Crowd().rest() == 0


def test_in_a_crowd_a_round_is_short(make_app, handled, monkeypatch):
    """The first round is a whole one; it is then that the clock feels the crowd."""
    taken, claim = [], relay.claim

    def claimed(limit, slow):
        if len(taken) == 2:
            raise SystemExit
        taken.append(len(claim(limit, slow)))
        return []

    monkeypatch.setattr(cli.os, "nice", lambda _by: None)
    monkeypatch.setattr(cli.Crowd, "rest", lambda _crowd: 0.01)
    monkeypatch.setattr(relay, "claim", claimed)
    app = make_app()
    with app.app_context():
        for _each in range(40):
            promise()
    app.test_cli_runner().invoke(args=["outbox", "relay"])
    assert taken == [relay.BATCH, relay.IN_A_CROWD]


@pytest.mark.parametrize(("rest", "expected"), [(3.5, ["round", 3.5]), (0.0, ["round"] * 2)])
def test_the_clock_gives_way_between_its_rounds(make_app, monkeypatch, rest, expected):
    """It holds no lock while it stands aside."""
    done = []

    def note(what):
        done.append(what)
        if len(done) == 2:
            raise SystemExit
        return 1  # busy, there is more to do

    def pause(seconds):
        with lock.elected() as chosen:
            assert chosen
        note(seconds)

    monkeypatch.setattr(cli.os, "nice", lambda _by: None)
    monkeypatch.setattr(cli.Crowd, "rest", lambda _crowd: rest)
    monkeypatch.setattr(thread, "do_duties", lambda _app: note("round"))
    monkeypatch.setattr(cli.time, "sleep", pause)
    make_app().test_cli_runner().invoke(args=["outbox", "relay"])
    assert done == expected
