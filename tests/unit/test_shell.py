"""What the frame of every page writes of a person."""

from datetime import UTC, date, datetime

import pytest
from markupsafe import Markup

from app.extensions import day_said, in_language, moment_said
from app.shell import beginning, day, initials, moment, unbroken


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
        ("en", "3\xa0December 2026", "3\xa0December 2026, 09:05"),
    ],
)
def test_a_sentence_tells_a_day_as_its_language_does(app, language, day, minute):
    with in_language(language):
        assert day_said(date(2026, 12, 3)) == day
        assert moment_said(datetime(2026, 12, 3, 9, 5)) == minute
        assert day_said(None) == moment_said(None) == ""


@pytest.mark.parametrize(("language", "month"), [("ru", "декабря"), ("en", "December")])
def test_no_line_ends_between_a_day_and_its_month(app, language, month):
    with in_language(language):
        assert day(date(2026, 12, 3)) == f"3\xa0{month} 2026"
        assert moment(datetime(2026, 12, 3, 6, 5, tzinfo=UTC)) == f"3\xa0{month} 2026, 09:05"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Двор не убран.", "Двор не убран."),
        ("Двор не убран. Прошу принять меры.", "Двор не убран…"),
        ("Двор не убран, прошу принять меры.", "Двор не убран…"),
        ("Двор не убираютникогда — стыдно.", "Двор не…"),
        ("А" * 40, "А" * 14 + "…"),
    ],
)
def test_a_text_cut_short_ends_at_a_word_with_one_mark(text, shown):
    assert beginning(text, 15) == shown
