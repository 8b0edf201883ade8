"""Mistakes are taken back over REST, as a script outside would."""

import pytest

from app.access import services as access
from app.outbox.cli import settle_all
from tests.web.life import Reception, in_process

LOGINS = (
    "registrar manager executor1 executor2 controller approver signatory dispatcher auditor".split()
)
QUESTION = "0005.0005.0056.1156"


@pytest.fixture
def reception(app):
    found = Reception(in_process(app))
    for login in LOGINS:
        found.tokens[login] = access.issue_token(login).secret
    found.settle = lambda: settle_all(app, 120)
    return found


def registered(reception, **more):
    receipt = reception.file(**more)
    reception.do(receipt, "register", "registrar", questions=[QUESTION])
    return receipt


def test_a_letter_is_recalled(reception):
    post = {"reply_channel": "post", "applicant": {"postal_address": "101000, Москва"}}
    receipt = registered(reception, **post)
    reception.do(receipt, "review", "manager", decision="answer", drafter="executor1")
    reception.do(receipt, "draft_reply", "executor1", text="Мусор вывезен.")
    reception.do(receipt, "approve_reply", "approver", decision="accept")
    reception.do(receipt, "sign_reply", "signatory")
    reception.settle()
    card = reception.call("GET", f"/appeals/{receipt['receipt']}", by="manager")
    letter = next(one for one in card["letters"] if one["kind"] == "reply")
    place, asked = f"/letters/{letter['id']}/recall", {"reason": "Не та дата"}
    reception.call("POST", place, by="executor1", json=asked, expect=(403, 404))
    gone = reception.call("POST", place, by="signatory", json=asked)
    assert (gone["state"], gone["number"]) == ("recalled", letter["number"])
    assert "draft_reply" in reception.open(receipt)
    assert "отозван" in reception.status(receipt)["stages"][-2]["text"]
    reception.call("POST", place, by="signatory", json=asked, expect=409)


def test_an_assignment_is_changed_passed_on_and_cancelled(reception):
    receipt = registered(reception)
    line = {"executor": "executor1", "responsible": True, "text": "Проверить"}
    reception.do(receipt, "review", "manager", decision="assign", resolutions=[line])
    card = reception.call("GET", f"/appeals/{receipt['receipt']}", by="manager")
    (one,) = card["assignments"]
    place = f"/assignments/{one['id']}"
    asked = {"text": "Проверить график", "due_on": "завтра", "reason": "Уточнение"}
    wrong = reception.call("POST", f"{place}/change", by="manager", json=asked, expect=422)
    assert list(wrong["errors"]) == ["due_on"]
    asked["due_on"] = card["registered_on"]
    changed = reception.call("POST", f"{place}/change", by="manager", json=asked)
    assert (changed["text"], changed["due_on"]) == ("Проверить график", card["registered_on"])
    reception.call("POST", f"{place}/change", by="executor1", json=asked, expect=403)
    reception.do(receipt, "accept_assignment", "executor1")
    given = {"executor": "executor2", "text": "Дать справку"}
    below = reception.call("POST", f"{place}/pass-on", by="executor1", json=given)
    assert below["parent_id"] == one["id"]
    reception.call("POST", f"{place}/cancel", by="manager", json={}, expect=422)
    gone = reception.call("POST", f"{place}/cancel", by="manager", json={"reason": "Не нам"})
    assert gone["state"] == "cancelled"
    assert list(reception.open(receipt)) == ["review"]
    reception.call("POST", f"{place}/cancel", by="manager", json={"reason": "Ещё"}, expect=409)


def test_an_appeal_is_reopened(reception):
    receipt = registered(reception)
    reception.do(receipt, "review", "manager", decision="leave", reason="unclear")
    reception.settle()
    place = f"/appeals/{receipt['receipt']}/reopen"
    asked = {"ground": "mistake", "reason": "Суть понятна из приложения"}
    reception.call("POST", place, by="registrar", json=asked, expect=403)
    wrong = reception.call("POST", place, by="manager", json={}, expect=422)
    assert set(wrong["errors"]) == {"ground", "reason"}
    done = reception.call("POST", place, by="manager", json=asked)
    assert done["due_on"] == reception.status(receipt)["due_on"]
    assert list(reception.open(receipt)) == ["review"]
    reception.call("POST", place, by="manager", json=asked, expect=409)


def test_the_card_is_corrected(reception):
    receipt = registered(reception)
    place, asked = f"/appeals/{receipt['receipt']}/corrections", {"reason": "Опечатка"}
    reception.call("POST", place, by="executor1", json=asked, expect=(403, 404))
    item = reception.call("POST", place, by="registrar", json=asked)["item"]
    assert reception.open(receipt)["correct_card"]["id"] == item
    reception.do(receipt, "correct_card", "registrar", summary="Вывоз мусора")
    card = reception.call("GET", f"/appeals/{receipt['receipt']}", by="registrar")
    assert card["summary"] == "Вывоз мусора"


def test_a_complaint_about_the_reply_is_filed_with_the_code(app, reception):
    receipt = registered(reception)
    pair = {"receipt": receipt["receipt"], "access_code": receipt["access_code"]}
    asked = {**pair, "text": "Не согласна с ответом"}
    reception.call("POST", "/status/complaint", json=asked, expect=409)
    reception.do(receipt, "review", "manager", decision="leave", reason="unclear")
    reception.settle()
    reception.call("POST", "/status/complaint", json=pair, expect=422)
    made = reception.call("POST", "/status/complaint", json=asked, expect=201)
    assert made["receipt"] != receipt["receipt"]
    assert reception.status(made)["number"] is None
    assert list(reception.open(made)) == ["register"]
