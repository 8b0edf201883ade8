"""What the frame of every page writes of a person."""

from datetime import date, datetime

import pytest
from markupsafe import Markup

from app.extensions import day_said, in_language, moment_said
from app.shell import initials, unbroken


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Громова Елена Викторовна", "ГЕ"),
        ("Elena V. Gromova", "EG"),
        ("Громова Е. В.", "ГЕ"),
        ("manager", "M"),
        ("", ""),
    ],
)
def test_the_mark_of_a_person_has_the_letters_of_first_name_and_surname(name, expected):
    assert initials(name) == expected


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("№ И-41-ОГ/26 от 20.11.2026", ["№ И-41-ОГ/26"]),
        ("номер И-41-ОГ/26. Ответ — до (59-ФЗ).", ["И-41-ОГ/26.", "59-ФЗ)."]),
        ("No. А-1/26 of 20/11/2026", ["No. А-1/26", "20/11/2026"]),
        ("Акт № 5", ["№ 5"]),
        ("П-2026-000012, по 59-ФЗ, в интернет-приёмную", ["П-2026-000012,", "59-ФЗ,"]),
        ("https://example.org/letters/a-1, a.b-2@example.org", []),
    ],
)
def test_numbers_stay_together(text, numbers):
    written = unbroken(text)
    for number in numbers:
        text = text.replace(number, f'<span class="unbroken">{number}</span>')
    assert written == text


def test_what_surrounds_a_number_is_no_markup_unless_it_was():
    assert unbroken("<b>И-1/26") == '&lt;b&gt;<span class="unbroken">И-1/26</span>'
    assert unbroken(Markup("&lt;И-1/26")) == '&lt;<span class="unbroken">И-1/26</span>'


@pytest.mark.parametrize(
    ("language", "day", "minute"),
    [
        ("ru", "03.12.2026", "03.12.2026, 09:05"),
        ("en", "3 December 2026", "3 December 2026, 09:05"),
    ],
)
def test_a_sentence_tells_a_day_as_its_language_does(app, language, day, minute):
    with in_language(language):
        assert day_said(date(2026, 12, 3)) == day
        assert moment_said(datetime(2026, 12, 3, 9, 5)) == minute
        assert day_said(None) == moment_said(None) == ""
