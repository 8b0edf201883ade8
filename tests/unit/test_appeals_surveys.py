"""A survey that the analyst has changed: what is asked besides is read on the card."""

import json
import re

import pytest

import engine
from app.appeals import services
from app.workflow import versions
from tests.unit.office import Office

MANNER = {
    "type": "radio",
    "key": "manner",
    "id": "survey_rate_manner",
    "label": "Вежливо ли с вами говорили?",
    "layout": {"row": "survey_rate_row_manner", "columns": None},
    "values": [{"label": "Да, вполне", "value": "polite"}, {"label": "Нет", "value": "rude"}],
    "properties": {"label.en": "Were you spoken to politely?"},
}
AGAIN = {
    "type": "checkbox",
    "key": "again",
    "id": "survey_rate_again",
    "label": "Написал бы ещё раз",
    "layout": {"row": "survey_rate_row_again", "columns": None},
    "properties": {"label.en": "Would write again"},
}
TEN = [{"label": str(mark), "value": mark} for mark in range(1, 11)]
LITTLE = {"label": "Лишь немного", "labelEn": "Only a little", "value": "only_a_small_part_of_it"}


def published(change):
    """Publish a set whose survey is changed; `change` is given the fields by their keys."""
    shipped = versions.export(next(one.id for one in versions.versions() if one.active))
    form = json.loads(shipped["forms/survey/rate.form"])
    change({one["key"]: one for one in form["components"]}, form["components"])
    changed = json.dumps(form, ensure_ascii=False).encode()
    files = {**shipped, "forms/survey/rate.form": changed}
    versions.publish(files, note="Опрос подробнее", actor="analyst")


def asked_besides(_fields, components):
    components += [MANNER, AGAIN]


def of_ten_marks(fields, _components):
    fields["quality"]["values"] = TEN
    fields["solved"]["values"] = [*fields["solved"]["values"], LITTLE]


def invited(app):
    """An appeal that was answered, and the token of its survey."""
    office = Office(app)
    office.register()
    office.do("manager", "review", decision="answer", drafter="executor1")
    office.reply("executor1")
    (token,) = {each for one in office.mail() for each in re.findall(r"/survey/(\w+)", one.text)}
    return office, token


def test_what_the_analyst_asks_besides_stands_on_the_card(either_app):
    published(asked_besides)
    office, token = invited(either_app)
    given = {"quality": 4, "solved": "no", "manner": "polite", "again": True, "comment": "Спасибо"}
    assert services.answer_survey(token, given).state == "accepted"
    marks = office.card().survey
    assert (marks.quality, marks.solved, marks.comment) == (4, "no", "Спасибо")
    assert marks.further == (
        ("Вежливо ли с вами говорили?", "Да, вполне"),
        ("Написал бы ещё раз", "да"),
    )


def test_marks_that_nobody_could_count_are_not_published(app):
    with pytest.raises(engine.Refused) as refused:
        published(of_ten_marks)
    found = {one.element: one for one in refused.value.findings}
    assert {one.rule for one in found.values()} == {"form.answer"}
    assert "1, 2, 3, 4, 5, но не 6, 7, 8, 9, 10;" in found["quality"].message.in_language("ru")
    assert "yes, partly, no, но не only_a" in found["solved"].message.in_language("ru")


def test_who_answers_an_older_form_is_never_refused(app, monkeypatch):
    """Sets that were published before the check knew of it go on; their marks are not counted."""
    monkeypatch.setattr(versions, "findings", lambda _files: ())
    published(of_ten_marks)
    office, token = invited(app)
    given = {"quality": 9, "solved": LITTLE["value"]}
    assert services.answer_survey(token, given).state == "accepted"
    marks = office.card().survey
    assert (marks.quality, marks.solved) == (None, None)
    assert marks.further == (("Оцените ответ", "9"), ("Решён ли ваш вопрос?", "Лишь немного"))
