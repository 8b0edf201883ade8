"""What is soon due of some roles, counted among what is soon due."""

import sqlalchemy as sa
from alembic import op

revision = "0068"
down_revision = "0067"
branch_labels = None
depends_on = None

NAME = "ix_work_item_term"
OPEN = sa.text("status = 'open'")


def upgrade():
    put(["term_on", "queue", "taken_by", "assigned_to", "key"])


def downgrade():
    put(["term_on", "key"])


def put(columns):
    op.drop_index(NAME, "work_item")
    op.create_index(NAME, "work_item", columns, postgresql_where=OPEN, sqlite_where=OPEN)
