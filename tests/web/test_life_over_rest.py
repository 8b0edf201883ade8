"""One appeal through all diagrams over REST, on each database."""

import json

import pytest

from app.access import services as access
from app.outbox.cli import settle_all
from tests.web.life import Reception, in_process

LOGINS = (
    "registrar manager executor1 executor2 controller approver signatory dispatcher auditor "
    "assistant".split()
)


@pytest.fixture
def reception(either_app):
    found = Reception(in_process(either_app))
    for login in LOGINS:
        found.tokens[login] = access.issue_token(login).secret
    found.settle = lambda: settle_all(either_app, 120)
    return found


def mail(app, to):
    answer = app.test_client().get(f"/demo/mail.json?to={to}")
    return answer.get_json()["items"]


def questions(reception):
    found = reception.call("GET", "/classifier?q=1156", by="registrar")["items"]
    return [found[0]["code"]]


def test_an_appeal_lives_from_filing_to_survey(either_app, reception):
    receipt = reception.file()
    reception.settle()
    first = mail(either_app, "elkina@example.org")
    assert any(receipt["receipt"] in one["text"] for one in first)
    assert reception.status(receipt)["number"] is None

    reception.do(receipt, "register", "registrar", questions=questions(reception))
    reception.settle()
    seen = reception.status(receipt)
    assert seen["number"]
    assert seen["due_on"]
    registered = [
        one for one in mail(either_app, "elkina@example.org") if seen["number"] in one["text"]
    ]
    assert registered
    assert f"Код доступа: {receipt['access_code']}" in registered[0]["text"]

    reception.do(
        receipt,
        "review",
        "manager",
        decision="assign",
        text="Рассмотреть и подготовить ответ",
        resolutions=[
            {
                "executor": "executor1",
                "responsible": True,
                "text": "Подготовить ответ",
                "due_on": seen["due_on"],
            },
            {
                "executor": "executor2",
                "responsible": False,
                "text": "Дать справку",
                "due_on": seen["due_on"],
            },
        ],
    )
    for login in ("executor1", "executor2"):
        reception.do(receipt, "accept_assignment", login)
        reception.do(receipt, "report", login, text=f"Мусор вывезен, проверил {login}.")
    asked = reception.call(
        "POST",
        f"/appeals/{receipt['receipt']}/extension-requests",
        by="executor1",
        json={"reason": "Нужен выезд на место", "days": 15},
        expect=(201, 409, 422, 403),
    )
    del asked
    first_report = reception.call(
        "GET",
        f"/work-items?appeal={receipt['receipt']}&element=accept_report&scope=all",
        by="manager",
    )["items"][0]
    reception.complete("manager", first_report, decision="rework", remark="Приложите фотографии")
    reworking = reception.open(receipt)["report"]["assignee"]
    reception.do(receipt, "report", reworking, text="Фотографии приложены.")
    for _each in range(2):
        reception.do(receipt, "accept_report", "manager", decision="accept")

    reception.do(receipt, "draft_reply", "executor1", text="Мусор вывезен, график исправлен.")
    reception.do(receipt, "approve_reply", "approver", decision="rework", remark="Добавьте дату")
    reception.do(
        receipt, "draft_reply", "executor1", text="Мусор вывезен 1 марта, график исправлен."
    )
    reception.do(receipt, "approve_reply", "approver", decision="accept")
    reception.do(receipt, "sign_reply", "signatory")
    reception.settle()

    seen = reception.status(receipt)
    assert seen["letters"], json.dumps(seen, ensure_ascii=False)
    reply = [one for one in mail(either_app, "elkina@example.org") if one["attachments"]]
    assert reply
    assert seen["survey_open"]
    pair = {"receipt": receipt["receipt"], "access_code": receipt["access_code"]}
    reception.call("POST", "/status/survey", json={**pair, "answers": {"quality": 5}})
    reception.settle()
    assert not reception.status(receipt)["survey_open"]
    assert "rate" not in reception.open(receipt)


def test_an_extension_moves_the_term_and_tells_the_citizen(either_app, reception):
    receipt = reception.file()
    reception.do(receipt, "register", "registrar", questions=questions(reception))
    before = reception.status(receipt)["due_on"]
    reception.do(
        receipt,
        "review",
        "manager",
        decision="assign",
        resolutions=[
            {"executor": "executor1", "responsible": True, "text": "Ответить", "due_on": before}
        ],
    )
    reception.call(
        "POST",
        f"/appeals/{receipt['receipt']}/extension-requests",
        by="executor1",
        json={"reason": "Ждём документы", "days": 30},
        expect=201,
    )
    opened = reception.call(
        "GET", f"/work-items/{reception.open(receipt)['decide_extension']['id']}", by="manager"
    )
    assert opened["values"]["due_on"] > before
    reception.do(receipt, "decide_extension", "manager", decision="grant", reason="Ждём документы")
    reception.settle()
    seen = reception.status(receipt)
    assert seen["due_on"] > before
    assert seen["extensions"][0]["reason"] == "Ждём документы"
    assert any("Ждём документы" in one["text"] for one in mail(either_app, "elkina@example.org"))


