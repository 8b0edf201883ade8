"""Paper originals: their place, whose hands they go through, and scans that find their cards."""

import io

import pytest
from pypdf import PdfReader, PdfWriter

from app.appeals import services
from app.errors import Conflict, Forbidden, Invalid
from tests.unit.office import Office


@pytest.fixture
def office(app):
    made = Office(app)
    made.register()
    return made


def place(office, by="registrar", **given):
    return services.place_paper(office.person(by), office.ref, {"case_index": "02-15", **given})


def hand(office, by, to):
    return services.hand_paper(office.person(by), office.ref, to, "С приложениями")


def test_who_is_to_get_the_paper_is_told_by_mail(office):
    place(office)
    hand(office, "registrar", "manager")
    office.settle()
    letter = office.mail(office.person("manager").email)[0]
    assert letter.subject == f"Вам передают подлинник обращения № {office.card().number}"
    assert f"Передаёт {office.person('registrar').name}." in letter.text
    assert f"/desk/appeals/{office.card().id}" in letter.text
    assert "Ёлкин" not in letter.text


def test_paper_is_not_sent_to_who_could_not_accept_it(office):
    place(office)
    with pytest.raises(Invalid) as refusal:
        hand(office, "registrar", "executor1")
    assert "не видит" in str(refusal.value.fields["to"][0])
    assert office.card("registrar").paper.may_hand


def joined(*files):
    writer = PdfWriter()
    for one in files:
        writer.append(io.BytesIO(one))
    file = io.BytesIO()
    writer.write(file)
    return file.getvalue()


def sheet_of(office):
    return services.barcode_sheet(office.person("registrar"), office.ref)


def pages_of(content):
    return len(PdfReader(io.BytesIO(content)).pages)


def test_paper_is_with_one_person_until_the_next_accepts_it(office):
    with pytest.raises(Conflict):
        hand(office, "registrar", "executor1")
    assert place(office, volume="1", leaves="12–15")
    assert not place(office, volume="1", leaves="12–15")
    with pytest.raises(Forbidden):
        hand(office, "manager", "executor1")
    with pytest.raises(Invalid):
        hand(office, "registrar", "nobody")
    hand(office, "registrar", "manager")
    for refused in (
        lambda: hand(office, "registrar", "controller"),
        lambda: services.accept_paper(office.person("controller"), office.ref),
    ):
        with pytest.raises(Conflict):
            refused()
    assert office.card("manager").paper.may_accept
    assert office.card("registrar").paper.holder == office.person("registrar").name
    services.accept_paper(office.person("manager"), office.ref)
    paper = office.card("manager").paper
    assert (paper.holder, paper.may_hand) == (office.person("manager").name, True)
    (went,) = paper.went
    assert went.from_unit
    assert went.accepted_at is not None
    actions = [one.action for one in office.card().history if one.action.startswith("paper.")]
    assert actions == ["paper.placed", "paper.handed", "paper.accepted"]


def test_who_gave_the_paper_takes_it_back_until_it_is_accepted(office):
    place(office)
    registrar, manager = office.person("registrar"), office.person("manager")
    hand(office, "registrar", "manager")
    with pytest.raises(Conflict):
        services.take_back_paper(manager, office.ref)
    assert not office.card("manager").paper.may_take_back
    assert office.card("registrar").paper.may_take_back
    services.take_back_paper(registrar, office.ref)
    paper = office.card("registrar").paper
    assert (paper.holder, paper.went, paper.may_hand) == (registrar.name, (), True)
    assert office.card().history[-1].action == "paper.taken_back"
    with pytest.raises(Conflict):
        services.accept_paper(manager, office.ref)
    hand(office, "registrar", "manager")
    services.accept_paper(manager, office.ref)
    assert not office.card("registrar").paper.may_take_back
    with pytest.raises(Conflict):
        services.take_back_paper(registrar, office.ref)


def test_paper_is_filed_when_all_is_over(office):
    place(office, case_index="")
    registrar = office.person("registrar")
    with pytest.raises(Conflict):
        services.file_paper(registrar, office.ref)
    services.withdraw(office.ref, office.receipt.access_code, "Передумала")
    with pytest.raises(Conflict):
        services.file_paper(registrar, office.ref)
    place(office)
    assert office.card("registrar").paper.may_file
    services.file_paper(registrar, office.ref)
    assert office.card().paper.filed_on
    with pytest.raises(Conflict):
        place(office, case_index="02-16")


def test_the_stamp_says_body_number_and_date(office, app):
    (page,) = PdfReader(io.BytesIO(services.stamp(office.person("registrar"), office.ref))).pages
    text = page.extract_text()
    assert office.card().number in text
    assert f"{office.card().registered_on:%d.%m.%Y}" in text
    with pytest.raises(Conflict):
        services.stamp(office.person("registrar"), Office(app).ref)


def test_a_batch_scan_finds_its_cards_and_loses_nothing(app, office):
    other = Office(app)
    paper = services.stamp(office.person("registrar"), office.ref)
    registrar = office.person("registrar")
    scan = joined(paper, sheet_of(office), paper, paper, sheet_of(other), paper)
    placed = services.scan_batch(registrar, scan, "Скан.pdf")
    assert [(one.first, one.pages, one.appeal_id) for one in placed] == [
        (1, 1, None), (3, 2, office.card().id), (6, 1, other.card().id),
    ]  # fmt: skip
    (mine,) = office.card("registrar").documents
    assert (mine.kind, mine.title) == ("scan", "Скан.pdf")
    opened = services.open_document(registrar, mine.id).stream
    with opened:
        assert pages_of(opened.read()) == 2
    (rest,) = services.unplaced(registrar)
    with pytest.raises(Invalid):
        services.place_scan(registrar, rest.id, "Щ-99")
    services.place_scan(registrar, rest.id, office.card().number)
    assert services.unplaced(registrar) == []
    assert {one.id for one in office.card("registrar").documents} == {mine.id, rest.id}


def test_what_is_no_scan_is_refused_and_nobody_else_scans(office):
    with pytest.raises(Invalid) as wrong:
        services.scan_batch(office.person("registrar"), b"%PDF-1.7 nothing", "a.pdf")
    assert list(wrong.value.fields) == ["file"]
    with pytest.raises(Forbidden):
        services.scan_batch(office.person("executor1"), b"", "a.pdf")
    with pytest.raises(Forbidden):
        services.unplaced(office.person("manager"))
