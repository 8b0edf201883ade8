"""Acts on a selection of the inbox; their mail is held for a while."""

import sqlalchemy as sa
from alembic import op

from app.database import UTCDateTime

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None


def upgrade():
    with op.batch_alter_table("campaign_run") as table:
        table.alter_column("campaign_id", existing_type=sa.Integer, nullable=True)
        table.add_column(
            sa.Column("action", sa.String(20), nullable=False, server_default="complete")
        )
        table.add_column(sa.Column("cancelled_at", UTCDateTime(timezone=True)))
    with op.batch_alter_table("outbox") as table:
        table.add_column(sa.Column("batch", sa.String(40)))
        table.add_column(sa.Column("held", sa.Boolean, nullable=False, server_default=sa.false()))
        table.create_index("ix_outbox_batch", ["batch"])


def downgrade():
    with op.batch_alter_table("outbox") as table:
        table.drop_index("ix_outbox_batch")
        table.drop_column("held")
        table.drop_column("batch")
    op.execute("DELETE FROM campaign_line WHERE run_id IN "
               "(SELECT id FROM campaign_run WHERE campaign_id IS NULL)")
    op.execute("DELETE FROM campaign_run WHERE campaign_id IS NULL")
    with op.batch_alter_table("campaign_run") as table:
        table.drop_column("cancelled_at")
        table.drop_column("action")
        table.alter_column("campaign_id", existing_type=sa.Integer, nullable=False)
