"""Alembic's way into the application: Flask-Migrate brings the engine and the metadata."""

from contextlib import contextmanager

from alembic import context
from flask import current_app

database = current_app.extensions["migrate"].db


def in_order(_context, _revision, directives):
    """Number new migrations and write none when nothing changed."""
    script = directives[0]
    if script.upgrade_ops.is_empty():
        directives[:] = []
        return
    known = [int(one.revision) for one in context.script.walk_revisions()]
    script.rev_id = f"{max(known, default=0) + 1:04d}"


def run():
    with database.engine.connect() as connection, unheld(connection):
        context.configure(
            connection=connection,
            target_metadata=database.metadata,
            process_revision_directives=in_order,
            render_as_batch=True,
            compare_type=True,
            on_version_apply=require_whole,
        )
        with context.begin_transaction():
            context.run_migrations()
        connection.commit()


@contextmanager
def unheld(connection):
    """Let SQLite rebuild a table that others refer to.

    It changes a column by making the table anew and dropping the old one, which is refused while
    rows point at it; and inside a transaction the switch has no effect.
    """
    if connection.dialect.name != "sqlite":
        yield
        return
    driver = connection.connection.driver_connection
    driver.execute("PRAGMA foreign_keys=OFF")
    try:
        yield
    finally:
        driver.execute("PRAGMA foreign_keys=ON")


def require_whole(ctx, **_step):
    """Refuse a migration that leaves rows which point at nothing, now that nothing held them."""
    if ctx.connection.dialect.name != "sqlite":
        return
    lost = ctx.connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
    if lost:
        tables = ", ".join(sorted({row[0] for row in lost}))
        raise RuntimeError(f"The migration would leave rows that point at nothing: {tables}.")


run()
