"""Texts that are searched, with the words of each database."""

import sqlalchemy as sa
from alembic import op

from app.search.models import ON_SQLITE

revision = "0044"
down_revision = "0043"
branch_labels = None
depends_on = None


def upgrade():
    dialect = op.get_context().dialect.name
    words = sa.Text() if dialect == "sqlite" else sa.dialects.postgresql.TSVECTOR()
    op.create_table(
        "search_text",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("key", sa.String(64), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("source", sa.String(20), nullable=False, server_default=""),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("words", words),
    )
    op.create_index("ix_search_text_key", "search_text", ["key", "kind", "source"], unique=True)
    words = "CREATE INDEX ix_search_text_words ON search_text USING gin (words)"
    for statement in ON_SQLITE if dialect == "sqlite" else (words,):
        op.execute(statement)


def downgrade():
    if op.get_context().dialect.name == "sqlite":
        op.execute("DROP TABLE search_stems")
    op.drop_table("search_text")
