"""A survey that the analyst has changed: what is asked besides is read on the card."""

import json
import re

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
LONG = "only_a_small_part_of_it"


def ask_besides():
    """Publish a set whose survey asks two questions more and offers one answer more."""
    shipped = versions.export(next(one.id for one in versions.versions() if one.active))
    form = json.loads(shipped["forms/survey/rate.form"])
    form["components"] += [MANNER, AGAIN]
    solved = next(one for one in form["components"] if one["key"] == "solved")
    solved["values"].append({"label": "Лишь немного", "labelEn": "Only a little", "value": LONG})
    changed = json.dumps(form, ensure_ascii=False).encode()
    files = {**shipped, "forms/survey/rate.form": changed}
    versions.publish(files, note="Опрос подробнее", actor="analyst")


def test_what_the_analyst_asks_besides_stands_on_the_card(either_app):
    ask_besides()
    office = Office(either_app)
    office.register()
    office.do("manager", "review", decision="answer", drafter="executor1")
    office.reply("executor1")
    (token,) = {each for one in office.mail() for each in re.findall(r"/survey/(\w+)", one.text)}
    given = {"quality": 4, "solved": LONG, "manner": "polite", "again": True, "comment": "Спасибо"}
    assert services.answer_survey(token, given).state == "accepted"
    marks = office.card().survey
    assert (marks.quality, marks.comment) == (4, "Спасибо")
    assert marks.further == (
        ("Вежливо ли с вами говорили?", "Да, вполне"),
        ("Написал бы ещё раз", "да"),
    )
