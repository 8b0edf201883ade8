"""Warnings of terms, how each person wants them by mail, and the internal term of an appeal."""

import sqlalchemy as sa
from alembic import op

from app.database import UTCDateTime

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade():
    op.add_column(
        "account",
        sa.Column("reminders", sa.String(10), nullable=False, server_default="at_once"),
    )
    op.add_column("appeal", sa.Column("internal_due_on", sa.Date))
    op.create_table(
        "reminder",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("login", sa.String(100), nullable=False),
        sa.Column("appeal_id", sa.Integer, sa.ForeignKey("appeal.id"), nullable=False),
        sa.Column("due_on", sa.Date, nullable=False),
        sa.Column("at", UTCDateTime(timezone=True), nullable=False),
        sa.Column("for_digest", sa.Boolean, nullable=False),
        sa.Column("seen_at", UTCDateTime(timezone=True)),
        sa.UniqueConstraint("login", "appeal_id"),
    )
    op.create_index("ix_reminder_appeal_id", "reminder", ["appeal_id"])


def downgrade():
    op.drop_table("reminder")
    with op.batch_alter_table("appeal") as table:
        table.drop_column("internal_due_on")
    with op.batch_alter_table("account") as table:
        table.drop_column("reminders")
