"""What is stored about a person as a sheet to be handed out; written in Russian, as acts are."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from app import clock
from app.appeals.particulars import FIELDS, said
from app.correspondence import rendering, texts
from app.database import reading
from app.directory import services as directory
from app.extensions import in_language

TITLE = "Сведения об обрабатываемых персональных данных"
PURPOSE = "рассмотрение обращений граждан (Федеральный закон от 02.05.2006 № 59-ФЗ)"
GROUND = (
    "исполнение обязанности, возложенной законом (пункт 2 части 1 статьи 6 Федерального закона "
    "от 27.07.2006 № 152-ФЗ)"
)
OUTCOMES = {
    None: "рассматривается",
    "answered": "дан ответ",
    "redirected": "направлено по компетенции",
    "left": "оставлено без ответа по существу",
    "withdrawn": "рассмотрение прекращено по просьбе заявителя",
    "voided": "регистрация аннулирована",
}
NAMES = {
    "last_name": "Фамилия",
    "first_name": "Имя",
    "middle_name": "Отчество",
    "name": "Организация",
    "represented": "В чьих интересах",
    "email": "Электронная почта",
    "phone": "Телефон",
    "postal_address": "Почтовый адрес",
}

Rows = list[tuple[str, str]]


def pdf(told: Mapping[str, Any]) -> bytes:
    """The PDF of what `subjects.stored` told."""
    with reading() as session:
        zone = directory.body(session).zone
    operator = told["operator"]
    sheet = {
        "kind": "stored",
        "title": TITLE,
        "body": operator["name"],
        "facts": [
            ("Оператор", ", ".join(filter(None, operator.values()))),
            ("Цель обработки", PURPOSE),
            ("Правовое основание", GROUND),
            ("Составлено", _moment(told["made_at"], zone)),
            ("Обращений", str(len(told["appeals"]))),
        ],
        "appeals": [_appeal(one, zone) for one in told["appeals"]],
    }
    return rendering.render(sheet, moment=clock.now())


def _appeal(one: Mapping[str, Any], zone: str) -> dict[str, Any]:
    facts: Rows = [
        ("Поступило", _moment(one["received_at"], zone)),
        *((label, who[name]) for who in one["applicant"] for name, label in NAMES.items()),
        *_particulars(one["particulars"]),
        ("Место, о котором речь", one["place"]),
        ("Результат", OUTCOMES.get(one["outcome"], str(one["outcome"]))),
        ("Хранится до", _day(one["kept_until"]) or "срок считается со дня окончания рассмотрения"),
        ("Передано", "; ".join(one["given_to"]) or "никому"),
        ("Сотрудники открывали", f"{one['looked_at']} раз"),
    ]
    letters = [
        " ".join(
            filter(None, (each["subject"], each["number"] and f"№ {each['number']}",
                          _day(each["date"]) and f"от {_day(each['date'])}", f"— {each['to']}"))
        )
        for each in one["letters"]
    ]  # fmt: skip
    files = [f"{each['name']}, {texts.size(each['size'], 'ru')}" for each in one["documents"]]
    return {
        "title": f"Обращение № {one['number'] or one['receipt']}",
        "facts": [row for row in facts if row[1]],
        "parts": [
            part
            for part in (
                _part("Текст обращения", one["text"].splitlines()),
                _part("Документы", files),
                _part("Письма", letters),
            )
            if part["lines"]
        ],
    }


def _part(title: str, lines: Sequence[str]) -> dict[str, Any]:
    return {"title": title, "lines": [one for one in lines if one.strip()]}


def _particulars(known: Mapping[str, Any]) -> Rows:
    with in_language("ru"):
        return [
            (str(FIELDS[name].label), str(said(FIELDS[name], value)))
            for name, value in known.items()
        ]


def _moment(spelt: str, zone: str) -> str:
    return texts.moment(datetime.fromisoformat(spelt), "ru", zone)


def _day(spelt: str | None) -> str:
    return f"{date.fromisoformat(spelt):%d.%m.%Y}" if spelt else ""
