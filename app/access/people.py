"""People as rows become values; find them, change them. Functions with a `session` never commit."""

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, func, select
from sqlalchemy.orm import Session, aliased

from app.access import policy
from app.access.models import Account, AccountRole, SubstitutionRow
from app.access.values import Away, Person
from app.clock import now
from app.database import UTCDateTime
from app.directory import services as directory
from app.directory.models import PostRow, UnitRow
from app.directory.policy import fold
from app.errors import Invalid, NotFound
from app.extensions import lazy_gettext as _


def account(session: Session, login: str) -> Account:
    """The row of a login; raises NotFound."""
    row = session.scalar(select(Account).where(Account.login == policy.login_of(login)))
    if row is None:
        raise NotFound(_("There is no person with this login."))
    return row


def held(session: Session, login: str) -> Account | None:
    """The row of a login in use, held until the transaction ends; None where there is none.

    Who changes a password or retires an account at this moment waits, and then ends the session
    that was opened; who comes after them finds the row as they left it.
    """
    found = select(Account).where(Account.login == login, Account.active).with_for_update()
    return session.scalar(found.execution_options(populate_existing=True))


_standing, _away = aliased(SubstitutionRow), aliased(SubstitutionRow)
_absent, _substitute = aliased(Account), aliased(Account)
_MOMENT = bindparam("moment", type_=UTCDateTime)


def _runs(row: type[SubstitutionRow]) -> ColumnElement[bool]:
    return and_(row.begins_at <= _MOMENT, row.ends_at > _MOMENT)


#: Rows for each role of a person and each absent colleague they act for, at a `moment`; one row for
#: a person without any.
SHOWN = (
    select(
        Account.login,
        Account.name,
        Account.name_en,
        Account.email,
        Account.active,
        Account.reminders,
        Account.post_id,
        PostRow.name.label("post"),
        PostRow.name_en.label("post_en"),
        Account.unit_id,
        UnitRow.name.label("unit"),
        UnitRow.name_en.label("unit_en"),
        AccountRole.role,
        _absent.login.label("stands_for"),
        _away.until.label("away_until"),
        _substitute.login.label("substitute"),
        _substitute.name.label("substitute_name"),
        _substitute.name_en.label("substitute_name_en"),
    )
    .outerjoin(PostRow, PostRow.id == Account.post_id)
    .outerjoin(UnitRow, UnitRow.id == Account.unit_id)
    .outerjoin(AccountRole, AccountRole.account_id == Account.id)
    .outerjoin(_standing, and_(_standing.substitute_id == Account.id, _runs(_standing)))
    .outerjoin(_absent, _absent.id == _standing.absent_id)
    .outerjoin(_away, and_(_away.absent_id == Account.id, _runs(_away)))
    .outerjoin(_substitute, _substitute.id == _away.substitute_id)
)
_TEXTS = ("login", "name", "name_en", "email", "reminders", "post", "post_en", "unit", "unit_en")


def shown(rows: Iterable[Mapping[Any, Any]]) -> dict[str, Person]:
    """People by login from the rows of `SHOWN`."""
    gathered: dict[str, list[Mapping[Any, Any]]] = {}
    for row in rows:
        gathered.setdefault(row["login"], []).append(row)
    return {login: _person(of_one) for login, of_one in gathered.items()}


def _person(rows: list[Mapping[Any, Any]]) -> Person:
    one = rows[0]
    away = None
    if one["away_until"]:
        names = ("substitute", "substitute_name", "substitute_name_en")
        away = Away(one["away_until"], *(one[name] for name in names))
    return Person(
        **{name: one[name] or "" for name in _TEXTS},
        active=bool(one["active"]),
        post_id=one["post_id"],
        unit_id=one["unit_id"],
        roles=frozenset(row["role"] for row in rows if row["role"]),
        stands_for=frozenset(row["stands_for"] for row in rows if row["stands_for"]),
        away=away,
    )


def people_by_login(session: Session, logins: Iterable[str]) -> dict[str, Person]:
    """People by their logins, also those who left, in one look; unknown ones are left out."""
    wanted = {login: policy.login_of(login) for login in logins}
    query = SHOWN.where(Account.login.in_(sorted(set(wanted.values()))))
    found = shown(session.execute(query, {"moment": now()}).mappings())
    return {login: found[kept] for login, kept in wanted.items() if kept in found}


