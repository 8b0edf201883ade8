"""Templates of letters that an analyst changed, each version with who and when."""

import sqlalchemy as sa
from alembic import op

from app.database import UTCDateTime

revision = "0055"
down_revision = "0054"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "letter_layout",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("file", sa.String(40), nullable=False),
        sa.Column("follows", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text()),
        sa.Column("note", sa.String(500), nullable=False),
        sa.Column("made_by", sa.String(120), nullable=False),
        sa.Column("made_at", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letter_layout")),
        sa.UniqueConstraint("file", "follows", name=op.f("uq_letter_layout_file_follows")),
    )


def downgrade():
    op.drop_table("letter_layout")
