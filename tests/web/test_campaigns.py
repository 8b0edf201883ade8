"""Campaigns through the doors: over REST, and by the pages of the desk without scripts."""

import pytest

from app.access import services as access
from app.outbox.cli import settle_all
from tests.unit.test_appeals_campaigns import WRITERS, letters
from tests.web.desk import Clerk, errors_of, words_of
from tests.web.life import Reception, in_process

QUESTION = "0005.0005.0056.1156"


@pytest.fixture
def door(app):
    found = Reception(in_process(app))
    for login in ("registrar", "manager", "executor1", "approver", "signatory", "auditor"):
        found.tokens[login] = access.issue_token(login).secret
    return found


def run(app, door, campaign, by, element, **body):
    path = f"/campaigns/{campaign}/runs"
    started = door.call("POST", path, by=by, json={"element": element, **body}, expect=201)
    settle_all(app, 120)
    return door.call("GET", f"{path}/{started['id']}", by=by)


def test_a_campaign_is_gathered_decided_and_answered_over_rest(app, door):
    offices = letters(app)
    (group,) = door.call("GET", "/campaigns", by="registrar")["groups"]
    assert (group["count"], group["first"]["receipt"]) == (4, offices[0].ref)
    made = door.call("POST", "/campaigns", by="registrar", json={"appeal": offices[2].ref})["id"]
    taken = f"/campaigns/{made}/appeals/{offices[3].ref}"
    door.call("DELETE", taken, by="registrar", expect=204)
    shown = door.call("GET", f"/campaigns/{made}", by="registrar")
    assert [step["element"] for step in shown["steps"]] == ["register"]
    assert [one["out"] for one in shown["members"]["items"]] == [False, False, False, True]

    wrong = {"element": "register", "answers": {"questions": []}}
    path = f"/campaigns/{made}/runs"
    refused = door.call("POST", path, by="registrar", json=wrong, expect=422)
    assert list(refused["errors"]) == ["questions"]
    done = run(app, door, made, "registrar", "register", answers={"questions": [QUESTION]})
    assert (done["run"]["done"], done["failed"]) == (3, [])
    run(
        app, door, made, "manager", "review", answers={"decision": "answer", "drafter": "executor1"}
    )
    step = door.call("GET", f"/campaigns/{made}/steps/draft_reply", by="executor1")
    answers = {**step["values"], "text": "Ответ на № {номер}: вырубка отменена."}
    run(app, door, made, "executor1", "draft_reply", answers=answers)
    run(app, door, made, "approver", "approve_reply", answers={"decision": "accept"})
    unread = {"element": "sign_reply", "answers": {}}
    refused = door.call("POST", path, by="signatory", json=unread, expect=422)
    assert list(refused["errors"]) == ["confirmed"]
    done = run(app, door, made, "signatory", "sign_reply", answers={}, confirmed=True)
    assert done["run"]["done"] == 3
    for office in offices[:3]:
        assert office.card().outcome == "answered"
        assert len(office.status().letters) == 1
    assert offices[3].open() == ["register"]
    door.call("PUT", taken, by="registrar", expect=204)
    door.call("GET", f"/campaigns/{made}", by="executor1", expect=200)  # had work in it
    door.call("POST", "/campaigns", by="auditor", json={"appeal": offices[3].ref}, expect=403)
    door.call("GET", "/campaigns/77", by="registrar", expect=404)


def test_the_same_by_the_pages(app):
    offices = letters(app)
    registrar = Clerk(app, "registrar")
    page = registrar.page("/desk/campaigns")
    assert "Группы на просмотр" in words_of(page)
    first = offices[0].card().id
    group = f"/desk/campaigns/groups/{first}"
    assert "<mark>21 </mark>" in registrar.page(group)
    campaign = registrar.send(group, "name", name="Парк").location
    assert "Парк" in words_of(registrar.page(campaign))
    token = {"csrf_token": registrar.token()}
    registrar.post(f"{campaign}/members", token, out=offices[3].ref)

    step = f"{campaign}/steps/register"
    refused = registrar.send(step, "appeals", expect=422)
    assert errors_of(refused.text)
    form = registrar.form(step, "appeals")
    assert len(form["appeals"]) == 3
    started = registrar.post(step, form, questions=[QUESTION], kind="statement").location
    assert "осталось" in words_of(registrar.page(started))
    settle_all(app, 120)
    assert "выполнено3 не выполнено0" in words_of(registrar.page(started))
    assert [bool(office.card().number) for office in offices] == [True, True, True, False]

    manager = Clerk(app, "manager")
    step = f"{campaign}/steps/review"
    form = manager.form(step, "appeals")
    manager.post(step, form, decision="answer", drafter="executor1")
    settle_all(app, 120)
    drafter = Clerk(app, "executor1")
    step = f"{campaign}/steps/draft_reply"
    form = drafter.form(step, "appeals")
    assert "{номер}" in form["text"]
    drafter.post(step, form, text="Ответ на № {номер}.")
    settle_all(app, 120)
    approver = Clerk(app, "approver")
    step = f"{campaign}/steps/approve_reply"
    approver.post(step, approver.form(step, "appeals"), decision="accept")
    settle_all(app, 120)
    signatory = Clerk(app, "signatory")
    step = f"{campaign}/steps/sign_reply"
    form = signatory.form(step, "appeals")
    shown = words_of(signatory.page(step))
    assert all(f"{' '.join(names)}" in shown for names in WRITERS[:3])
    assert "Подтвердите, что вы просмотрели письма." in words_of(
        signatory.post(step, form, expect=422).text
    )
    signatory.post(step, form, confirmed="1")
    settle_all(app, 120)
    assert {office.card().outcome for office in offices[:3]} == {"answered"}
    # The card leads to the campaign.
    assert "Кампания: Парк" in words_of(registrar.page(f"/desk/appeals/{first}"))
