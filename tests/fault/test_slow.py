"""A clock that is the worker too mails while it makes a large file, and dies over the file."""

import time
from types import SimpleNamespace

import pytest
from sqlalchemy import func, select

from app.access import links
from app.access.services import load_person
from app.audit.services import Filter, journal
from app.database import reading
from app.outbox.models import Promise
from app.reports import exports
from app.reports.models import Export
from tests.fault import serving
from tests.fault.house import PATIENCE


def until(found):
    end = time.monotonic() + PATIENCE
    while not found():
        assert time.monotonic() < end
        time.sleep(0.05)


def state(number):
    with reading() as session:
        row = session.get_one(Export, number)
        tries = select(Promise.attempts).where(Promise.kind == exports.JOB)
        return SimpleNamespace(
            state=row.state, done=row.done, size=row.size, tries=session.scalar(tries)
        )


@pytest.mark.parametrize("target", [serving.serve, serving.relay])
def test_a_letter_leaves_meanwhile_and_who_comes_next_makes_the_file(
    house, app, smtp, tokens, monkeypatch, target
):
    """The journal has a line for each of the tokens, and each takes half a second.

    Told to stop, the one that dies gives the file back: nobody waits for the end of its lease.
    """
    monkeypatch.setattr(exports, "AT_ONCE", 0)
    number = exports.export(load_person("administrator"), "audit", "xlsx", {})
    served = target is serving.serve
    dying = house.start(serving.lingering, ready=served, run=target)
    until(lambda: state(number).done)
    before = len(smtp.messages)
    links.ask("registrar", "ru")
    until(lambda: len(smtp.messages) > before)
    assert state(number).state == exports.WORKING
    dying.terminate()
    dying.join(PATIENCE)
    assert dying.exitcode == 0
    with reading() as session:
        leases = select(Promise.leased_until).where(Promise.kind == exports.JOB)
        assert session.scalars(leases).all() == [None]
    house.start(target, ready=served)
    until(lambda: state(number).state == exports.DONE)
    made = state(number)
    assert made.tries == 2
    assert made.size
    entries = journal(Filter(actor="administrator", action="appeals.exported")).entries
    assert [one.details["rows"] for one in entries] == [made.done]
    with reading() as session:
        open_ones = select(func.count()).where(Promise.status != "done")
        assert session.scalar(open_ones.select_from(Promise)) == 0
