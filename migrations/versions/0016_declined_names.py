"""Names of applicants as a person declined them; '' leaves it to the rules."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

FORMS = ("name_genitive", "name_dative")


def upgrade():
    for name in FORMS:
        op.add_column("applicant", sa.Column(name, sa.Text, nullable=False, server_default=""))


def downgrade():
    with op.batch_alter_table("applicant") as table:
        for name in FORMS:
            table.drop_column(name)
