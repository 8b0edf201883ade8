"""Open items by element alone, and confined appeals as SQLite is asked for them."""

import sqlalchemy as sa
from alembic import op

revision = "0062"
down_revision = "0061"
branch_labels = None
depends_on = None

OPEN = sa.text("status = 'open'")


def upgrade():
    op.drop_index("ix_work_item_open", "work_item")
    op.create_index(
        "ix_work_item_open",
        "work_item",
        ["element", "pressing_on", "id", "key"],
        postgresql_where=OPEN,
        sqlite_where=OPEN,
    )
    confined("confined = 1")


def downgrade():
    confined("confined")
    op.drop_index("ix_work_item_open", "work_item")
    op.create_index("ix_work_item_open", "work_item", ["status", "element"])


def confined(condition):
    """PostgreSQL has had the right one all along."""
    if op.get_bind().dialect.name == "sqlite":
        op.drop_index("ix_appeal_confined", "appeal")
        where = sa.text(condition)
        op.create_index("ix_appeal_confined", "appeal", ["id"], sqlite_where=where)
