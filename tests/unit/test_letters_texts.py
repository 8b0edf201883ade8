"""Texts of letters: every template in both languages, links, codes, salutations, tables."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from app.correspondence import blocks, policy, texts

FOLDER = Path(texts.__file__).parent / "templates" / "correspondence" / "mail"
ALL = {
    **texts.KNOWN_FACTS,
    "name": "Иванов Иван Петрович",
    "salutation": "Уважаемый Иван Петрович!",
    "receipt": "П-000001",
    "number": "И-12-ОГ/26",
    "access_code": "ABCD-EFGH-JKLM-NPQR",
    "received_at": datetime(2026, 11, 1, 21, 30, tzinfo=UTC),
    "register_by": "2026-11-05",
    "registered_on": date(2026, 11, 2),
    "due_on": "2026-12-02",
    "reason": "Требуется выезд комиссии",
    "organisation": "Государственная жилищная инспекция",
    "outgoing_number": "15-ОГ/26",
    "outgoing_on": "2026-11-20",
    "questions": [{"name": "Ремонт крыш", "result": "поддержано", "measures": "крыша починена"}],
    "files": [{"name": "фото.jpg", "size": 1536, "sha256": "ab" * 32}],
    "reports": ["Комиссия выехала на место."],
    "status_url": "https://priem.example/status",
    "survey_url": "https://priem.example/survey/TOKEN",
    "check_url": "https://priem.example/documents/check",
    "check_code": "ABCD-EFGH-JKLM",
    "body_name": "Администрация города",
    "body_phone": "8 (000) 210-00-10",
    "days_left": 3,
    "control": True,
    "resolution": "Рассмотреть и дать ответ заявителю.",
    "responsible": True,
    "link": "https://priem.example/desk/items/5",
    "given_by": "Смирнова А. В.",
    "since": "2026-11-20",
    "until": "2026-11-25",
}
TEMPLATES = sorted({path.name.split(".")[0] for path in FOLDER.glob("[a-z]*.txt")})
CITIZENS = sorted(policy.NOTICES - policy.STAFF_NOTICES - policy.TO_BODIES)


def test_every_notice_has_a_template_in_both_languages():
    wanted = {f"{name}.{language}.txt" for name in policy.NOTICES for language in ("ru", "en")}
    assert wanted <= {path.name for path in FOLDER.iterdir()}


@pytest.mark.parametrize("language", ["ru", "en"])
@pytest.mark.parametrize("template", TEMPLATES)
@pytest.mark.parametrize("facts", [ALL, {}], ids=["all", "none"])
def test_every_template_can_be_rendered_with_all_facts_and_with_none(template, language, facts):
    made = texts.compose(template, facts, language)
    assert made.subject
    assert "\n" not in made.subject
    assert "None" not in made.text
    assert "\n\n\n" not in made.text
    assert "{{" not in made.text
    page = texts.html(made.subject, made.text, language=language, body="Орган")
    assert f'lang="{language}"' in page


@pytest.mark.parametrize("template", CITIZENS)
def test_a_letter_to_a_citizen_has_number_code_and_an_absolute_link(template):
    lines = texts.compose(template, ALL, "ru").text.splitlines()
    assert "Номер: И-12-ОГ/26" in lines
    assert "Код доступа: ABCD-EFGH-JKLM-NPQR" in lines
    assert "Ход рассмотрения: https://priem.example/status" in lines


def test_before_registration_the_number_is_the_receipt():
    lines = texts.compose("receipt", {**ALL, "number": ""}, "ru").text.splitlines()
    assert "Номер: П-000001" in lines


@pytest.mark.parametrize("language", ["ru", "en"])
@pytest.mark.parametrize("template", ["survey", "reply"])
def test_the_link_to_the_survey_is_absolute(template, language):
    assert "https://priem.example/survey/TOKEN" in texts.compose(template, ALL, language).text


def test_the_receipt_lists_every_file_with_size_and_hash():
    text = texts.compose("receipt", ALL, "ru").text
    assert f"— фото.jpg, 1,5 КБ (1536 байт), SHA-256 {'ab' * 32}" in text


def test_dates_are_written_out_and_moments_are_the_bodys_own():
    text = texts.compose("receipt", ALL, "ru").text
    assert "получено 2 ноября 2026 г. в 00:30" in text  # 21:30 UTC is the next day in Moscow
    assert "не позднее 5 ноября 2026 г." in text
    english = texts.compose("registered", ALL, "en").text
    assert "by December 2, 2026" in english


def test_the_extension_names_the_norm_the_reason_and_the_new_date():
    text = texts.compose("extended", ALL, "ru").text
    assert "части 2 статьи 12" in text
    assert "Новый срок: 2 декабря 2026 г." in text
    assert "Причина: Требуется выезд комиссии" in text


def test_the_redirection_names_body_number_date_and_questions():
    text = texts.compose("redirected", ALL, "ru").text
    assert "Куда направлено: Государственная жилищная инспекция" in text
    assert "№ 15-ОГ/26 от 20 ноября 2026 г." in text
    assert "— Ремонт крыш" in text


def test_a_reminder_changes_its_tone_after_the_term():
    assert "Осталось дней: 3" in texts.compose("reminder", ALL, "ru").text
    late = texts.compose("reminder", {**ALL, "days_left": -2}, "ru")
    assert "нарушен" in late.subject
    assert "Просрочено, дней: 2" in late.text
    assert "Осталось дней: 0" in texts.compose("reminder", {**ALL, "days_left": 0}, "ru").text


def test_what_people_wrote_is_no_markup_of_the_mail():
    evil = '<script>alert(1)</script> https://evil.example/"onmouseover="x'
    page = texts.html("a <b>", f"Причина: {evil}\n\n{evil}", language="ru", body="<i>")
    assert "<script>" not in page
    assert "<b>" not in page
    assert 'onmouseover="' not in page  # the quote ends the link and is spelt as an entity


def test_people_cannot_put_template_code_into_a_letter():
    made = texts.compose("left", {**ALL, "explanation": "{{ 7 * 7 }} {% include 'x' %}"}, "ru")
    assert "{{ 7 * 7 }} {% include 'x' %}" in made.text


def test_a_line_break_in_a_fact_stays_out_of_the_subject():
    made = texts.compose("code", {**ALL, "number": "1\r\nBcc: all@example.com"}, "ru")
    assert "\n" not in made.subject
    assert "\r" not in made.subject


def test_blocks_are_seen_as_people_write_them():
    text = "Первый абзац,\nвторая строка.\n\nСделано:\n— одно;\n- другое.\n\nНомер: 5\nСрок: завтра"
    found = blocks.parse(text)
    assert [each.kind for each in found] == ["text", "text", "list", "facts"]
    assert found[2].lines == ("одно;", "другое.")
    assert found[3].rows == (("Номер", "5"), ("Срок", "завтра"))
    assert [each.kind for each in blocks.parse(text, facts=False)][-1] == "text"
    assert blocks.parse("") == ()


@pytest.mark.parametrize("absent", ["", "address", "register_by", "registered_on"])
@pytest.mark.parametrize("template", TEMPLATES)
def test_a_date_that_ends_a_sentence_has_one_dot(template, absent):
    made = texts.compose(template, {**ALL, "address": "Садовая, 5", absent: ""}, "ru")
    assert "г.." not in f"{made.subject}\n{made.text}"


def test_links_end_before_punctuation():
    found = list(blocks.pieces("См. https://a.example/x?y=1. И (https://b.example/z)."))
    assert [piece for piece, link in found if link] == [
        "https://a.example/x?y=1",
        "https://b.example/z",
    ]


@pytest.mark.parametrize(
    ("name", "greeting"),
    [
        ("Иванов Иван Петрович", "Уважаемый Иван Петрович!"),
        ("Петрова Анна Сергеевна", "Уважаемая Анна Сергеевна!"),
        ("Кузьмина Ольга Ильинична", "Уважаемая Ольга Ильинична!"),
        ("Лукин Фома Кузьмич", "Уважаемый Фома Кузьмич!"),
        ("Алиев Али Гасан оглы", "Уважаемый Али Гасан оглы!"),
        ("Смит Джон", "Здравствуйте!"),
        ("ООО Новая Страна", "Здравствуйте!"),
        ("", "Здравствуйте!"),
    ],
)
def test_a_letter_greets_by_name_and_patronymic_and_never_guesses(name, greeting):
    assert policy.salutation(name, "ru") == greeting


def test_organisations_are_greeted_as_colleagues():
    assert policy.salutation("Жилищная инспекция", "ru", "organisation") == "Уважаемые коллеги!"


def test_a_signature_is_spelt_with_initials_first():
    assert policy.initials("Вершинин Павел Андреевич") == "П.\u00a0А.\u00a0Вершинин"
    assert policy.initials("П. А. Вершинин") == "П. А. Вершинин"
    assert policy.initials("") == ""


@pytest.mark.parametrize("language", ["ru", "en"])
@pytest.mark.parametrize("template", [name for name in TEMPLATES if "draft" not in name])
def test_only_what_is_meant_as_a_table_becomes_one(template, language):
    rows = [
        row for block in blocks.parse(texts.compose(template, ALL, language).text)
        for row in block.rows
    ]  # fmt: skip
    assert all(len(name.split()) <= 4 for name, _value in rows), rows
