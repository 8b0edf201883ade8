"""Sentences that say how a term was counted, in Russian and in English."""

from collections.abc import Iterable
from datetime import date

from app.deadlines.calendar import Calendar
from app.deadlines.models import Rule

Pair = tuple[str, str]

_STARTS: dict[str, Pair] = {
    "receipt": ("со дня поступления", "from receipt"),
    "registration": ("со дня регистрации", "from registration"),
    "request": ("со дня получения запроса", "from receipt of the request"),
    "term": ("со дня окончания продлеваемого срока", "from the end of the term being extended"),
}


def ru(day: date) -> str:
    return f"{day:%d.%m.%Y}"


def en(day: date) -> str:
    return f"{day.day} {day:%B} {day.year}"


def days_ru(number: int) -> str:
    """Count days as Russian does: 1 день, 3 дня, 30 дней."""
    tens, ones = number % 100, number % 10
    if ones == 1 and tens != 11:
        return f"{number} день"
    return f"{number} дня" if ones in (2, 3, 4) and tens not in (12, 13, 14) else f"{number} дней"


def days_en(number: int) -> str:
    return f"{number} day" if number == 1 else f"{number} days"


def rule_says(rule: Rule) -> Pair:
    russian, english = _STARTS[rule.starts_from]
    return (
        f"{rule.id}, {rule.norm}: {rule.note} — {days_ru(rule.days)} {russian}.",
        f"{rule.id}, {rule.norm_en}: {rule.note_en} — {days_en(rule.days)} {english}.",
    )


def counted(days: int, first: date, last: date, calendar: Calendar) -> Pair:
    kind, kind_en = kind_of(last, calendar)
    return (
        f"{days_ru(days)} с {ru(first)} → {ru(last)}, {kind}.",
        f"{days_en(days)} from {en(first)} → {en(last)}, {kind_en}.",
    )


def extended(days: int, first: date, last: date, calendar: Calendar) -> Pair:
    russian, english = counted(days, first, last, calendar)
    return f"Продление: {russian}", f"Extension: {english}"


def kind_of(day: date, calendar: Calendar) -> Pair:
    name = calendar.name(day)
    if name is None:
        return "рабочий день", "a working day"
    if name[0] == "выходной":
        return "выходной день", "a day off"
    return f"нерабочий день — {name[0]}", f"not a working day ({name[1]})"


def moved(day: date, *, back: bool) -> Pair:
    if back:
        return (
            f"Последний день нерабочий → предыдущий рабочий день {ru(day)}.",
            f"The last day is not worked → the previous working day, {en(day)}.",
        )
    return (
        f"Последний день нерабочий → следующий рабочий день {ru(day)}.",
        f"The last day is not worked → the next working day, {en(day)}.",
    )


def not_moved() -> Pair:
    return (
        "Последний день нерабочий; по правилам органа срок не переносится.",
        "The last day is not worked; by the rules of the body the term is not moved.",
    )


def no_working_day_before(start: date) -> Pair:
    return (
        (
            f"Внимание: предыдущий рабочий день раньше начала срока ({ru(start)}), "
            "поэтому взят первый рабочий день после."
        ),
        (
            f"Note: the previous working day lies before the start ({en(start)}), "
            "so the first working day after is taken."
        ),
    )


def unknown_years(years: Iterable[int]) -> list[Pair]:
    return [
        (
            (
                f"Внимание: производственного календаря на {year} год нет, учтены только выходные "
                "и праздники по ст. 112 ТК РФ."
            ),
            (
                f"Note: there is no production calendar for {year}; only weekends and the holidays "
                "of art. 112 of the Labour Code are counted."
            ),
        )
        for year in sorted(years)
    ]


def asked_earlier(day: date) -> Pair:
    return (
        f"Орган, направивший обращение, просит ответить до {ru(day)} → взят этот срок.",
        f"The body that forwarded the appeal asks for a reply by {en(day)} → this term is taken.",
    )


def asked_later(day: date) -> Pair:
    return (
        f"Срок органа, направившего обращение, — {ru(day)} — позже срока по закону.",
        f"The term of the body that forwarded the appeal, {en(day)}, is later than the law's.",
    )


def asked_too_early(day: date) -> Pair:
    return (
        (
            f"Внимание: срок органа, направившего обращение, — {ru(day)} — истёк до регистрации, "
            "поэтому взят срок по закону."
        ),
        (
            f"Note: the term of the body that forwarded the appeal, {en(day)}, was over before "
            "registration, so the term of the law is taken."
        ),
    )


def counted_anew(day: date) -> Pair:
    return (
        (
            f"Рассмотрение возобновлено {ru(day)}, когда прежний срок истёк. Второго срока закон "
            "не устанавливает, поэтому дни отсчитаны заново от этого дня и не продлеваются."
        ),
        (
            f"It was reopened on {en(day)}, after its term was over. The law sets no second term, "
            "so the days are counted anew from that day and are not extended."
        ),
    )


def demanded(day: date) -> Pair:
    return (
        f"При возобновлении установлен более ранний срок: {ru(day)}.",
        f"An earlier term was set when it was reopened: {en(day)}.",
    )


def decided(day: date, calendar: Calendar) -> Pair:
    kind, kind_en = kind_of(day, calendar)
    return (
        f"Решением о продлении установлен срок {ru(day)}, {kind}.",
        f"It was extended to {en(day)}, {kind_en}.",
    )
