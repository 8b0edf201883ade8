"""`flask access …`."""

import json
import sys

import click

from app.access import links, policy, second_factor, services
from app.commands import CommandGroup
from app.extensions import settings

group = CommandGroup("access", help="Accounts and tokens.")


@group.command("token")
@click.argument("login")
@click.option("--days", type=click.IntRange(1, 3650), help="How long it lasts (90 days).")
def token(login: str, days: int | None) -> None:
    """Make an API token for LOGIN; it is shown this once."""
    issued = services.issue_token(login, days=days)
    line = {
        "login": issued.login,
        "token": issued.secret,
        "expires_at": issued.expires_at.isoformat(),
    }
    click.echo(json.dumps(line))


@group.command("create")
@click.argument("login")
@click.option(
    "--role", "roles", multiple=True, required=True, type=click.Choice(list(policy.ROLES))
)
@click.option("--name", default="", help="The person's full name (the login when left out).")
@click.option("--email", default="")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
def create(login: str, roles: tuple[str, ...], name: str, email: str, password_stdin: bool) -> None:
    """Make an account for LOGIN with one or more roles."""
    if password_stdin:
        password = sys.stdin.readline().rstrip("\r\n")
    else:
        password = click.prompt("Password", hide_input=True, confirmation_prompt=True)
    values = {"name": name or login, "email": email, "roles": roles}
    made = services.create_account(login, values, password=password, actor="system")
    click.echo(json.dumps({"login": made.login, "roles": sorted(made.roles)}))


@group.command("revoke")
@click.argument("login")
def revoke(login: str) -> None:
    """End every session and token of LOGIN."""
    services.revoke_tokens(login, actor="system")
    click.echo(json.dumps({"login": policy.login_of(login), "revoked": True}))


@group.command("link")
@click.argument("login")
def link(login: str) -> None:
    """Take LOGIN's password away and show a link to choose another, once."""
    made = links.make(login, actor="system")
    line = {
        "login": made.login,
        "link": f"{settings().address}/password/link/{made.secret}",
        "expires_at": made.expires_at.isoformat(),
    }
    click.echo(json.dumps(line))


@group.command("unlock")
@click.argument("login")
def unlock(login: str) -> None:
    """Let LOGIN be tried again at once after too many failures."""
    services.unlock(login, actor="system")
    click.echo(json.dumps({"login": policy.login_of(login), "unlocked": True}))


@group.command("reset-second-factor")
@click.argument("login")
def reset_second_factor(login: str) -> None:
    """Take the second factor of LOGIN away; it is set up anew at the next sign-in."""
    second_factor.reset(login, actor="system")
    click.echo(json.dumps({"login": policy.login_of(login), "reset": True}))
