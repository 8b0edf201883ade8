"""Keep which letters were printed for the post together."""

import sqlalchemy as sa
from alembic import op

from app.database import UTCDateTime

revision = "0048"
down_revision = "0047"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "mailing",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("letters", sa.JSON(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("made_by", sa.String(100), nullable=False),
        sa.Column("made_at", UTCDateTime(), nullable=False),
        sa.Column("finished_at", UTCDateTime(), nullable=True),
        sa.Column("upload_id", sa.String(32), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_mailing"),
    )
    op.create_index("ix_mailing_made_by", "mailing", ["made_by"])


def downgrade():
    op.drop_table("mailing")
