"""Appeals by a part of their number, for PostgreSQL: pairs of letters in an array."""

from alembic import op

revision = "0069"
down_revision = "0068"
branch_labels = None
depends_on = None

NUMBERS = "receipt_key || ' ' || coalesce(number_key, '')"
PAIRS = (
    f"string_to_array(regexp_replace({NUMBERS}, '(..)', '\\1 ', 'g') || ' ' || "
    f"regexp_replace(substr({NUMBERS}, 2), '(..)', '\\1 ', 'g'), ' ')"
)


def upgrade():
    if op.get_bind().dialect.name == "postgresql":
        op.execute(f"CREATE INDEX ix_appeal_numbers ON appeal USING gin (({PAIRS}))")


def downgrade():
    if op.get_bind().dialect.name == "postgresql":
        op.drop_index("ix_appeal_numbers", "appeal")
