"""The lives that are played: each a generator that acts, then says how long it waits."""

import io
import random
from collections.abc import Generator
from datetime import timedelta
from typing import Any

from app.access.services import load_person
from app.appeals import lookups, services
from app.appeals.commands import ApplicantData, InboxFilter, SubmitAppeal
from app.classifier import services as classifier
from app.demo import words
from app.documents.services import accept_upload
from app.errors import Conflict

#: What a life waits for before its next deed.
Wait = Generator[timedelta, None, None]


class Desk:
    """One appeal and the people of the demonstration who work on it."""

    def __init__(self, chance: random.Random, matter: words.Matter, *, by_post: bool) -> None:
        self.chance = chance
        self.by_post = by_post
        self.question = classifier.find(matter.number, limit=1)[0].code
        self.executors = chance.sample(("executor1", "executor2"), k=chance.choice((1, 2)))
        made = services.submit(_command(chance, matter, by_post=by_post))
        self.ref, self.code = made.receipt, made.access_code

    def do(self, login: str, element: str, **answers: Any) -> None:
        """Complete what waits for them there, with what the form was filled in with before."""
        person = load_person(login)
        wanted = InboxFilter(appeal=self.ref, element=element)
        for item in services.inbox_page(person, wanted).items:
            if item.assignee in (None, login):
                services.take(person, item.id)
                view = services.work_item(person, item.id)
                services.complete(person, item.id, {**view.values, **answers}, view.item.version)

    def wait(self, days: float) -> timedelta:
        """About so many days."""
        return timedelta(days=days * self.chance.uniform(0.5, 1.5))


def life(desk: Desk) -> Wait:
    """From the registrar on; where it leads is a matter of chance."""
    chance = desk.chance
    yield desk.wait(0.5)
    kind = chance.choice(("statement", "statement", "complaint", "proposal"))
    desk.do("registrar", "register", questions=[desk.question], kind=kind)
    yield desk.wait(1)
    yield from chance.choices((_assigned, _redirected, _left, _answered), (14, 3, 2, 2))[0](desk)


def _assigned(desk: Desk) -> Wait:
    executors = desk.executors
    text = "Рассмотреть, выехать на место и подготовить ответ заявителю"
    lines = [
        {"executor": login, "responsible": place == 0, "text": text}
        for place, login in enumerate(executors)
    ]
    desk.do("manager", "review", decision="assign", text=text, resolutions=lines)
    yield desk.wait(2)
    for login in executors:
        desk.do(login, "accept_assignment")
    yield desk.wait(5)
    if desk.chance.random() < 0.25:
        yield from _extended(desk)
    for login in executors:
        yield desk.wait(3)
        yield from _reported(desk, login)
    yield from _replied(desk)


def _extended(desk: Desk) -> Wait:
    person, reason = load_person(desk.executors[0]), "Ожидается ответ подрядной организации."
    try:
        services.request_extension(person, desk.ref, reason, desk.chance.choice((10, 20, 30)))
    except Conflict:  # its term has passed: more time can no longer be asked for
        return
    yield desk.wait(1)
    decision = desk.chance.choice(("grant", "grant", "refuse"))
    desk.do("manager", "decide_extension", decision=decision, reason=reason)


def _reported(desk: Desk, login: str) -> Wait:
    result = {"code": desk.question, "result": "explained", "measures": ""}
    text = "Обстоятельства проверены с выездом, работы включены в план."
    desk.do(login, "report", text=text, results=[result])
    yield desk.wait(1)
    if desk.chance.random() < 0.2:
        remark = "Приложите сведения о сроках работ."
        desk.do("manager", "accept_report", decision="rework", remark=remark)
        yield desk.wait(2)
        desk.do(login, "report", text=f"{text} Срок окончания работ — 20 дней.", results=[result])
        yield desk.wait(0.5)
    desk.do("manager", "accept_report", decision="accept")


def _replied(desk: Desk) -> Wait:
    yield desk.wait(1)
    desk.do(desk.executors[0], "draft_reply")
    yield desk.wait(1)
    desk.do("approver", "approve_reply", decision="accept")
    yield desk.wait(1)
    desk.do("signatory", "sign_reply")
    if desk.by_post:
        yield desk.wait(1)
        track = "".join(desk.chance.choices("0123456789", k=14))
        desk.do("dispatcher", "dispatch", track=track)
    yield desk.wait(2)
    if (token := services.survey_token(desk.ref, desk.code)) and desk.chance.random() < 0.6:
        solved = desk.chance.choice(("yes", "partly", "no"))
        services.answer_survey(token, {"quality": desk.chance.randint(1, 5), "solved": solved})


def _redirected(desk: Desk) -> Wait:
    body = desk.chance.choice(lookups.organisations("")).id
    text = "Вопрос относится к компетенции другого органа."
    desk.do("manager", "review", decision="redirect", organisation=body, redirect_text=text)
    yield desk.wait(1)
    desk.do("registrar", "prepare_redirection")
    yield desk.wait(1)
    desk.do("signatory", "sign_redirection")


def _left(desk: Desk) -> Wait:
    desk.do("manager", "review", decision="leave", reason="unclear")
    yield desk.wait(1)


def _answered(desk: Desk) -> Wait:
    desk.do("manager", "review", decision="answer", text="Ответить", drafter=desk.executors[0])
    yield from _replied(desk)


def _command(chance: random.Random, matter: words.Matter, *, by_post: bool) -> SubmitAppeal:
    last, first, middle = words.name_of(chance)
    return SubmitAppeal(
        applicant=ApplicantData(
            last_name=last,
            first_name=first,
            middle_name=middle,
            email="" if by_post else f"citizen{chance.randint(1, 10**6)}@example.org",
            postal_address=f"{words.place_of(chance)}, кв. {chance.randint(1, 90)}",
        ),
        reply_channel="post" if by_post else "email",
        text=matter.text,
        place=matter.place,
        files=tuple(_papers(chance)),
        language="ru",
    )


def _papers(chance: random.Random) -> list[str]:
    """Upload ids of what the citizen sends along: a note now and then."""
    if chance.random() < 0.6:
        return []
    note = f"Заявка № {chance.randint(100, 999)} принята диспетчером, исполнение не отмечено.\n"
    sent = accept_upload(io.BytesIO(note.encode()), "Ответ диспетчера.txt", owner="citizen")
    return [sent.id]
