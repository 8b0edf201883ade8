"""Appeals that wait for their registration, in the order of the day it has to be by."""

import sqlalchemy as sa
from alembic import op

revision = "0071"
down_revision = "0070"
branch_labels = None
depends_on = None

NAME = "ix_appeal_unregistered"
UNREGISTERED = sa.text("outcome IS NULL AND registered_on IS NULL")


def upgrade():
    op.create_index(
        NAME,
        "appeal",
        ["register_by", "id"],
        postgresql_where=UNREGISTERED,
        sqlite_where=UNREGISTERED,
    )


def downgrade():
    op.drop_index(NAME, "appeal")
