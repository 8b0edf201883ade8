"""Drafts of appeals, and files that they keep."""

import sqlalchemy as sa
from alembic import op

revision = "0045"
down_revision = "0044"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "draft",
        sa.Column("code_hash", sa.String(64), primary_key=True),
        sa.Column("content", sa.LargeBinary),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_index("ix_draft_expires_at", "draft", ["expires_at"])
    with op.batch_alter_table("upload") as table:
        table.add_column(sa.Column("keep_until", sa.DateTime(timezone=True)))


def downgrade():
    with op.batch_alter_table("upload") as table:
        table.drop_column("keep_until")
    op.drop_table("draft")
