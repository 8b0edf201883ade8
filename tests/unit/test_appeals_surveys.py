"""A survey that the analyst has changed: what is asked besides is read on the card."""

import json
import re

import pytest

import engine
from app.appeals import services
from app.extensions import in_language
from app.reports import groups, opinions
from app.workflow import versions
from tests.unit.office import Office
from tests.web.desk import Clerk, words_of

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
LIKED = {
    "type": "checklist",
    "key": "liked",
    "id": "survey_rate_liked",
    "label": "Что понравилось?",
    "layout": {"row": "survey_rate_row_liked", "columns": None},
    "values": [
        {"label": "Быстро", "labelEn": "Speed", "value": "speed"},
        {"label": "Понятно", "labelEn": "Clarity", "value": "clarity"},
        {"label": "Вежливо", "labelEn": "Manners", "value": "manners"},
    ],
    "properties": {"label.en": "What did you like?"},
}
WAIT = {
    "type": "number",
    "key": "wait",
    "id": "survey_rate_wait",
    "label": "Сколько часов вы потратили?",
    "layout": {"row": "survey_rate_row_wait", "columns": None},
    "properties": {"label.en": "How many hours did it take you?"},
}
ADVICE = {
    "type": "textfield",
    "key": "advice",
    "id": "survey_rate_advice",
    "label": "Что изменить?",
    "layout": {"row": "survey_rate_row_advice", "columns": None},
    "properties": {"label.en": "What should be changed?"},
}
TEN = [{"label": str(mark), "value": mark} for mark in range(1, 11)]
EASE = "Легко ли было написать?"
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


def much_besides(_fields, components):
    ease = {**MANNER, "key": "ease", "label": EASE, "values": TEN}
    ease["properties"] = {"label.en": "Was it easy to write?"}
    components += [MANNER, AGAIN, LIKED, WAIT, ADVICE, {**ease, "id": "survey_rate_ease"}]


def in_other_words(fields, _components):
    fields["ease"]["label"] = "Удобно ли было написать?"


def of_ten_marks(fields, _components):
    fields["quality"]["values"] = TEN
    fields["solved"]["values"] = [*fields["solved"]["values"], LITTLE]


def invited(app, executor="executor1"):
    """An appeal that was answered, and the token of its survey."""
    office = Office(app)
    office.register()
    office.do("manager", "review", decision="answer", drafter=executor)
    office.reply(executor)
    return office, services.survey_token(office.ref, office.receipt.access_code)


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
    monkeypatch.setattr(versions, "findings", lambda _files, **_how: ())
    published(of_ten_marks)
    office, token = invited(app)
    given = {"quality": 9, "solved": LITTLE["value"]}
    assert services.answer_survey(token, given).state == "accepted"
    marks = office.card().survey
    assert (marks.quality, marks.solved) == (None, None)
    assert marks.further == (("Оцените ответ", "9"), ("Решён ли ваш вопрос?", "Лишь немного"))


#: Who answered for the appeal, and what the applicant said.
SAID = (
    ("executor1", {"manner": "polite", "again": True, "liked": ["speed", "clarity"], "ease": 10}),
    ("executor1", {"manner": "polite", "again": True, "liked": ["speed"], "ease": 9}),
    ("executor1", {"manner": "rude", "again": False, "liked": ["speed"], "ease": 2, "wait": 3}),
    ("executor1", {"manner": "polite", "again": False, "liked": [], "ease": 9, "wait": 40}),
    ("executor1", {"manner": "rude", "liked": ["clarity"], "ease": 7, "advice": "Всё"}),
    ("executor2", {"manner": "polite", "liked": ["speed"], "ease": 5}),
)


def answer(app, executor, said):
    _office, token = invited(app, executor)
    assert services.answer_survey(token, {"quality": 4, **said}).state == "accepted"


def test_what_was_answered_besides_is_counted_by_group(app):
    published(much_besides)
    for executor, said in SAID:
        answer(app, executor, said)
    found = {one.label: one for one in opinions.opinions().asked}
    assert [*found] == [one["label"] for one in (MANNER, AGAIN, LIKED, WAIT)] + [EASE]
    manner, again, liked, wait, ease = found.values()
    assert manner.whole.chosen == (("Да, вполне", 4), ("Нет", 2))
    assert (manner.whole.voices, manner.whole.average, manner.top) == (6, None, None)
    assert (again.whole.voices, again.whole.chosen) == (6, (("Отметили", 2),))
    assert liked.whole.chosen == (("Быстро", 4), ("Понятно", 2), ("Вежливо", 0))
    assert liked.whole.voices == 5, "who chose nothing has not answered"
    assert (ease.whole.average, ease.top) == (7.0, 10)
    assert dict(ease.whole.chosen)["9"] == 2
    assert wait.whole is None, "two answers are too few to be told"
    assert wait.topics.groups == wait.executors.groups == ()
    assert [(one.name, one.voices) for one in manner.topics.groups] == [("Жилище", 6)]
    # One executor has but one voice: told by himself, the other would give it away.
    assert (manner.executors.groups, manner.executors.hidden) == ((), 2)
    assert manner.executors.rest.chosen == manner.whole.chosen
    with in_language("en"):
        manner, again, *_rest = opinions.opinions().asked
    assert (manner.label, manner.whole.chosen[0]) == (
        MANNER["properties"]["label.en"],
        ("Да, вполне", 4),
    )
    assert again.whole.chosen == (("Ticked", 2),)


def test_what_was_answered_besides_is_read_on_the_page_of_figures(app):
    published(much_besides)
    for executor, said in SAID:
        answer(app, executor, said)
    told = words_of(Clerk(app, "manager").page("/desk/figures")).replace("\xa0", " ")
    asked = told.partition("Ответы на другие вопросы опроса")[2]
    assert "Ответили 6 человек; среднее — 7 из 10." in asked
    assert re.search(r"Да, вполне\s*4\s*67 %", asked)
    assert "Ответили меньше 5 человек" in asked.partition(WAIT["label"])[2]
    assert ADVICE["label"] not in asked, "texts are not counted"
    assert "По исполнителям" in asked
    seen = words_of(Clerk(app, "registrar").page("/desk/figures"))
    seen = seen.partition("Ответы на другие вопросы опроса")[2]
    assert MANNER["label"] in seen
    assert "По исполнителям" not in seen


def test_a_question_in_other_words_is_another_question(app, monkeypatch):
    monkeypatch.setattr(groups, "LEAST", 1)
    published(much_besides)
    answer(app, "executor1", {"manner": "polite", "ease": 10})
    published(in_other_words)
    answer(app, "executor1", {"manner": "rude", "ease": 4})
    found = {one.label: one.whole for one in opinions.opinions().asked}
    assert found["Вежливо ли с вами говорили?"].chosen == (("Да, вполне", 1), ("Нет", 1))
    assert (found["Удобно ли было написать?"].average, found[EASE].average) == (4.0, 10.0)


def test_the_shipped_survey_asks_nothing_besides(app):
    answer(app, "executor1", {"comment": "Спасибо"})
    assert opinions.opinions().asked == ()
