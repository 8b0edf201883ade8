"""Tables as files: small ones at once, large ones by a worker; for whom, for how long."""

import csv
import io
from datetime import timedelta
from types import SimpleNamespace

import pytest
from lxml import html
from python_calamine import CalamineWorkbook
from sqlalchemy import select

from app import clock
from app.access import services as access
from app.audit import services as audit
from app.database import reading, transaction
from app.documents import services as documents
from app.errors import NotFound
from app.outbox import relay
from app.outbox.models import Promise
from app.reports import exports
from app.reports.models import CANCELLED, DONE, FAILED, WORKING, Export
from tests.web.desk import Clerk, words_of
from tests.web.test_desk import answered, assigned, machine, registered


def taken(clerk, page, kind="csv", expect=200):
    """What the export button of a page gives."""
    return clerk.send(page, "book", expect, format=kind)


def lines(answer):
    text = answer.data.decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text), delimiter=";"))


def journaled(login, action):
    return [one.details for one in audit.journal(audit.Filter(actor=login, action=action)).entries]


@pytest.fixture
def large(monkeypatch):
    """Every table is a large one."""
    monkeypatch.setattr(exports, "AT_ONCE", 0)
    monkeypatch.setattr(exports, "STEP", 1)


def begun(clerk, page="/desk/journal", kind="csv"):
    address = taken(clerk, page, kind, 303).location
    number = address.rpartition("/")[2]
    with reading() as session:
        assert session.get(Export, number)
    return number


def state(number):
    """What is kept of an export: state, upload, reason."""
    with reading() as session:
        row = session.get_one(Export, number)
        return SimpleNamespace(state=row.state, upload_id=row.upload_id, reason=row.reason)


def test_the_journal_leaves_as_it_is_filtered_and_masked(app):
    life = machine(app)
    answered(life)
    assigned(life)
    clerk = Clerk(app, "registrar")
    heading, *rows = lines(taken(clerk, "/desk/journal?state=closed"))
    found = dict(zip(heading, *rows, strict=True))
    assert found["Заявитель"] == "Ёлкина Мария Петровна"
    assert found["Адрес"] == "elkina@example.org"
    assert found["Номер ответа"]
    assert found["Итог"].startswith("дан ответ")
    assert found["№ п/п"] == "1"
    assert journaled("registrar", "appeals.exported") == [{"what": "registration", "rows": 1}]
    table = io.BytesIO(taken(clerk, "/desk/journal", "xlsx").data)
    assert len(CalamineWorkbook.from_filelike(table).get_sheet_by_index(0).to_python()) == 3
    masked = lines(taken(Clerk(app, "controller"), "/desk/journal"))
    assert "Ёлкина" not in str(masked), "who may not see names does not take them away"
    assert "elkina" not in str(masked)


@pytest.mark.parametrize(
    ("login", "page"),
    [
        ("controller", "/desk/control"),
        ("manager", "/desk/load"),
        ("dispatcher", "/desk/letters"),
        ("executor1", "/desk/due?days=90"),
        ("manager", "/desk/assignments?scope=all&state=any"),
        ("executor1", "/desk/figures"),
        ("auditor", "/desk/journal"),
    ],
)
@pytest.mark.parametrize("kind", ["xlsx", "ods"])
def test_every_table_leaves_in_every_format(app, login, page, kind):
    life = machine(app)
    answered(life)
    assigned(life)
    answer = taken(Clerk(app, login), page, kind)
    heading, *rows = (
        CalamineWorkbook.from_filelike(io.BytesIO(answer.data)).get_sheet_by_index(0).to_python()
    )
    assert rows
    assert all(heading)
    assert f".{kind}" in answer.headers["Content-Disposition"]
    assert answer.headers["Cache-Control"] == "private, no-store"


def test_the_journal_of_actions_leaves_as_it_is_filtered_and_masked(app):
    life = machine(app)
    answered(life)
    for login in ("auditor", "administrator"):
        heading, *rows = lines(taken(Clerk(app, login), "/studio/admin/journal?action=appeal."))
        codes = [row[heading.index("Код действия")] for row in rows]
        assert codes[0] == "appeal.filed"
        assert "appeal.answered" in codes
        assert all(code.startswith("appeal.") for code in codes)
        assert "Ёлкина" not in str(rows)
        assert journaled(login, "appeals.exported") == [{"what": "audit", "rows": len(rows)}]
    clerk = Clerk(app, "registrar")
    clerk.post("/desk/exports", clerk.form("/desk/journal", "book"), 403, book="audit")


def test_nobody_takes_a_table_of_a_page_that_is_not_theirs(app):
    machine(app)
    clerk = Clerk(app, "executor1")
    form = clerk.form("/desk/figures", "book")
    clerk.post("/desk/exports", form, 403, book="registration")
    clerk.post("/desk/exports", form, 403, book="load")
    clerk.post("/desk/exports", form, 404, book="nothing")
    clerk.post("/desk/exports", form, 404, format="exe")


