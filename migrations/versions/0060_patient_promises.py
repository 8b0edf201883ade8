"""Promises that nobody waits for are kept when no other is due."""

import sqlalchemy as sa
from alembic import op

revision = "0060"
down_revision = "0059"
branch_labels = None
depends_on = None

PATIENT = ("document.read", "signature.recognise", "appeal.compare", "appeal.learn")


def upgrade():
    op.add_column(
        "outbox", sa.Column("patient", sa.Boolean(), server_default=sa.false(), nullable=False)
    )
    promises = sa.table("outbox", sa.column("kind"), sa.column("status"), sa.column("patient"))
    waiting = promises.c.kind.in_(PATIENT), promises.c.status == "waiting"
    op.execute(promises.update().where(*waiting).values(patient=True))
    op.drop_index("ix_outbox_open", "outbox")
    op.create_index("ix_outbox_open", "outbox", ["status", "patient", "due_at"])


def downgrade():
    op.drop_index("ix_outbox_open", "outbox")
    op.create_index("ix_outbox_open", "outbox", ["status", "due_at"])
    op.drop_column("outbox", "patient")
