"""What the registration journal and the overview count, in indexes of their own."""

import sqlalchemy as sa
from alembic import op

revision = "0052"
down_revision = "0051"
branch_labels = None
depends_on = None

OPEN = sa.text("outcome IS NULL")


def upgrade():
    op.drop_index("ix_appeal_registered_on", "appeal")
    op.create_index(
        "ix_appeal_registered",
        "appeal",
        ["registered_on", "id"],
        postgresql_include=["outcome", "due_on", "channel"],
    )
    op.create_index(
        "ix_appeal_burning", "appeal", ["due_on", "id"], postgresql_where=OPEN, sqlite_where=OPEN
    )
    op.create_index(
        "ix_appeal_decided", "appeal", ["decided_on", "id"], postgresql_include=["due_on"]
    )


def downgrade():
    for name in ("ix_appeal_decided", "ix_appeal_burning", "ix_appeal_registered"):
        op.drop_index(name, "appeal")
    op.create_index("ix_appeal_registered_on", "appeal", ["registered_on"])
