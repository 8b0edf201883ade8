"""Keep requests to read the file of an appeal."""

import sqlalchemy as sa
from alembic import op

from app.database import UTCDateTime

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "file_inspection",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("appeal_id", sa.Integer(), nullable=False),
        sa.Column("recorded_by", sa.String(100), nullable=False),
        sa.Column("recorded_at", UTCDateTime(), nullable=False),
        sa.Column("asked_on", sa.Date(), nullable=False),
        sa.Column("wish", sa.Text(), nullable=False),
        sa.Column("term", sa.JSON(), nullable=False),
        sa.Column("decision", sa.String(20), nullable=True),
        sa.Column("decided_by", sa.String(100), nullable=True),
        sa.Column("decided_on", sa.Date(), nullable=True),
        sa.Column("read_on", sa.Date(), nullable=True),
        sa.Column("read_at", sa.String(5), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("ground", sa.String(20), nullable=False),
        sa.Column("explanation", sa.Text(), nullable=False),
        sa.Column("held_by", sa.String(100), nullable=True),
        sa.Column("held_on", sa.Date(), nullable=True),
        sa.Column("absent_on", sa.Date(), nullable=True),
        sa.Column("shown", sa.Text(), nullable=False),
        sa.Column("act_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["appeal_id"], ["appeal.id"], name="fk_file_inspection_appeal_id"),
        sa.PrimaryKeyConstraint("id", name="pk_file_inspection"),
    )
    op.create_index("ix_file_inspection_appeal_id", "file_inspection", ["appeal_id"])


def downgrade():
    op.drop_index("ix_file_inspection_appeal_id", "file_inspection")
    op.drop_table("file_inspection")
