"""The directory's use cases; settings and numbers have modules of their own and are offered here.

Functions that take a `session` work in the caller's transaction; the others are use cases.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app.audit.services import record, record_change
from app.clock import today
from app.database import reading, transaction
from app.directory.emblem import drop_emblem as drop_emblem
from app.directory.emblem import emblem as emblem
from app.directory.emblem import emblem_in as emblem_in
from app.directory.emblem import save_emblem as save_emblem
from app.directory.models import OrganisationRow, PostRow, SigningAuthority, UnitRow
from app.directory.numbers import give_back as give_back
from app.directory.numbers import last_number as last_number
from app.directory.numbers import next_number as next_number
from app.directory.numbers import next_numbers as next_numbers
from app.directory.policy import fold
from app.directory.settings import all_settings as all_settings
from app.directory.settings import body as body
from app.directory.settings import current_body as current_body
from app.directory.settings import note_edition as note_edition
from app.directory.settings import save_body as save_body
from app.directory.settings import save_settings as save_settings
from app.directory.settings import set_setting as set_setting
from app.directory.settings import setting as setting
from app.directory.settings import setting_history as setting_history
from app.directory.values import Authority, Organisation, Post, Unit
from app.errors import Invalid, NotFound
from app.extensions import lazy_gettext as _

# ---- units -----------------------------------------------------------------------------------


def units(session: Session) -> list[Unit]:
    """All units in the order of the tree, each with its depth."""
    rows = list(session.scalars(select(UnitRow).order_by(UnitRow.id)))
    return list(_branch(rows, None, 0))


def list_units() -> list[Unit]:
    with reading() as session:
        return units(session)


def unit(session: Session, unit_id: int) -> Unit:
    """One unit; its depth is not computed."""
    row = session.get(UnitRow, unit_id)
    if row is None:
        raise NotFound(_("There is no such unit."))
    return _unit(row, 0)


def save_unit(
    unit_id: int | None,
    *,
    name: str,
    name_en: str = "",
    parent_id: int | None = None,
    active: bool = True,
    actor: str,
) -> int:
    """Add a unit (`unit_id` None) or change one; its id. Raises Invalid by field."""
    with transaction() as session:
        row = session.get(UnitRow, unit_id) if unit_id else UnitRow()
        if row is None:
            raise NotFound(_("There is no such unit."))
        if not name.strip():
            raise Invalid(fields={"name": [_("Name the unit.")]})
        if parent_id is not None and _would_circle(session, unit_id, parent_id):
            raise Invalid(fields={"parent_id": [_("A unit cannot stand under itself.")]})
        values = {
            "name": name.strip(),
            "name_en": name_en.strip(),
            "parent_id": parent_id,
            "active": active,
        }
        return _keep(session, row, values, actor=actor, noun="unit")


def branch(session: Session, unit_id: int) -> list[int]:
    """The ids of a unit and of all below it."""
    rows = list(session.scalars(select(UnitRow).order_by(UnitRow.id)))
    return [unit_id, *(one.id for one in _branch(rows, unit_id, 0))]


def _branch(rows: list[UnitRow], parent: int | None, depth: int) -> Iterable[Unit]:
    for row in rows:
        if row.parent_id == parent:
            yield _unit(row, depth)
            yield from _branch(rows, row.id, depth + 1)


def _would_circle(session: Session, unit_id: int | None, parent_id: int) -> bool:
    above: int | None = parent_id
    while above is not None:
        if above == unit_id:
            return True
        parent = session.get(UnitRow, above)
        if parent is None:
            raise Invalid(fields={"parent_id": [_("There is no such unit.")]})
        above = parent.parent_id
    return False


def _unit(row: UnitRow, depth: int) -> Unit:
    return Unit(row.id, row.name, row.name_en, row.parent_id, row.active, depth)


# ---- posts -----------------------------------------------------------------------------------


def posts(session: Session) -> list[Post]:
    rows = session.scalars(select(PostRow).order_by(PostRow.name))
    return [Post(row.id, row.name, row.name_en, row.active) for row in rows]


def post(session: Session, post_id: int) -> Post:
    row = session.get(PostRow, post_id)
    if row is None:
        raise NotFound(_("There is no such post."))
    return Post(row.id, row.name, row.name_en, row.active)


def list_posts() -> list[Post]:
    with reading() as session:
        return posts(session)


def save_post(
    post_id: int | None, *, name: str, name_en: str = "", active: bool = True, actor: str
) -> int:
    """Add a post or change one; its id. Raises Invalid by field."""
    with transaction() as session:
        row = session.get(PostRow, post_id) if post_id else PostRow()
        if row is None:
            raise NotFound(_("There is no such post."))
        if not name.strip():
            raise Invalid(fields={"name": [_("Name the post.")]})
        values = {"name": name.strip(), "name_en": name_en.strip(), "active": active}
        return _keep(session, row, values, actor=actor, noun="post")


# ---- signing authority -----------------------------------------------------------------------


def may_sign(session: Session, login: str, on: date) -> Authority | None:
    """The authority by which `login` may sign on that day, None when there is none."""
    row = session.scalar(
        select(SigningAuthority)
        .where(
            SigningAuthority.login == login,
            SigningAuthority.since <= on,
            or_(SigningAuthority.until.is_(None), SigningAuthority.until >= on),
        )
        .order_by(SigningAuthority.id.desc())
    )
    return None if row is None else _authority(row)


def signs_on(session: Session, login: str, on: date) -> bool:
    """Whether `login` may sign on that day.

    Who stands in the register signs while an authority lasts; who does not, signs by role.
    """
    if may_sign(session, login, on) is not None:
        return True
    known = select(SigningAuthority.id).where(SigningAuthority.login == login).limit(1)
    return session.scalar(known) is None


def list_authorities() -> list[Authority]:
    """Every authority ever given, newest first."""
    with reading() as session:
        rows = session.scalars(select(SigningAuthority).order_by(SigningAuthority.id.desc()))
        return [_authority(row) for row in rows]


def give_authority(
    *, login: str, basis: str, since: date, until: date | None = None, actor: str
) -> int:
    """Let a person sign letters; `until` is the last day. Raises Invalid by field."""
    problems: dict[str, list[Any]] = {}
    if not basis.strip():
        problems["basis"] = [_("Name the act that gives the right to sign.")]
    if until is not None and until < since:
        problems["until"] = [_("The last day is before the first.")]
    if problems:
        raise Invalid(fields=problems)
    with transaction() as session:
        values = {"login": login, "basis": basis.strip(), "since": since, "until": until}
        return _keep(session, SigningAuthority(), values, actor=actor, noun="authority")


def revoke_authority(authority_id: int, *, actor: str) -> None:
    """End an authority: yesterday was its last day."""
    with transaction() as session:
        row = session.get(SigningAuthority, authority_id)
        if row is None:
            raise NotFound(_("There is no such signing authority."))
        day = today(body(session).zone)
        yesterday = date.fromordinal(day.toordinal() - 1)
        if row.until is None or row.until > yesterday:
            _keep(session, row, {"until": yesterday}, actor=actor, noun="authority")


def _authority(row: SigningAuthority) -> Authority:
    return Authority(row.id, row.login, row.basis, row.since, row.until)


# ---- organisations ---------------------------------------------------------------------------


def find_organisations(
    session: Session, q: str, limit: int = 20, *, retired: bool = False, offset: int = 0
) -> list[Organisation]:
    """Organisations whose names hold every word of `q`, in any order and case.

    An empty `q` lists the first page; `retired` adds those no longer in use.
    """
    query = select(OrganisationRow).order_by(OrganisationRow.name, OrganisationRow.id)
    for word in fold(q).split():
        query = query.where(OrganisationRow.search.contains(word, autoescape=True))
    if not retired:
        query = query.where(OrganisationRow.active)
    return [_organisation(row) for row in session.scalars(query.limit(limit).offset(offset))]


def list_organisations(
    q: str, limit: int = 50, *, offset: int = 0, retired: bool = False
) -> list[Organisation]:
    with reading() as session:
        return find_organisations(session, q, limit, retired=retired, offset=offset)


def organisation(session: Session, organisation_id: int) -> Organisation:
    """One organisation, also one no longer in use: old appeals name it."""
    row = session.get(OrganisationRow, organisation_id)
    if row is None:
        raise NotFound(_("There is no such organisation."))
    return _organisation(row)


def load_organisation(organisation_id: int) -> Organisation:
    with reading() as session:
        return organisation(session, organisation_id)


def save_organisation(organisation_id: int | None, values: Mapping[str, Any], *, actor: str) -> int:
    """Add or change an organisation; its id.

    `values` holds name, short_name, email, address, phone, active. Raises Invalid by field.
    """
    clean = {
        key: str(values.get(key) or "").strip()
        for key in ("name", "short_name", "email", "address", "phone")
    }
    problems: dict[str, list[Any]] = {}
    if not clean["name"]:
        problems["name"] = [_("Name the organisation.")]
    if not clean["email"] and not clean["address"]:
        problems["address"] = [_("Give a postal address or an e-mail address to write to.")]
    if problems:
        raise Invalid(fields=problems)
    with transaction() as session:
        row = (
            session.get(OrganisationRow, organisation_id) if organisation_id else OrganisationRow()
        )
        if row is None:
            raise NotFound(_("There is no such organisation."))
        row.search = fold(f"{clean['name']} {clean['short_name']}")
        active = bool(values.get("active", True))
        return _keep(session, row, {**clean, "active": active}, actor=actor, noun="organisation")


def _organisation(row: OrganisationRow) -> Organisation:
    return Organisation(
        row.id, row.name, row.short_name, row.email, row.address, row.phone, row.active
    )


# ---- keeping ---------------------------------------------------------------------------------


def _keep(
    session: Session,
    row: UnitRow | PostRow | SigningAuthority | OrganisationRow,
    values: Mapping[str, Any],
    *,
    actor: str,
    noun: str,
) -> int:
    """Put values into a row and their difference into the journal; the row's id."""
    added = row.id is None
    before = {} if added else {key: getattr(row, key) for key in values}
    for key, value in values.items():
        setattr(row, key, value)
    session.add(row)
    session.flush()
    if added:
        record(session, actor, f"{noun}.added", f"{noun}:{row.id}", after=dict(values))
    else:
        record_change(session, actor, f"{noun}.changed", f"{noun}:{row.id}", before, values)
    return row.id
