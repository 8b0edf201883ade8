"""Replies published on the site."""

import sqlalchemy as sa
from alembic import op

from app.database import UTCDateTime

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "publication",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("appeal_id", sa.Integer, sa.ForeignKey("appeal.id"), nullable=False, unique=True),
        sa.Column("title", sa.String(300), nullable=False),
        sa.Column("question", sa.Text, nullable=False),
        sa.Column("answer", sa.Text, nullable=False),
        sa.Column("published_at", UTCDateTime(timezone=True), nullable=False),
        sa.Column("published_by", sa.String(100), nullable=False),
        sa.Column("taken_down_at", UTCDateTime(timezone=True)),
        sa.Column("taken_down_for", sa.Text, nullable=False),
    )
    op.create_index("ix_publication_published_at", "publication", ["published_at"])


def downgrade():
    op.drop_table("publication")
