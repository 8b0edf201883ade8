"""Paper originals of appeals."""

import sqlalchemy as sa
from alembic import op

from app.database import UTCDateTime

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "paper_original",
        sa.Column("appeal_id", sa.Integer, sa.ForeignKey("appeal.id"), primary_key=True),
        sa.Column("case_index", sa.String(60), nullable=False),
        sa.Column("volume", sa.String(20), nullable=False),
        sa.Column("leaves", sa.String(40), nullable=False),
        sa.Column("holder", sa.String(100), nullable=False),
        sa.Column("filed_on", sa.Date),
        sa.Column("filed_by", sa.String(100)),
    )
    op.create_table(
        "paper_handover",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("appeal_id", sa.Integer, sa.ForeignKey("appeal.id"), nullable=False),
        sa.Column("given_by", sa.String(100), nullable=False),
        sa.Column("given_to", sa.String(100), nullable=False),
        sa.Column("at", UTCDateTime(timezone=True), nullable=False),
        sa.Column("remark", sa.Text, nullable=False),
        sa.Column("accepted_at", UTCDateTime(timezone=True)),
    )
    op.create_index("ix_paper_handover_appeal_id", "paper_handover", ["appeal_id"])


def downgrade():
    op.drop_table("paper_handover")
    op.drop_table("paper_original")
