"""Keep which texts nearly repeat each other, and the bands by which such texts are found."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "appeal_likeness",
        sa.Column("appeal_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("first_id", sa.Integer(), nullable=False),
        sa.Column("percent", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["appeal_id"], ["appeal.id"], name="fk_appeal_likeness_appeal_id"),
        sa.ForeignKeyConstraint(["first_id"], ["appeal.id"], name="fk_appeal_likeness_first_id"),
        sa.PrimaryKeyConstraint("appeal_id", name="pk_appeal_likeness"),
    )
    op.create_index("ix_appeal_likeness_first_id", "appeal_likeness", ["first_id"])
    op.create_table(
        "appeal_text_band",
        sa.Column("band", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("appeal_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(["appeal_id"], ["appeal.id"], name="fk_appeal_text_band_appeal_id"),
        sa.PrimaryKeyConstraint("band", "appeal_id", name="pk_appeal_text_band"),
    )


def downgrade():
    op.drop_table("appeal_text_band")
    op.drop_table("appeal_likeness")
