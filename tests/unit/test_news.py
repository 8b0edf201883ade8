"""Letters about stages and other letters that only inform: sent, stopped by one click, had again."""

import email
import email.policy

import pytest

from app import clock
from app.appeals import codes, services
from app.correspondence import mail, policy
from app.errors import NotFound
from app.extensions import settings
from app.workflow.incidents import incidents
from tests.unit.office import CITIZEN, Office

VISIT = {"place": "Двор", "present": "Громова Е. В.", "findings": "Мусор не вывезен."}


@pytest.fixture
def office(app):
    made = Office(app)
    yield made
    assert incidents() == []


def visit(office):
    services.begin(office.person("manager"), office.ref, "visit")
    office.do("manager", "record_visit", **VISIT)
    office.settle()


def messages(app):
    """What lies in the demo's mail folder, as a mail program reads it."""
    with app.app_context():
        files = sorted(mail.folder(settings()).glob("*.eml"))
    return [
        email.message_from_bytes(one.read_bytes(), policy=email.policy.default) for one in files
    ]


def link(message):
    return message["List-Unsubscribe"].strip("<>").partition("/news/")[2]


def about(app, word):
    return [one for one in messages(app) if word in one["Subject"]]


def test_a_stage_the_analyst_marked_is_told_in_the_language_of_the_applicant(app, office):
    english = Office(app, language="en", applicant={"email": "jane@example.org"})
    for one in (office, english):
        one.register()
        visit(one)
    (told,) = [one for one in about(app, "ход рассмотрения") if one["To"] == CITIZEN["email"]]
    day = f"{clock.today('Europe/Moscow'):%d.%m.%Y}"
    text = told.get_body(("plain",)).get_content()
    assert f"Состоялся выезд на место: {day}." in text
    assert "Не присылать такие письма по этому обращению: http" in text
    assert "Состоялся выезд" in told.get_body(("html",)).get_content()
    assert told["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    (said,) = about(app, "how it goes")
    assert (said["To"], said["Content-Language"]) == ("jane@example.org", "en")
    assert "The place was visited" in said.get_body(("plain",)).get_content()


def test_one_click_stops_what_only_informs_and_nothing_else(app, client, office):
    office.register()
    visit(office)
    token = link(about(app, "ход рассмотрения")[0])
    # Programs look at links before people do: that changes nothing.
    assert "Не присылать такие письма" in client.get(f"/news/{token}").text
    assert services.news(token).wanted
    done = client.post(f"/news/{token}", data={"List-Unsubscribe": "One-Click"})
    assert done.status_code == 200
    assert not services.news(token).wanted
    visit(office)
    office.do("manager", "review", decision="answer", drafter="executor1")
    office.reply("executor1")
    assert len(about(app, "ход рассмотрения")) == 1
    assert about(app, "Оцените ответ") == []
    assert len(about(app, "Ответ")) == 1
    assert client.post(f"/news/{token}", data={"wanted": "yes"}).status_code == 200
    assert services.news(token).wanted


def test_only_what_no_law_demands_can_be_stopped(app, office):
    office.register()
    office.do("manager", "review", decision="answer", drafter="executor1")
    office.reply("executor1")
    stoppable = {one["Subject"].split(" № ")[0] for one in messages(app) if one["List-Unsubscribe"]}
    assert stoppable == {"Оцените ответ на обращение"}
    assert {"registered", "extended", "redirected", "left", "reply"} & policy.INFORMATIVE == set()


def test_nobody_stops_the_letters_of_another(client, office):
    card = office.card("registrar")
    key = settings().access_code_key
    mine = codes.news_token(key, card.id)
    assert services.news(mine).number == office.ref
    for wrong in (mine[:-1] + ("0" if mine[-1] != "0" else "1"), f"{card.id + 1}{mine[1:]}",
                  str(card.id), "", "²-x", "9" * 12 + "-x"):  # fmt: skip
        with pytest.raises(NotFound):
            services.news(wrong)
        assert client.post(f"/news/{wrong}").status_code in (404, 405)


def test_who_waits_by_post_is_told_of_no_stage(app):
    by_post = Office(app, reply_channel="post", applicant={"email": ""})
    by_post.register()
    visit(by_post)
    assert about(app, "ход рассмотрения") == []
    assert by_post.status().news == ""
