"""Open items that have a term of their own, by it, instead of all that wait for the staff."""

import sqlalchemy as sa
from alembic import op

revision = "0063"
down_revision = "0062"
branch_labels = None
depends_on = None

OF_STAFF = sa.text("status = 'open' AND queue NOT LIKE 'citizen/%'")
WITH_TERM = sa.text("status = 'open' AND due_at IS NOT NULL")


def upgrade():
    op.drop_index("ix_work_item_staff", "work_item")
    op.create_index(
        "ix_work_item_due",
        "work_item",
        ["term_on", "id"],
        postgresql_where=WITH_TERM,
        sqlite_where=WITH_TERM,
    )


def downgrade():
    op.drop_index("ix_work_item_due", "work_item")
    op.create_index(
        "ix_work_item_staff",
        "work_item",
        ["pressing_on", "id"],
        postgresql_where=OF_STAFF,
        sqlite_where=OF_STAFF,
    )
