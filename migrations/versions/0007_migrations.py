"""Keep what became of each instance of a migration; published sets never change."""

import sqlalchemy as sa
from alembic import op

import app.database
from app.workflow import finality

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

# As it was then: later columns come with their own migrations.
FINAL = {
    "process_file": (),
    "process_version": ("id", "content_key", "note", "published_at", "published_by"),
}
MOMENT = app.database.UTCDateTime(timezone=True)


def upgrade():
    op.create_table(
        "migration",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("from_version", sa.Integer(), sa.ForeignKey("process_version.id"), nullable=False),
        sa.Column("to_version", sa.Integer(), sa.ForeignKey("process_version.id"), nullable=False),
        sa.Column("begun_at", MOMENT, nullable=False),
        sa.Column("actor", sa.String(100), nullable=False),
        sa.Column("finished_at", MOMENT),
        sa.Column("undo_begun_at", MOMENT),
        sa.Column("undo_actor", sa.String(100)),
        sa.Column("undo_finished_at", MOMENT),
    )
    op.create_index("ix_migration_begun_at", "migration", ["begun_at"])
    op.create_table(
        "migration_line",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("migration_id", sa.String(32), sa.ForeignKey("migration.id"), nullable=False),
        sa.Column("instance_id", sa.Integer(), sa.ForeignKey("instance.id"), nullable=False),
        sa.Column("outcome", sa.String(10), nullable=False),
        sa.Column("state", sa.LargeBinary()),
        sa.Column("after", sa.String(64)),
        sa.Column("rule", sa.String(30)),
        sa.Column("process", sa.String(120)),
        sa.Column("element", sa.String(120)),
        sa.Column("other", sa.String(120)),
        sa.Column("detail", sa.Text()),
    )
    op.create_index("ix_migration_line_instance_id", "migration_line", ["instance_id"])
    op.create_index(
        "ix_migration_line_outcome", "migration_line", ["migration_id", "outcome"]
    )
    # What was moved before this table was can still be looked up; it cannot be undone any more.
    op.execute(
        "INSERT INTO migration (id, from_version, to_version, begun_at, actor, finished_at)"
        " SELECT migration, min(from_version), min(to_version), min(at), min(actor), max(at)"
        " FROM migration_snapshot GROUP BY migration"
    )
    op.execute(
        "INSERT INTO migration_line (migration_id, instance_id, outcome, state)"
        " SELECT migration, instance_id,"
        " CASE WHEN undone_at IS NULL THEN 'moved' ELSE 'undone' END, state"
        " FROM migration_snapshot"
    )
    op.drop_table("migration_snapshot")
    finality.lay(op.get_bind(), FINAL)


def downgrade():
    finality.lift(op.get_bind())
    op.create_table(
        "migration_snapshot",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("migration", sa.String(32), nullable=False),
        sa.Column("instance_id", sa.Integer(), sa.ForeignKey("instance.id"), nullable=False),
        sa.Column("from_version", sa.Integer(), sa.ForeignKey("process_version.id"), nullable=False),
        sa.Column("to_version", sa.Integer(), sa.ForeignKey("process_version.id"), nullable=False),
        sa.Column("state", sa.LargeBinary(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("actor", sa.String(100), nullable=False),
        sa.Column("undone_at", MOMENT),
    )
    op.create_index("ix_migration_snapshot_migration", "migration_snapshot", ["migration"])
    op.drop_table("migration_line")
    op.drop_table("migration")
