"""Find the other appeals of a person by name and e-mail in one spelling."""

import re

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade():
    with op.batch_alter_table("applicant") as batch_op:
        batch_op.add_column(
            sa.Column("name_key", sa.String(120), nullable=False, server_default="")
        )
        batch_op.add_column(
            sa.Column("email_key", sa.String(254), nullable=False, server_default="")
        )
        batch_op.create_index("ix_applicant_name_key", ["name_key"])
        batch_op.create_index("ix_applicant_email_key", ["email_key"])
    _fill()


def _fill():
    """Spell the keys of those who wrote before as the application spells them today."""
    texts = ("name", "last_name", "first_name", "email")
    applicant = sa.table(
        "applicant",
        sa.column("id", sa.Integer),
        *(sa.column(name, sa.Text) for name in (*texts, "name_key", "email_key")),
    )
    bind = op.get_bind()
    for row in bind.execute(sa.select(applicant)).all():
        name = row.name or (row.last_name and f"{row.last_name} {row.first_name.strip()[:1]}")
        keys = {"name_key": _folded(name)[:120], "email_key": _folded(row.email)[:254]}
        bind.execute(sa.update(applicant).where(applicant.c.id == row.id).values(**keys))


def _folded(text):
    return re.sub(r"\s+", " ", text.casefold().replace("ё", "е")).strip()


def downgrade():
    with op.batch_alter_table("applicant") as batch_op:
        batch_op.drop_index("ix_applicant_email_key")
        batch_op.drop_index("ix_applicant_name_key")
        batch_op.drop_column("email_key")
        batch_op.drop_column("name_key")
