"""Completing a work item asks the database little: one transaction, ten statements, one commit.

Every user task of the shipped processes is completed by the machine's door and by the form of the
desk. Ten is for PostgreSQL, which each statement is a journey to; SQLite, in the same process, is
asked table by table, and only its commits are held to.
"""

from datetime import timedelta

import pytest

from app import clock
from app.access import services as access
from app.access.services import load_person
from app.appeals import services as appeals
from app.appeals.commands import SubmitAppeal
from app.correspondence import returning
from app.database import db
from app.outbox.cli import settle_all
from tests.process.shipped import tasks
from tests.web.desk import Clerk
from tests.web.life import Reception, in_process
from tests.web.statements import counted

MOST = 10
STAFF = "registrar manager executor1 executor2 approver signatory dispatcher".split()
BY_CITIZEN = {"rate"}
ADDRESS = {"email": None, "postal_address": "123456, ул. Садовая, 5"}


class Counting(Reception):
    """Counts what completing each task asks, whichever door it goes through."""

    def __init__(self, app):
        super().__init__(in_process(app))
        self.app = app
        self.asked = []
        for login in [*STAFF, "auditor"]:
            self.tokens[login] = access.issue_token(login).secret

    def settle(self):
        settle_all(self.app, 120)

    def complete(self, by, item, expect=200, **answers):
        send = self.prepared(by, item, answers)
        with counted(db.engine) as asked:
            send()
        self.asked.append((item["element"], asked))


class ByRest(Counting):
    def prepared(self, by, item, answers):
        opened = self.call("GET", f"/work-items/{item['id']}", by=by)
        body = {"answers": {**opened["values"], **answers}, "version": opened["version"]}
        path = f"/work-items/{item['id']}/complete"
        return lambda: self.call("POST", path, by=by, json=body)


class ByPage(Counting):
    def __init__(self, app):
        super().__init__(app)
        self.clerks = {login: Clerk(app, login) for login in STAFF}

    def prepared(self, by, item, answers):
        path = f"/desk/items/{item['id']}"
        form = {**self.clerks[by].form(path, "version"), **typed(answers)}
        return lambda: self.clerks[by].post(path, form)


def typed(answers):
    """Answers as a form without scripts posts them."""
    found = {}
    for name, value in answers.items():
        if isinstance(value, list) and isinstance(value[0], dict):
            for place, row in enumerate(value):
                cells = {f"{name}-{place}-{column}": str(cell) for column, cell in row.items()}
                found |= {**cells, f"{name}-responsible": "0"}
        else:
            found[name] = value if isinstance(value, list) else str(value)
    return found


