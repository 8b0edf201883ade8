"""Keep signatures of files apart from the files, with what was found of them."""

import sqlalchemy as sa
from alembic import op

from app.database import UTCDateTime

revision = "0047"
down_revision = "0046"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "file_signature",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("document_id", sa.Integer(), nullable=False),
        sa.Column("origin", sa.String(12), nullable=False),
        sa.Column("name", sa.String(255), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=True),
        sa.Column("size", sa.BigInteger(), nullable=True),
        sa.Column("added_by", sa.String(120), nullable=False),
        sa.Column("added_at", UTCDateTime(), nullable=False),
        sa.Column("report", sa.JSON(), nullable=True),
        sa.Column("checked_at", UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["document_id"], ["document.id"], name="fk_file_signature_document_id"
        ),
        sa.ForeignKeyConstraint(["sha256"], ["blob.sha256"], name="fk_file_signature_sha256"),
        sa.PrimaryKeyConstraint("id", name="pk_file_signature"),
    )
    op.create_index("ix_file_signature_document_id", "file_signature", ["document_id"])
    op.create_index("ix_file_signature_sha256", "file_signature", ["sha256"])


def downgrade():
    op.drop_table("file_signature")
