"""No index of when a step was left: nobody looks for one, and leaving each rewrote three."""

from alembic import op

revision = "0072"
down_revision = "0071"
branch_labels = None
depends_on = None

NAME = "ix_step_open"


def upgrade():
    op.drop_index(NAME, "step")


def downgrade():
    op.create_index(NAME, "step", ["instance_id", "left_at"])
