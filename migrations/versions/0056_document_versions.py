"""A newer version of a document names the one it follows."""

import sqlalchemy as sa
from alembic import op

revision = "0056"
down_revision = "0055"
branch_labels = None
depends_on = None


def upgrade():
    with op.batch_alter_table("document") as table:
        table.add_column(sa.Column("follows", sa.Integer()))
        table.create_foreign_key(
            op.f("fk_document_follows"), "document", ["follows"], ["id"]
        )
        table.create_index(op.f("ix_document_follows"), ["follows"], unique=True)


def downgrade():
    with op.batch_alter_table("document") as table:
        table.drop_index(op.f("ix_document_follows"))
        table.drop_constraint(op.f("fk_document_follows"), type_="foreignkey")
        table.drop_column("follows")
