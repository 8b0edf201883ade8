"""A body that does not exist, with units, posts and neighbours, for the demo and for tests."""

import json
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.audit.services import record
from app.database import transaction
from app.directory.models import OrganisationRow, PostRow, Setting, SigningAuthority, UnitRow
from app.directory.policy import fold

BODY = {
    "name": "Администрация города Среднеозёрска",
    "name_en": "Administration of the City of Sredneozyorsk",
    "short_name": "Администрация Среднеозёрска",
    "short_name_en": "Sredneozyorsk City Administration",
    "address": "699000, Среднеозёрская область, г. Среднеозёрск, площадь Согласия, д. 1",
    "address_en": "1 Soglasiya Square, Sredneozyorsk, Sredneozyorsk Region, 699000",
    "phone": "8 (000) 210-00-10",
    "email": "priemnaya@sredneozersk.example",
    "site": "https://sredneozersk.example",
    "zone": "Europe/Moscow",
    "inn": "0000000000",
    "ogrn": "0000000000000",
    "head_name": "Вершинин Павел Андреевич",
    "head_name_en": "Pavel A. Vershinin",
    "head_post": "Глава города Среднеозёрска",
    "head_post_en": "Mayor of Sredneozyorsk",
    "registration_prefix": "И",
    "letterhead": (
        "АДМИНИСТРАЦИЯ ГОРОДА СРЕДНЕОЗЁРСКА\n"
        "площадь Согласия, д. 1, г. Среднеозёрск, 699000\n"
        "тел. 8 (000) 210-00-10, priemnaya@sredneozersk.example"
    ),
    "reception_hours": (
        "Приёмная: понедельник–четверг 9:00–18:00, пятница 9:00–16:45, перерыв 13:00–13:45.\n"
        "Личный приём граждан: первый и третий вторник месяца, 15:00–18:00, по записи."
    ),
    "reception_hours_en": (
        "Reception desk: Monday–Thursday 9:00–18:00, Friday 9:00–16:45, break 13:00–13:45.\n"
        "Personal reception: first and third Tuesday of the month, 15:00–18:00, by appointment."
    ),
    "about": (
        "Здесь можно направить обращение в администрацию города и проследить, как его "
        "рассматривают: от регистрации до ответа."
    ),
    "about_en": (
        "Send an appeal to the city administration here and follow how it is considered, from "
        "registration to the reply."
    ),
    "competence": (
        "Дворы, улицы и дороги города, освещение, вывоз отходов, содержание домов, городской "
        "транспорт, муниципальные школы и детские сады, земля и застройка, жилищный учёт.\n"
        "Решения судов обжалуют только в суде. Вопросы пенсий, налогов, полиции и прокуратуры не "
        "наши: такое обращение мы перешлём за семь дней и сообщим, куда."
    ),
    "competence_en": (
        "Yards, streets and roads of the city, lighting, refuse collection, upkeep of housing, "
        "city transport, municipal schools and kindergartens, land and building, housing queues.\n"
        "Decisions of courts are appealed against in court only. Pensions, taxes, the police and "
        "the prosecutor are not ours: such an appeal is sent on within seven days and you are told "
        "where."
    ),
    "data_notice": (
        "Персональные данные нужны только для рассмотрения обращения и ответа на него "
        "(Федеральный закон от 02.05.2006 № 59-ФЗ)."
    ),
    "data_notice_en": (
        "Personal data are used only to consider the appeal and to answer it "
        "(Federal Law No. 59-FZ of 2 May 2006)."
    ),
}

#: Name, English name, index of the parent.
UNITS: tuple[tuple[str, str, int | None], ...] = (
    ("Администрация города", "City Administration", None),
    ("Руководство", "Executive Office", 0),
    ("Отдел по работе с обращениями граждан", "Citizens' Appeals Department", 0),
    ("Общий отдел", "General Department", 0),
    ("Сектор экспедиции", "Dispatch Office", 3),
    (
        "Управление жилищно-коммунального хозяйства",
        "Housing and Utilities Directorate",
        0,
    ),
    ("Отдел содержания жилищного фонда", "Housing Maintenance Department", 5),
    (
        "Управление благоустройства и дорожного хозяйства",
        "Public Works and Roads Directorate",
        0,
    ),
    ("Правовое управление", "Legal Directorate", 0),
    ("Отдел информационных технологий", "Information Technology Department", 0),
    ("Контрольно-ревизионный отдел", "Internal Audit Department", 0),
)

