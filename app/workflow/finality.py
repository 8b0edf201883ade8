"""Published sets never change: the database itself refuses it, whoever asks.

The migration that made the tables lays the triggers; only a restore, which replaces every row of
every table, lifts them for as long as it takes.
"""

from collections.abc import Mapping

from sqlalchemy.engine import Connection

SAID = "A published set of processes never changes."
#: Table -> the columns that may never change; none named means all of them.
FINAL: Mapping[str, tuple[str, ...]] = {
    "process_file": (),
    "process_version": ("id", "content_key", "digest", "note", "published_at", "published_by"),
}


def lay(connection: Connection, final: Mapping[str, tuple[str, ...]] = FINAL) -> None:
    """Have the database refuse to change or delete what was published."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(
            "CREATE OR REPLACE FUNCTION published_is_final() RETURNS trigger LANGUAGE plpgsql "
            f"AS $$ BEGIN RAISE EXCEPTION '{SAID}'; END $$"
        )
    for table, columns in final.items():
        of = f" OF {', '.join(columns)}" if columns else ""
        for event, verb in (("update", f"UPDATE{of}"), ("delete", "DELETE")):
            if connection.dialect.name == "postgresql":
                does = "EXECUTE FUNCTION published_is_final()"
            else:
                does = f"BEGIN SELECT RAISE(ABORT, '{SAID}'); END"
            connection.exec_driver_sql(
                f"CREATE TRIGGER {table}_{event} BEFORE {verb} ON {table} FOR EACH ROW {does}"
            )


def lift(connection: Connection) -> None:
    """Let rows be replaced until `lay` is called again in the same transaction."""
    for table in FINAL:
        on = f" ON {table}" if connection.dialect.name == "postgresql" else ""
        for event in ("update", "delete"):
            connection.exec_driver_sql(f"DROP TRIGGER {table}_{event}{on}")
