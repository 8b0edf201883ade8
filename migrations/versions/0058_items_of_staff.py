"""Open items that wait for the staff, by the day they press."""

import sqlalchemy as sa
from alembic import op

revision = "0058"
down_revision = "0057"
branch_labels = None
depends_on = None

OF_STAFF = sa.text("status = 'open' AND queue NOT LIKE 'citizen/%'")


def upgrade():
    op.create_index(
        "ix_work_item_staff",
        "work_item",
        ["pressing_on", "id"],
        postgresql_where=OF_STAFF,
        sqlite_where=OF_STAFF,
    )


def downgrade():
    op.drop_index("ix_work_item_staff", "work_item")
