"""Appeals for the demonstration: filed and worked on by the same use cases as real ones."""

import random
from collections.abc import Callable, Iterator
from typing import Any

from app.access.services import load_person
from app.appeals import services
from app.appeals.commands import ApplicantData, InboxFilter, SubmitAppeal
from app.classifier import services as classifier

_FAMILIES = (
    "Абрамов",
    "Белов",
    "Волков",
    "Горбунов",
    "Данилов",
    "Ершов",
    "Жуков",
    "Зайцев",
    "Калинин",
    "Лавров",
    "Макаров",
    "Никитин",
    "Орлов",
    "Поляков",
    "Родионов",
    "Соболев",
    "Третьяков",
    "Уваров",
    "Филатов",
    "Чернов",
)
_MEN = (("Алексей", "Сергеевич"), ("Игорь", "Петрович"), ("Павел", "Андреевич"))
_WOMEN = (("Анна", "Викторовна"), ("Елена", "Ивановна"), ("Ольга", "Михайловна"))
_STREETS = ("Садовая", "Лесная", "Школьная", "Набережная", "Мира", "Полевая")

# What is the matter, and the number of the question it is about.
_MATTERS = (
    ("не вывозят мусор, контейнеры переполнены", "1160"),
    ("на дороге яма, машины объезжают её по тротуару", "0742"),
    ("второй день нет отопления, в квартире холодно", "1156"),
    ("в подъезде течёт крыша, управляющая компания не отвечает", "1170"),
    ("не горят фонари, вечером опасно идти от остановки", "0690"),
    ("разбит тротуар, с коляской не пройти", "0699"),
    ("неверно начислили плату за воду", "1175"),
    ("автобус приходит не по расписанию", "0733"),
)

_Worker = Callable[["_Desk"], None]


class _Desk:
    """The demo's people at work on one appeal."""

    def __init__(self, ref: str, chance: random.Random, question: str) -> None:
        self.ref = ref
        self.chance = chance
        self.question = question
        self.executors = chance.sample(("executor1", "executor2"), k=chance.choice((1, 2)))

    def do(self, login: str, element: str, **answers: Any) -> None:
        person = load_person(login)
        wanted = InboxFilter(appeal=self.ref, element=element)
        for item in services.inbox(person, wanted).page.items:
            if item.assignee in (None, login):
                services.complete(person, item.id, answers)


def _register(desk: _Desk) -> None:
    kind = desk.chance.choice(("statement", "statement", "complaint", "proposal"))
    desk.do("registrar", "register", questions=[desk.question], kind=kind)


def _assign(desk: _Desk) -> None:
    lines = [
        {"executor": login, "responsible": place == 0, "text": "Рассмотреть и подготовить ответ"}
        for place, login in enumerate(desk.executors)
    ]
    desk.do("manager", "review", decision="assign", resolutions=lines)


def _accept(desk: _Desk) -> None:
    for login in desk.executors:
        desk.do(login, "accept_assignment")


def _report(desk: _Desk) -> None:
    result = {"code": desk.question, "result": "explained", "measures": ""}
    for login in desk.executors:
        desk.do(login, "report", text="Обстоятельства проверены с выездом.", results=[result])


def _accept_reports(desk: _Desk) -> None:
    desk.do("manager", "accept_report", decision="accept")


def _draft(desk: _Desk) -> None:
    desk.do(desk.executors[0], "draft_reply")


def _approve(desk: _Desk) -> None:
    desk.do("approver", "approve_reply", decision="accept")


def _sign(desk: _Desk) -> None:
    desk.do("signatory", "sign_reply")


_LIFE: tuple[_Worker, ...] = (
    _register,
    _assign,
    _accept,
    _report,
    _accept_reports,
    _draft,
    _approve,
    _sign,
)


def fill(count: int, seed: int) -> Iterator[str]:
    """File `count` appeals and take each some way along its life; yield the receipt of each.

    Equal seeds make equal appeals.
    """
    chance = random.Random(seed)  # noqa: S311  # the demonstration has no secrets
    for _number in range(count):
        matter, number = chance.choice(_MATTERS)
        made = services.submit(_command(chance, matter), actor="demo")
        desk = _Desk(made.receipt, chance, _question(number))
        for work in _LIFE[: chance.randint(0, len(_LIFE))]:
            work(desk)
        yield made.receipt


def _question(number: str) -> str:
    return classifier.find(number, limit=1)[0].code


def _command(chance: random.Random, matter: str) -> SubmitAppeal:
    woman = chance.random() < 0.5
    first, middle = chance.choice(_WOMEN if woman else _MEN)
    street, house = chance.choice(_STREETS), chance.randint(1, 80)
    by_post = chance.random() < 0.2
    return SubmitAppeal(
        applicant=ApplicantData(
            last_name=chance.choice(_FAMILIES) + ("а" if woman else ""),
            first_name=first,
            middle_name=middle,
            email="" if by_post else f"citizen{chance.randint(1, 999)}@example.org",
            postal_address=f"ул. {street}, д. {house}, кв. {chance.randint(1, 90)}",
        ),
        reply_channel="post" if by_post else "email",
        text=f"Ул. {street}, д. {house}: {matter}. Прошу принять меры.",
        place=f"ул. {street}, д. {house}",
    )
