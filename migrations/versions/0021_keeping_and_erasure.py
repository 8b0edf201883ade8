"""Terms of keeping: what is kept beyond them, acts of destruction, the register of erasures."""

import sqlalchemy as sa
from alembic import op

from app.database import UTCDateTime
from app.privacy import register

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def _moment(name, **more):
    return sa.Column(name, UTCDateTime(timezone=True), **more)


def upgrade():
    op.create_table(
        "preservation",
        sa.Column("appeal_id", sa.Integer, sa.ForeignKey("appeal.id"), primary_key=True),
        sa.Column("mark", sa.String(10), nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("by", sa.String(100), nullable=False),
        _moment("at", nullable=False),
    )
    op.create_table(
        "destruction_act",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("number", sa.String(64), nullable=False, unique=True),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("proposed_by", sa.String(100), nullable=False),
        _moment("proposed_at", nullable=False),
        sa.Column("decided_by", sa.String(100)),
        _moment("decided_at"),
        sa.Column("remark", sa.Text, nullable=False),
        _moment("done_at"),
        sa.Column("document_id", sa.Integer),
    )
    op.create_table(
        "destruction_line",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("act_id", sa.Integer, sa.ForeignKey("destruction_act.id"), nullable=False),
        sa.Column("appeal_id", sa.Integer, sa.ForeignKey("appeal.id"), nullable=False, index=True),
        sa.Column("kept_until", sa.Date, nullable=False),
        sa.Column("norm", sa.Text, nullable=False),
        sa.Column("state", sa.String(8), nullable=False),
        sa.Column("why", sa.Text, nullable=False),
        sa.UniqueConstraint("act_id", "appeal_id"),
    )
    op.create_table(
        "erasure",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("appeal_id", sa.Integer, nullable=False, unique=True),
        sa.Column("receipt", sa.String(60), nullable=False),
        sa.Column("number", sa.String(60)),
        sa.Column("received_on", sa.Date, nullable=False),
        sa.Column("registered_on", sa.Date),
        sa.Column("ended_on", sa.Date, nullable=False),
        sa.Column("outcome", sa.String(20), nullable=False),
        sa.Column("kept_until", sa.Date, nullable=False),
        sa.Column("norm", sa.Text, nullable=False),
        sa.Column("files", sa.Integer, nullable=False),
        sa.Column("letters", sa.Integer, nullable=False),
        sa.Column("act", sa.String(64), nullable=False),
        sa.Column("proposed_by", sa.String(100), nullable=False),
        sa.Column("approved_by", sa.String(100), nullable=False),
        _moment("erased_at", nullable=False),
    )
    register.lay(op.get_bind())


def downgrade():
    register.lift(op.get_bind())
    for table in ("erasure", "destruction_line", "destruction_act", "preservation"):
        op.drop_table(table)