def test_a_large_table_is_made_by_a_worker_with_its_progress(app, large):
    life = machine(app)
    registered(life)
    registered(life)
    clerk = Clerk(app, "registrar")
    number = begun(clerk)
    page = clerk.page(f"/desk/exports/{number}")
    assert "Записано строк: 0 из 2" in words_of(page)
    assert html.fromstring(page).xpath('//progress[@max="2"]')
    assert html.fromstring(page).xpath('//meta[@http-equiv="refresh"]'), "without a script too"
    clerk.page(f"/desk/exports/{number}/file", 404)
    assert begun(clerk) == number, "pressed twice it is made once"
    life.settle()
    page = clerk.page(f"/desk/exports/{number}")
    assert "Записаны 2 строки" in words_of(page)
    assert not html.fromstring(page).xpath('//meta[@http-equiv="refresh"]')
    answer = clerk.get(f"/desk/exports/{number}/file")
    assert len(lines(answer)) == 3
    assert "Мои выгрузки" in words_of(clerk.page("/desk/exports"))
    assert journaled("registrar", "appeals.exported") == [{"what": "registration", "rows": 2}]
    assert journaled("registrar", "export.downloaded") == [
        {"what": "registration", "rows": 2, "format": "csv"}
    ]


def test_an_export_is_its_owners_alone_and_goes_after_a_day(app, large, monkeypatch):
    life = machine(app)
    registered(life)
    clerk = Clerk(app, "registrar")
    number = begun(clerk)
    life.settle()
    other = Clerk(app, "manager")
    for page in ("", "/file"):
        other.page(f"/desk/exports/{number}{page}", 404)
    other.post(f"/desk/exports/{number}/cancel", {"csrf_token": other.token()}, 404)
    assert "Выгрузок нет" in words_of(other.page("/desk/exports"))
    upload = state(number).upload_id
    with reading() as session, pytest.raises(NotFound):
        documents.open_upload(session, upload, owner="registrar")
    moment = clock.now() + timedelta(days=1, minutes=1)
    monkeypatch.setattr(clock, "now", lambda: moment)
    assert exports.sweep() == 1
    assert documents.sweep_uploads() == 1
    clerk.page(f"/desk/exports/{number}", 404)


def test_an_export_can_be_cancelled_before_and_after(app, large):
    life = machine(app)
    registered(life)
    clerk = Clerk(app, "registrar")
    first = begun(clerk)
    clerk.post(f"/desk/exports/{first}/cancel", {"csrf_token": clerk.token()})
    life.settle()
    assert state(first).state == CANCELLED
    assert state(first).upload_id is None
    second = begun(clerk)
    life.settle()
    assert state(second).state == DONE
    clerk.post(f"/desk/exports/{second}/cancel", {"csrf_token": clerk.token()})
    assert "Выгрузка отменена, файла нет" in words_of(clerk.page(f"/desk/exports/{second}"))
    clerk.page(f"/desk/exports/{second}/file", 404)
    assert journaled("registrar", "appeals.exported") == [{"what": "registration", "rows": 1}]


def test_what_was_cancelled_meanwhile_is_not_written_on(app, large):
    life = machine(app)
    registered(life)
    registered(life)
    number = begun(Clerk(app, "registrar"))
    (job,) = [one for one in relay.claim() if one.kind == exports.JOB]
    exports.cancel(access.load_person("registrar"), number)
    with transaction() as session:
        # As if the worker had begun a moment before.
        session.get_one(Export, number).state = WORKING
    real = exports._go_on
    seen = []

    def then_cancelled(one, done):
        seen.append(done)
        with transaction() as session:
            session.get_one(Export, number).state = CANCELLED
        real(one, done)

    exports._go_on, back = then_cancelled, real
    try:
        exports.make(job)
    finally:
        exports._go_on = back
    assert seen == [1]
    assert state(number).state == CANCELLED
    assert state(number).upload_id is None


def test_a_worker_that_lost_its_lease_leaves_the_file_to_the_other(app, large):
    life = machine(app)
    registered(life)
    number = begun(Clerk(app, "registrar"))
    (first,) = [one for one in relay.claim() if one.kind == exports.JOB]
    with transaction() as session:
        row = session.scalars(select(Promise).where(Promise.uid == first.uid)).one()
        row.attempts += 1
    exports.make(first)
    assert state(number).state == WORKING
    assert state(number).upload_id is None
    with transaction() as session:
        # All that was claimed beside it is let go too: nobody need wait for those leases to end.
        for row in session.scalars(select(Promise).where(Promise.leased_until.is_not(None))):
            row.leased_until = None
    life.settle()
    assert state(number).state == DONE


def test_progress_begins_the_lease_anew(app, large):
    life = machine(app)
    registered(life)
    begun(Clerk(app, "registrar"))
    (job,) = [one for one in relay.claim() if one.kind == exports.JOB]
    with transaction() as session:
        row = session.scalars(select(Promise).where(Promise.uid == job.uid)).one()
        row.leased_until = before = clock.real() + timedelta(seconds=1)
    with transaction() as session:
        session.scalars(select(Export)).one().state = WORKING
    exports._go_on(job, 1)
    with reading() as session:
        after = session.scalars(select(Promise).where(Promise.uid == job.uid)).one()
        assert after.leased_until > before + timedelta(seconds=60)


def test_who_lost_the_right_meanwhile_is_told_so(app, large):
    life = machine(app)
    registered(life)
    clerk = Clerk(app, "registrar")
    number = begun(clerk)
    access.change_account("registrar", {"roles": ["executor"]}, actor="administrator")
    life.settle()
    row = state(number)
    assert row.state == FAILED
    assert row.reason
    assert row.upload_id is None
