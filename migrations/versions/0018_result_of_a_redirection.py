"""Keep what the body that an appeal was sent to tells of the result."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade():
    with op.batch_alter_table("redirection") as batch_op:
        batch_op.add_column(sa.Column("answered_on", sa.Date(), nullable=True))
        batch_op.add_column(
            sa.Column("answer_number", sa.String(100), nullable=False, server_default="")
        )
        batch_op.add_column(sa.Column("answer_date", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("answer_text", sa.Text(), nullable=False, server_default=""))
        batch_op.add_column(
            sa.Column("answer_documents", sa.JSON(), nullable=False, server_default="[]")
        )
        batch_op.add_column(sa.Column("dropped_on", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("result_by", sa.Date(), nullable=True))


def downgrade():
    with op.batch_alter_table("redirection") as batch_op:
        batch_op.drop_column("result_by")
        batch_op.drop_column("dropped_on")
        batch_op.drop_column("answer_documents")
        batch_op.drop_column("answer_text")
        batch_op.drop_column("answer_date")
        batch_op.drop_column("answer_number")
        batch_op.drop_column("answered_on")
