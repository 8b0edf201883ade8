"""The demo's people: invented names, random passwords told in `DATA_DIR/demo.json`."""

import json
import os
from pathlib import Path
from typing import Any

from sqlalchemy import select

from app.access import passwords
from app.access.models import Account
from app.access.services import add_account, list_people
from app.config import Settings
from app.database import transaction
from app.directory import services as directory

#: Login, name, English name, roles, unit, post; units and posts by their names in the directory.
PEOPLE: tuple[tuple[str, str, str, tuple[str, ...], str, str], ...] = (
    (
        "registrar",
        "Соколова Марина Игоревна",
        "Marina I. Sokolova",
        ("registrar",),
        "Отдел по работе с обращениями граждан",
        "Ведущий специалист по обращениям граждан",
    ),
    (
        "assistant",
        "Белов Артём Сергеевич",
        "Artyom S. Belov",
        ("assistant",),
        "Руководство",
        "Помощник главы города",
    ),
    (
        "manager",
        "Громова Елена Викторовна",
        "Elena V. Gromova",
        ("manager",),
        "Руководство",
        "Заместитель главы города",
    ),
    (
        "executor1",
        "Лебедев Николай Петрович",
        "Nikolai P. Lebedev",
        ("executor",),
        "Отдел содержания жилищного фонда",
        "Начальник отдела содержания жилищного фонда",
    ),
    (
        "executor2",
        "Тихонова Ольга Дмитриевна",
        "Olga D. Tikhonova",
        ("executor",),
        "Управление благоустройства и дорожного хозяйства",
        "Главный специалист дорожного хозяйства",
    ),
    (
        "controller",
        "Зайцева Ирина Олеговна",
        "Irina O. Zaitseva",
        ("controller",),
        "Отдел по работе с обращениями граждан",
        "Начальник отдела по работе с обращениями граждан",
    ),
    (
        "approver",
        "Никитин Роман Алексеевич",
        "Roman A. Nikitin",
        ("approver",),
        "Правовое управление",
        "Начальник правового управления",
    ),
    (
        "signatory",
        "Орлов Дмитрий Николаевич",
        "Dmitry N. Orlov",
        ("signatory",),
        "Руководство",
        "Первый заместитель главы города",
    ),
    (
        "dispatcher",
        "Кузьмина Анна Павловна",
        "Anna P. Kuzmina",
        ("dispatcher",),
        "Сектор экспедиции",
        "Специалист экспедиции",
    ),
    (
        "analyst",
        "Фёдоров Илья Максимович",
        "Ilya M. Fyodorov",
        ("analyst",),
        "Отдел информационных технологий",
        "Аналитик процессов",
    ),
    (
        "administrator",
        "Савельева Юлия Андреевна",
        "Yulia A. Savelieva",
        ("administrator",),
        "Отдел информационных технологий",
        "Системный администратор",
    ),
    (
        "auditor",
        "Крылов Виктор Степанович",
        "Viktor S. Krylov",
        ("auditor",),
        "Контрольно-ревизионный отдел",
        "Начальник контрольно-ревизионного отдела",
    ),
)


def prepare(settings: Settings) -> None:
    """Make what is missing of the demo's accounts and write `demo.json`; may be repeated.

    A password that `demo.json` tells stays; when the file is lost, the passwords are made anew.
    """
    known = {one["login"]: one["password"] for one in accounts(settings)}
    told = []
    for login, name, name_en, roles, unit, post in PEOPLE:
        password = known.get(login) or passwords.new_password()
        _make(login, name, name_en, roles, unit, post, password, known=login in known)
        told.append({"login": login, "password": password, "roles": list(roles), "unit": unit})
    _write(_place(settings), {"url": settings.address, "accounts": told})


def accounts(settings: Settings) -> list[dict[str, Any]]:
    """What `demo.json` tells of the accounts: login, password, roles, unit."""
    try:
        told: dict[str, Any] = json.loads(_place(settings).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return []
    found: list[dict[str, Any]] = told["accounts"]
    return found


def faces(settings: Settings) -> list[dict[str, Any]]:
    """The accounts of `demo.json` with their people: {person, password}."""
    known = {one.login: one for one in list_people("", limit=100)}
    return [
        {"person": known[one["login"]], "password": one["password"]}
        for one in accounts(settings)
        if one["login"] in known
    ]


def sign_ins(settings: Settings) -> list[str]:
    """The accounts as lines for a terminal."""
    return [
        f"  {one['login']:<14} {one['password']:<16} {', '.join(one['roles'])}"
        for one in accounts(settings)
    ]


def _make(
    login: str,
    name: str,
    name_en: str,
    roles: tuple[str, ...],
    unit: str,
    post: str,
    password: str,
    *,
    known: bool,
) -> None:
    with transaction() as session:
        row = session.scalar(select(Account).where(Account.login == login))
        if row is not None and known:
            return
        password_hash = passwords.hashed(password)
        if row is not None:
            row.password_hash = password_hash
            return
        units = {one.name: one.id for one in directory.units(session)}
        posts = {one.name: one.id for one in directory.posts(session)}
        values = {
            "name": name,
            "name_en": name_en,
            "email": f"{login}@sredneozersk.example",
            "roles": roles,
            "unit_id": units.get(unit),
            "post_id": posts.get(post),
        }
        add_account(session, login, values, password_hash=password_hash, actor="system")


def _place(settings: Settings) -> Path:
    return settings.data_dir / "demo.json"


def _write(place: Path, told: dict[str, Any]) -> None:
    text = json.dumps(told, ensure_ascii=False, indent=2) + "\n"
    if place.exists() and place.read_text(encoding="utf-8") == text:
        return
    place.parent.mkdir(parents=True, exist_ok=True)
    unfinished = place.with_suffix(".new")
    handle = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)
    unfinished.replace(place)
