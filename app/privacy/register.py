"""The register never changes: the database itself refuses it, whoever asks.

Only a restore, which replaces every row of every table, lifts that for as long as it takes.
"""

from sqlalchemy.engine import Connection

TABLE = "erasure"
SAID = "The register of erasures never changes."


def lay(connection: Connection) -> None:
    """Have the database refuse to change or delete a line of the register."""
    postgresql = connection.dialect.name == "postgresql"
    if postgresql:
        connection.exec_driver_sql(
            "CREATE OR REPLACE FUNCTION register_is_final() RETURNS trigger LANGUAGE plpgsql "
            f"AS $$ BEGIN RAISE EXCEPTION '{SAID}'; END $$"
        )
    does = "EXECUTE FUNCTION register_is_final()"
    if not postgresql:
        does = f"BEGIN SELECT RAISE(ABORT, '{SAID}'); END"
    for event in ("update", "delete"):
        connection.exec_driver_sql(
            f"CREATE TRIGGER {TABLE}_{event} BEFORE {event.upper()} ON {TABLE} FOR EACH ROW {does}"
        )


def lift(connection: Connection) -> None:
    """Let rows be replaced until `lay` is called again in the same transaction."""
    on = f" ON {TABLE}" if connection.dialect.name == "postgresql" else ""
    for event in ("update", "delete"):
        connection.exec_driver_sql(f"DROP TRIGGER {TABLE}_{event}{on}")