def lives(reception):
    """Appeals on all their ways, so that every task of the shipped processes is done."""
    questions = [reception.call("GET", "/classifier?q=1156", by="registrar")["items"][0]["code"]]
    by_mail = reception.file()
    reception.settle()
    reception.do(by_mail, "register", "registrar", questions=questions)
    correction = f"/appeals/{by_mail['receipt']}/corrections"
    reception.call("POST", correction, by="registrar", json={"reason": "Опечатка"}, expect=201)
    reception.do(by_mail, "correct_card", "registrar", summary="Вывоз мусора")
    two = [
        {"executor": login, "text": "Ответить", "responsible": login == "executor1"}
        for login in ("executor1", "executor2")
    ]
    reception.do(by_mail, "review", "manager", decision="assign", text="Решить", resolutions=two)
    ask_for_documents(reception, by_mail)
    for login in ("executor1", "executor2"):
        reception.do(by_mail, "accept_assignment", login)
        reception.do(by_mail, "report", login, text="Вывезено.")
    reception.do(by_mail, "accept_report", "manager", decision="rework", remark="Фото")
    reception.do(by_mail, "report", reception.open(by_mail)["report"]["assignee"], text="Фото.")
    for _each in two:
        reception.do(by_mail, "accept_report", "manager", decision="accept")
    answer_and_sign(reception, by_mail)
    post_what_came_back(reception, by_mail)

    read_the_file(reception, by_mail)

    by_post = reception.file(reply_channel="post", applicant=ADDRESS)
    reception.do(by_post, "register", "registrar", questions=questions)
    reception.settle()
    reception.do(by_post, "dispatch_notice", "dispatcher", track="80090012345678")
    reception.do(by_post, "review", "manager", decision="assign", resolutions=two[:1])
    asked = {"reason": "Нужен выезд", "days": 15}
    path = f"/appeals/{by_post['receipt']}/extension-requests"
    reception.call("POST", path, by="executor1", json=asked, expect=201)
    reception.do(by_post, "decide_extension", "manager", decision="grant", reason="Выезд")
    reception.settle()
    reception.do(by_post, "dispatch_notice", "dispatcher", track="80090012345679")
    reception.do(by_post, "accept_assignment", "executor1")
    reception.do(by_post, "report", "executor1", text="Вывезено.")
    reception.do(by_post, "accept_report", "manager", decision="accept")
    answer_and_sign(reception, by_post)
    reception.do(by_post, "dispatch", "dispatcher", track="80090012345680")

    in_envelope = on_paper()
    begin(reception, in_envelope, "enclosures")
    lacking = {"named": "Копия договора", "missing": "Копия договора"}
    reception.do(in_envelope, "record_enclosures", "registrar", **lacking)
    reception.settle()
    recall_notice(reception, in_envelope)
    reception.do(in_envelope, "renew_notice", "registrar")
    reception.settle()
    recall_notice(reception, in_envelope)
    reception.do(in_envelope, "renew_notice", "registrar", decision="drop", reason="Позвонили")

    begin(reception, in_envelope, "valuables")
    found = {"found": "Купюра 1000 руб.", "kept": "Касса", "how": "in_person", "note": "Расписка"}
    reception.do(in_envelope, "record_valuables", "registrar", **found)
    reception.settle()
    reception.do(in_envelope, "return_valuables", "registrar", **found)

    blurred = reception.file()
    reception.do(blurred, "register", "registrar", questions=questions)
    reception.do(blurred, "review", "manager", decision="leave", reason="unreadable")
    commission = ("registrar", "manager", "approver")
    members = {f"member_{place}": login for place, login in enumerate(commission, start=1)}
    reception.do(blurred, "draw_up_act", "registrar", description="Чернила", **members)
    for login in commission:
        reception.do(blurred, "sign_act", login)
    reception.settle()

    elsewhere = reception.file()
    reception.do(elsewhere, "register", "registrar", questions=questions)
    body = reception.call("GET", "/organisations?q=", by="manager")["items"][-1]
    sent_on = {"decision": "redirect", "organisation": body["id"], "ask_result": True}
    reception.do(elsewhere, "review", "manager", **sent_on)
    reception.do(elsewhere, "prepare_redirection", "registrar")
    reception.do(elsewhere, "sign_redirection", "signatory")
    reception.settle()
    if "dispatch_cover" in reception.open(elsewhere):
        reception.do(elsewhere, "dispatch_cover", "dispatcher", track="80090012345681")
    reception.do(elsewhere, "receive_result", "registrar", text="Вывезено.")


def on_paper():
    """What came in an envelope and was entered by the office."""
    applicant = {"kind": "citizen", "last_name": "Ёлкина", "first_name": "Мария", **ADDRESS}
    entered = {"channel": "post", "reply_channel": "post", "text": "Не вывозят мусор."}
    command = SubmitAppeal.of({**entered, "applicant": applicant})
    receipt = appeals.intake(command, person=load_person("registrar"))
    return {"receipt": receipt.receipt, "access_code": receipt.access_code}


def begin(reception, receipt, action, by="registrar"):
    path = f"/appeals/{receipt['receipt']}/actions"
    reception.call("POST", path, by=by, json={"action": action}, expect=201)


