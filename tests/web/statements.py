"""Count what a request asks of the database: statements, and how its transactions end."""

from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import event


@dataclass
class Asked:
    """What was asked, with what values; `transactions` counts those begun, whichever way they ended."""

    statements: list[str] = field(default_factory=list)
    values: list[Any] = field(default_factory=list)
    transactions: int = 0
    commits: int = 0

    def __str__(self):
        lines = "\n".join(f"{n}. {one}" for n, one in enumerate(self.statements, start=1))
        return f"{self.transactions} transactions, {self.commits} commits\n{lines}"


@contextmanager
def counted(engine):
    """Count while the block runs; BEGIN and COMMIT themselves are not statements."""
    asked = Asked()

    def statement(_connection, _cursor, sql, values, _context, _many):
        asked.statements.append(" ".join(sql.split()))
        asked.values.append(values)

    # SQLAlchemy speaks of beginning and end also where the driver begins nothing.
    def alone(connection):
        return getattr(connection.connection.driver_connection, "autocommit", False) is True

    def begin(connection):
        asked.transactions += not alone(connection)

    def commit(connection):
        asked.commits += not alone(connection)

    listeners = (("before_cursor_execute", statement), ("begin", begin), ("commit", commit))
    for name, listener in listeners:
        event.listen(engine, name, listener)
    try:
        yield asked
    finally:
        for name, listener in listeners:
            event.remove(engine, name, listener)
