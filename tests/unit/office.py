"""A body at work, for tests: its people act through the use cases of the appeals room."""

from datetime import UTC, datetime, time

from app import clock
from app.access.services import load_person
from app.appeals import services
from app.appeals.commands import InboxFilter, SubmitAppeal
from app.outbox import services as outbox
from app.outbox.cli import settle_all
from app.workflow.timers import fire_due

QUESTION = "0005.0005.0056.1156"
CITIZEN = {
    "kind": "citizen",
    "last_name": "Ёлкина",
    "first_name": "Мария",
    "middle_name": "Петровна",
    "email": "elkina@example.org",
    "postal_address": "101000, Москва, Садовая ул., д. 5, кв. 7",
}


def command(**more):
    applicant = {**CITIZEN, **more.pop("applicant", {})}
    body = {
        "applicant": applicant,
        "reply_channel": "email",
        "text": "Третью неделю не вывозят мусор во дворе дома 5 по Садовой улице.",
        **more,
    }
    return SubmitAppeal.of(body)


class Office:
    """One appeal and the people who work on it."""

    def __init__(self, app, **more):
        self.app = app
        self.receipt = services.submit(command(**more))
        self.ref = self.receipt.receipt

    @staticmethod
    def person(login):
        return load_person(login)

    def items(self, by="auditor"):
        found = services.inbox(self.person(by), InboxFilter(appeal=self.ref, size=200))
        return found.page.items

    def open(self):
        return sorted(item.element for item in self.items())

    def find(self, by, element):
        mine = [
            item
            for item in self.items(by)
            if item.element == element and item.assignee in (None, by)
        ]
        assert mine, f"{by} has no {element}; open: {self.open()}"
        return mine[0]

    def do(self, by, element, **answers):
        """Take, open, complete with the prefilled values and `answers`; the values are returned."""
        person, item = self.person(by), self.find(by, element)
        services.take(person, item.id)
        view = services.work_item(person, item.id)
        assert view.form is not None
        services.complete(person, item.id, {**view.values, **answers}, view.item.version)
        return view.values

    def register(self, **answers):
        return self.do("registrar", "register", **{"questions": [QUESTION], **answers})

    def assign(self, *executors, **answers):
        lines = [
            {"executor": login, "responsible": place == 0, "text": f"Разобраться: {login}"}
            for place, login in enumerate(executors)
        ]
        return self.do("manager", "review", decision="assign", resolutions=lines, **answers)

    def settle(self):
        assert settle_all(self.app, 60)
        assert outbox.list_parked() == []

    def at_noon(self, day):
        """Let time pass until noon of a day and do what is due by then."""
        clock.move_to(datetime.combine(day, time(12), UTC))
        fire_due()
        self.settle()

    def status(self):
        return services.status(self.ref, self.receipt.access_code)

    def stages(self):
        return [stage.id for stage in self.status().stages]

    def card(self, by="auditor"):
        return services.card(self.person(by), self.ref)

    def reply(self, by):
        self.do(by, "draft_reply")
        self.do("approver", "approve_reply", decision="accept")
        self.do("signatory", "sign_reply")
        self.settle()

    def draw_up_act(self, *members):
        members = members or ("registrar", "manager", "controller")
        chosen = {f"member_{place}": login for place, login in enumerate(members, start=1)}
        self.do("registrar", "draw_up_act", description="Чернила расплылись", **chosen)
        for login in members:
            self.do(login, "sign_act")
        self.settle()

    def mail(self, to=CITIZEN["email"]):
        from app.correspondence import mailbox

        return mailbox.mails(to)
