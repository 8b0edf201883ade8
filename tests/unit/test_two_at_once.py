"""Two people do the same at one moment: it is done once, and the second is told so."""

import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta

from app import clock
from app.access import people
from app.access import services as access
from app.appeals import services
from app.appeals.services import mailings, scanning
from app.database import db, transaction
from app.documents import services as documents
from app.errors import Conflict, DomainError, Invalid, NotFound
from app.privacy import keeping
from app.privacy import services as privacy
from tests.unit.office import Office


def at_once(app, *works):
    """What each of the works came to, a refusal included."""

    def told(work):
        with app.app_context():
            try:
                return work()
            except DomainError as refusal:
                return refusal
            finally:
                db.session.remove()

    with ThreadPoolExecutor(len(works)) as at_work:
        return list(at_work.map(told, works, timeout=60))


def meet_after(monkeypatch, where, name):
    """Let two wait for each other after they looked, unless one is made to wait before that."""
    looks, meeting = getattr(where, name), threading.Barrier(2)

    def look(*asked, **how):
        found = looks(*asked, **how)
        with suppress(threading.BrokenBarrierError):
            meeting.wait(1)
        return found

    monkeypatch.setattr(where, name, look)


def refusals(told):
    return [type(one) for one in told if isinstance(one, DomainError)]


def test_a_letter_is_gathered_into_one_batch(either_app, monkeypatch):
    address = {"email": None, "postal_address": "101000, Москва, д. 1"}
    office = Office(either_app, reply_channel="post", applicant=address)
    office.register()
    office.do("manager", "review", decision="answer", drafter="executor1")
    office.reply("executor1")
    meet_after(monkeypatch, mailings, "_to_print")
    who = [office.person(login) for login in ("dispatcher", "registrar")]
    told = at_once(either_app, *(lambda one=one: mailings.begin(one) for one in who))
    assert refusals(told) == [Conflict]


def test_a_scan_is_put_to_one_card(either_app, monkeypatch):
    offices = [Office(either_app), Office(either_app)]
    with transaction() as session:
        scan = documents.add_document(
            session, key=scanning.UNPLACED, kind="scan", title="Скан", content=b"%PDF-1.4",
            name="scan.pdf", media_type="application/pdf", actor="registrar", state="received",
        )  # fmt: skip
    meet_after(monkeypatch, scanning, "by_ref")
    registrar = offices[0].person("registrar")
    told = at_once(
        either_app,
        *(lambda one=one: services.place_scan(registrar, scan.id, one.ref) for one in offices),
    )
    assert refusals(told) == [NotFound]
    held = [one.ref for one in offices if scan.id in {doc.id for doc in one.card().documents}]
    assert held == [one for one in told if isinstance(one, str)]


def test_an_appeal_stands_in_one_act_of_destruction(either_app, monkeypatch):
    office = Office(either_app)
    office.register()
    services.withdraw(office.ref, office.receipt.access_code)
    office.settle()
    clock.move_to(clock.now() + timedelta(days=366 * 6))
    office.settle()
    meet_after(monkeypatch, keeping, "due")
    who = [office.person(login) for login in ("registrar", "administrator")]
    told = at_once(either_app, *(lambda one=one: privacy.propose(one) for one in who))
    assert refusals(told) == [Invalid]


def test_two_administrators_who_retire_each_other_leave_one(either_app, monkeypatch):
    values = {"name": "Второй", "roles": ["administrator"]}
    access.create_account("second", values, password=None, actor="system")
    meet_after(monkeypatch, people, "facts")
    told = at_once(
        either_app,
        lambda: access.change_account("second", {"roles": ["auditor"]}, actor="administrator"),
        lambda: access.change_account("administrator", {"active": False}, actor="second"),
    )
    assert refusals(told) == [Invalid]
    assert [one for one in access.list_people(role="administrator") if one.active]


def test_a_password_changed_while_somebody_signs_in_ends_their_session_too(either_app, monkeypatch):
    """Who knows the old password is not let in by being quick."""
    old, new = "corn-flower-blue-7", "rye-thistle-grey-9"
    access.create_account("second", {"name": "Второй", "roles": []}, password=old, actor="system")
    inside, changed, lets_in = threading.Event(), threading.Event(), access.let_in

    def slowly(*asked):
        inside.set()
        changed.wait(1)
        return lets_in(*asked)

    def change():
        inside.wait(10)
        access.change_password("second", old, new, keep="")
        changed.set()

    monkeypatch.setattr(access, "let_in", slowly)
    opened, _none = at_once(either_app, lambda: access.sign_in("second", old), change)
    assert isinstance(opened, DomainError) or access.person_by_session(opened.secret) is None
