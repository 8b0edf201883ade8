"""The same on SQLite and on PostgreSQL: files, letters, and two people with the same file."""

import io
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from letters_kit import BY_POST, CITIZEN, do, facts, registered, settle, signed, told

from app import clock
from app.correspondence import mailbox, services
from app.database import db, transaction
from app.documents import services as documents
from app.documents import store, verification

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
