"""The form is looked over before it goes, judged by rules told once, and helped by hints."""

import json
import re
from html import unescape

import pytest
from sqlalchemy import select
from werkzeug.datastructures import MultiDict

from app.appeals import asked
from app.appeals.models import Applicant, Particulars, Publication, Redirection
from app.appeals.services import hinting
from app.audit.services import history
from app.database import reading, transaction
from tests.web.test_reception import WHO, file_one, hidden, opened, pair, send

MATTER = "Во дворе дома 5 по улице Лесной третью неделю не вывозят мусор, контейнеры переполнены."


@pytest.fixture
def app(make_app):
    """Outside its context, so that each request begins with a clean `g` as on a server."""
    return make_app()


def hints(client, text):
    return client.post("/appeals/hints", data={"text": text}).json


# -- the summary -----------------------------------------------------------------------------------


def reviewed(client, **more):
    form = {**opened(client), **WHO, "text": MATTER, **more}
    return form, send(client, {**form, "review": "1"})


def fields(page, **more):
    """What the form of the summary sends."""
    form = page[page.index("<form", page.index("<main")) : page.index("</main")]
    found = re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', form)
    return MultiDict([*((name, unescape(value)) for name, value in found), *more.items()])


def test_the_summary_shows_all_and_one_press_sends_it(client):
    more = {
        "text": "Первая строка\r\nвторая <b>строка</b>",
        "addressee": "Главе города",
        "co_applicants-0-last_name": "Белкин",
        "co_applicants-0-first_name": "Олег",
        "co_applicants-0-name": "ООО «Лес»",
    }
    _form, answer = reviewed(client, **more)
    assert answer.status_code == 200
    for words in ("Главе города", "Белкин Олег", "ООО «Лес»", "&lt;b&gt;", "elkina@example.org"):
        assert words in answer.text
    sent = client.post("/appeals/new", data=fields(answer.text))
    assert sent.status_code == 303


def test_the_summary_files_nothing_and_leads_back(client):
    form, answer = reviewed(client)
    back = client.post("/appeals/new", data=fields(answer.text, edit="1"))
    assert f"{MATTER}</textarea>" in back.text
    assert hidden(back.text, "token") == form["token"]
    first = send(client, form)
    again = client.post("/appeals/new", data=fields(answer.text))
    receipts = {pair(client.get(one.headers["Location"]).text)[0] for one in (first, again)}
    assert len(receipts) == 1


def test_what_is_wrong_is_told_before_the_summary(client):
    _form, answer = reviewed(client, last_name="", email="не адрес")
    assert answer.status_code == 422
    assert 'href="#last_name"' in answer.text
    assert 'href="#email"' in answer.text


def test_what_lacks_of_a_co_author_is_said_beside_it(client):
    rows = {
        "co_applicants-0-last_name": "Белкин",
        "co_applicants-0-first_name": "Олег",
        "co_applicants-1-last_name": "Ивин",
    }
    _form, answer = reviewed(client, **rows)
    assert answer.status_code == 422
    assert 'href="#co_applicants-1-first_name"' in answer.text
    assert 'id="co_applicants-1-first_name-error"' in answer.text
    assert "co_applicants-0-first_name-error" not in answer.text


def test_a_foreigner_is_known_as_one_on_the_card(app, client):
    form = {"kind": "foreigner", "first_name": "Anna", "last_name": "Müller", "no_middle_name": "y"}
    _form, answer = reviewed(client, **form)
    assert "Иностранный гражданин" in answer.text
    assert client.post("/appeals/new", data=fields(answer.text)).status_code == 303
    with app.app_context(), reading() as session:
        (row,) = session.scalars(select(Particulars))
        kinds = session.scalars(select(Applicant.kind)).all()
        lines = [line for line in history(session, "appeal:1") if line.action.startswith("parti")]
        assert (row.applicant_status, row.version, kinds) == ("foreigner", 1, ["citizen"])
    assert [line.actor for line in lines] == ["citizen"]
    refused = send(client, {**opened(client), **WHO, "kind": "foreigner", "last_name": ""})
    assert "Укажите фамилию" in refused.text


