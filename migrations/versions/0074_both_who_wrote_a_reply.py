"""A complaint about a reply that was written for somebody absent complains of both."""

import sqlalchemy as sa
from alembic import op

revision = "0074"
down_revision = "0073"
branch_labels = None
depends_on = None


def upgrade():
    op.add_column("appeal", sa.Column("complained_other", sa.String(100)))


def downgrade():
    op.drop_column("appeal", "complained_other")
