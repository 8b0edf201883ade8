"""Keep how every term of an appeal was counted, and whom it complains of."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade():
    with op.batch_alter_table("appeal") as batch_op:
        batch_op.add_column(sa.Column("terms", sa.JSON(), nullable=False, server_default="[]"))
        batch_op.add_column(
            sa.Column("about_migration", sa.Boolean(), nullable=False, server_default=sa.false())
        )
        batch_op.add_column(sa.Column("complained_person", sa.String(100)))
        batch_op.add_column(sa.Column("complained_organisation", sa.Integer()))
    _carry_reasoning_over()
    with op.batch_alter_table("appeal") as batch_op:
        batch_op.drop_column("term_reasoning")


def _carry_reasoning_over():
    """What was counted before is kept in the language it was counted in."""
    appeal = sa.table(
        "appeal",
        sa.column("id", sa.Integer),
        sa.column("statutory_due_on", sa.Date),
        sa.column("term_reasoning", sa.JSON),
        sa.column("terms", sa.JSON),
    )
    bind = op.get_bind()
    for row in bind.execute(sa.select(appeal)).all():
        if row.term_reasoning and row.statutory_due_on:
            line = {
                "of": "reply",
                "rule": "R17",
                "due": row.statutory_due_on.isoformat(),
                "reasoning": row.term_reasoning,
                "reasoning_en": row.term_reasoning,
            }
            bind.execute(sa.update(appeal).where(appeal.c.id == row.id).values(terms=[line]))


def downgrade():
    with op.batch_alter_table("appeal") as batch_op:
        batch_op.add_column(
            sa.Column("term_reasoning", sa.JSON(), nullable=False, server_default="[]")
        )
        batch_op.drop_column("complained_organisation")
        batch_op.drop_column("complained_person")
        batch_op.drop_column("about_migration")
        batch_op.drop_column("terms")