def person(session: Session, login: str) -> Person:
    """A person by login, also one who left; raises NotFound."""
    found = people_by_login(session, [login])
    if not found:
        raise NotFound(_("There is no person with this login."))
    return found[login]


def people(
    session: Session,
    q: str = "",
    role: str | None = None,
    limit: int = 20,
    *,
    left: bool = False,
    offset: int = 0,
) -> list[Person]:
    """People whose login, name, post or unit hold every word of `q`; `left` adds those who left."""
    query = select(Account.login).order_by(Account.name, Account.id).limit(limit).offset(offset)
    for word in fold(q).split():
        query = query.where(Account.search.contains(word, autoescape=True))
    if role is not None:
        query = query.where(Account.role_rows.any(AccountRole.role == role))
    if not left:
        query = query.where(Account.active)
    return list(people_by_login(session, session.scalars(query).all()).values())


def logins_with_role(session: Session, role: str) -> list[str]:
    """Logins of the active people who hold a role, in order of login."""
    return list(session.scalars(_with_role(role)))


def logins_of_units(session: Session, units: Iterable[int]) -> list[str]:
    """Logins of the people of some units, also of those who left."""
    wanted = select(Account.login).where(Account.unit_id.in_(sorted(units)))
    return list(session.scalars(wanted.order_by(Account.login)))


def facts(session: Session, row: Account) -> dict[str, Any]:
    """What the journal compares before and after a change; never the password."""
    found = person(session, row.login)
    names = ("name", "name_en", "email", "post", "unit", "active")
    return {name: getattr(found, name) for name in names} | {"roles": sorted(found.roles)}


def put(session: Session, row: Account, values: Mapping[str, Any]) -> None:
    """Put checked values into an account and keep its search text true.

    `values` may hold name, name_en, email, post_id, unit_id, active and roles. Raises Invalid.
    """
    _check(session, values)
    for key in ("name", "name_en", "email"):
        if key in values:
            setattr(row, key, str(values[key] or "").strip())
    for key in ("post_id", "unit_id", "active"):
        if key in values:
            setattr(row, key, values[key])
    if "roles" in values:
        set_roles(row, values["roles"])
    post = directory.post(session, row.post_id) if row.post_id else None
    unit = directory.unit(session, row.unit_id) if row.unit_id else None
    words = [row.login, row.name, row.name_en, unit.name if unit else "", post.name if post else ""]
    row.search = fold(" ".join(words))


def set_roles(row: Account, roles: Iterable[str]) -> None:
    wanted = set(roles)
    kept = [one for one in row.role_rows if one.role in wanted]
    have = {one.role for one in kept}
    row.role_rows = kept + [AccountRole(role=role) for role in sorted(wanted - have)]


def administrators(session: Session) -> int:
    """How many active administrators there are."""
    found = session.scalar(
        select(func.count()).select_from(_with_role(policy.ADMINISTRATOR).subquery())
    )
    return int(found or 0)


def hold_administrators(session: Session) -> None:
    """Make others who change administrators wait: two who retire each other would leave none."""
    found = select(Account.id).where(Account.login.in_(_with_role(policy.ADMINISTRATOR)))
    session.scalars(found.order_by(Account.id).with_for_update()).all()


def _with_role(role: str) -> Select[str]:
    return (
        select(Account.login)
        .where(Account.active, Account.role_rows.any(AccountRole.role == role))
        .order_by(Account.login)
    )


def _check(session: Session, values: Mapping[str, Any]) -> None:
    problems: dict[str, list[Any]] = {}
    if "name" in values and not str(values["name"] or "").strip():
        problems["name"] = [_("Write the person's name.")]
    email = str(values.get("email") or "").strip()
    if email and ("@" not in email or " " in email):
        problems["email"] = [_("This is not an e-mail address.")]
    if unknown := policy.unknown_roles(values.get("roles", ())):
        problems["roles"] = [_("There is no role %(role)s.", role=unknown[0])]
    for key, find in (("unit_id", directory.unit), ("post_id", directory.post)):
        try:
            if values.get(key):
                find(session, values[key])
        except NotFound as absent:
            problems[key] = [absent.message]
    if problems:
        raise Invalid(fields=problems)
