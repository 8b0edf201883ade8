"""Search names and contacts apart: who does not see addresses must not find people by them."""

import re

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

CONTACTS = ("email", "phone", "postal_address")


def upgrade():
    with op.batch_alter_table("appeal") as batch_op:
        batch_op.add_column(
            sa.Column("search_contacts", sa.Text(), nullable=False, server_default="")
        )
    _fill()


def _fill():
    """Spell the columns of what was filed before as the application spells them today."""
    names = ("name", "last_name", "first_name", "middle_name", "represented")
    applicant = sa.table(
        "applicant",
        *(sa.column(name, sa.Integer) for name in ("appeal_id", "position")),
        *(sa.column(name, sa.Text) for name in (*names, *CONTACTS)),
    )
    columns = ("search_people", "search_contacts")
    appeal = sa.table(
        "appeal", sa.column("id", sa.Integer), *(sa.column(name, sa.Text) for name in columns)
    )
    bind, found = op.get_bind(), {}
    ordered = sa.select(applicant).order_by(applicant.c.appeal_id, applicant.c.position)
    for row in bind.execute(ordered).all():
        people, contacts = found.setdefault(row.appeal_id, ([], []))
        person = " ".join(filter(None, (row.last_name, row.first_name, row.middle_name)))
        people.append(f"{row.name or person} {row.represented}")
        contacts.append(f"{row.email} {row.phone} {row.postal_address}")
    for number, (people, contacts) in found.items():
        bind.execute(
            sa.update(appeal)
            .where(appeal.c.id == number)
            .values(search_people=_folded(people), search_contacts=_folded(contacts))
        )


def _folded(texts):
    text = " ".join(texts).casefold().replace("ё", "е")
    return re.sub(r"\s+", " ", text).strip()


def downgrade():
    with op.batch_alter_table("appeal") as batch_op:
        batch_op.drop_column("search_contacts")
