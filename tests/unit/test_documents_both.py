"""The same on SQLite and on PostgreSQL: files, letters, and two people with the same file."""

import hashlib
import io
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from datetime import timedelta

import pytest
from letters_kit import BY_POST, CITIZEN, do, facts, registered, settle, signed, told
from sqlalchemy import create_engine, event, text
from sqlalchemy.exc import OperationalError

from app import clock, create_app
from app.correspondence import mailbox, services
from app.database import db, transaction
from app.documents import services as documents
from app.documents import store, verification
from app.documents.models import Blob

__all__ = ["facts", "told"]
KEY = "test:1"


def sent(content, owner="site:1"):
    return documents.accept_upload(io.BytesIO(content), "файл.txt", owner=owner)


def test_a_file_goes_its_way(either_app):
    upload, orphan = sent(b"kept"), sent(b"orphan")
    with transaction() as session:
        (document,) = documents.attach(
            session, [upload.id], key=KEY, kind="appeal", actor="citizen", owner="site:1"
        )
    do(documents.move, document.id, "registered", actor="registrar")
    assert do(documents.document, document.id).state == "registered"
    assert do(documents.content, document.id) == b"kept"
    clock.move_to(clock.now() + timedelta(hours=25))
    assert documents.sweep_uploads() == 1
    assert not store.files().has(orphan.sha256)
    assert verification.verify().good


def test_files_attached_as_they_arrive_never_are_uploads(either_app):
    files = [(io.BytesIO(content), f"{content.decode()}.txt") for content in (b"one", b"two")]
    with documents.arriving(files, owner="site:1", form="form") as found:
        one, two = found.uploads
        assert documents.list_uploads([one.id, two.id]) == []
        store.files().delete(one.sha256)  # a sweep took it: no row says that it is needed
        with transaction() as session:
            made = documents.attach(
                session, [two.id, one.id], key=KEY, kind="a", actor="c", arrived=found.loose
            )
        found.loose.clear()
    assert [file.sha256 for file in made] == [two.sha256, one.sha256]
    assert documents.list_uploads([one.id, two.id]) == []
    assert verification.verify().good


def test_files_that_were_not_attached_are_kept_unless_the_use_fails(either_app):
    def come(name):
        return documents.arriving([(io.BytesIO(b"one"), name)], owner="site:1", form="form")

    with come("kept.txt") as kept:
        pass
    with suppress(ZeroDivisionError), come("lost.txt") as lost:
        raise ZeroDivisionError
    assert documents.list_uploads([one.uploads[0].id for one in (kept, lost)]) == kept.uploads


def test_a_letter_goes_its_way_by_mail_and_by_post(either_app, facts, told):
    letter = registered(key=KEY)
    do(services.send, letter.id, instance=7)
    settle()
    assert do(services.letter, letter.id).state == "sent"
    assert [name for _target, name, *_rest in told] == ["letter_signed", "letter_sent"]
    assert documents.check(letter.number, letter.check_code).authentic
    number = do(services.notify, key=KEY, notice="registered", addressee=BY_POST)
    do(services.notify, key=KEY, notice="registered", addressee=CITIZEN)
    settle()
    today = clock.today("Europe/Moscow")
    assert do(services.mark_posted, number, "1", today, "dispatcher").state == "sent"
    assert len(mailbox.mails(CITIZEN.email)) == 2


def side_by_side(app, *works):
    """Do the works at once, each in an application context of its own; raise what one raised."""

    def inside(work):
        with app.app_context():
            try:
                return work()
            finally:
                db.session.remove()

    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(inside, works, timeout=60))


def test_letters_signed_side_by_side_get_numbers_without_twins_or_gaps(either_app, facts, told):
    numbers = side_by_side(either_app, *[lambda: signed(key=KEY).number] * 3)
    counted = sorted(int("".join(filter(str.isdigit, each.split("/")[0]))) for each in numbers)
    assert counted == list(range(counted[0], counted[0] + 3))


def test_the_same_file_sent_and_discarded_at_once_is_never_lost(either_app):
    """One sends and keeps while two others send and discard, again and again."""
    content = b"the same content"

    def keep():
        return [sent(content) for _each in range(8)]

    def discard():
        for _each in range(8):
            documents.discard_upload(sent(content, owner="site:2").id, owner="site:2")

    kept, *_nothing = side_by_side(either_app, keep, discard, discard)
    assert store.files().has(kept[0].sha256)
    assert verification.verify().good


@contextmanager
def meddled_with(sha256):
    """Before each statement about files somebody forgets the file, or sends it, if the locks let him."""
    other = create_engine(
        db.engine.url, isolation_level="AUTOCOMMIT", connect_args={"options": "-c lock_timeout=50"}
    )
    free = "SELECT sha256 FROM blob WHERE sha256 = :sha256 FOR UPDATE SKIP LOCKED"
    forget = text(f"DELETE FROM blob WHERE sha256 IN ({free})")
    send = text("INSERT INTO blob VALUES (:sha256, 16, now()) ON CONFLICT DO NOTHING")

    def meddle(_connection, _cursor, statement, *_how):
        if "blob" not in statement:
            return
        with other.connect() as connection, suppress(OperationalError):
            if not connection.execute(forget, {"sha256": sha256}).rowcount:
                connection.execute(send, {"sha256": sha256})

    event.listen(db.engine, "before_cursor_execute", meddle)
    try:
        yield
    finally:
        event.remove(db.engine, "before_cursor_execute", meddle)
        other.dispose()


@pytest.mark.parametrize("there", [True, False])
def test_a_file_is_held_whoever_forgets_or_sends_it_meanwhile(tmp_path, postgres_url, there):
    app = create_app(data_dir=tmp_path, database_url=postgres_url)
    with app.app_context():
        try:
            held_meanwhile(there)
        finally:
            db.session.remove()
            db.engine.dispose()


def held_meanwhile(there):
    sha256 = hashlib.sha256(b"the same content").hexdigest()
    with transaction() as session:
        if there:
            session.add(Blob(sha256=sha256, size=16, created_at=clock.now()))
    with meddled_with(sha256):
        upload = sent(b"the same content")
    assert [each.sha256 for each in documents.list_uploads([upload.id])] == [sha256]
    assert verification.verify().good
