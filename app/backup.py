"""Backup and restore: every table, the files and the keys in one archive.

The tables are written as rows, not as a database's own dump, so that an archive made on SQLite can
be restored into PostgreSQL and the other way round, and nothing but Python is needed.
"""

import base64
import io
import json
import shutil
import sys
import tarfile
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import click
from sqlalchemy import Integer, LargeBinary, Table, func, insert, inspect, select, text
from sqlalchemy.engine import Connection

from app import clock, config, schema
from app.audit import services as audit
from app.commands import CommandGroup
from app.database import db, reading, transaction
from app.extensions import settings
from app.privacy import register as final_register
from app.privacy import services as privacy
from app.search import services as search
from app.workflow import finality

group = CommandGroup("backup", help="Database, files and keys in one archive.")
FORMAT = 1
FOLDERS = ("files", "keys", "mail", "calendar", "trust")
BATCH = 500


@group.command()
@click.argument("archive", type=click.Path(path_type=Path), required=False)
def create(archive: Path | None) -> None:
    """Write ARCHIVE (default DATA_DIR/backups/<time>.tar.gz)."""
    place = archive or settings().data_dir / "backups" / f"{clock.real():%Y%m%dT%H%M%SZ}.tar.gz"
    place.parent.mkdir(parents=True, exist_ok=True)
    unfinished = place.with_suffix(".part")
    with tarfile.open(unfinished, "w:gz") as tar:
        rows = write_tables(tar)
        for folder in FOLDERS:
            if (settings().data_dir / folder).is_dir():
                tar.add(settings().data_dir / folder, arcname=folder)
    unfinished.chmod(0o600)
    unfinished.replace(place)
    click.echo(json.dumps({"archive": str(place), "rows": rows, "bytes": place.stat().st_size}))


@group.command()
@click.argument("archive", type=click.Path(exists=True, path_type=Path))
@click.option("--replace", is_flag=True, help="Restore over a database that holds appeals.")
@click.option(
    "--register",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Lines of `privacy register`: what they list is erased again.",
)
def restore(archive: Path, replace: bool, register: Path | None) -> None:
    """Put ARCHIVE back in place of what is there, or where nothing is. Stop the server first.

    What was erased since the archive was made is erased again: by the register of the database
    that is replaced, and by the one given.
    """
    config.make_data_dir(settings())
    with db.engine.connect() as connection:
        empty = _revision(connection) is None
    if empty:
        schema.upgrade()
    with tarfile.open(archive, "r:gz") as tar, db.engine.connect() as connection:
        # Before anything is asked of a database that may be another version's.
        _require_same_schema(connection, json.load(_member(tar, "about.json")))
    with reading() as session:
        erased = privacy.lines_of(session)
    if register is not None:
        lines = register.read_text(encoding="utf-8").splitlines()
        erased += privacy.read_lines(json.loads(line) for line in lines if line.strip())
    with tarfile.open(archive, "r:gz") as tar:
        with db.engine.begin() as connection:
            if not replace and _holds_appeals(connection):
                click.echo("This database holds appeals; say --replace to replace them.", err=True)
                sys.exit(1)
            rows = read_tables(tar, connection)
        read_files(tar, settings().data_dir)
    audit.note_restored()
    with transaction() as session:
        search.rebuild(session)
    again = privacy.reapply(erased)
    click.echo(json.dumps({"archive": str(archive), "rows": rows, "erased_again": again}))


def write_tables(tar: tarfile.TarFile) -> int:
    """Add `about.json` and a JSON-lines file for each table, all from one snapshot."""
    total = 0
    with db.engine.connect() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ"))
        about = {"format": FORMAT, "schema": _revision(connection), "at": clock.now().isoformat()}
        _add(tar, "about.json", json.dumps(about).encode())
        for table in _tables():
            lines = [_line(row) for row in connection.execute(select(table)).mappings()]
            total += len(lines)
            _add(tar, f"tables/{table.name}.jsonl", b"".join(lines))
    return total


