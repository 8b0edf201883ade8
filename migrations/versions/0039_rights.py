"""Appeals of a limited circle, and cards shown to people by name."""

import sqlalchemy as sa
from alembic import op

from app.database import UTCDateTime

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None


def upgrade():
    op.add_column(
        "appeal", sa.Column("confined", sa.Boolean, nullable=False, server_default=sa.false())
    )
    op.create_table(
        "appeal_share",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("appeal_id", sa.Integer, sa.ForeignKey("appeal.id"), nullable=False),
        sa.Column("login", sa.String(100), nullable=False),
        sa.Column("since", UTCDateTime(timezone=True), nullable=False),
        sa.Column("until", UTCDateTime(timezone=True)),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("given_by", sa.String(100), nullable=False),
        sa.Column("given_at", UTCDateTime(timezone=True), nullable=False),
        sa.Column("ended_at", UTCDateTime(timezone=True)),
        sa.Column("ended_by", sa.String(100), nullable=False),
    )
    for column in ("appeal_id", "login"):
        op.create_index(f"ix_appeal_share_{column}", "appeal_share", [column])


def downgrade():
    op.drop_table("appeal_share")
    op.drop_column("appeal", "confined")
