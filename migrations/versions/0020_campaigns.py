"""Keep campaigns: like appeals considered together, and what was done for many at once."""

import sqlalchemy as sa
from alembic import op

from app.database import UTCDateTime

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "campaign",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("first_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("confirmed_at", UTCDateTime(), nullable=False),
        sa.Column("confirmed_by", sa.String(100), nullable=False),
        sa.ForeignKeyConstraint(["first_id"], ["appeal.id"], name="fk_campaign_first_id"),
        sa.PrimaryKeyConstraint("id", name="pk_campaign"),
        sa.UniqueConstraint("first_id", name="uq_campaign_first_id"),
    )
    op.create_table(
        "campaign_member",
        sa.Column("appeal_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("out", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["appeal_id"], ["appeal.id"], name="fk_campaign_member_appeal_id"),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaign.id"], name="fk_campaign_member_campaign_id"
        ),
        sa.PrimaryKeyConstraint("appeal_id", name="pk_campaign_member"),
    )
    op.create_index("ix_campaign_member_campaign_id", "campaign_member", ["campaign_id"])
    op.create_table(
        "campaign_run",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("element", sa.String(120), nullable=False),
        sa.Column("answers", sa.JSON(), nullable=False),
        sa.Column("actor", sa.String(100), nullable=False),
        sa.Column("language", sa.String(5), nullable=False),
        sa.Column("begun_at", UTCDateTime(), nullable=False),
        sa.Column("finished_at", UTCDateTime()),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaign.id"], name="fk_campaign_run_campaign_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_campaign_run"),
    )
    op.create_index("ix_campaign_run_campaign_id", "campaign_run", ["campaign_id"])
    op.create_table(
        "campaign_line",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("appeal_id", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.String(10), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["campaign_run.id"], name="fk_campaign_line_run_id"),
        sa.ForeignKeyConstraint(["appeal_id"], ["appeal.id"], name="fk_campaign_line_appeal_id"),
        sa.PrimaryKeyConstraint("id", name="pk_campaign_line"),
    )
    op.create_index("ix_campaign_line_run_id_outcome", "campaign_line", ["run_id", "outcome"])


def downgrade():
    for name in ("campaign_line", "campaign_run", "campaign_member", "campaign"):
        op.drop_table(name)
