"""Acts of a commission that the text of an appeal cannot be read."""

import sqlalchemy as sa
from alembic import op

from app.database import UTCDateTime

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "commission_act",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("appeal_id", sa.Integer, sa.ForeignKey("appeal.id"), nullable=False),
        sa.Column("author", sa.String(100), nullable=False),
        sa.Column("at", UTCDateTime(timezone=True), nullable=False),
        sa.Column("description", sa.Text, nullable=False),
        sa.Column("conclusion", sa.Text, nullable=False),
        sa.Column("members", sa.JSON, nullable=False),
        sa.Column("number", sa.String(80)),
        sa.Column("made_on", sa.Date),
        sa.Column("document_id", sa.Integer),
    )
    op.create_index("ix_commission_act_appeal_id", "commission_act", ["appeal_id"])


def downgrade():
    op.drop_table("commission_act")
