"""The standing assignments of one executor, the most urgent first."""

import sqlalchemy as sa
from alembic import op

revision = "0067"
down_revision = "0066"
branch_labels = None
depends_on = None

NAME = "ix_assignment_held"
STANDING = sa.text("state IN ('drafted', 'issued', 'accepted', 'reported', 'rework')")


def upgrade():
    columns = ["executor", "due_on", "id"]
    op.create_index(
        NAME, "assignment", columns, postgresql_where=STANDING, sqlite_where=STANDING
    )


def downgrade():
    op.drop_index(NAME, "assignment")
