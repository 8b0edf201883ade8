"""Keep visits to the place that an appeal is about."""

import sqlalchemy as sa
from alembic import op

from app.database import UTCDateTime

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "site_visit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("appeal_id", sa.Integer(), nullable=False),
        sa.Column("recorded_by", sa.String(100), nullable=False),
        sa.Column("recorded_at", UTCDateTime(), nullable=False),
        sa.Column("visited_on", sa.Date(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("present", sa.Text(), nullable=False),
        sa.Column("findings", sa.Text(), nullable=False),
        sa.Column("documents", sa.JSON(), nullable=False),
        sa.Column("act_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["appeal_id"], ["appeal.id"], name="fk_site_visit_appeal_id"),
        sa.PrimaryKeyConstraint("id", name="pk_site_visit"),
    )
    op.create_index("ix_site_visit_appeal_id", "site_visit", ["appeal_id"])


def downgrade():
    op.drop_index("ix_site_visit_appeal_id", "site_visit")
    op.drop_table("site_visit")
