"""Made-up sheets of every kind, to see templates by: nobody's letter is shown for a trial.

They hold all that a sheet of the kind may hold. What is the body's own, its letterhead and its
head, is real, so that an analyst sees the letter as it will leave.
"""

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from sqlalchemy.orm import Session

from app import clock
from app.correspondence import acts, composing
from app.correspondence.shapes import Addressee, LetterView
from app.directory import services as directory
from app.documents import scans
from app.documents.signatures.shapes import Certificate

Sheet = dict[str, Any]
#: Kinds that are written in either language; all others are papers of the office, in Russian.
IN_BOTH = frozenset({"reply", "interim", "cover", "request", "notice", "signed_act", "sent"})
LETTERS = frozenset({"reply", "interim", "cover", "request", "notice"})
#: Signs that would act if a template took words for markup. They must come out as they are.
LITERAL = "#panic() *а* _б_ $в$ @г"

_DAY = dt.date(2026, 11, 23)
NAMES = {"ru": "Иванов Иван Петрович", "en": "Ivanov Ivan Petrovich"}
_TO = "Иванову Ивану Петровичу"
_BODIES = {"ru": "Государственная жилищная инспекция", "en": "State Housing Inspectorate"}
_ADDRESS = "ул. Озёрная, д. 5, кв. 12,\nг. Образцовск, 123456"
_CLERK = {"ru": "Петрова Анна Сергеевна", "en": "Petrova Anna Sergeevna"}
_HEAD = ("Вершинин Павел Андреевич", "Глава города")
_FINDING = {
    "ru": "По Вашему обращению проведена проверка с выездом на место. Установлено, что кровля "
    "дома повреждена на площади 12 м², ремонт включён в план работ управляющей организации.\n\n"
    "Приняты меры:\n— выдано предписание № 15;\n— назначена повторная проверка.\n\n"
    "Знаки из текста остаются знаками: ",
    "en": "An inspection of the place was carried out on your appeal. The roof of the house is "
    "damaged over 12 m²; its repair has been put into the plan of the managing company.\n\n"
    "Measures taken:\n— an order no. 15 was issued;\n— a second inspection was appointed.\n\n"
    "Signs of a text stay signs: ",
}
_TABLE = {
    "ru": "Номер: И-12-ОГ/26\nСрок ответа: 2 декабря 2026 г.\n\n",
    "en": "Number: И-12-ОГ/26\nAnswer due: 2 December 2026\n\n",
}
_SUBJECT = {"ru": "О рассмотрении обращения", "en": "On the consideration of an appeal"}


def sheets(session: Session, kind: str) -> Iterator[tuple[str, Sheet]]:
    """(language, sheet) of a kind: whole ones first, then drafts with all that may be absent."""
    languages = ("ru", "en") if kind in IN_BOTH else ("ru",)
    found = [(language, sheet(session, kind, language)) for language in languages]
    yield from found
    for language, one in found:
        if kind in LETTERS:
            yield language, _bare(one)


def sheet(session: Session, kind: str, language: str) -> Sheet:
    """The sheet of a kind that shows everything a sheet of it may show."""
    if kind in LETTERS:
        return _letter(session, kind, language)
    if kind == "signed_act":
        return _signed_act(session, language)
    body = directory.body(session)
    known = {"kind": kind, "body": body.said("name", language)}
    return known | _OTHERS[kind](language)


def _letter(session: Session, kind: str, language: str) -> Sheet:
    now = clock.now()
    official = kind in ("cover", "request")
    text = (_TABLE[language] if kind == "notice" else "") + _FINDING[language] + LITERAL
    addressee = Addressee(
        _BODIES[language] if official else NAMES[language],
        postal_address=_ADDRESS,
        channel="post",
        to="" if official else _TO,
    )
    letter = LetterView(
        id=0, key="", kind=kind, template=kind, audience="organisation" if official else "citizen",
        state="signing", channel="post", language=language, subject=_SUBJECT[language], text=text,
        addressee=addressee, facts=_facts(language), number="ОГ-12/26", date=_DAY,
        check_code="ABCD-EFGH-JKLM", document_id=None, attachments=(), created_by="",
        created_at=now, signatory="signatory", signatory_name=_HEAD[0], signatory_post=_HEAD[1],
    )  # fmt: skip
    certificate = Certificate(
        number="01A2B3C4D5E6F70819", owner=_HEAD[0], issuer="", fingerprint="",
        valid_from=now - dt.timedelta(days=100), valid_to=now + dt.timedelta(days=265),
    )  # fmt: skip
    return composing.sheet(session, letter, certificate)


