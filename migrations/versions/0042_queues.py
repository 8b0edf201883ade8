"""What the inbox lists are asked by, kept with the open work items."""

from datetime import UTC

import sqlalchemy as sa
from alembic import op

from app.database import UTCDateTime

revision = "0042"
down_revision = "0041"
branch_labels = None
depends_on = None

OPEN = sa.text("status = 'open'")
INDEXES = {
    "ix_work_item_queue": (
        ["queue", "pressing_on", "id"],
        ["term_on", "taken_by", "assigned_to"],
    ),
    "ix_work_item_pressing": (
        ["pressing_on", "id"],
        ["queue", "term_on", "taken_by", "assigned_to"],
    ),
}


def upgrade():
    op.add_column(
        "work_item", sa.Column("queue", sa.String(400), nullable=False, server_default="")
    )
    op.add_column("work_item", sa.Column("term_on", sa.Date))
    op.add_column("work_item", sa.Column("pressing_on", sa.Date))
    fill(op.get_bind())
    confined = sa.text("confined")
    op.create_index(
        "ix_appeal_confined",
        "appeal",
        ["id"],
        postgresql_where=confined,
        sqlite_where=confined,
    )
    for name, (columns, included) in INDEXES.items():
        op.create_index(
            name,
            "work_item",
            columns,
            postgresql_where=OPEN,
            sqlite_where=OPEN,
            postgresql_include=included,
        )


def fill(connection):
    """Write the days of the items that are open now."""
    item = sa.table(
        "work_item",
        *(sa.column(name) for name in ("id", "key", "process", "element", "status", "queue")),
        sa.column("due_at", UTCDateTime(timezone=True)),
        sa.column("term_on", sa.Date),
        sa.column("pressing_on", sa.Date),
    )
    role = sa.table("work_item_role", sa.column("item_id"), sa.column("role"))
    appeal = sa.table(
        "appeal",
        *(sa.column(name) for name in ("key", "outcome")),
        *(
            sa.column(name, sa.Date)
            for name in ("due_on", "internal_due_on", "registered_on", "register_by")
        ),
    )
    roles = {}
    of_open = sa.select(item.c.id).where(item.c.status == "open")
    for item_id, name in connection.execute(sa.select(role).where(role.c.item_id.in_(of_open))):
        roles.setdefault(item_id, set()).add(name)
    rows = connection.execute(
        sa.select(item, appeal)
        .select_from(item.outerjoin(appeal, appeal.c.key == item.c.key))
        .where(item.c.status == "open")
    ).all()
    for row in rows:
        own = row.due_at.astimezone(UTC).date() if row.due_at else None
        term = own or row.due_on or (None if row.registered_on else row.register_by)
        internal = None if row.outcome else row.internal_due_on
        pressing = internal if internal and term and internal < term else term
        queue = f"{','.join(sorted(roles.get(row.id, ())))}/{row.process}/{row.element}"
        connection.execute(
            sa.update(item)
            .where(item.c.id == row.id)
            .values(queue=queue[:400], term_on=term, pressing_on=pressing)
        )


def downgrade():
    op.drop_index("ix_appeal_confined", "appeal")
    for name in INDEXES:
        op.drop_index(name, "work_item")
    with op.batch_alter_table("work_item") as table:
        for name in ("pressing_on", "term_on", "queue"):
            table.drop_column(name)
