"""The roles of an item stand in its queue alone, also those of the items that are closed."""

import sqlalchemy as sa
from alembic import op

revision = "0064"
down_revision = "0063"
branch_labels = None
depends_on = None

OF_ITEM = "work_item_role WHERE item_id = work_item.id"
TOLD = {
    "postgresql": f"SELECT string_agg(role, ',' ORDER BY role) FROM {OF_ITEM}",
    "sqlite": f"SELECT group_concat(role, ',') FROM (SELECT role FROM {OF_ITEM} ORDER BY role)",
}


def upgrade():
    told = TOLD[op.get_bind().dialect.name]
    op.execute(
        f"UPDATE work_item SET queue = substr(coalesce(({told}), '')"
        " || '/' || process || '/' || element, 1, 400) WHERE queue = '' OR status = 'open'"
    )
    op.drop_table("work_item_role")


def downgrade():
    role = op.create_table(
        "work_item_role",
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(40), nullable=False),
        sa.ForeignKeyConstraint(["item_id"], ["work_item.id"], name="fk_work_item_role_item_id"),
        sa.PrimaryKeyConstraint("item_id", "role", name="pk_work_item_role"),
    )
    op.create_index("ix_work_item_role_role", "work_item_role", ["role"])
    item = sa.table("work_item", sa.column("id"), sa.column("queue"))
    for rows in op.get_bind().execute(sa.select(item)).partitions(1000):
        found = [
            {"item_id": row.id, "role": name}
            for row in rows
            for name in row.queue.partition("/")[0].split(",")
            if name
        ]
        if found:
            op.bulk_insert(role, found)
