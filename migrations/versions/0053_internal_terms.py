"""Appeals in work by their internal term, for the list of what is due."""

import sqlalchemy as sa
from alembic import op

revision = "0053"
down_revision = "0052"
branch_labels = None
depends_on = None

FEW = sa.text("outcome IS NULL AND internal_due_on IS NOT NULL")


def upgrade():
    op.create_index(
        "ix_appeal_internal",
        "appeal",
        ["internal_due_on", "id"],
        postgresql_where=FEW,
        sqlite_where=FEW,
    )


def downgrade():
    op.drop_index("ix_appeal_internal", "appeal")
