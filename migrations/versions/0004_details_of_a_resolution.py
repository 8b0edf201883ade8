"""Keep what the ground of leaving an appeal without answer needs."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade():
    with op.batch_alter_table("resolution") as batch_op:
        batch_op.add_column(sa.Column("details", sa.JSON(), nullable=False, server_default="{}"))


def downgrade():
    with op.batch_alter_table("resolution") as batch_op:
        batch_op.drop_column("details")
