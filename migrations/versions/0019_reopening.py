"""Consideration that was over may be taken up again, with a term of its own."""

import sqlalchemy as sa
from alembic import op

from app.database import UTCDateTime

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade():
    op.add_column("appeal", sa.Column("reopened_at", UTCDateTime(timezone=True)))
    op.add_column("appeal", sa.Column("counted_from", sa.Date))
    op.create_table(
        "reopening",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("appeal_id", sa.Integer, sa.ForeignKey("appeal.id"), nullable=False),
        sa.Column("author", sa.String(100), nullable=False),
        sa.Column("at", UTCDateTime(timezone=True), nullable=False),
        sa.Column("ground", sa.String(20), nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("asked_due_on", sa.Date),
        sa.Column("due_on", sa.Date),
        sa.Column("ended", sa.JSON, nullable=False),
    )
    op.create_index("ix_reopening_appeal_id", "reopening", ["appeal_id"])


def downgrade():
    op.drop_table("reopening")
    with op.batch_alter_table("appeal") as table:
        table.drop_column("counted_from")
        table.drop_column("reopened_at")
