"""The text of an appeal as those search it who are not shown the applicant."""

from types import SimpleNamespace

import sqlalchemy as sa
from alembic import op

from app.appeals.searchable import masked

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None

NAMES = ("name", "last_name", "first_name", "middle_name", "represented")
CONTACTS = ("email", "phone", "postal_address")
WORDS = ("summary", "text", "place", "addressee")


def upgrade():
    op.add_column("appeal", sa.Column("search_masked", sa.Text))
    _fill()


def _fill():
    applicant = sa.table(
        "applicant",
        *(sa.column(name, sa.Integer) for name in ("appeal_id", "position")),
        *(sa.column(name, sa.Text) for name in (*NAMES, *CONTACTS)),
    )
    appeal = sa.table(
        "appeal",
        sa.column("id", sa.Integer),
        *(sa.column(name, sa.Text) for name in (*WORDS, "search_masked")),
    )
    bind, people = op.get_bind(), {}
    for row in bind.execute(sa.select(applicant)).mappings():
        words = (row["last_name"], row["first_name"], row["middle_name"])
        full = row["name"] or " ".join(filter(None, words))
        people.setdefault(row["appeal_id"], []).append(SimpleNamespace(**row, full_name=full))
    for row in bind.execute(sa.select(appeal)).mappings().all():
        card = SimpleNamespace(**row, applicants=people.get(row["id"], []))
        if (found := masked(card)) is not None:
            change = sa.update(appeal).where(appeal.c.id == row["id"])
            bind.execute(change.values(search_masked=found))


def downgrade():
    with op.batch_alter_table("appeal") as batch_op:
        batch_op.drop_column("search_masked")
