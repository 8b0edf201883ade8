"""Promises that were kept long ago go; what is still to be done, and what was not, stays."""

import time
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from app import clock
from app.database import reading, transaction
from app.outbox import relay, upkeep
from app.outbox import services as outbox
from app.outbox.models import Promise


@pytest.fixture
def handled(monkeypatch):
    monkeypatch.setitem(outbox._handlers, "test.do", lambda job: None)


def promised(n=1, **values):
    with transaction() as session:
        uids = [outbox.promise(session, "test.do", {}) for _each in range(n)]
        session.flush()
        if values:
            session.execute(update(Promise).where(Promise.uid.in_(uids)).values(**values))
    return uids


def kept(days, n=1, **values):
    at = clock.now() - timedelta(days=days)
    return promised(n, status=outbox.DONE, due_at=at, ended_at=at, **values)


def all_uids():
    with reading() as session:
        return set(session.scalars(select(Promise.uid).where(Promise.kind == "test.do")))


def test_what_was_kept_long_ago_goes_in_portions(either_app, handled, monkeypatch):
    monkeypatch.setattr(upkeep, "PORTION", 3)
    kept(91, n=3)
    kept(400, batch="run:1", patient=True)
    young = kept(89)
    assert [upkeep.forget_kept() for _each in range(3)] == [3, 1, 0]
    assert all_uids() == set(young)


def test_what_is_not_kept_stays_however_old(either_app, handled):
    at = clock.now() - timedelta(days=1000)
    stay = [
        *promised(due_at=at),
        *promised(status=outbox.PARKED, due_at=at, ended_at=at),
        *promised(status=outbox.CANCELLED, due_at=at, ended_at=at),
        # It failed and was parked for long; somebody tried it again yesterday.
        *promised(
            status=outbox.DONE, due_at=at, ended_at=clock.now() - timedelta(days=1), attempts=6
        ),
    ]
    assert upkeep.forget_kept() == 0
    assert all_uids() == set(stay)
    # Who was given one that is gone has nothing to do.
    relay.keep_by_uid("0" * 32, 1)


def test_a_worker_looks_once_a_day_and_a_demo_never(make_app, handled, tmp_path):
    production = {
        "mode": "production",
        "secret_key": "k" * 64,
        "public_url": "https://body.example",
        "mail_server": "127.0.0.1",
        "mail_sender": "reception@body.example",
        "database_url": f"sqlite:///{tmp_path / 'data' / 'priyomnaya.db'}",
        "outbox_keep_days": 10,
    }
    for settings, left in (({}, True), (production, False)):
        app = make_app(**settings)
        with app.app_context():
            (uid,) = kept(11)
            state = app.extensions["upkeep"]
            assert upkeep.keep_up in app.extensions["duties"]
            assert upkeep.keep_up() == 0
            assert uid in all_uids()  # it has just begun
            state.not_before = 0.0
            assert upkeep.keep_up() == 0
            assert (uid in all_uids()) is left
            rest = state.not_before - time.monotonic()
            state.not_before = 0.0
            upkeep.keep_up()
    assert rest <= upkeep.REST < state.not_before - time.monotonic()
