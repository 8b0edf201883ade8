"""Settings that people change while the house works, each change remembered."""

import json
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

import orjson
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.audit.services import record_change
from app.clock import now
from app.database import glancing, reading, transaction
from app.directory import policy
from app.directory.models import Setting, SettingChange
from app.directory.values import BODY_FIELDS, Body, Change
from app.extensions import settings as of_installation
from app.session import notes

_KNOWN = "settings"
EVERY_SETTING = select(Setting.key, Setting.value)


def setting(session: Session, key: str, default: Any = None) -> Any:
    """The value of a setting; a known one has its own default when none is given."""
    kept = _kept(session)
    if key in kept:
        return json.loads(kept[key])
    rule = policy.known(key)
    return rule.default if default is None and rule is not None else default


def _kept(session: Session) -> dict[str, str]:
    """What is set, asked for once a transaction: one move of a process looks many times."""
    if _KNOWN not in notes(session):
        remember_settings(session, session.execute(EVERY_SETTING).mappings())
    kept: dict[str, str] = notes(session)[_KNOWN]
    return kept


def remember_settings(session: Session, rows: Iterable[Mapping[Any, Any]]) -> None:
    """Take the settings as they are now from who has read them with something else."""
    notes(session)[_KNOWN] = {row["key"]: row["value"] for row in rows}


def set_setting(session: Session, key: str, value: Any, actor: str) -> None:
    """Change a setting in the caller's transaction; the same value again changes nothing.

    Raises Invalid, naming the key, when a known setting cannot have this value.
    """
    value = policy.checked_setting(key, value)
    row = session.get(Setting, key)
    before = None if row is None else json.loads(row.value)
    if row is not None and before == value:
        return
    notes(session).pop(_KNOWN, None)
    notes(session).pop(body, None)
    text = json.dumps(value, ensure_ascii=False, sort_keys=True)
    session.add(
        SettingChange(
            key=key, at=now(), actor=actor, before=None if row is None else row.value, after=text
        )
    )
    if row is None:
        session.add(Setting(key=key, value=text))
    else:
        row.value = text
    record_change(
        session, actor, "setting.changed", f"setting:{key}", {"value": before}, {"value": value}
    )


def note_edition(session: Session, key: str, edition: int) -> None:
    """Keep which edition of something is in force beside the settings, which every use case reads.

    It is nobody's decision by itself: who changed what is told where the editions are kept.
    """
    notes(session).pop(_KNOWN, None)
    row = session.get(Setting, key)
    if row is None:
        session.add(Setting(key=key, value=json.dumps(edition)))
    else:
        row.value = json.dumps(edition)


def body(session: Session) -> Body:
    """The body itself, as the administrator described it."""
    known: Body | None = notes(session).get(body)
    if known is None:
        kept = frozenset(_kept(session).items())
        known = notes(session)[body] = _described(kept, of_installation().default_zone)
    return known


@lru_cache(maxsize=16)
def _described(kept: frozenset[tuple[str, str]], zone: str) -> Body:
    """The body that these settings describe; read anew when any of them is another."""
    told = {"zone": zone} | {
        key.removeprefix("body."): orjson.loads(text)
        for key, text in kept
        if key.startswith("body.")
    }
    return Body(**{name: told[name] for name in BODY_FIELDS if name in told})


def current_body() -> Body:
    """The body itself, for doors: a use case of its own."""
    with glancing() as session:
        return body(session)


def save_body(values: Mapping[str, Any], *, actor: str) -> None:
    """Change what is given of the body's own data; raises Invalid by field."""
    clean = policy.checked_body(values)
    with transaction() as session:
        present = body(session)
        for name in BODY_FIELDS:
            # What is left empty as it was is no change.
            if name in clean and (clean[name] or getattr(present, name)):
                set_setting(session, f"body.{name}", clean[name], actor)


def save_settings(values: Mapping[str, Any], *, actor: str) -> None:
    """Change several settings, all or none."""
    with transaction() as session:
        for key, value in values.items():
            set_setting(session, key, value, actor)


def all_settings() -> dict[str, Any]:
    """Every known setting by key."""
    with glancing() as session:
        return {rule.key: setting(session, rule.key) for rule in policy.KNOWN}


def setting_history(prefix: str = "", limit: int = 100) -> list[Change]:
    """Who changed settings whose keys begin with `prefix`, newest first."""
    with reading() as session:
        rows = session.scalars(
            select(SettingChange)
            .where(SettingChange.key.startswith(prefix, autoescape=True))
            .order_by(SettingChange.id.desc())
            .limit(limit)
        )
        return [
            Change(
                row.key,
                row.at,
                row.actor,
                None if row.before is None else json.loads(row.before),
                json.loads(row.after),
            )
            for row in rows
        ]
