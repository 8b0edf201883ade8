"""What the frame of every page writes of a person."""

import pytest
from markupsafe import Markup

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
        ("No. А-1/26 of 20/11/2026", ["No. А-1/26", "20/11/2026"]),
        ("Акт № 5", ["№ 5"]),
        ("П-2026-000012, по 59-ФЗ, в интернет-приёмную", ["П-2026-000012", "59-ФЗ"]),
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
