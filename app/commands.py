"""What all commands of `flask --app wsgi` have in common: a refusal is one sentence."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import click
from flask.cli import AppGroup
from sqlalchemy.exc import OperationalError, ProgrammingError

from app.errors import DomainError


class CommandGroup(AppGroup):
    """A room's commands: whatever is wrong is told in one sentence, exit 1 refused, 2 usage."""

    def make_context(self, *args: Any, **more: Any) -> click.Context:
        with _one_sentence():
            return super().make_context(*args, **more)

    def invoke(self, ctx: click.Context) -> Any:
        with _one_sentence():
            return super().invoke(ctx)


class Command(click.Command):
    """A command of the house as a whole, with the same sentences."""

    def invoke(self, ctx: click.Context) -> Any:
        with _one_sentence():
            return super().invoke(ctx)


@contextmanager
def _one_sentence() -> Iterator[None]:
    try:
        yield
    except click.exceptions.NoArgsIsHelpError:
        raise
    except click.UsageError as error:
        # With its context click prints three lines of usage before the sentence.
        error.ctx = None
        raise
    except DomainError as refusal:
        click.echo(_said(refusal), err=True)
        sys.exit(1)
    except (OperationalError, ProgrammingError) as error:
        reason = str(error.orig).splitlines()[0]
        raise click.ClickException(
            f"The database cannot be used ({reason}): does it run, is DATABASE_URL right, "
            "is it prepared (make setup)?"
        ) from error


def _said(refusal: DomainError) -> str:
    """What the use case said of the whole, else of the fields."""
    fields = [str(text) for texts in refusal.fields.values() for text in texts]
    general = refusal.message == refusal.title
    return " ".join(fields) if general and fields else str(refusal)
