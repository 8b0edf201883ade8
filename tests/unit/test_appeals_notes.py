"""Internal notes: who writes and reads them, what stays of them, and that they never leave."""

from io import BytesIO

import pytest
from pypdf import PdfReader

from app.appeals import services
from app.appeals.commands import SearchQuery
from app.database import reading
from app.documents import services as documents
from app.errors import Forbidden, Invalid
from app.privacy import subjects
from tests.unit.office import Office

SECRET = "Заметка-невидимка: собеседник ненадёжен"


@pytest.fixture
def office(app):
    made = Office(app)
    made.register()
    return made


def write(office, by="registrar", text=SECRET):
    return services.add_note(office.person(by), office.ref, text)


def found(office, by, words):
    return services.search(office.person(by), SearchQuery(q=words)).total


def test_a_note_keeps_who_when_and_every_wording(office):
    note = write(office)
    services.change_note(office.person("registrar"), note, "Иначе")
    services.change_note(office.person("registrar"), note, "Иначе")
    (shown,) = office.card("manager").notes
    assert (shown.author, shown.text, shown.mine) == ("registrar", "Иначе", False)
    assert [one.text for one in shown.earlier] == [SECRET]
    assert office.card("registrar").notes[0].mine
    services.withdraw_note(office.person("registrar"), note)
    (shown,) = office.card("registrar").notes
    assert shown.withdrawn_at is not None
    assert not shown.mine
    actions = [one.action for one in office.card().history if one.action.startswith("note.")]
    assert actions == ["note.added", "note.changed", "note.withdrawn"]
    assert SECRET not in repr(office.card().history)


def test_only_the_author_changes_or_withdraws(office):
    note = write(office)
    for refused in (
        lambda: services.change_note(office.person("manager"), note, "Иначе"),
        lambda: services.withdraw_note(office.person("manager"), note),
        lambda: write(office, by="dispatcher"),
        lambda: write(office, by="auditor"),
    ):
        with pytest.raises(Forbidden):
            refused()
    services.withdraw_note(office.person("registrar"), note)
    with pytest.raises(Forbidden):
        services.change_note(office.person("registrar"), note, "Иначе")
    for text in (" ", "х" * 5001):
        with pytest.raises(Invalid):
            write(office, text=text)


def test_the_search_knows_notes_only_for_those_who_read_them(office):
    note = write(office)
    assert found(office, "manager", "невидимка") == 1
    assert found(office, "dispatcher", "невидимка") == 0
    services.withdraw_note(office.person("registrar"), note)
    assert found(office, "manager", "невидимка") == 0


def test_who_is_complained_of_neither_reads_nor_finds_them(app):
    office = Office(app)
    office.register(kind="complaint", complained_person="approver")
    write(office)
    assert office.card("approver").notes == ()
    assert not office.card("approver").may_read_notes
    assert found(office, "approver", "невидимка") == 0
    with pytest.raises(Forbidden):
        write(office, by="approver")


def test_nothing_that_leaves_the_house_holds_a_note(office):
    """Status, letters, their files, e-mails, the answer to a person who asks: a whole life."""
    write(office)
    office.do("manager", "review", decision="answer", drafter="executor1")
    write(office, by="executor1")
    office.reply("executor1")
    card = office.card()
    assert len(card.notes) == 2
    said = [
        repr(office.status()),
        repr(office.mail()),
        repr(card.letters),
        repr(subjects.stored(office.person("administrator"), office.ref, "Просил лично")),
    ]
    with reading() as session:
        files = [documents.content(session, one.id) for one in card.documents]
    said += [page.extract_text() for one in files for page in PdfReader(BytesIO(one)).pages]
    assert any("Ёлкин" in one for one in said[4:])
    assert all("невидимка" not in one for one in said)
