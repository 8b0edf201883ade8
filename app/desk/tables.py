"""Tables for a spreadsheet."""

import csv
import io
from collections.abc import Iterable, Sequence

from flask import Response

from app.reports.sheets.plain import harmless


def as_csv(rows: Iterable[Sequence[str]], name: str) -> Response:
    """UTF-8 with a mark, semicolons, as Excel expects here."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";")
    for row in rows:
        writer.writerow([harmless(str(cell)) for cell in row])
    answer = Response("\ufeff" + text.getvalue(), mimetype="text/csv")
    answer.headers["Content-Disposition"] = f"attachment; filename={name}"
    return answer
