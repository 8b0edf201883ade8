"""Citizens and clerks who go on working while the house dies under them.

They do what a program at the machine's door does: ask what is open, do one thing, and when nobody
answered, ask again with the very same request. What they were told is kept in a `Ledger`, and the
rows must agree with it at the end.
"""

import threading
import time
import uuid
from dataclasses import dataclass, field

from tests.fault.house import PATIENCE, Gone

LOGINS = (
    "registrar assistant manager executor1 executor2 controller approver signatory dispatcher "
    "auditor"
).split()
ALL_OVER = (404, 409)


@dataclass
class Ledger:
    """What the clients were told, or at least asked for."""

    #: Idempotency-Key → receipt, once it was told.
    filed: dict[str, dict] = field(default_factory=dict)
    #: work item → login, when 200 was answered.
    completed: dict[int, str] = field(default_factory=dict)
    #: work item → logins, when the answer was lost and a repeat was told that it is closed.
    perhaps: dict[int, set] = field(default_factory=dict)
    #: Answers with a status that no client should ever see.
    broken: list[str] = field(default_factory=list)
    withdrawn: set = field(default_factory=set)
    rated: set = field(default_factory=set)
    lock: threading.Lock = field(default_factory=threading.Lock)


class Person:
    """One client at the machine's door. `dice` is its own; `tokens` are those of all logins."""

    def __init__(self, house, tokens, ledger, dice, *, over=lambda: False):
        self.house = house
        self.tokens = tokens
        self.ledger = ledger
        self.dice = dice
        self.over = over
        self.question = None

    def send(self, method, path, by=None, json=None, headers=None):
        """(status, body, whether an answer was lost before); tries until somebody answers."""
        lost, end = False, time.monotonic() + PATIENCE
        while True:
            try:
                status, body = self.house.send(
                    method, f"/api/v1{path}", self.tokens.get(by), json, headers
                )
            except Gone:
                lost = True
                assert time.monotonic() < end, f"nobody answers {method} {path}"
                time.sleep(0.02)
                continue
            if status >= 500:
                self.ledger.broken.append(f"{method} {path}: {status} {body}")
            return status, body, lost

    def get(self, path, by="auditor"):
        status, body, _lost = self.send("GET", path, by)
        return body if status == 200 else None

    def file(self):
        """File an appeal; with one key a lost answer is asked for again."""
        key = uuid.UUID(int=self.dice.getrandbits(128)).hex
        post = self.dice.random() < 0.25
        applicant = {
            "kind": "citizen",
            "last_name": "Ёлкина",
            "first_name": "Мария",
            "middle_name": "Петровна",
            "email": None if post else f"{key[:12]}@example.org",
            "postal_address": "123456, г. Озёрск, ул. Садовая, д. 5" if post else None,
        }
        body = {
            "applicant": applicant,
            "reply_channel": "post" if post else "email",
            "text": f"Во дворе дома {key[:4]} не вывозят мусор.",
        }
        with self.ledger.lock:
            self.ledger.filed[key] = {}
        status, receipt, _lost = self.send(
            "POST", "/appeals", json=body, headers={"Idempotency-Key": key}
        )
        if status == 201:
            with self.ledger.lock:
                self.ledger.filed[key] = receipt
        else:
            self.ledger.broken.append(f"filing: {status} {receipt}")
        return receipt

    def receipts(self):
        with self.ledger.lock:
            return [one for one in self.ledger.filed.values() if one]

    def work(self):
        """Do one open task of one appeal, whoever's it is; False when nothing is open."""
        receipts = self.receipts()
        self.dice.shuffle(receipts)
        for receipt in receipts[:4]:
            listing = self.get(f"/work-items?appeal={receipt['receipt']}&scope=all")
            items = [one for one in (listing or {}).get("items", ()) if one["element"] != "rate"]
            if items:
                self.complete(self.dice.choice(items), receipt)
                return True
        return False

    def complete(self, item, receipt):
        login = item["assignee"] or self._one_of(item["roles"])
        opened = self.get(f"/work-items/{item['id']}", login)
        if opened is None:
            return
        answers = {**opened["values"], **self.answers(item["element"], receipt)}
        if answers.get("results"):
            answers["results"] = [{**one, "result": "explained"} for one in answers["results"]]
        body = {"answers": answers, "version": opened["version"]}
        path = f"/work-items/{item['id']}/complete"
        status, told, lost = self.send("POST", path, login, body)
        if status == 422 and item["element"] == "decide_extension":
            # The term ran out meanwhile, as the clock is moved: it can only be refused.
            body["answers"] = {**answers, "decision": "refuse"}
            status, told, again = self.send("POST", path, login, body)
            lost = lost or again
        with self.ledger.lock:
            if status == 200:
                self.ledger.completed[item["id"]] = login
            elif status in ALL_OVER and lost:
                self.ledger.perhaps.setdefault(item["id"], set()).add(login)
            elif status not in ALL_OVER:
                self.ledger.broken.append(f"{item['element']}: {status} {told}")

    def _one_of(self, roles):
        role = self.dice.choice(roles)
        return {"executor": "executor1"}.get(role, role)

    def answers(self, element, receipt):
        pick = self.dice.choice
        decision = pick(("accept", "accept", "accept", "rework"))
        if element == "review":
            return self._review(receipt)
        return {
            "register": lambda: {"questions": [self._question()]},
            "report": lambda: {"text": "Мусор вывезен."},
            "draft_reply": lambda: {"text": "Мусор вывезен, график исправлен."},
            "accept_report": lambda: {"decision": decision, "remark": "Добавьте фотографии"},
            "approve_reply": lambda: {"decision": decision, "remark": "Добавьте дату"},
            "decide_extension": lambda: {"decision": pick(("grant", "refuse")), "remark": "Рано"},
        }.get(element, dict)()

    def _question(self):
        if self.question is None:
            self.question = self.get("/classifier?q=1156", "registrar")["items"][0]["code"]
        return self.question

    def _review(self, receipt):
        decision = self.dice.choice(("assign", "assign", "answer", "redirect", "leave", "return"))
        executors = ["executor1", "executor2"][: self.dice.choice((1, 2))]
        body = self.get("/organisations?q=", "manager")["items"][0]["id"]
        return {
            "decision": decision,
            "text": "Рассмотреть",
            "remark": "Уточните вопрос",
            "organisation": body,
            "drafter": "executor1",
            "reason": "unclear",
            "explanation": "Суть не ясна.",
            "resolutions": [
                {"executor": one, "responsible": one == "executor1", "text": "Ответить"}
                for one in executors
            ],
        }

    def ask_for_time(self):
        receipt = self._some()
        if receipt:
            body = {"reason": "Ждём документы", "days": 15}
            self.send(
                "POST", f"/appeals/{receipt['receipt']}/extension-requests", "executor1", body
            )

    def withdraw(self):
        if receipt := self._some():
            status, _body, lost = self.send("POST", "/status/withdraw", json=_pair(receipt))
            if status < 400 or (lost and status == 409):
                self.ledger.withdrawn.add(receipt["receipt"])

    def rate(self):
        if receipt := self._some():
            body = {**_pair(receipt), "answers": {"quality": 5}}
            status, told, _lost = self.send("POST", "/status/survey", json=body)
            if status == 200 and told["state"] == "accepted":
                self.ledger.rated.add(receipt["receipt"])

    def _some(self):
        receipts = self.receipts()
        return self.dice.choice(receipts) if receipts else None

    def act(self):
        """One thing, whatever the dice say."""
        chance = self.dice.random()
        if chance < 0.12 or not self.receipts():
            self.file()
        elif chance < 0.17:
            self.ask_for_time()
        elif chance < 0.19:
            self.withdraw()
        elif chance < 0.25:
            self.rate()
        elif not self.work():
            self.file()


def _pair(receipt):
    return {name: receipt[name] for name in ("receipt", "access_code")}
