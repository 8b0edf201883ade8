"""A newer version of a document: who brings one, what is shown, what stays."""

from io import BytesIO

import pytest

from app.appeals import services
from app.appeals.services import renewing as who
from app.audit.services import history
from app.database import reading, transaction
from app.documents import renewing
from app.documents import services as documents
from app.documents.services import accept_upload
from app.errors import Conflict, Forbidden, Invalid, NotFound
from tests.unit.office import Office


@pytest.fixture
def office(app):
    return Office(app)


def sent(content, name, owner):
    return accept_upload(BytesIO(content), name, owner=owner).id


@pytest.fixture
def report(office):
    """A report of an executor with a file."""
    office.register()
    office.assign("executor1")
    office.do("executor1", "accept_assignment")
    upload = sent(b"%PDF-1.4 first", "акт.pdf", "executor1")
    office.do("executor1", "report", text="Осмотрено.", files=[upload])
    return next(one for one in office.card().documents if one.kind == "report")


def renewed(office, login, document, content=b"%PDF-1.4 second", note="Исправлена дата"):
    upload = sent(content, "акт-2.pdf", login)
    services.renew_document(office.person(login), document.id, upload, note)
    return office.card().documents[-1]


def test_the_newest_is_shown_with_its_history_and_every_version_is_read(office, report):
    second = renewed(office, "executor1", report)
    third = renewed(office, "registrar", second, b"%PDF-1.4 third", "Добавлен лист")
    (line,) = [
        one for one in renewing.histories(office.card().documents) if one[0].kind == "report"
    ]
    assert [one.id for one in line] == [third.id, second.id, report.id]
    assert [one.title for one in line] == ["акт-2.pdf", "акт-2.pdf", "акт.pdf"]
    for one, content in zip(line, (b"third", b"second", b"first"), strict=True):
        opened = services.open_document(office.person("registrar"), one.id)
        with opened.stream as stream:
            assert stream.read().endswith(content)
    with reading() as session:
        lines = [one for one in history(session, report.key) if one.action == "document.renewed"]
    told = [(one.actor, one.details["of"], one.details["note"]) for one in lines]
    assert sorted(told) == [
        ("executor1", report.id, "Исправлена дата"), ("registrar", second.id, "Добавлен лист"),
    ]  # fmt: skip


def test_an_older_version_is_not_followed_twice(office, report):
    renewed(office, "executor1", report)
    with pytest.raises(Conflict):
        renewed(office, "executor1", report)


@pytest.mark.parametrize("login", ["executor2", "manager", "approver"])
def test_only_who_brought_it_or_a_registrar_brings_another(office, report, login):
    with pytest.raises((Forbidden, NotFound)):
        renewed(office, login, report)
    assert [one.id for one in office.card().documents if one.kind == "report"] == [report.id]


def test_a_file_of_another_person_and_a_version_without_a_word_are_refused(office, report):
    upload = sent(b"x", "чужой.pdf", "executor2")
    executor = office.person("executor1")
    with pytest.raises(Invalid) as wrong:
        services.renew_document(executor, report.id, upload, "Проба")
    assert list(wrong.value.fields) == ["files"]
    with pytest.raises(Invalid) as wrong:
        services.renew_document(executor, report.id, None, " ")
    assert set(wrong.value.fields) == {"file", "note"}


def test_what_an_applicant_sent_and_what_was_issued_stay_as_they_are(office, report):
    registrar = office.person("registrar")
    for kind, number in (("appeal", None), ("report", "1"), ("reply", "ОГ-1/26")):
        with transaction() as session:
            made = documents.add_document(
                session, key=report.key, kind=kind, title="т", content=kind.encode(), name="f.pdf",
                media_type="application/pdf", actor="registrar", state="received", number=number,
            )  # fmt: skip
        assert not who.may_renew(registrar, office.card(), made)
        with transaction() as session, pytest.raises(Conflict):
            renewing.renew(session, made.id, sent_before(), actor="registrar")
    assert who.may_renew(registrar, office.card(), report)


def sent_before():
    """An id of no upload: what is refused is refused before it is looked for."""
    return "0" * 32
