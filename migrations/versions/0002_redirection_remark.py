"""Keep why a cover letter went back for rework."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade():
    with op.batch_alter_table("redirection") as batch_op:
        batch_op.add_column(sa.Column("remark", sa.Text(), nullable=False, server_default=""))


def downgrade():
    with op.batch_alter_table("redirection") as batch_op:
        batch_op.drop_column("remark")
