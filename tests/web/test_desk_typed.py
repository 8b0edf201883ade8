"""A task's form that was typed into comes back as it stood, with each of its fields."""

from lxml import html

from tests.web.desk import Clerk, words_of
from tests.web.test_desk import machine, registered


def drafting(app):
    life = machine(app)
    receipt = registered(life)
    life.do(receipt, "review", "manager", decision="answer", drafter="executor1")
    clerk = Clerk(app, "executor1")
    return life, clerk, next(iter(clerk.tasks().values()))


def test_the_form_comes_back_and_can_be_begun_anew(app):
    _life, clerk, task = drafting(app)
    form = clerk.form(task, "text")
    typed = {**form, "text": "Мусор\r\nвывезен", "subject": "О мусоре"}
    results = next(name for name in form if name.endswith("result"))
    typed[results] = "supported"
    answer = clerk.post(f"{task}/typed", typed, 200)
    assert answer.json["saved_at"]
    back = clerk.form(task, "text")
    assert (back["text"].split(), back["subject"]) == (["Мусор", "вывезен"], "О мусоре")
    assert back[results] == "supported"
    assert back["opening"] != form["opening"]
    assert "задание с ним ещё не завершено" in words_of(clerk.page(task))
    assert not clerk.form(f"{task}?typed=0", "text")["text"].startswith("Мусор")

    clerk.post(f"{task}/typed", {**back, "text": "Мусор убран"}, 200)
    page = html.fromstring(clerk.page(f"{task}/typed"))
    assert [one.text_content().strip() for one in page.xpath("//ins")][1:] == ["убран"]
    first = page.xpath("//tbody/tr[last()]//a[contains(@href, 'typed=')]/@href")
    assert "вывезен" in clerk.form(first[0], "text")["text"]

    clerk.send(task, "text")
    refused = clerk.post(f"{task}/typed", typed, 409)
    assert refused.mimetype == "application/problem+json"
    clerk.get(f"{task}/typed", 409)


def test_nobody_else_keeps_anything(app):
    _life, clerk, task = drafting(app)
    form = clerk.form(task, "text")
    other = Clerk(app, "executor2")
    other.post(f"{task}/typed", {**form, "csrf_token": other.token()}, 409)
    clerk.post(f"{task}/typed", {**form, "csrf_token": "wrong"}, 400)
    clerk.get(f"{task}/typed", 404)
