"""Absences, who acts for the absent, and for whom a step or a signature was made."""

import sqlalchemy as sa
from alembic import op

from app.database import UTCDateTime

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "substitution",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("absent_id", sa.Integer, sa.ForeignKey("account.id"), nullable=False),
        sa.Column("substitute_id", sa.Integer, sa.ForeignKey("account.id"), nullable=False),
        sa.Column("since", sa.Date, nullable=False),
        sa.Column("until", sa.Date, nullable=False),
        sa.Column("begins_at", UTCDateTime(timezone=True), nullable=False),
        sa.Column("ends_at", UTCDateTime(timezone=True), nullable=False),
    )
    op.create_index("substitution_absent", "substitution", ["absent_id", "ends_at"])
    op.create_index("substitution_substitute", "substitution", ["substitute_id", "ends_at"])
    op.add_column("step", sa.Column("instead_of", sa.String(100)))
    op.add_column("letter", sa.Column("signed_for", sa.String(200)))


def downgrade():
    with op.batch_alter_table("letter") as table:
        table.drop_column("signed_for")
    with op.batch_alter_table("step") as table:
        table.drop_column("instead_of")
    op.drop_table("substitution")
