"""Keep whether the body an appeal was sent to is asked for the result."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade():
    with op.batch_alter_table("redirection") as batch_op:
        batch_op.add_column(
            sa.Column("ask_result", sa.Boolean(), nullable=False, server_default=sa.false())
        )


def downgrade():
    with op.batch_alter_table("redirection") as batch_op:
        batch_op.drop_column("ask_result")
