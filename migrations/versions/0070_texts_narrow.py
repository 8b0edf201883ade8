"""PostgreSQL's texts: each kind in a part of its own, its rows no wider than their keys.

What many texts say is found in as many rows. With the text and its words in them each lay in a
block of its own; now they lie beside the table, see `app.search.models`.
"""

from alembic import op

revision = "0070"
down_revision = "0069"
branch_labels = None
depends_on = None

KINDS = ("whole", "named", "masked", "file")
COLUMNS = "id, key, kind, source, body, words"
TABLE = """
    CREATE TABLE search_text (
        id integer NOT NULL DEFAULT nextval('search_text_id_seq'),
        key varchar(64) NOT NULL,
        kind varchar(20) NOT NULL,
        source varchar(20) NOT NULL DEFAULT '',
        body text NOT NULL,
        words tsvector{more}
    ) {divided}
"""
ROOM = ", room text NOT NULL GENERATED ALWAYS AS (repeat(' ', 2048)) STORED"
STORAGE = """
    ALTER TABLE search_text ALTER body SET STORAGE EXTERNAL, ALTER words SET STORAGE EXTERNAL,
    ALTER room SET STORAGE MAIN
"""
PART = "CREATE TABLE search_text_{0} PARTITION OF search_text {1} WITH (toast_tuple_target = 128)"


def upgrade():
    if op.get_bind().dialect.name != "postgresql":
        return
    set_aside()
    op.execute(TABLE.format(more=ROOM, divided="PARTITION BY LIST (kind)"))
    op.execute(STORAGE)
    for kind in KINDS:
        op.execute(PART.format(f"of_{kind}", f"FOR VALUES IN ('{kind}')"))
    op.execute(PART.format("of_others", "DEFAULT"))
    put_back("id, kind")
    for kind in KINDS:
        op.execute(f"CREATE INDEX ix_search_text_{kind} ON search_text_of_{kind} USING gin (words)")
    # Nobody else ever looks through the whole of a table that has parts.
    op.execute("ANALYZE search_text")


def downgrade():
    if op.get_bind().dialect.name != "postgresql":
        return
    set_aside()
    op.execute(TABLE.format(more="", divided=""))
    put_back("id")
    for kind in KINDS:
        op.execute(
            f"CREATE INDEX ix_search_text_{kind} ON search_text USING gin (words) "
            f"WHERE kind = '{kind}'"
        )


def set_aside():
    op.execute("SET LOCAL maintenance_work_mem = '256MB'")
    op.execute("ALTER TABLE search_text RENAME TO search_text_before")
    op.execute("ALTER TABLE search_text_before DROP CONSTRAINT pk_search_text")
    for name in ("key", *KINDS):
        op.execute(f"DROP INDEX ix_search_text_{name}")


def put_back(key):
    op.execute("ALTER SEQUENCE search_text_id_seq OWNED BY search_text.id")
    op.execute(f"INSERT INTO search_text ({COLUMNS}) SELECT {COLUMNS} FROM search_text_before")
    op.execute("DROP TABLE search_text_before")
    op.execute(f"ALTER TABLE search_text ADD CONSTRAINT pk_search_text PRIMARY KEY ({key})")
    op.execute("CREATE UNIQUE INDEX ix_search_text_key ON search_text (key, kind, source)")
