"""What a letter about an extension says was done so far."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade():
    op.add_column("extension", sa.Column("done", sa.Text, nullable=False, server_default=""))


def downgrade():
    with op.batch_alter_table("extension") as table:
        table.drop_column("done")
