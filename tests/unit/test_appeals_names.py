"""The applicant's name in letters: declined by the rules, or as the registrar typed it."""

import re
from io import BytesIO

import pytest
from pypdf import PdfReader

from app.appeals import lookups, services
from app.workflow.incidents import incidents
from tests.unit.office import QUESTION, Office

BY_POST = {"reply_channel": "post"}


@pytest.fixture
def office(app):
    made = Office(app, **BY_POST)
    yield made
    assert incidents() == []


def sheet(office, letter):
    """What the printed letter says, in one line."""
    opened = services.letter_pdf(office.person("dispatcher"), letter.id)
    pages = PdfReader(BytesIO(opened.stream.read())).pages
    return re.sub(r"\s+", " ", " ".join(page.extract_text() for page in pages))


def letter(office, template):
    return next(one for one in reversed(office.card().letters) if one.template == template)


def test_the_form_offers_the_cases_and_the_letters_use_them(office):
    values = office.register()
    assert values["name_genitive"] == "Ёлкиной Марии Петровны"
    assert values["name_dative"] == "Ёлкиной Марии Петровне"
    office.settle()
    said = sheet(office, letter(office, "registered"))
    assert "Ёлкиной Марии Петровне" in said
    assert "Уважаемая Мария Петровна!" in said


def test_the_cover_letter_says_whose_appeal_it_is(office):
    office.register()
    (body,) = lookups.organisations("", limit=1)
    office.do("manager", "review", decision="redirect", organisation=str(body.id))
    assert (
        "обращение Ёлкиной Марии Петровны №"
        in office.do("registrar", "prepare_redirection")["text"]
    )


def test_a_case_that_was_typed_is_kept_and_offered_again(office):
    office.register(name_dative="Ёлкиной Марии Петровой-Водкиной")
    office.settle()
    assert "Ёлкиной Марии Петровой-Водкиной" in sheet(office, letter(office, "registered"))
    office.do("manager", "review", decision="return", remark="Проверьте")
    values = office.do("registrar", "register", questions=[QUESTION], last_name="Белкина")
    assert values["name_dative"] == "Ёлкиной Марии Петровой-Водкиной"
    office.do("manager", "review", decision="return", remark="Ещё раз")
    again = office.do("registrar", "register", questions=[QUESTION])
    assert again["name_dative"] == "Ёлкиной Марии Петровой-Водкиной", "typed by hand, so kept"
    assert again["name_genitive"] == "Белкиной Марии Петровны"


def test_a_name_corrected_on_the_form_takes_its_cases_along(office):
    office.register(last_name="Белкина")
    office.settle()
    assert "Белкиной Марии Петровне" in sheet(office, letter(office, "registered"))


def test_a_typed_case_that_is_emptied_is_made_by_the_rules_again(office):
    office.register(name_dative="Ёлкиной М. П.")
    office.do("manager", "review", decision="return", remark="Проверьте")
    office.do("registrar", "register", questions=[QUESTION], name_dative="")
    office.do("manager", "review", decision="return", remark="Ещё раз")
    values = office.do("registrar", "register", questions=[QUESTION])
    assert values["name_dative"] == "Ёлкиной Марии Петровне"


def test_an_organisation_is_not_declined_and_not_asked_about(app):
    name = "ООО «Ромашка»"
    office = Office(app, **BY_POST, applicant={"kind": "organisation", "name": name})
    values = office.register()
    assert values["name_dative"] is None
    office.settle()
    assert name in sheet(office, letter(office, "registered"))
    assert incidents() == []


def test_an_english_letter_is_addressed_by_the_plain_name(app):
    office = Office(app, **BY_POST, language="en")
    office.register()
    office.settle()
    said = sheet(office, letter(office, "registered"))
    assert "Ёлкина Мария Петровна" in said
    assert "Петровне" not in said
    assert incidents() == []
