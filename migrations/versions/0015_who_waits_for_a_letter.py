"""Keep which process waits for a letter, so that it can be told that the letter was recalled."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade():
    op.add_column("letter", sa.Column("instance_id", sa.Integer))


def downgrade():
    with op.batch_alter_table("letter") as table:
        table.drop_column("instance_id")
