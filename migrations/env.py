"""Alembic's way into the application: Flask-Migrate brings the engine and the metadata."""

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
    with database.engine.connect() as connection:
        context.configure(
            connection=connection,
            target_metadata=database.metadata,
            process_revision_directives=in_order,
            render_as_batch=True,
            compare_type=True,
        )
        with context.begin_transaction():
            context.run_migrations()
        connection.commit()


run()