# -- the rules -------------------------------------------------------------------------------------


def told(page):
    """What the page tells the browser of its fields: {name: rules}."""
    found = {}
    for control in re.findall(r"<(?:input|textarea)[^>]*data-rules=[^>]*>", page):
        name = re.search(r' name="([^"]+)"', control)[1]
        found[name] = json.loads(unescape(re.search(r'data-rules="([^"]*)"', control)[1]))
    return found


def test_the_page_tells_the_rules_by_which_the_server_judges(client):
    page = client.get("/appeals/new").text
    rules = told(page)
    empty = {**opened(client), "kind": "citizen", "reply_channel": "email"}
    refused = send(client, empty).text
    for name in ("text", "last_name", "first_name", "email"):
        assert rules[name][0]["say"] in unescape(refused), name
    assert rules["name"][0]["when"] == {"kind": ["organisation"]}
    assert rules["postal_address"][0]["when"] == {"reply_channel": ["post"]}
    assert {rule["most"] for rule in rules["place"]} == {1000}


def test_a_rule_holds_only_where_it_says():
    rule = asked.Rule("name", "!", {"kind": ("organisation",)})
    assert rule.broken({"kind": "organisation", "name": " "})
    assert not rule.broken({"kind": "organisation", "name": "Ромашка"})
    assert not rule.broken({"kind": "citizen"})
    zone = asked.of_zones({"ru", "рф"})
    values = {"reply_channel": "email"}
    assert zone.broken({**values, "email": "a@b.com"})
    assert not zone.broken({**values, "email": "a@b.РФ"})
    assert not zone.broken({**values, "email": ""})


# -- the hints -------------------------------------------------------------------------------------


def test_a_text_that_tells_enough_gets_its_likely_question(client):
    assert hints(client, "Мусор")["questions"] == []
    assert any("отход" in name for name in hints(client, MATTER)["questions"])


def test_the_body_is_named_where_most_such_appeals_go(app, client):
    receipts = [file_one(client, text=MATTER) for _appeal in range(5)]
    assert receipts
    assert hints(client, MATTER)["body"] == ""
    with app.app_context():
        (question, *_rest) = hinting.lookups.suggested(MATTER, 1)
        with transaction() as session:
            for number in range(1, 6):
                session.add(
                    Redirection(
                        appeal_id=number,
                        author="manager",
                        at=hinting.clock.now(),
                        organisation="Региональный оператор",
                        questions=[question.code],
                        sent_on=hinting.clock.now().date(),
                    )
                )
    assert hints(client, MATTER)["body"] == "Региональный оператор"


def test_a_published_answer_to_a_similar_question_is_offered(app, client):
    file_one(client)
    with app.app_context(), transaction() as session:
        row = Publication(
            appeal_id=1,
            title="О вывозе мусора со двора",
            question="Почему неделями не вывозят мусор из контейнеров во дворе дома?",
            answer="График вывоза восстановлен.",
            published_at=hinting.clock.now(),
            published_by="manager",
        )
        session.add(row)
    answer = hints(client, MATTER)["answer"]
    assert answer["title"] == "О вывозе мусора со двора"
    assert client.get(answer["url"]).status_code == 200
    assert hints(client, "Прошу выдать копию архивной справки о стаже работы.")["answer"] is None


def test_hints_keep_nothing_and_are_bounded(make_app, capfd):
    client = make_app(rate_all="", rate_hints="2/hour").test_client()
    answers = [client.post("/appeals/hints", data={"text": MATTER}).status_code for _ask in "123"]
    assert answers == [200, 200, 429]
    assert "Лесной" not in "".join(capfd.readouterr())