def test_a_redirected_appeal_names_the_body(either_app, reception):
    receipt = reception.file()
    reception.do(receipt, "register", "registrar", questions=questions(reception))
    body = reception.call("GET", "/organisations?q=", by="manager")["items"][0]
    reception.do(receipt, "review", "manager", decision="redirect", organisation=body["id"])
    reception.do(receipt, "prepare_redirection", "registrar")
    reception.do(receipt, "sign_redirection", "signatory")
    reception.settle()
    if "dispatch_cover" in reception.open(receipt):
        reception.do(receipt, "dispatch_cover", "dispatcher", track="80090012345678")
        reception.settle()
    seen = reception.status(receipt)
    assert seen["redirections"][0]["organisation"] == body["name"]
    assert seen["redirections"][0]["number"]
    names = {one["code"]: one["name"] for one in seen["questions"]}
    sent_on = seen["redirections"][0]
    assert sent_on["question_names"] == [names[code] for code in sent_on["questions"]] != []


def test_leaving_without_an_answer_gives_the_reason(either_app, reception):
    receipt = reception.file()
    reception.do(receipt, "register", "registrar", questions=questions(reception))
    item = reception.open(receipt)["review"]
    form = reception.call("GET", f"/work-items/{item['id']}", by="manager")["form"]
    reasons = next(one for one in form["components"] if one.get("key") == "reason")
    reason = reasons["values"][-1]["value"]
    reception.do(
        receipt, "review", "manager", decision="leave", reason=reason, explanation="Суть не ясна."
    )
    reception.settle()
    assert not reception.open(receipt)
    assert len(mail(either_app, "elkina@example.org")) >= 3


def test_a_citizen_withdraws(either_app, reception):
    receipt = reception.file()
    reception.do(receipt, "register", "registrar", questions=questions(reception))
    pair = {"receipt": receipt["receipt"], "access_code": receipt["access_code"]}
    reception.call("POST", "/status/withdraw", json={**pair, "reason": "Вопрос решён"})
    reception.settle()
    assert not reception.open(receipt)


def test_post_goes_through_the_dispatcher(either_app, reception):
    receipt = reception.file(
        reply_channel="post",
        applicant={"email": None, "postal_address": "123456, г. Озёрск, ул. Садовая, д. 5, кв. 8"},
    )
    reception.do(receipt, "register", "registrar", questions=questions(reception))
    reception.settle()
    assert "dispatch_notice" in reception.open(receipt)
    reception.do(receipt, "dispatch_notice", "dispatcher", track="80090012345678")
    reception.do(receipt, "review", "manager", decision="answer", drafter="executor1")
    reception.do(receipt, "draft_reply", "executor1", text="Меры приняты.")
    reception.do(receipt, "approve_reply", "approver", decision="accept")
    reception.do(receipt, "sign_reply", "signatory")
    reception.settle()
    reception.do(receipt, "dispatch", "dispatcher", track="80090012345679")
    assert reception.status(receipt)["letters"]


def test_the_contract_of_errors(either_app, reception):
    receipt = reception.file()
    item = reception.open(receipt)["register"]
    reception.call("GET", f"/work-items/{item['id']}", expect=401)
    reception.call("POST", f"/work-items/{item['id']}/take", by="executor1", expect=(403, 404))
    reception.call("GET", "/work-items/999999", by="registrar", expect=404)
    wrong = reception.call(
        "POST",
        f"/work-items/{item['id']}/complete",
        by="registrar",
        json={"answers": {}},
        expect=422,
    )
    assert "questions" in wrong["errors"]
    reception.do(receipt, "register", "registrar", questions=questions(reception))
    moved = reception.call(
        "POST",
        f"/work-items/{item['id']}/complete",
        by="registrar",
        json={"answers": {}},
        expect=409,
    )
    assert moved["status"] == 409
    refused = reception.call(
        "POST", "/appeals", json={"applicant": {"kind": "citizen"}, "text": ""}, expect=422
    )
    assert {"last_name", "text"} <= {name.split(".")[-1] for name in refused["errors"]}
    reception.call(
        "POST", "/status", json={"receipt": receipt["receipt"], "access_code": "x"}, expect=403
    )
