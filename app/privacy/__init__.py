"""How long appeals are kept and how they are erased: terms, acts of two persons, the register.

What was erased once never comes back: a restore erases again what the register lists.
"""

from flask import Flask

from app.privacy import cli, jobs


def init_app(app: Flask) -> None:
    jobs.init_app()
    app.cli.add_command(cli.group)
