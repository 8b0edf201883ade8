"""Names of staff at a provider of identity."""

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None


def upgrade():
    account = sa.ForeignKey("account.id")
    op.create_table(
        "outside_name",
        sa.Column("account_id", sa.Integer, account, primary_key=True, autoincrement=False),
        sa.Column("name", sa.String(254), nullable=False, unique=True),
        sa.Column("subject", sa.String(254), unique=True),
    )


def downgrade():
    op.drop_table("outside_name")