def recall_notice(reception, receipt):
    """Take back the latest notice, which has not been posted."""
    letters = reception.call("GET", f"/appeals/{receipt['receipt']}", by="manager")["letters"]
    latest = max(one["id"] for one in letters if one["kind"] == "notice")
    path = f"/letters/{latest}/recall"
    reception.call("POST", path, by="manager", json={"reason": "Не тот адрес"})


def read_the_file(reception, receipt):
    """A first request is refused, a second held after another time was asked for, a third missed."""
    today = clock.today("Europe/Moscow").isoformat()
    refused = {"decision": "refuse", "ground": "others", "explanation": "В деле адреса соседей."}
    day = {"read_on": today, "read_at": "10:30", "place": "каб. 12"}
    allowed, another = {"decision": "allow", **day}, {"decision": "another", **day}
    held = {"decision": "held", "held_on": today, "shown": "Акт осмотра двора"}
    absent = {"decision": "absent"}
    for decision, came in ((refused, ()), (allowed, (another, held)), (allowed, (absent,))):
        begin(reception, receipt, "inspection")
        reception.do(receipt, "record_inspection", "registrar", wish="Акт", asked_on=today)
        reception.do(receipt, "decide_inspection", "manager", **decision)
        for answers in came:
            reception.settle()
            reception.do(receipt, "hold_inspection", "registrar", **answers)
        reception.settle()


def ask_for_documents(reception, receipt):
    begin(reception, receipt, "request", by="executor1")
    body = reception.call("GET", "/organisations?q=", by="manager")["items"][0]
    reception.do(
        receipt, "prepare_request", "executor1", organisation=body["id"], documents="Выписка"
    )
    reception.do(receipt, "sign_letter", "signatory")
    reception.settle()
    reception.do(receipt, "receive_answer", "registrar", number="77-исх", text="Направляем.")
    begin(reception, receipt, "visit", by="executor1")
    visit = {"place": "Двор", "present": "Громова Е. В.", "findings": "Мусор не вывезен."}
    reception.do(receipt, "record_visit", "executor1", **visit)
    begin(reception, receipt, "interim", by="executor1")
    reception.do(receipt, "draft_interim", "executor1")
    reception.do(receipt, "approve_interim", "approver", decision="accept")
    reception.do(receipt, "sign_letter", "signatory")
    reception.settle()


def post_what_came_back(reception, receipt):
    card = reception.call("GET", f"/appeals/{receipt['receipt']}", by="auditor")
    (reply,) = (one["id"] for one in card["letters"] if one["kind"] == "reply")
    assert returning.take_back(reply, "5.1.1")
    paper = {"decision": "post", "postal_address": "101000, Москва"}
    reception.do(receipt, "settle_undelivered", "registrar", **paper)
    reception.do(receipt, "dispatch_returned", "dispatcher", track="80090012345677")
    reception.settle()


def answer_and_sign(reception, receipt):
    reception.do(receipt, "draft_reply", "executor1", text="Мусор вывезен.")
    reception.do(receipt, "approve_reply", "approver", decision="accept")
    reception.do(receipt, "sign_reply", "signatory")
    reception.settle()


@pytest.mark.parametrize("door", [ByRest, ByPage])
def test_completing_a_task_takes_ten_statements_and_one_commit(either_app, door):
    # Far from the body's midnight: what is dated "today" is refused when the day changes meanwhile.
    clock.move_to((clock.now() + timedelta(days=1)).replace(hour=6))
    reception = door(either_app)
    lives(reception)
    shipped = {task.get("id") for task in tasks()} - BY_CITIZEN
    assert {element for element, _asked in reception.asked} >= shipped - {
        "dispatch_cover",
        "dispatch_letter",
    }
    for element, asked in reception.asked:
        assert asked.commits == 1, f"{element}: {asked}"
        if db.engine.dialect.name == "postgresql":
            assert asked.transactions == 1, f"{element}: {asked}"
            assert len(asked.statements) <= MOST, f"{element}: {asked}"
