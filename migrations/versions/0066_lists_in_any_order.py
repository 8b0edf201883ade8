"""Lists of very many in each order they may be asked for in."""

import sqlalchemy as sa
from alembic import op

revision = "0066"
down_revision = "0065"
branch_labels = None
depends_on = None

RECEIVED = "ix_appeal_received_at"
TERM = sa.text("coalesce(due_on, register_by)")
PEOPLE = sa.text("substr(search_people, 1, 60)")
OF_OPEN = {
    "appeal": ("ix_appeal_pressing", [TERM, "received_at", "id"], sa.text("outcome IS NULL")),
    "work_item": ("ix_work_item_opened", ["opened_at", "id"], sa.text("status = 'open'")),
}


def upgrade():
    op.drop_index(RECEIVED, "appeal")
    op.create_index(RECEIVED, "appeal", ["received_at", "id", "key", "outcome"])
    op.create_index("ix_appeal_term", "appeal", [TERM, "id"])
    op.create_index("ix_appeal_people", "appeal", [PEOPLE, "id"])
    for table, (name, columns, opened) in OF_OPEN.items():
        op.create_index(name, table, columns, postgresql_where=opened, sqlite_where=opened)


def downgrade():
    for table, (name, _columns, _opened) in OF_OPEN.items():
        op.drop_index(name, table)
    op.drop_index("ix_appeal_people", "appeal")
    op.drop_index("ix_appeal_term", "appeal")
    op.drop_index(RECEIVED, "appeal")
    op.create_index(RECEIVED, "appeal", ["received_at", "id", "key"])
