"""What the citizen finds after the reply: the letter, its check, the survey, the figures."""

import csv
import io
import re

import pytest

from app.reports import groups
from tests.unit.office import Office
from tests.web.test_reception import hidden, log_in


@pytest.fixture
def app(make_app):
    """Outside its context, so that each request begins with a clean `g` as on a server."""
    return make_app()


@pytest.fixture
def answered(app):
    with app.app_context():
        office = Office(app)
        office.register()
        office.do("manager", "review", decision="answer", drafter="executor1")
        office.reply("executor1")
    return office


def card(office):
    with office.app.app_context():
        return office.card()


@pytest.fixture
def page(answered, client):
    client.get("/language/en")
    return log_in(client, answered.ref, answered.receipt.access_code).headers["Location"]


def link_to_survey(office):
    with office.app.app_context():
        texts = [one.text for one in office.mail()]
    (found,) = {each for text in texts for each in re.findall(r"/survey/\w+", text)}
    return found


def rate(client, address, **answers):
    token = hidden(client.get("/status").text, "csrf_token")
    return client.post(address, data={"csrf_token": token, **answers})


def test_the_reply_is_downloaded_as_a_file(client, page, answered):
    shown = client.get(page).text
    (address,) = set(re.findall(rf'href="({page}/file/\d+)" download', shown))
    with client.get(address) as got:
        assert got.data.startswith(b"%PDF")
        assert got.headers["Content-Disposition"].startswith("attachment")
        assert got.headers["X-Content-Type-Options"] == "nosniff"
    assert client.get(f"{page}/file/999999").status_code == 404


def test_the_letter_is_vouched_for(client, answered):
    client.get("/language/en")
    (letter,) = [one for one in card(answered).letters if one.kind == "reply"]
    told = client.get(
        "/documents/check", query_string={"number": letter.number, "code": letter.check_code}
    )
    assert "Yes, this letter was issued by us" in told.text
    assert "Ёлкина" not in told.text


def test_the_survey_is_answered_once(client, answered, monkeypatch):
    client.get("/language/en")
    address = link_to_survey(answered)
    missing = rate(client, address, comment="Мой отзыв")
    assert missing.status_code == 422
    assert "Мой отзыв" in missing.text
    assert "Thank you" in rate(client, address, quality="5", solved="yes", comment="Спасибо").text
    again = rate(client, address, quality="1")
    assert again.status_code == 200
    assert "You have already answered" in again.text
    assert card(answered).survey.quality == 5
    page = client.get("/statistics").text
    assert "Answered 1 of 1" in page
    assert "What fewer than 5 people answered is not shown" in page
    assert not {"<dd>5</dd>", "<h2>Marks</h2>", "<h2>Is the question settled?</h2>"} & {
        *re.findall("<(?:dd|h2)>.*?</(?:dd|h2)>", page)
    }
    told = client.get("/statistics.json").get_json()["figures"]
    by_line = {(one["figure"], one["code"]): one for one in told}
    assert by_line["average_mark", ""]["value"] is None
    for figure in ("quality", "solved"):
        assert [one for one in told if one["figure"] == figure] == [by_line[figure, ""]]
        assert by_line[figure, ""]["value"] is None
        assert "fewer than 5" in by_line[figure, ""]["name"]
    copied = list(csv.DictReader(io.StringIO(client.get("/statistics.csv").text)))
    assert [(one["figure"], one["code"]) for one in copied] == list(by_line)
    monkeypatch.setattr(groups, "LEAST", 1)
    page = client.get("/statistics").text
    assert "<dd>5</dd>" in page
    told = client.get("/statistics.json").get_json()["figures"]
    by_line = {(one["figure"], one["code"]): one["value"] for one in told}
    assert by_line["rated", ""] == by_line["quality", "5"] == by_line["solved", "yes"] == 1
    assert by_line["received", ""] == sum(
        one["value"] for one in told if one["figure"] == "by_channel"
    )
    rows = list(csv.DictReader(io.StringIO(client.get("/statistics.csv").text)))
    assert [(one["figure"], one["code"]) for one in rows] == list(by_line)
    assert {one["value"] for one in rows if one["figure"] == "average_mark"} == {"5.0"}


def test_the_survey_opens_from_the_status_page_too(client, page, answered):
    form = client.get(page).text
    sent = client.post(f"{page}/survey", data={"csrf_token": hidden(form, "csrf_token")})
    assert sent.headers["Location"] == link_to_survey(answered)


def test_figures_of_other_years_are_asked_for_by_year(client):
    assert client.get("/statistics?year=2020").status_code == 404
    assert client.get("/statistics?year=x").status_code == 200
    assert client.get("/statistics.csv?year=2020").status_code == 404
