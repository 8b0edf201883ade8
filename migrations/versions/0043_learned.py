"""What clerks chose before, by words."""

import sqlalchemy as sa
from alembic import op

revision = "0043"
down_revision = "0042"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "classifier_learned",
        sa.Column("word", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("code", sa.String(24), primary_key=True),
        sa.Column("weight", sa.Double, nullable=False),
        sa.Column("times", sa.Integer, nullable=False),
    )


def downgrade():
    op.drop_table("classifier_learned")
