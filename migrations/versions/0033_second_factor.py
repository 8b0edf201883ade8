"""The second factor of accounts and its recovery codes."""

import sqlalchemy as sa
from alembic import op

from app.database import UTCDateTime

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None


def upgrade():
    account = sa.ForeignKey("account.id")
    op.create_table(
        "second_factor",
        sa.Column("account_id", sa.Integer, account, primary_key=True, autoincrement=False),
        sa.Column("offered", sa.Integer, nullable=False),
        sa.Column("generation", sa.Integer),
        sa.Column("since", UTCDateTime(timezone=True)),
        sa.Column("last_step", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "recovery_code",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("account_id", sa.Integer, sa.ForeignKey("account.id"), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("used_at", UTCDateTime(timezone=True)),
    )
    op.create_index("ix_recovery_code_account_id", "recovery_code", ["account_id"])


def downgrade():
    op.drop_table("recovery_code")
    op.drop_table("second_factor")