def read_tables(tar: tarfile.TarFile, connection: Connection) -> int:
    """Replace every row of every table by those of the archive."""
    total = 0
    finality.lift(connection)
    final_register.lift(connection)
    for table in reversed(_tables()):
        connection.execute(table.delete())
    for table in _tables():
        for batch in _batches(_member(tar, f"tables/{table.name}.jsonl"), table):
            connection.execute(insert(table), batch)
            total += len(batch)
        _reset_sequence(connection, table)
    finality.lay(connection)
    final_register.lay(connection)
    return total


def read_files(tar: tarfile.TarFile, place: Path) -> None:
    """Put the folders back; only plain files, and only inside `place`.

    Debian 12's Python has no extraction filters yet.
    """
    for member in tar.getmembers():
        target = (place / member.name).resolve()
        if member.name.split("/")[0] not in FOLDERS or not member.isfile():
            continue
        if not target.is_relative_to(place.resolve()):
            raise click.ClickException(f"{member.name} leads out of the folder.")
        target.parent.mkdir(parents=True, exist_ok=True)
        with target.open("wb") as file:
            shutil.copyfileobj(_member(tar, member.name), file)
        target.chmod(0o600 if member.name.startswith("keys/") else 0o640)


def _tables() -> list[Table]:
    return db.metadata.sorted_tables


def _line(row: Any) -> bytes:
    return json.dumps(dict(row), ensure_ascii=False, default=_plain).encode() + b"\n"


def _plain(value: object) -> object:
    if isinstance(value, bytes):
        return base64.b64encode(value).decode("ascii")
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"A backup cannot hold {type(value).__name__}.")


def _batches(lines: Iterator[bytes] | Any, table: Table) -> Iterator[list[dict[str, Any]]]:
    batch: list[dict[str, Any]] = []
    for line in lines:
        batch.append(_row(json.loads(line), table))
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


def _row(values: dict[str, Any], table: Table) -> dict[str, Any]:
    return {column.name: _value(values[column.name], column.type) for column in table.columns}


def _value(value: Any, kind: Any) -> Any:
    if value is None:
        return None
    if isinstance(kind, LargeBinary):
        return base64.b64decode(value)
    python = (
        getattr(kind, "python_type", None) if not hasattr(kind, "impl") else kind.impl.python_type
    )
    if python is datetime:
        return datetime.fromisoformat(value)
    if python is date:
        return date.fromisoformat(value)
    return value


def _reset_sequence(connection: Connection, table: Table) -> None:
    keys = list(table.primary_key.columns)
    if connection.dialect.name != "postgresql" or len(keys) != 1:
        return
    if not isinstance(keys[0].type, Integer):
        return
    name = connection.scalar(select(func.pg_get_serial_sequence(f'"{table.name}"', keys[0].name)))
    if name:
        top = connection.scalar(select(func.max(keys[0]))) or 0
        connection.execute(select(func.setval(name, top + 1, False)))


def _revision(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    found: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
    return found


def _require_same_schema(connection: Connection, about: dict[str, Any]) -> None:
    if about["format"] != FORMAT or about["schema"] != _revision(connection):
        click.echo(
            f"The archive is of schema {about['schema']}, the database of "
            f"{_revision(connection)}: install that version first, then upgrade.",
            err=True,
        )
        sys.exit(1)


def _holds_appeals(connection: Connection) -> bool:
    table = db.metadata.tables["appeal"]
    return bool(connection.scalar(select(func.count()).select_from(table)))


def _member(tar: tarfile.TarFile, name: str) -> Any:
    found = tar.extractfile(name)
    if found is None:
        raise click.ClickException(f"{name} is not in the archive.")
    return found


def _add(tar: tarfile.TarFile, name: str, content: bytes) -> None:
    info = tarfile.TarInfo(name)
    info.size = len(content)
    info.mode = 0o600
    tar.addfile(info, io.BytesIO(content))
