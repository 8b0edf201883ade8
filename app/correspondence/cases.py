"""Made-up cases that the texts of letters are tried with, as sheets are with those of `samples`.

Each text is tried by mail and, where it goes so, on paper; with hardly any facts; and once for each
turn it can take. What is the body's own, its name and telephone, is real.
"""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from app.correspondence import composing, policy, samples, texts, wordings
from app.correspondence.shapes import Addressee, Composition

MAIL, PAPER, BARE = "mail", "paper", "bare"
#: Turns that a text takes when it names the first of these facts.
TURNS: Mapping[str, Mapping[str, Any]] = {
    "copy": {"copy": True},
    "own": {"own": True, "copy": True},
    "migration": {"migration": True},
    "control": {"control": True},
    "result": {"result": True},
    "late": {"days_left": -2},
    "internal": {"internal_passed": True},
    "taken_away": {"taken_away": True},
    "reminded": {"reminded": True},
    **{
        ground: {"ground": ground, "explanation": ""}
        for ground in (
            "anonymous", "court", "abuse", "unreadable", "unclear", "ended", "published", "secret",
            "no_addressee",
        )
    },
}  # fmt: skip
#: Mails that no paper takes the place of: they carry a letter, or only inform.
_NEVER_ON_PAPER = policy.STAFF_NOTICES | policy.TO_BODIES | {"reply", "interim", "stage", "survey"}
_HARDLY_ANY = ("name", "number", "organisation", "due_on", "read_on", "read_at", "place", "lines")

_RU = {
    "name": "Иванов Иван Петрович",
    "name_genitive": "Иванова Ивана Петровича",
    "reason": "Требуется выезд комиссии",
    "explanation": "Разъяснение: какие сведения нужны и где их взять.",
    "measures": "обращение рассматривает отдел жилищного фонда",
    "organisation": "Государственная жилищная инспекция",
    "summary": "о ремонте кровли",
    "address": "123456, г. Образцовск, ул. Озёрная, д. 5, кв. 12",
    "place": "ул. Садовая, д. 1, каб. 12",
    "decided_by": "Заместитель главы города Е. В. Громова",
    "earlier_replies": "№ ОГ-5/25 от 01.02.2025, № ОГ-9/25 от 03.03.2025",
    "stage": "Обращение рассматривает исполнитель",
    "next": "ответ согласуют и подпишут",
    "given_by": "Смирнова А. В.",
    "executor": "Петрова Анна Сергеевна",
    "resolution": "Рассмотреть и дать ответ заявителю.",
    "purpose": "проверить, как содержится кровля",
    "questions": [
        {"name": "Ремонт крыш", "result": "поддержано, меры приняты", "measures": "крыша починена"},
        {"name": "Уборка подъездов", "result": "разъяснено", "measures": ""},
    ],
    "reports": ["Комиссия выехала на место.", "Управляющей организации выдано предписание."],
    "documents": ["копия договора управления", "акт осмотра кровли"],
    "done": ["запрошены документы", "проведён осмотр"],
    "steps": ["получить заключение эксперта"],
}
_EN = {
    "name": "Ivanov Ivan Petrovich",
    "name_genitive": "",
    "reason": "A commission has to visit the place",
    "explanation": "Explanation: what is needed and where to get it.",
    "measures": "the housing department is considering the appeal",
    "organisation": "State Housing Inspectorate",
    "summary": "on the repair of a roof",
    "address": "5 Ozyornaya st., flat 12, Obraztsovsk, 123456",
    "place": "1 Sadovaya st., room 12",
    "decided_by": "E. V. Gromova, Deputy Head of the City",
    "earlier_replies": "No. ОГ-5/25 of 01.02.2025, No. ОГ-9/25 of 03.03.2025",
    "stage": "The appeal is with an executor",
    "next": "the reply is approved and signed",
    "given_by": "A. V. Smirnova",
    "executor": "Petrova Anna Sergeevna",
    "resolution": "Consider the appeal and answer the applicant.",
    "purpose": "to see how the roof is kept up",
    "questions": [
        {"name": "Repair of roofs", "result": "supported", "measures": "the roof was repaired"},
        {"name": "Cleaning of stairs", "result": "explained", "measures": ""},
    ],
    "reports": ["A commission visited the place.", "The managing company was given an order."],
    "documents": ["copy of the contract of management", "report on the roof"],
    "done": ["documents were asked for", "the place was inspected"],
    "steps": ["to get the opinion of an expert"],
}
_SITE = "https://priem.example"
_IN_BOTH: Mapping[str, Any] = {
    "receipt": "П-000001",
    "number": "И-12-ОГ/26",
    "access_code": "ABCD-EFGH-JKLM-NPQR",
    "received_at": dt.datetime(2026, 11, 1, 9, 30, tzinfo=dt.UTC),
    "register_by": "2026-11-05",
    "registered_on": "2026-11-02",
    "due_on": "2027-01-01",
    "old_due_on": "2026-12-02",
    "decided_on": "2026-11-23",
    "asked_on": "2026-11-20",
    "read_on": "2026-11-30",
    "read_at": "10:30",
    "since": "2026-11-24",
    "until": "2026-12-15",
    "answer_url": "https://body.example/answers/7",
    "answer_by": "2026-12-08",
    "answer_number": "77-2/26",
    "answer_date": "2026-12-07",
    "outgoing_number": "ОГ-15/26",
    "outgoing_on": "2026-11-25",
    "check_code": "QRST-UVWX-YZ23",
    "survey_url": f"{_SITE}/survey/TOKEN",
    "stop_url": f"{_SITE}/status/news/TOKEN",
    "link": f"{_SITE}/desk/items/5",
    "internal_due_on": "2026-12-25",
    "days_left": 3,
    "days": 17,
    "responsible": True,
    "files": [
        {"name": "фото.jpg", "size": 1536, "sha256": "ab" * 32},
        {"name": "жалоба.pdf", "size": 2_400_000, "sha256": "cd" * 32},
    ],
    "lines": [
        {"number": number, "due_on": "2027-01-14", "internal_due_on": internal, "days_left": left,
         "internal_passed": False, "link": f"{_SITE}/desk/appeals/{number[2:4]}"}
        for number, internal, left in (("И-31-ОГ/26", "2026-12-28", 6), ("И-32-ОГ/26", "", -2))
    ],
}  # fmt: skip


def of(template: str) -> tuple[str, ...]:
    """The cases a letter is tried with, by the name of their turn."""
    named = texts.names(template, "ru")
    turns = [turn for turn, given in TURNS.items() if next(iter(given)) in named]
    draft = template.startswith("draft_")
    paper = draft or (template in policy.NOTICES and template not in _NEVER_ON_PAPER)
    ways = [*([MAIL] if not draft else []), *([PAPER] if paper else [])]
    return (*ways, *turns, BARE)


def facts(case: str, language: str) -> dict[str, Any]:
    """What the letter is told in a case."""
    told = {**_IN_BOTH, **(_EN if language == "en" else _RU)}
    if case == BARE:
        return {name: told[name] for name in _HARDLY_ANY}
    return {**told, **TURNS.get(case, {})}


def said(session: Session, file: str, case: str, changed: Mapping[str, str]) -> Composition:
    """What the letter of a file tells in a case, in words that differ from the shipped so."""
    template, language = wordings.parts(file)
    addressee = Addressee(samples.NAMES[language], email="ivanov@example.org")
    return composing.compose(
        session,
        template,
        facts(case, language),
        language,
        paper=case == PAPER or template.startswith("draft_"),
        addressee=addressee,
        changed=changed,
    )
