"""When each stored file was last read and found as it came."""

import sqlalchemy as sa
from alembic import op

from app.database import UTCDateTime

revision = "0057"
down_revision = "0056"
branch_labels = None
depends_on = None


def upgrade():
    op.add_column("blob", sa.Column("read_at", UTCDateTime()))
    op.execute("UPDATE blob SET read_at = created_at")
    op.create_index("ix_blob_read_at", "blob", ["read_at"])


def downgrade():
    op.drop_index("ix_blob_read_at", "blob")
    op.drop_column("blob", "read_at")
