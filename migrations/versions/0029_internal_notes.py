"""Internal notes on appeals."""

import sqlalchemy as sa
from alembic import op

from app.database import UTCDateTime

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "internal_note",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("appeal_id", sa.Integer, sa.ForeignKey("appeal.id"), nullable=False),
        sa.Column("author", sa.String(100), nullable=False),
        sa.Column("at", UTCDateTime(timezone=True), nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("changed_at", UTCDateTime(timezone=True)),
        sa.Column("withdrawn_at", UTCDateTime(timezone=True)),
        sa.Column("earlier", sa.JSON, nullable=False),
        sa.Column("search_text", sa.Text, nullable=False),
    )
    op.create_index("ix_internal_note_appeal_id", "internal_note", ["appeal_id"])


def downgrade():
    op.drop_table("internal_note")
