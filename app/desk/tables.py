"""Tables for a spreadsheet."""

import csv
import io
from collections.abc import Iterable, Sequence

from flask import Response


def as_csv(rows: Iterable[Sequence[str]], name: str) -> Response:
    """UTF-8 with a mark, semicolons, as Excel expects here."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";")
    for row in rows:
        writer.writerow([_harmless(str(cell)) for cell in row])
    answer = Response("\ufeff" + text.getvalue(), mimetype="text/csv")
    answer.headers["Content-Disposition"] = f"attachment; filename={name}"
    return answer


def _harmless(cell: str) -> str:
    # A spreadsheet must not run what a citizen wrote as a formula.
    return f"'{cell}" if cell[:1] in "=+-@\t\r" and cell[:1] else cell
