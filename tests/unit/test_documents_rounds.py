"""Files are read again by themselves: damage is told in the journal, strays go, nothing waits."""

import os
import time
from datetime import timedelta
from io import BytesIO

import pytest

from app import clock
from app.audit.services import Filter, journal
from app.database import transaction
from app.documents import rounds, services, store
from app.documents.models import Blob


@pytest.fixture(autouse=True)
def house(app):
    """Each test has a house of its own."""
    return app


def kept(content):
    with transaction() as session:
        return services.add_document(
            session, key="appeal:1", kind="report", title="т", content=content, name="f.pdf",
            media_type="application/pdf", actor="registrar",
        )  # fmt: skip


def place(sha256):
    return store.files()._place(sha256)


def later(monkeypatch, days):
    moment = clock.now() + timedelta(days=days)
    monkeypatch.setattr(clock, "now", lambda: moment)


def damaged():
    return [one.details for one in journal(Filter(action="document.damaged")).entries]


def test_a_file_is_read_again_after_a_month_and_its_damage_told(monkeypatch):
    sound, changed, lost = (kept(one) for one in (b"sound", b"other", b"third"))
    assert rounds.read_again() == 0
    place(changed.sha256).chmod(0o600)
    place(changed.sha256).write_bytes(b"Other")
    place(lost.sha256).unlink()
    later(monkeypatch, 31)
    assert rounds.read_again() == 3
    told = {(one["document"], one["finding"]) for one in damaged()}
    assert told == {(changed.id, "changed"), (lost.id, "missing")}
    assert rounds.read_again() == 0
    with transaction() as session:
        assert session.get_one(Blob, sound.sha256).read_at == clock.now()


def test_one_wake_reads_no_more_than_its_share(monkeypatch):
    for content in (b"first", b"second", b"third"):
        kept(content)
    monkeypatch.setattr(rounds, "AT_ONCE", 6)
    later(monkeypatch, 31)
    assert [rounds.read_again() for _each in range(3)] == [2, 1, 0]


def test_a_stray_goes_in_its_turn_and_what_is_held_stays(app, monkeypatch, tmp_path):
    held = kept(b"held")
    stray = "ab" * 32
    (tmp_path / "stray").write_bytes(b"stray")
    store.files().put({stray: tmp_path / "stray"})
    old = time.time() - 2 * 24 * 3600
    for one in (held.sha256, stray):
        os.utime(place(one), (old, old))
    state = app.extensions["rounds"]
    assert rounds.go_round() == 0
    assert place(stray).exists()
    state.not_before = state.look_at = 0.0
    assert rounds.go_round() == 0
    assert not place(stray).exists()
    assert place(held.sha256).exists()
    assert state.not_before > time.monotonic()


def test_an_upload_is_a_file_like_any_other(monkeypatch):
    services.accept_upload(BytesIO(b"%PDF-1.4 x"), "f.pdf", owner="registrar")
    later(monkeypatch, 31)
    assert rounds.read_again() == 1
    assert damaged() == []
