"""`flask process …`: publish, list, activate, export, migrate, undo, manifest."""

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

import engine
from app.commands import CommandGroup
from app.workflow import migration_records, migrations, versions

group = CommandGroup("process", help="Published diagrams and running instances.")
ROOT = Path(__file__).parents[2]
ACTOR = "console"


def say(line: dict[str, Any]) -> None:
    click.echo(json.dumps(line, ensure_ascii=False, default=str))


@group.command()
@click.option(
    "--processes", type=click.Path(exists=True, path_type=Path), default=ROOT / "processes"
)
@click.option("--forms", type=click.Path(exists=True, path_type=Path), default=ROOT / "forms")
@click.option("--note", default="")
def publish(processes: Path, forms: Path, note: str) -> None:
    """Check a set and make it the one new appeals follow."""
    files = versions.read_folders(processes, forms)
    if not any(name.endswith(".bpmn") for name in files):
        click.echo(f"There is no diagram below {processes}.", err=True)
        sys.exit(2)
    try:
        done = versions.publish(files, note=note, actor=ACTOR, whole=True)
    except engine.Refused as refusal:
        for finding in refusal.findings:
            say(asdict(finding))
        click.echo("Nothing was published: the check found errors.", err=True)
        sys.exit(1)
    warnings = [asdict(one) for one in done.warnings]
    say({"version": done.version, "changed": done.changed, "warnings": warnings})


@group.command("list")
def list_versions() -> None:
    """One line a published set, newest first."""
    for one in versions.versions():
        say(
            {
                "version": one.id,
                "active": one.active,
                "note": one.note,
                "published_at": one.published_at.isoformat(),
                "published_by": one.published_by,
                "running": one.running,
                "key": one.content_key,
            }
        )


@group.command()
@click.argument("version", type=int)
def activate(version: int) -> None:
    """Make new appeals follow this version."""
    versions.activate(version, actor=ACTOR)
    say({"version": version, "active": True})


@group.command()
@click.argument("version", type=int)
@click.argument("folder", type=click.Path(path_type=Path))
def export(version: int, folder: Path) -> None:
    """Write the files of a version below FOLDER/processes and FOLDER/forms."""
    files = versions.export(version)
    for path, content in files.items():
        place = folder / (path if path.startswith("forms/") else f"processes/{path}")
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content)
    say({"version": version, "files": len(files), "folder": str(folder)})


@group.command()
@click.argument("version", type=int)
@click.option("--to", "target", type=int, required=True)
@click.option("--instance", type=int, help="Move this instance only.")
@click.option("--dry-run", is_flag=True, help="Only say which can be moved, and why others cannot.")
def migrate(version: int, target: int, instance: int | None, dry_run: bool) -> None:
    """Move running instances to another version: a line each, then the sum."""
    done = migrations.migrate(
        version, target, instance=instance, dry_run=dry_run, actor=ACTOR, tell=_say_moved
    )
    say({"migration": done.id, "moved": done.moved, "left": done.left})
    if done.lines and not done.moved and not dry_run:
        click.echo(f"Nothing was moved: {done.lines[0].reason}", err=True)
        sys.exit(1)


@group.command()
@click.argument("migration")
def undo(migration: str) -> None:
    """Put the instances of a migration back; a line for each that has moved on since."""
    done = migrations.undo(migration, actor=ACTOR, tell=_say_left)
    say({"migration": migration, "undone": done.moved, "left": done.left})


def _say_moved(line: migration_records.Moved) -> None:
    say(asdict(line))


def _say_left(line: migration_records.Moved) -> None:
    if not line.can:
        say(asdict(line))


@group.command()
@click.option("--check", is_flag=True, help="Only say whether the files are up to date.")
def manifest(check: bool) -> None:
    """Write processes/operations.json and the element templates from the rooms' operations."""
    operations = json.loads(versions.manifest_text())
    templates = (
        json.dumps(engine.element_templates(operations), ensure_ascii=False, indent=2) + "\n"
    )
    wanted = {
        ROOT / "processes" / "operations.json": versions.manifest_text(),
        ROOT / "processes" / "element-templates.json": templates,
    }
    stale = [
        path.name
        for path, text in wanted.items()
        if not path.exists() or path.read_text(encoding="utf-8") != text
    ]
    if check:
        say({"stale": stale})
        sys.exit(1 if stale else 0)
    for path, text in wanted.items():
        path.write_text(text, encoding="utf-8")
    say({"written": stale, "operations": len(operations["operations"])})
