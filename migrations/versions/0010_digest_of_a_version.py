"""Keep a digest of the very bytes of a published set, which no newer program counts otherwise."""

import sqlalchemy as sa
from alembic import op

from app.workflow import finality, shelf

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

BEFORE = {
    "process_file": (),
    "process_version": ("id", "content_key", "note", "published_at", "published_by"),
}
FINAL = {**BEFORE, "process_version": (*BEFORE["process_version"], "digest")}


def upgrade():
    connection = op.get_bind()
    op.add_column(
        "process_version",
        sa.Column("digest", sa.String(64), nullable=False, server_default=""),
    )
    finality.lift(connection)
    for (version,) in connection.execute(sa.text("SELECT id FROM process_version")).all():
        files = connection.execute(
            sa.text("SELECT path, content FROM process_file WHERE version_id = :version"),
            {"version": version},
        ).all()
        connection.execute(
            sa.text("UPDATE process_version SET digest = :digest WHERE id = :version"),
            {"digest": shelf.digest({path: bytes(content) for path, content in files}), "version": version},
        )
    finality.lay(connection, FINAL)


def downgrade():
    connection = op.get_bind()
    finality.lift(connection)
    with op.batch_alter_table("process_version") as table:
        table.drop_column("digest")
    finality.lay(connection, BEFORE)
