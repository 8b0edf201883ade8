"""Every outcome of an appeal: walked through the real diagrams on the last day the law gives for it.

A row says how it is walked, which letters must have left, to whom and on which day, what they say,
what the citizen reads on the status page and how the appeal stands in the register. Days pass by
`demo advance` alone, so that timers, reminders and outgoing mail have their turn as in a real life.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from functools import partial

import pytest

from app import clock
from app.appeals import lookups, policy, services
from app.appeals.commands import LetterFilter
from app.correspondence import texts
from app.deadlines.services import due
from app.directory import services as directory
from app.reports.services import figures
from app.workflow.incidents import incidents
from tests.unit.letters_read import one_line, pdf_text
from tests.unit.office import QUESTION, Office, command

ZONE = "Europe/Moscow"
OTHER = "0005.0005.0056.1170"
PAGE = "https://body.example/answers/7"
EARLIER = "№ ОГ-5/25 от 01.02.2025, № ОГ-9/25 от 03.03.2025"
TRACK = "80080012345678"


class Way(Office):
    """An appeal on its way, from a Monday of February, when the next holidays are three weeks off."""

    def __init__(self, app, **more):
        start = clock.now()
        while (start.month, start.weekday()) != (2, 0):
            start += timedelta(days=1)
        clock.move_to(datetime.combine(start.date(), time(9), UTC))
        if more.get("channel", "site") == "site":
            super().__init__(app, **more)
            return
        self.app = app
        self.receipt = services.intake(command(**more), person=self.person("registrar"))
        self.ref = self.receipt.receipt

    def advance(self, days):
        done = self.app.test_cli_runner().invoke(args=["demo", "advance", f"P{days}D"])
        assert done.exit_code == 0, done.output

    def till(self, rule):
        """Let time pass until the last day of a term that is counted from registration."""
        self.advance((self.last_day(rule) - clock.today(ZONE)).days)

    def last_day(self, rule):
        """Of a rule from the day of registration; a plus stands for the longest extension."""
        start = self.card().registered_on
        return due(rule.rstrip("+"), start, extended=rule.endswith("+")).due

    def post(self):
        """The dispatch office takes to the post what waits for it."""
        self.settle()
        for item in self.items("dispatcher"):
            if item.element.startswith("dispatch"):
                self.do("dispatcher", item.element, track=TRACK)
        self.settle()

    def bodies(self, n):
        return lookups.organisations("", limit=n)

    def read(self, letter):
        """What the addressee of a letter reads: a sheet, or one of the mails of its subject."""
        if letter.number:
            return [pdf_text(letter)]
        return [mail.text for mail in self.mail() if mail.subject == letter.subject]

    def facts(self):
        card = self.card()
        bodies = self.bodies(2)
        return {
            "number": card.number,
            "due": texts.day(card.due_on, "ru"),
            "question": card.questions[0].name,
            "body": bodies[0].name,
            "second": bodies[1].name,
        }


# ---- ways ------------------------------------------------------------------------------------


def considered(way, *executors):
    for login in executors or ("executor1",):
        way.do(login, "accept_assignment")
        way.do(login, "report", text=f"Проверил {login}")
        way.do("manager", "accept_report", decision="accept")


def answered(way):
    way.assign("executor1", "executor2")
    considered(way, "executor1", "executor2")
    way.till("R17")
    way.reply("executor1")


def answered_with_an_extension(way):
    way.assign("executor1")
    way.till("R17")
    services.request_extension(way.person("executor1"), way.ref, "Ждём экспертизу", 30)
    way.do("manager", "decide_extension", decision="grant")
    way.settle()
    way.post()
    considered(way)
    way.till("R17+")
    way.reply("executor1")
    way.post()


def sent_on(way, rule="R06", **more):
    (body,) = way.bodies(1)
    way.do("manager", "review", decision="redirect", organisation=str(body.id), **more)
    way.till(rule)
    sign_covers(way)


def sign_covers(way):
    while "prepare_redirection" in way.open():
        way.do("registrar", "prepare_redirection")
        way.do("signatory", "sign_redirection")
    way.post()


def sent_to_two(way):
    _one, two = way.bodies(2)
    sent_on(way, copy_1=str(two.id))


def sent_in_part(way):
    (body,) = way.bodies(1)
    way.assign("executor1", copy_1=str(body.id))
    way.till("R08")
    way.do("registrar", "prepare_redirection", questions=[OTHER])
    way.do("signatory", "sign_redirection")
    way.settle()
    considered(way)
    way.till("R17")
    way.reply("executor1")


def result_told(way):
    sent_on(way, ask_result=True)
    way.advance(20)
    way.do("registrar", "receive_result", number="9-исх", text="Крышу починили.")
    way.settle()


def result_never_told(way):
    sent_on(way, ask_result=True)
    way.advance(200)


def migration_sent_on(way):
    _one, two = way.bodies(2)
    sent_on(way, "R07", copy_1=str(two.id))


def migration_answered(way):
    way.assign("executor1")
    considered(way)
    way.till("R18")
    way.reply("executor1")


def migration_extended(way):
    way.assign("executor1")
    services.request_extension(way.person("executor1"), way.ref, "Ждём экспертизу", 30)
    way.do("manager", "decide_extension", decision="grant")
    considered(way)
    way.till("R18+")
    way.reply("executor1")


def left_without_answer(way, ground, rule, **more):
    way.till(rule)
    way.do("manager", "review", decision="leave", reason=ground, **more)
    if ground == "unreadable":
        way.draw_up_act()
    way.post()


def leave(ground, rule, **more):
    return partial(left_without_answer, ground=ground, rule=rule, **more)


def correspondence_taken_up_again(way):
    leave("ended", "R06", earlier_replies=EARLIER)(way)
    way.advance(10)
    services.reopen(way.person("manager"), way.ref, "new_arguments", "Есть заключение экспертизы")
    way.settle()
    way.do("manager", "review", decision="answer", drafter="executor1")
    way.till("R17")
    way.reply("executor1")


def published_and_asked_for_in_writing(way):
    leave("published", "R26", answer_url=PAGE)(way)
    way.advance(10)
    services.reopen(way.person("manager"), way.ref, "written_reply", "Заявление от 15.02")
    way.settle()
    way.do("manager", "review", decision="answer", drafter="executor1")
    way.till("R17")
    way.reply("executor1")


def withdrawn(way):
    way.assign("executor1")
    way.do("executor1", "accept_assignment")
    way.advance(12)
    services.withdraw(way.ref, way.receipt.access_code, "Вопрос решён")
    way.post()


def asked_of_another_body(way):
    (body,) = way.bodies(1)
    way.assign("executor1")
    services.begin(way.person("executor1"), way.ref, "request")
    way.do("executor1", "prepare_request", organisation=body.id, documents="Выписка из ЕГРН")
    way.do("signatory", "sign_letter")
    way.advance(16)
    services.request_extension(way.person("executor1"), way.ref, "Нет выписки", 30, "request")
    way.do("manager", "decide_extension", decision="grant")
    way.advance(10)
    way.do("registrar", "receive_answer", number="77-исх", text="Дом принадлежит городу.")
    considered(way)
    way.till("R17+")
    way.reply("executor1")


def told_meanwhile(way):
    way.assign("executor1")
    services.begin(way.person("executor1"), way.ref, "visit")
    way.do(
        "executor1", "record_visit", place="Двор дома 5", present="Е. В. Громова", findings="Чисто"
    )
    way.advance(10)
    services.begin(way.person("executor1"), way.ref, "interim")
    way.do("executor1", "draft_interim")
    way.do("approver", "approve_interim", decision="accept")
    way.do("signatory", "sign_letter")
    considered(way)
    way.till("R17")
    way.reply("executor1")


def reopened_by_a_court(way):
    way.do("manager", "review", decision="answer", drafter="executor1")
    way.till("R17")
    way.reply("executor1")
    way.advance(40)
    assert way.card().closed_at is not None
    term = services.reopen(way.person("manager"), way.ref, "demand", "Решение суда от 01.04.2027")
    way.settle()
    way.assign("executor2")
    considered(way, "executor2")
    way.advance((term - clock.today(ZONE)).days)
    way.reply("executor2")


def voided(way):
    way.advance(2)
    way.do("manager", "review", decision="void", void_reason="Зарегистрировано дважды")
    way.post()


def opinion_given(way):
    answered(way)
    token = services.survey_token(way.ref, way.receipt.access_code)
    services.answer_survey(token, {"quality": 5})
    way.settle()


# ---- what must have left ---------------------------------------------------------------------


@dataclass(frozen=True)
class Sent:
    """A letter that left: its template, the day, what it says, and to whom if not the applicant.

    The day is a number counted from registration, or a rule whose last day it is.
    """

    template: str
    on: str | int
    says: tuple = ()
    to: str = "Ёлкина Мария Петровна"


@dataclass(frozen=True)
class Row:
    """An outcome; `told` are the stage that says it to the citizen and its words.

    `before` is how it is filed and `register` how registered; `waits` what is open in the end and
    `staff` pairs of a login and the subject of a mail that came.
    """

    walk: object
    outcome: str
    letters: tuple
    told: tuple
    results: tuple = (None,)
    before: dict = field(default_factory=dict)
    register: dict = field(default_factory=dict)
    settings: dict = field(default_factory=dict)
    waits: tuple = ()
    staff: tuple = ()


BY_POST = {"reply_channel": "post", "applicant": {"email": ""}}
ON_PAPER = {"channel": "post", **BY_POST}
NAMELESS = {
    "channel": "post",
    "reply_channel": "post",
    "applicant": {
        "last_name": "", "first_name": "", "middle_name": "", "email": "", "postal_address": "",
    },
}  # fmt: skip
HIGHEST = {"deadlines.highest_official": "yes"}
MIGRATION = {"about_migration": True}
BODY, SECOND = "{body}", "{second}"

RECEIPT = Sent("receipt", 0, ("Код доступа",))
REGISTERED = Sent("registered", 0, ("{number}", "статья 5", "не позднее"))
BEGUN = (RECEIPT, REGISTERED)


def reply(on):
    says = ("{number}", "{question}", "Проверил executor1", "обжаловать", "ПОДПИСАН ЭЛЕКТРОННОЙ")
    return Sent("reply", on, says)


def ended_by_reply(on):
    return (reply(on), Sent("survey", on, ("/survey/",)))


def cover(on, to=BODY, *says):
    return Sent("cover", on, ("направляем по компетенции", "{number}", "{question}", *says), to)


def told_of(body, on, norm="части 3 статьи 8"):
    return Sent("redirected", on, (body, norm, "{question}"))


def told_why(on, *says):
    return Sent("left", on, ("{number}", *says))


ANSWERED = ("replied", "Ответ направлен")
SENT_ON = ("redirected", "Обращение направлено по компетенции")
EXTENDED = Sent("extended", "R17", ("части 2 статьи 12", "Ждём экспертизу", "Новый срок {due}"))
ASK = ("О результатах рассмотрения просим сообщить",)

ROWS = {
    "reply": Row(
        answered, "answered", (*BEGUN, *ended_by_reply("R17")), ANSWERED, ("explained",),
        waits=("rate",), staff=(("executor1", "Напоминание о сроке"),),
    ),
    "reply and opinion": Row(
        opinion_given, "answered", (*BEGUN, *ended_by_reply("R17")),
        ("closed", "Рассмотрение обращения завершено"), ("explained",),
    ),
    "reply after an extension": Row(
        answered_with_an_extension, "answered", (*BEGUN, EXTENDED, *ended_by_reply("R17+")),
        ("notify_extended", "Срок рассмотрения продлён"), ("explained",), waits=("rate",),
    ),
    "reply after an extension by post": Row(
        answered_with_an_extension, "answered", (REGISTERED, EXTENDED, reply("R17+")),
        ("dispatch", "передан на отправку почтой"), ("explained",), BY_POST, waits=("rate",),
    ),
    "sent on": Row(
        sent_on, "redirected", (*BEGUN, cover("R06"), told_of(BODY, "R06")), SENT_ON,
        ("redirected",),
    ),
    "sent on, the applicant told by post": Row(
        sent_on, "redirected", (REGISTERED, cover("R06"), told_of(BODY, "R06")), SENT_ON,
        ("redirected",), ON_PAPER,
    ),
    "copies to several bodies": Row(
        sent_to_two, "redirected",
        (
            *BEGUN, cover("R08"), cover("R08", SECOND),
            told_of(BODY, "R08"), told_of(SECOND, "R08", "части 4 статьи 8"),
        ),
        SENT_ON, ("redirected",),
    ),
    "sent on in part": Row(
        sent_in_part, "answered",
        (
            *BEGUN,
            Sent("cover", "R08", ("{number}", "Капитальный ремонт общего имущества"), BODY),
            Sent("redirected", "R08", (BODY, "части 4 статьи 8", "Капитальный ремонт", "рассматриваем мы")),
            *ended_by_reply("R17"),
        ),
        SENT_ON, ("explained", "redirected"), register={"questions": [QUESTION, OTHER]},
        waits=("rate",),
    ),
    "sent on, the result told": Row(
        result_told, "redirected", (*BEGUN, cover("R06", BODY, *ASK), told_of(BODY, "R06")),
        ("tell_result", "Получено сообщение о результате"), ("redirected",),
        staff=(("manager", "результат"),),
    ),
    "sent on, the result never told": Row(
        result_never_told, "redirected", (*BEGUN, cover("R06", BODY, *ASK), told_of(BODY, "R06")),
        ("expect_result", "Мы попросили сообщить нам о результате"), ("redirected",),
        staff=(("manager", "результат"),),
    ),
    "migration, sent on in five days": Row(
        migration_sent_on, "redirected",
        (
            *BEGUN, cover("R07"), cover("R07", SECOND),
            told_of(BODY, "R07", "части 3.1 статьи 8"), told_of(SECOND, "R07", "части 3.1 статьи 8"),
        ),
        SENT_ON, ("redirected",), register=MIGRATION,
    ),
    "migration, answered in twenty days": Row(
        migration_answered, "answered", (*BEGUN, *ended_by_reply("R18")), ANSWERED, ("explained",),
        register=MIGRATION, settings=HIGHEST, waits=("rate",),
    ),
    "migration, extended to fifty days": Row(
        migration_extended, "answered",
        (*BEGUN, Sent("extended", 0, ("части 2 статьи 12", "{due}")), *ended_by_reply("R18+")),
        ANSWERED, ("explained",), register=MIGRATION, settings=HIGHEST, waits=("rate",),
    ),
    "anonymous": Row(
        leave("anonymous", "R06"), "left", (),
        ("leave_unanswered", "не указаны фамилия или адрес"), ("left",), NAMELESS,
    ),
    "anonymous, of a crime": Row(
        sent_on, "redirected", (cover("R06"),), SENT_ON, ("redirected",), NAMELESS,
    ),
    "a court decision": Row(
        leave("court", "R21"), "left", (*BEGUN, told_why("R21", "части 2 статьи 11", "вышестоящий суд")),
        ("leave_unanswered", "обжалуется судебное решение"), ("left",),
    ),
    "insults": Row(
        leave("abuse", "R06"), "left",
        (*BEGUN, told_why("R06", "части 3 статьи 11", "недопустимости злоупотребления правом")),
        ("leave_unanswered", "оскорбления или угрозы"), ("left",),
    ),
    "unreadable": Row(
        leave("unreadable", "R23"), "left",
        (REGISTERED, told_why("R23", "не поддаётся прочтению", "части 4 статьи 11")),
        ("draw_up_act", "Комиссия составляет акт"), ("left",), ON_PAPER,
    ),
    "substance unclear": Row(
        leave("unclear", "R24"), "left",
        (*BEGUN, told_why("R24", "части 4.1 статьи 11", "изложите, пожалуйста, его суть")),
        ("leave_unanswered", "нельзя определить суть"), ("left",),
    ),
    "correspondence ended": Row(
        leave("ended", "R06", earlier_replies=EARLIER), "left",
        (*BEGUN, told_why("R06", "части 5 статьи 11", "{question}", EARLIER, "Решение принял")),
        ("leave_unanswered", "переписка по этому вопросу прекращена"), ("left",),
    ),
    "correspondence taken up again": Row(
        correspondence_taken_up_again, "answered",
        (
            *BEGUN, told_why("R06", "части 5 статьи 11"),
            Sent("reopened", 17, ("новые доводы", "Есть заключение экспертизы", "{due}")),
            Sent("reply", "R17", ("{question}",)), Sent("survey", "R17"),
        ),
        ("reopen", "появились новые доводы"), ("explained",), waits=("rate",),
    ),
    "the answer is published": Row(
        leave("published", "R26", answer_url=PAGE), "left",
        (*BEGUN, told_why("R26", "части 5.1 статьи 11", PAGE, "нужен письменный ответ")),
        ("leave_unanswered", "размещён на официальном сайте"), ("left",),
    ),
    "the answer is published and wanted in writing": Row(
        published_and_asked_for_in_writing, "answered",
        (
            *BEGUN, told_why("R26", PAGE),
            Sent("reopened", 17, ("просит дать письменный ответ",)),
            Sent("reply", "R17", ("{question}",)), Sent("survey", "R17"),
        ),
        ("reopen", "просит дать письменный ответ"), ("explained",), waits=("rate",),
    ),
    "a secret": Row(
        leave("secret", "R06"), "left",
        (*BEGUN, told_why("R06", "части 6 статьи 11", "без разглашения")),
        ("leave_unanswered", "охраняемую законом тайну"), ("left",),
    ),
    "a complaint returned": Row(
        leave("no_addressee", "R11"), "left",
        (*BEGUN, told_why("R11", "часть 6 статьи 8", "части 7 той же статьи", "в суд")),
        ("leave_unanswered", "жалобу нельзя направить"), ("left",), register={"kind": "complaint"},
    ),
    "withdrawn": Row(
        withdrawn, "withdrawn",
        (*BEGUN, Sent("withdrawn", 12, ("по Вашему заявлению", "пункт 5 статьи 5"))),
        ("withdrawn", "прекращено по вашей просьбе"),
    ),
    "documents of another body": Row(
        asked_of_another_body, "answered",
        (
            *BEGUN,
            Sent("request", 0, ("Выписка из ЕГРН", "части 2 статьи 10", "15дневный срок"), BODY),
            Sent("extended", 16, ("части 2 статьи 12", "Нет выписки", "{due}")),
            *ended_by_reply("R17+"),
        ),
        ("tell_answer", "Получен ответ на запрос документов"), ("explained",), waits=("rate",),
        staff=(("executor1", "запрос"), ("controller", "росрочен")),
    ),
    "an interim reply": Row(
        told_meanwhile, "answered",
        (
            *BEGUN,
            Sent("interim", 10, ("состоялся выезд на место", "направлен Вам не позднее {due}")),
            *ended_by_reply("R17"),
        ),
        ("note_interim", "Вам направлен промежуточный ответ"), ("explained",), waits=("rate",),
    ),
    "reopened by a court": Row(
        reopened_by_a_court, "answered",
        (
            *BEGUN, Sent("reply", "R17", ("{question}",)), Sent("survey", "R17"),
            Sent("survey", 37, ("Ранее мы просили",)),
            Sent("reopened", 70, ("по требованию суда", "Решение суда от 01.04", "{due}")),
            Sent("reply", 100, ("Проверил executor2",)), Sent("survey", 100),
        ),
        ("reopen", "по требованию суда или прокурора"), ("explained",), waits=("rate",),
    ),
    "voided": Row(
        voided, "voided",
        (*BEGUN, Sent("voided", 2, ("аннулирована", "Зарегистрировано дважды"))),
        ("void", "Регистрация аннулирована"),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", ROWS)
def test_an_outcome_is_reached_in_time_and_told(app, name):
    row = ROWS[name]
    directory.save_settings(row.settings, actor="administrator")
    way = Way(app, **row.before)
    way.settle()
    way.register(**row.register)
    way.post()
    row.walk(way)
    assert letters_of(way) == [in_words(way, one) for one in row.letters]
    for letter, wanted in zip(left(way), row.letters, strict=True):
        assert_says(way, letter, wanted.says)
    assert_told(way, *row.told)
    for login, subject in row.staff:
        found = [mail.subject for mail in way.mail(way.person(login).email)]
        assert any(subject in one for one in found), (login, found)
    assert_register(way, row)


def left(way):
    """The letters to applicant and bodies that have left, in the order of leaving.

    What only informs of a stage is tried in test_news.py.
    """
    told = [
        one for one in way.card().letters if one.audience != "staff" and one.template != "stage"
    ]
    assert {one.state for one in told} <= {"sent"}
    return sorted(told, key=lambda one: (one.sent_at, one.id))


def letters_of(way):
    return [
        (one.template, one.addressee.name, clock.local(one.sent_at, ZONE).date())
        for one in left(way)
    ]


def in_words(way, wanted):
    start = way.card().registered_on
    on = start + timedelta(wanted.on) if isinstance(wanted.on, int) else way.last_day(wanted.on)
    return wanted.template, wanted.to.format(**way.facts()), on


def assert_says(way, letter, says):
    read = [one_line(text) for text in way.read(letter)]
    wanted = [one_line(words.format(**way.facts())) for words in says]
    assert any(all(one in text for one in wanted) for text in read), (wanted, read)


def assert_told(way, stage, words):
    said = [one.text for one in way.status().stages if one.id == stage]
    assert any(words in text for text in said), (stage, said)


def assert_register(way, row):
    """How the appeal stands in the end: number, outcome, results, in time, nothing forgotten."""
    card, seen = way.card(), way.status()
    assert (card.outcome, seen.outcome) == (row.outcome, row.outcome)
    assert seen.number == card.number is not None
    assert tuple(one.result for one in card.questions) == row.results
    assert way.open() == sorted(row.waits)
    assert (card.closed_at is None) == bool(row.waits)
    found = figures(since=card.registered_on, until=clock.today(ZONE))
    assert (found.registered, found.in_time, found.late, found.overdue) == (1, 1, 0, 0)
    numbered = [one for one in card.letters if one.number]
    posted = services.outgoing(way.person("dispatcher"), LetterFilter(state="sent")).items
    assert {one.number for one in posted} == {one.number for one in numbered}
    assert incidents() == []


def test_every_outcome_and_every_ground_is_walked():
    assert {row.outcome for row in ROWS.values()} == {
        policy.ANSWERED, policy.REDIRECTED, policy.LEFT, policy.WITHDRAWN, policy.VOIDED,
    }  # fmt: skip
    walked = {row.walk.keywords["ground"] for row in ROWS.values() if isinstance(row.walk, partial)}
    assert walked == policy.LEFT_REASONS.keys()
