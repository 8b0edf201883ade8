"""What the files of a repeated request hold, so that those sent anew are known again."""

import sqlalchemy as sa
from alembic import op

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None


def upgrade():
    op.add_column("appeal_filing", sa.Column("files", sa.JSON))


def downgrade():
    with op.batch_alter_table("appeal_filing") as table:
        table.drop_column("files")
