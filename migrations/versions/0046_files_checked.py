"""What a scanner said of each file, what it is marked with, and its copy without metadata."""

import sqlalchemy as sa
from alembic import op

revision = "0046"
down_revision = "0045"
branch_labels = None
depends_on = None

# Files that no citizen, body or clerk sent: the house made them itself.
OWN = """
UPDATE blob SET verdict = 'own'
WHERE sha256 NOT IN (SELECT sha256 FROM upload)
  AND sha256 NOT IN (
    SELECT document.sha256 FROM document
    JOIN document_state ON document_state.document_id = document.id
    WHERE document_state.state = 'received'
  )
"""


def upgrade():
    with op.batch_alter_table("blob") as table:
        table.add_column(
            sa.Column("verdict", sa.String(10), nullable=False, server_default="unchecked")
        )
        table.add_column(sa.Column("finding", sa.String(200), nullable=False, server_default=""))
        table.add_column(
            sa.Column("checked_with", sa.String(100), nullable=False, server_default="")
        )
        table.add_column(sa.Column("checked_at", sa.DateTime(timezone=True)))
        table.add_column(sa.Column("marks", sa.JSON, nullable=False, server_default="[]"))
        table.add_column(sa.Column("copy_sha256", sa.String(64)))
        table.create_index("ix_blob_verdict", ["verdict"])
        table.create_index("ix_blob_copy_sha256", ["copy_sha256"])
    op.execute(OWN)


def downgrade():
    with op.batch_alter_table("blob") as table:
        table.drop_index("ix_blob_copy_sha256")
        table.drop_index("ix_blob_verdict")
        for name in ("copy_sha256", "marks", "checked_at", "checked_with", "finding", "verdict"):
            table.drop_column(name)