def _facts(language: str) -> dict[str, Any]:
    return {
        "number": "И-12-ОГ/26",
        "registered_on": "2026-11-02",
        "reference_number": "И-12-ОГ/26",
        "reference_on": "2026-11-02",
        "executor": _CLERK[language],
        "executor_phone": "8 (000) 210-00-11",
        "enclosures": ["акт осмотра на 2 л. в 1 экз."],
        "appeal_text": "Прошу починить крышу.\n\nОна течёт с весны. " + LITERAL,
        "name": NAMES[language],
        "address": _ADDRESS.replace("\n", " "),
        "phone": "8 (900) 000-00-00",
    }


def _bare(full: Mapping[str, Any]) -> Sheet:
    """The same as a draft: no number, no signature, no codes, nothing enclosed."""
    none: Sheet = {
        "number": "",
        "date": "",
        "stamp": None,
        "enclosures": [],
        "appendix": None,
    }
    return {
        **full,
        **none,
        "draft": True,
        "reference": {"number": "", "date": ""},
        "addressee": {"name": full["addressee"]["name"], "lines": []},
        "signatory": {"post": "", "name": ""},
        "executor": {"name": "", "phone": ""},
        "check": {"url": full["check"]["url"], "code": "", "qr": ""},
    }


def _signed_act(session: Session, language: str) -> Sheet:
    people = (f"{_HEAD[0]}, {_HEAD[1]}", _CLERK[language])
    act = acts.Act(
        title="осмотра места", on=_DAY, place="ул. Озёрная, д. 5",
        case="По обращению № И-12-ОГ/26.", people=people,
        sections=(("Установлено", _FINDING[language] + LITERAL),), enclosures=("фото, 2 л.",),
    )  # fmt: skip
    return acts.sheet(session, act, language)


def _act(_language: str) -> Sheet:
    line = ["И-12-ОГ/26", "02.11.2021", "02.12.2021", "31.12.2026", "ст. 183 Перечня, " + LITERAL]
    return {
        "number": "1/2026",
        "date": "23.11.2026",
        "done": "23.11.2026",
        "lines": [line] * 3,
        "kept": [["И-13-ОГ/26"]],
        "signers": [
            {"role": role, "post": "специалист", "name": "Петрова А. С.", "date": "23.11.2026"}
            for role in ("Составил", "Утвердил")
        ],
    }


def _commission(_language: str) -> Sheet:
    roles = ("Председатель комиссии", "Член комиссии", "Член комиссии")
    member = {"post": "специалист", "name": "А. С. Петрова", "signed": "23.11.2026 10:15"}
    return {
        "number": "3",
        "date": "23.11.2026",
        "appeal": "И-12-ОГ/26",
        "registered": "02.11.2026",
        "description": "Текст написан от руки и не читается. " + LITERAL,
        "conclusion": "Текст обращения не поддаётся прочтению.",
        "members": [{"role": one, **member} for one in roles],
    }


def _stored(_language: str) -> Sheet:
    facts = [["Поступило", "2 ноября 2026 г. в 10:15"], ["Результат", "рассматривается"]]
    parts = [{"title": "Текст обращения", "lines": ["Прошу починить крышу.", LITERAL]}]
    return {
        "title": "Сведения об обрабатываемых персональных данных",
        "facts": [["Цель обработки", "рассмотрение обращений граждан"], ["Обращений", "1"]],
        "appeals": [{"title": "Обращение № И-12-ОГ/26", "facts": facts, "parts": parts}],
    }


def _sent(language: str) -> Sheet:
    english = language == "en"
    return {
        "language": language,
        "title": "Appeal П-000001" if english else "Обращение П-000001",
        "facts": [["Received" if english else "Поступило", "02.11.2026, 10:15"]],
        "heading": "Text of the appeal" if english else "Текст обращения",
        "text": ["Прошу починить крышу.", LITERAL],
        "files-heading": "Files" if english else "Файлы",
        "files": [{"name": "фото.jpg", "size": "1,2 МБ", "sha256": "0123456789abcdef" * 4}],
        "remark": "This is no reply." if english else "Это не ответ на обращение.",
    }


def _code(code: str, kind: str = "QRCode") -> Sheet:
    day = "23.11.2026"
    return {
        "number": "И-12-ОГ/26",
        "date": day,
        "code": code,
        "qr": scans.drawn(code),
        "bars": scans.drawn(code, kind),
    }


def _posted(_language: str) -> Sheet:
    address = _ADDRESS.splitlines()
    letters = [
        {"position": at, "number": f"ОГ-{at}/26", "name": _TO, "address": address, "track": ""}
        for at in (1, 2, 3)
    ]
    return {"title": "Список № 1", "sender": ["ул. Садовая, д. 1"], "letters": letters}


_OTHERS: Mapping[str, Callable[[str], Sheet]] = {
    "act": _act,
    "commission_act": _commission,
    "stored": _stored,
    "sent": _sent,
    "barcode": lambda _language: _code("RKK-17", "Code128"),
    "stamp": lambda _language: _code("И-12-ОГ/26"),
    "envelopes": _posted,
    "post_register": _posted,
}
