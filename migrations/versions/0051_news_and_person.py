"""Whether the applicant wants news of an appeal, and as whom they were signed in."""

import sqlalchemy as sa
from alembic import op

from app.database import UTCDateTime

revision = "0051"
down_revision = "0050"
branch_labels = None
depends_on = None


def upgrade():
    op.add_column("appeal", sa.Column("quiet_since", UTCDateTime()))
    op.add_column("appeal", sa.Column("person_key", sa.String(40)))
    op.create_index("ix_appeal_person_key", "appeal", ["person_key"])


def downgrade():
    op.drop_index("ix_appeal_person_key", "appeal")
    with op.batch_alter_table("appeal") as table:
        table.drop_column("person_key")
        table.drop_column("quiet_since")
