"""Tell a copy for another competent body from the redirection of the whole appeal."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade():
    with op.batch_alter_table("redirection") as batch_op:
        batch_op.add_column(
            sa.Column("copy", sa.Boolean(), nullable=False, server_default=sa.false())
        )


def downgrade():
    with op.batch_alter_table("redirection") as batch_op:
        batch_op.drop_column("copy")
