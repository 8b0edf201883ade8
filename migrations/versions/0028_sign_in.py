"""Failures to sign in, and where a session was opened."""

import sqlalchemy as sa
from alembic import op

from app.database import UTCDateTime

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "sign_in_attempts",
        sa.Column("key", sa.String(64), primary_key=True),
        sa.Column("account_id", sa.Integer, sa.ForeignKey("account.id")),
        sa.Column("address", sa.String(45), nullable=False),
        sa.Column("failures", sa.Integer, nullable=False),
        sa.Column("last_at", UTCDateTime(timezone=True), nullable=False),
        sa.Column("blocked_until", UTCDateTime(timezone=True)),
    )
    for column in ("account_id", "last_at"):
        op.create_index(f"ix_sign_in_attempts_{column}", "sign_in_attempts", [column])
    with op.batch_alter_table("credential") as table:
        table.add_column(sa.Column("address", sa.String(45), nullable=False, server_default=""))
        table.add_column(sa.Column("client", sa.String(60), nullable=False, server_default=""))


def downgrade():
    with op.batch_alter_table("credential") as table:
        table.drop_column("client")
        table.drop_column("address")
    op.drop_table("sign_in_attempts")
