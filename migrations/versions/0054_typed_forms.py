"""What is typed into the form of a task is kept while it is typed."""

import sqlalchemy as sa
from alembic import op

from app.database import UTCDateTime

revision = "0054"
down_revision = "0053"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "typed_form",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("appeal_id", sa.Integer(), sa.ForeignKey("appeal.id"), nullable=False),
        sa.Column("item_id", sa.Integer(), sa.ForeignKey("work_item.id"), nullable=False),
        sa.Column("author", sa.String(100), nullable=False),
        sa.Column("opening", sa.String(40), nullable=False),
        sa.Column("begun_at", UTCDateTime(), nullable=False),
        sa.Column("saved_at", UTCDateTime(), nullable=False),
        sa.Column("pairs", sa.JSON(), nullable=False),
    )
    op.create_index("ix_typed_form_item", "typed_form", ["item_id", "author", "id"])
    op.create_index("ix_typed_form_appeal_id", "typed_form", ["appeal_id"])
    op.create_index("ix_typed_form_saved_at", "typed_form", ["saved_at"])


def downgrade():
    op.drop_table("typed_form")
