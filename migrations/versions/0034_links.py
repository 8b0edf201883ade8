"""Appeals tied to each other with a reason."""

import sqlalchemy as sa
from alembic import op

from app.database import UTCDateTime

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "appeal_link",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("appeal_id", sa.Integer, sa.ForeignKey("appeal.id"), nullable=False),
        sa.Column("other_id", sa.Integer, sa.ForeignKey("appeal.id"), nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("author", sa.String(100), nullable=False),
        sa.Column("at", UTCDateTime(timezone=True), nullable=False),
        sa.Column("untied_at", UTCDateTime(timezone=True)),
        sa.Column("untied_by", sa.String(100)),
        sa.Column("untied_for", sa.Text, nullable=False),
    )
    op.create_index("ix_appeal_link_appeal_id", "appeal_link", ["appeal_id"])
    op.create_index("ix_appeal_link_other_id", "appeal_link", ["other_id"])


def downgrade():
    op.drop_table("appeal_link")
