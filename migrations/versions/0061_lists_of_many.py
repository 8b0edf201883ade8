"""What the lists ask of very many appeals, in indexes of their own order; words by kind."""

import sqlalchemy as sa
from alembic import op

revision = "0061"
down_revision = "0060"
branch_labels = None
depends_on = None

OPEN = sa.text("status = 'open'")
HOLDER = sa.text("coalesce(taken_by, assigned_to)")
UNSEEN = sa.text("seen_at IS NULL")
STANDING = sa.text("state IN ('drafted', 'issued', 'accepted', 'reported', 'rework')")
BEFORE = {
    "ix_work_item_queue": (
        ["queue", "pressing_on", "id"],
        ["term_on", "taken_by", "assigned_to"],
    ),
    "ix_work_item_pressing": (
        ["pressing_on", "id"],
        ["queue", "term_on", "taken_by", "assigned_to"],
    ),
}
NOW = {
    "ix_work_item_queue": [
        *("queue", "pressing_on", "id", "term_on", "taken_by", "assigned_to", "key"),
    ],
    "ix_work_item_pressing": [
        *("pressing_on", "id", "queue", "term_on", "taken_by", "assigned_to", "key"),
    ],
    "ix_work_item_holder": [HOLDER, "pressing_on", "id", "queue", "term_on", "key"],
    "ix_work_item_term": ["term_on", "key"],
    "ix_work_item_standing": ["key", "pressing_on", "id"],
}
KINDS = ("whole", "named", "masked", "file")


def upgrade():
    for name in (*BEFORE, "ix_work_item_assigned", "ix_work_item_taken"):
        op.drop_index(name, "work_item")
    for name, columns in NOW.items():
        op.create_index(name, "work_item", columns, postgresql_where=OPEN, sqlite_where=OPEN)
    op.create_index(
        "ix_reminder_shown",
        "reminder",
        ["login", "due_on", "appeal_id"],
        postgresql_where=UNSEEN,
        sqlite_where=UNSEEN,
    )
    op.create_index(
        "ix_assignment_standing",
        "assignment",
        ["due_on", "id"],
        postgresql_where=STANDING,
        sqlite_where=STANDING,
    )
    op.drop_index("ix_appeal_received_at", "appeal")
    op.create_index("ix_appeal_received_at", "appeal", ["received_at", "id"])
    op.drop_index("ix_appeal_question_code", "appeal_question")
    op.create_index(
        "ix_appeal_question_code",
        "appeal_question",
        ["code", "appeal_id"],
        postgresql_ops={"code": "text_pattern_ops"},
    )
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP INDEX ix_search_text_words")
        for kind in KINDS:
            op.execute(
                f"CREATE INDEX ix_search_text_{kind} ON search_text "
                f"USING gin (words) WHERE kind = '{kind}'"
            )


def downgrade():
    if op.get_bind().dialect.name == "postgresql":
        for kind in KINDS:
            op.execute(f"DROP INDEX ix_search_text_{kind}")
        op.execute("CREATE INDEX ix_search_text_words ON search_text USING gin (words)")
    op.drop_index("ix_appeal_question_code", "appeal_question")
    op.create_index("ix_appeal_question_code", "appeal_question", ["code"])
    op.drop_index("ix_appeal_received_at", "appeal")
    op.create_index("ix_appeal_received_at", "appeal", ["received_at"])
    op.drop_index("ix_assignment_standing", "assignment")
    op.drop_index("ix_reminder_shown", "reminder")
    for name in NOW:
        op.drop_index(name, "work_item")
    for name, (columns, included) in BEFORE.items():
        op.create_index(
            name,
            "work_item",
            columns,
            postgresql_where=OPEN,
            sqlite_where=OPEN,
            postgresql_include=included,
        )
    op.create_index("ix_work_item_assigned", "work_item", ["status", "assigned_to"])
    op.create_index("ix_work_item_taken", "work_item", ["status", "taken_by"])
