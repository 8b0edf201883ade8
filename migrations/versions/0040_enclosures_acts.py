"""Keep acts of missing enclosures."""

import sqlalchemy as sa
from alembic import op

from app.database import UTCDateTime

revision = "0040"
down_revision = "0039"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "enclosures_act",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("appeal_id", sa.Integer(), nullable=False),
        sa.Column("recorded_by", sa.String(100), nullable=False),
        sa.Column("recorded_at", UTCDateTime(), nullable=False),
        sa.Column("opened_on", sa.Date(), nullable=False),
        sa.Column("named", sa.Text(), nullable=False),
        sa.Column("missing", sa.Text(), nullable=False),
        sa.Column("present", sa.Text(), nullable=False),
        sa.Column("document_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["appeal_id"], ["appeal.id"], name="fk_enclosures_act_appeal_id"),
        sa.PrimaryKeyConstraint("id", name="pk_enclosures_act"),
    )
    op.create_index("ix_enclosures_act_appeal_id", "enclosures_act", ["appeal_id"])


def downgrade():
    op.drop_index("ix_enclosures_act_appeal_id", "enclosures_act")
    op.drop_table("enclosures_act")
