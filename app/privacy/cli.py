"""`flask privacy …`: what is due, acts, the register, what is stored about a person."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from app.access.services import load_person
from app.commands import CommandGroup
from app.privacy import services, subjects, telling

group = CommandGroup("privacy", help="Terms of keeping, acts of destruction, the register.")
by = click.option("--by", "login", required=True, help="Login of the person who does it.")


@group.command("due")
@by
def due(login: str) -> None:
    """One line an appeal whose keeping is over; `held` says what stands against its erasure."""
    for one in services.due(load_person(login)):
        _tell(asdict(one))


@group.command("propose")
@by
@click.argument("appeals", type=int, nargs=-1)
def propose(login: str, appeals: tuple[int, ...]) -> None:
    """Draw up an act of all that is due, or of APPEALS (ids) of it."""
    _tell(asdict(services.propose(load_person(login), appeals or None)))


@group.command("approve")
@by
@click.argument("act", type=int)
def approve(login: str, act: int) -> None:
    """Approve an act of another; its appeals are erased by the worker (`outbox settle`)."""
    _tell(asdict(services.decide(load_person(login), act, approve=True)))


@group.command("refuse")
@by
@click.argument("act", type=int)
@click.argument("reason")
def refuse(login: str, act: int, reason: str) -> None:
    """Refuse an act of another."""
    _tell(asdict(services.decide(load_person(login), act, approve=False, remark=reason)))


@group.command("acts")
@by
def acts(login: str) -> None:
    """One line an act, the latest first, with how far it is carried out."""
    for one in services.acts(load_person(login)):
        _tell({**asdict(one), "done": one.done, "erased": one.erased})


@group.command("register")
@by
def register(login: str) -> None:
    """One line an erased appeal; keep this beside the backups, `backup restore` reads it."""
    for one in services.register(load_person(login)):
        _tell(asdict(one))


@group.command("subject")
@by
@click.option("--reason", required=True, help="Who asked and how you know it.")
@click.option("--pdf", type=click.Path(dir_okay=False, path_type=Path), help="Write a PDF there.")
@click.argument("number")
def subject(login: str, reason: str, pdf: Path | None, number: str) -> None:
    """Tell what is stored about the applicant of the appeal NUMBER (or receipt), as one line."""
    told = subjects.stored(load_person(login), number, reason)
    if pdf is not None:
        pdf.write_bytes(telling.pdf(told))
        pdf.chmod(0o600)
    _tell(told)


def _tell(line: dict[str, Any]) -> None:
    click.echo(json.dumps(line, ensure_ascii=False, default=str))
