"""Keep requests for documents and their answers, and why a letter came back to who wrote it."""

import sqlalchemy as sa
from alembic import op

from app.database import UTCDateTime

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "document_request",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("appeal_id", sa.Integer(), nullable=False),
        sa.Column("asked_by", sa.String(100), nullable=False),
        sa.Column("asked_at", UTCDateTime(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("organisation", sa.Text(), nullable=False),
        sa.Column("documents", sa.Text(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("letter_id", sa.Integer(), nullable=True),
        sa.Column("sent_on", sa.Date(), nullable=True),
        sa.Column("term", sa.JSON(), nullable=True),
        sa.Column("dropped_on", sa.Date(), nullable=True),
        sa.Column("answered_on", sa.Date(), nullable=True),
        sa.Column("answer_number", sa.String(100), nullable=False, server_default=""),
        sa.Column("answer_date", sa.Date(), nullable=True),
        sa.Column("answer_text", sa.Text(), nullable=False, server_default=""),
        sa.Column("answer_documents", sa.JSON(), nullable=False, server_default="[]"),
        sa.ForeignKeyConstraint(
            ["appeal_id"], ["appeal.id"], name="fk_document_request_appeal_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_document_request"),
    )
    op.create_index("ix_document_request_appeal_id", "document_request", ["appeal_id"])
    with op.batch_alter_table("extension") as batch_op:
        batch_op.add_column(sa.Column("request_id", sa.Integer(), nullable=True))
        batch_op.create_foreign_key(
            "fk_extension_request_id", "document_request", ["request_id"], ["id"]
        )
    with op.batch_alter_table("letter") as batch_op:
        batch_op.add_column(sa.Column("remark", sa.Text(), nullable=False, server_default=""))


def downgrade():
    with op.batch_alter_table("letter") as batch_op:
        batch_op.drop_column("remark")
    with op.batch_alter_table("extension") as batch_op:
        batch_op.drop_constraint("fk_extension_request_id", type_="foreignkey")
        batch_op.drop_column("request_id")
    op.drop_index("ix_document_request_appeal_id", "document_request")
    op.drop_table("document_request")
