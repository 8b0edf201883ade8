"""Link an appeal to the one it repeats; spell the keys of applicants as they are compared now."""

from types import SimpleNamespace

import sqlalchemy as sa
from alembic import op

from app.appeals import earlier

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

TEXTS = ("kind", "last_name", "first_name", "middle_name", "name", "email")


def upgrade():
    with op.batch_alter_table("appeal") as batch_op:
        batch_op.add_column(sa.Column("earlier_id", sa.Integer()))
        batch_op.create_foreign_key("fk_appeal_earlier_id", "appeal", ["earlier_id"], ["id"])
        batch_op.create_index("ix_appeal_earlier_id", ["earlier_id"])
    _spell()


def _spell():
    applicant = sa.table(
        "applicant",
        sa.column("id", sa.Integer),
        *(sa.column(name, sa.Text) for name in (*TEXTS, "name_key", "email_key")),
    )
    bind = op.get_bind()
    for row in bind.execute(sa.select(applicant)).all():
        one = SimpleNamespace(**{name: getattr(row, name) for name in TEXTS})
        keys = {"name_key": earlier.person_key(one), "email_key": earlier.email_key(row.email)}
        bind.execute(sa.update(applicant).where(applicant.c.id == row.id).values(**keys))


def downgrade():
    with op.batch_alter_table("appeal") as batch_op:
        batch_op.drop_index("ix_appeal_earlier_id")
        batch_op.drop_constraint("fk_appeal_earlier_id", type_="foreignkey")
        batch_op.drop_column("earlier_id")