POSTS: tuple[tuple[str, str], ...] = (
    ("Ведущий специалист по обращениям граждан", "Leading Appeals Officer"),
    ("Помощник главы города", "Assistant to the Mayor"),
    ("Заместитель главы города", "Deputy Mayor"),
    ("Начальник отдела содержания жилищного фонда", "Head of Housing Maintenance"),
    ("Главный специалист дорожного хозяйства", "Chief Roads Officer"),
    ("Начальник отдела по работе с обращениями граждан", "Head of Citizens' Appeals"),
    ("Начальник правового управления", "Head of Legal Affairs"),
    ("Первый заместитель главы города", "First Deputy Mayor"),
    ("Специалист экспедиции", "Dispatch Officer"),
    ("Аналитик процессов", "Process Analyst"),
    ("Системный администратор", "System Administrator"),
    ("Начальник контрольно-ревизионного отдела", "Head of Internal Audit"),
)

REGION = "Среднеозёрской области"
#: Name, short name, first part of the e-mail address, street.
ORGANISATIONS: tuple[tuple[str, str, str, str], ...] = (
    (
        f"Министерство здравоохранения {REGION}",
        "Минздрав области",
        "minzdrav",
        "ул. Больничная, д. 7",
    ),
    (f"Министерство образования {REGION}", "Минобр области", "minobr", "ул. Школьная, д. 12"),
    (
        f"Министерство труда и социальной защиты {REGION}",
        "Минтруд области",
        "mintrud",
        "ул. Садовая, д. 30",
    ),
    (
        f"Министерство жилищно-коммунального хозяйства и энергетики {REGION}",
        "Минэнерго и ЖКХ области",
        "minzkh",
        "ул. Заводская, д. 3",
    ),
    (
        f"Министерство транспорта и дорожного хозяйства {REGION}",
        "Минтранс области",
        "mintrans",
        "проспект Речников, д. 44",
    ),
    (
        f"Министерство природных ресурсов и экологии {REGION}",
        "Минприроды области",
        "priroda",
        "ул. Лесная, д. 9",
    ),
    (f"Государственная жилищная инспекция {REGION}", "Жилинспекция", "gzhi", "ул. Заводская, д. 5"),
    (f"Прокуратура {REGION}", "Прокуратура области", "prokuratura", "ул. Дворянская, д. 2"),
    (
        f"Управление Министерства внутренних дел по {REGION}",
        "УМВД по области",
        "umvd",
        "ул. Тихая, д. 18",
    ),
    (
        f"Управление Роспотребнадзора по {REGION}",
        "Роспотребнадзор",
        "rpn",
        "ул. Ботаническая, д. 21",
    ),
    (f"Управление Росреестра по {REGION}", "Росреестр", "rosreestr", "ул. Межевая, д. 1"),
    (
        f"Отделение Социального фонда по {REGION}",
        "Отделение Соцфонда",
        "sfr",
        "ул. Садовая, д. 32",
    ),
    (
        f"Главное управление службы судебных приставов по {REGION}",
        "ГУ ФССП",
        "fssp",
        "ул. Почтовая, д. 14",
    ),
    (
        f"Государственная инспекция труда в {REGION}",
        "Гострудинспекция",
        "git",
        "ул. Фабричная, д. 6",
    ),
    (
        f"Уполномоченный по правам человека в {REGION}",
        "Уполномоченный по правам человека",
        "ombudsman",
        "площадь Согласия, д. 3",
    ),
)


def seed(session: Session) -> bool:
    """Make the demo's body in an empty directory; False when there is one already."""
    if session.scalar(select(UnitRow.id).limit(1)) is not None:
        return False
    for name, value in BODY.items():
        # The journal tells of the seeding as a whole; a line for each field would only hide it.
        session.add(Setting(key=f"body.{name}", value=json.dumps(value, ensure_ascii=False)))
    _seed_units(session)
    session.add_all(PostRow(name=name, name_en=name_en) for name, name_en in POSTS)
    for name, short_name, mailbox, street in ORGANISATIONS:
        session.add(
            OrganisationRow(
                name=name,
                short_name=short_name,
                email=f"{mailbox}@sredneozersk-region.example",
                address=f"699000, Среднеозёрская область, г. Среднеозёрск, {street}",
                phone="8 (000) 210-00-00",
                search=fold(f"{name} {short_name}"),
            )
        )
    session.add(
        SigningAuthority(
            login="signatory",
            basis="Распоряжение главы города от 09.01.2024 № 4-р",
            since=date(2024, 1, 9),
        )
    )
    record(session, "system", "directory.seeded", "directory", organisations=len(ORGANISATIONS))
    session.flush()
    return True


def seed_demo() -> bool:
    """Make the demo's body, as a use case of its own."""
    with transaction() as session:
        return seed(session)


def _seed_units(session: Session) -> None:
    made: list[UnitRow] = []
    for name, name_en, parent in UNITS:
        above = None if parent is None else made[parent].id
        row = UnitRow(name=name, name_en=name_en, parent_id=above)
        session.add(row)
        session.flush()
        made.append(row)
