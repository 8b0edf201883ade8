"""The order in which the search shows appeals, with the key by which it knows what they say."""

from alembic import op

revision = "0065"
down_revision = "0064"
branch_labels = None
depends_on = None

NAME = "ix_appeal_received_at"


def upgrade():
    op.drop_index(NAME, "appeal")
    op.create_index(NAME, "appeal", ["received_at", "id", "key"])


def downgrade():
    op.drop_index(NAME, "appeal")
    op.create_index(NAME, "appeal", ["received_at", "id"])
