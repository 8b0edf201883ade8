"""Which browser wrote a draft last, so that none overwrites what it has not seen."""

import sqlalchemy as sa
from alembic import op

revision = "0073"
down_revision = "0072"
branch_labels = None
depends_on = None


def upgrade():
    column = sa.Column("writer", sa.String(40), nullable=False, server_default="")
    with op.batch_alter_table("draft") as batch_op:
        batch_op.add_column(column)


def downgrade():
    with op.batch_alter_table("draft") as batch_op:
        batch_op.drop_column("writer")
