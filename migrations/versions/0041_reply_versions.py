"""Versions of drafted replies, and remarks on their paragraphs."""

import sqlalchemy as sa
from alembic import op

from app.database import UTCDateTime

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "reply_version",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("appeal_id", sa.Integer, sa.ForeignKey("appeal.id"), nullable=False),
        sa.Column("author", sa.String(100), nullable=False),
        sa.Column("at", UTCDateTime(timezone=True), nullable=False),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
    )
    op.create_index("ix_reply_version_appeal_id", "reply_version", ["appeal_id"])
    op.create_table(
        "reply_remark",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("appeal_id", sa.Integer, sa.ForeignKey("appeal.id"), nullable=False),
        sa.Column("version_id", sa.Integer, sa.ForeignKey("reply_version.id"), nullable=False),
        sa.Column("quote", sa.Text, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("author", sa.String(100), nullable=False),
        sa.Column("at", UTCDateTime(timezone=True), nullable=False),
        sa.Column("resolved_at", UTCDateTime(timezone=True)),
        sa.Column("resolved_by", sa.String(100)),
    )
    op.create_index("ix_reply_remark_appeal_id", "reply_remark", ["appeal_id"])


def downgrade():
    op.drop_table("reply_remark")
    op.drop_table("reply_version")
