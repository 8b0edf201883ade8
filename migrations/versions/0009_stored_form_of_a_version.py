"""Keep what the engine made of a version's files, so that a new process need not parse them."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "process_stored",
        sa.Column("version_id", sa.Integer(), primary_key=True),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["version_id"], ["process_version.id"]),
    )


def downgrade():
    op.drop_table("process_stored")
