"""Keep acts of money and valuables that came in an envelope."""

import sqlalchemy as sa
from alembic import op

from app.database import UTCDateTime

revision = "0050"
down_revision = "0049"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "valuables_act",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("appeal_id", sa.Integer(), nullable=False),
        sa.Column("recorded_by", sa.String(100), nullable=False),
        sa.Column("recorded_at", UTCDateTime(), nullable=False),
        sa.Column("opened_on", sa.Date(), nullable=False),
        sa.Column("found", sa.Text(), nullable=False),
        sa.Column("kept", sa.Text(), nullable=False),
        sa.Column("present", sa.Text(), nullable=False),
        sa.Column("return_by", sa.Date(), nullable=False),
        sa.Column("document_id", sa.Integer(), nullable=True),
        sa.Column("returned_on", sa.Date(), nullable=True),
        sa.Column("returned_how", sa.String(20), nullable=False),
        sa.Column("returned_note", sa.Text(), nullable=False),
        sa.Column("returned_by", sa.String(100), nullable=True),
        sa.ForeignKeyConstraint(["appeal_id"], ["appeal.id"], name="fk_valuables_act_appeal_id"),
        sa.PrimaryKeyConstraint("id", name="pk_valuables_act"),
    )
    op.create_index("ix_valuables_act_appeal_id", "valuables_act", ["appeal_id"])


def downgrade():
    op.drop_index("ix_valuables_act_appeal_id", "valuables_act")
    op.drop_table("valuables_act")
