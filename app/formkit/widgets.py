"""The rules of our own widgets: codes, people, organisations, files and rows of a table."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from app.formkit.resolver import Resolver
from app.formkit.rules import Fault, as_list, is_absent, iso_day, text
from app.formkit.words import say
from engine import Field

RESOLUTION = ("executor", "responsible", "text", "due_on")
RESULT = ("code", "result", "measures")

_PLAIN_TEXT = Field(key="text", kind="textarea", label="", label_en="", max_length=20_000)


def clean(field: Field, value: Any, locale: str, resolver: Resolver) -> Any:
    """Return the value of a widget in its one form, or raise `rules.Fault`."""
    return _RULES[field.widget or ""](field, value, locale, resolver)


def codes(_field: Field, value: Any, locale: str, resolver: Resolver) -> list[str]:
    faults: list[str] = []
    found: dict[str, None] = {}
    for item in as_list(value, locale):
        code = item.strip() if isinstance(item, str) else str(item)
        known = resolver.classifier(code)
        if known:
            found[known if isinstance(known, str) else code] = None
        else:
            faults.append(say("classifier", locale, value=code))
    if faults:
        raise Fault(*faults)
    return list(found)


def person(_field: Field, value: Any, locale: str, resolver: Resolver) -> str:
    login = value.strip() if isinstance(value, str) else str(value)
    if not resolver.person(login):
        raise Fault(say("person", locale, value=login))
    return login


def organisation(_field: Field, value: Any, locale: str, resolver: Resolver) -> int:
    written = str(value).strip()
    # Eighteen digits is what every database can hold.
    if isinstance(value, bool) or not (written.isascii() and written.isdigit()):
        raise Fault(say("organisation", locale))
    if len(written) > 18 or not resolver.organisation(int(written)):
        raise Fault(say("organisation", locale))
    return int(written)


def files(_field: Field, value: Any, locale: str, resolver: Resolver) -> list[Any]:
    found = dict.fromkeys(item for item in as_list(value, locale) if isinstance(item, str | int))
    if not found or not all(resolver.upload(item) for item in found):
        raise Fault(say("files", locale))
    return list(found)


def resolutions(_field: Field, value: Any, locale: str, resolver: Resolver) -> list[Any]:
    """Rows `{executor, responsible, text, due_on}` with exactly one responsible executor.

    When nobody is marked, the first one answers: that is what a resolution on paper means.
    """
    faults: list[str] = []
    rows = []
    seen: set[str] = set()
    for place, row in enumerate(_rows(value, RESOLUTION, locale), start=1):
        try:
            rows.append(_resolution(row, locale, resolver, seen))
        except Fault as fault:
            faults += [say("row", locale, row=place, error=each) for each in fault.sentences]
    if sum(row["responsible"] for row in rows) > 1:
        faults.append(say("rows.responsible", locale))
    if faults:
        raise Fault(*faults)
    if rows and not any(row["responsible"] for row in rows):
        rows[0]["responsible"] = True
    return rows


def results(field: Field, value: Any, locale: str, resolver: Resolver) -> list[Any]:
    """Rows `{code, result, measures}`, at most one for each question."""
    faults: list[str] = []
    rows = []
    seen: set[str] = set()
    for place, row in enumerate(_rows(value, RESULT, locale), start=1):
        try:
            rows.append(_result(field, row, locale, resolver, seen))
        except Fault as fault:
            faults += [say("row", locale, row=place, error=each) for each in fault.sentences]
    if faults:
        raise Fault(*faults)
    return rows


def _rows(value: Any, names: Iterable[str], locale: str) -> list[dict[str, Any]]:
    """Keep the columns that a row has; a row that says nothing is no row."""
    rows = as_list(value, locale)
    if not all(isinstance(row, Mapping) for row in rows):
        raise Fault(say("rows", locale))
    kept = [{name: row.get(name) for name in names} for row in rows]
    return [row for row in kept if any(_says_something(cell) for cell in row.values())]


def _says_something(cell: Any) -> bool:
    return not is_absent(cell) and cell is not False


def _resolution(
    row: Mapping[str, Any], locale: str, resolver: Resolver, seen: set[str]
) -> dict[str, Any]:
    if is_absent(row["executor"]):
        raise Fault(say("rows.executor", locale))
    executor = person(_PLAIN_TEXT, row["executor"], locale, resolver)
    if executor in seen:
        raise Fault(say("rows.executor.twice", locale, value=executor))
    seen.add(executor)
    if row["responsible"] not in (None, "", True, False):
        raise Fault(say("boolean", locale))
    return {
        "executor": executor,
        "responsible": bool(row["responsible"]),
        "text": _text(row["text"], locale, resolver),
        "due_on": None if is_absent(row["due_on"]) else iso_day(row["due_on"], locale),
    }


def _result(
    field: Field, row: Mapping[str, Any], locale: str, resolver: Resolver, seen: set[str]
) -> dict[str, Any]:
    (code,) = codes(field, [row["code"]], locale, resolver) or [""]
    if not code:
        raise Fault(say("classifier", locale, value=""))
    if code in seen:
        raise Fault(say("rows.code.twice", locale, value=code))
    seen.add(code)
    allowed = {str(option.value) for option in field.options}
    result = None if is_absent(row["result"]) else str(row["result"])
    if result is None and field.required:
        raise Fault(say("rows.result", locale))
    if result is not None and allowed and result not in allowed:
        raise Fault(say("choice", locale))
    return {"code": code, "result": result, "measures": _text(row["measures"], locale, resolver)}


def _text(value: Any, locale: str, resolver: Resolver) -> str:
    return "" if is_absent(value) else text(_PLAIN_TEXT, value, locale, resolver)


_RULES: Mapping[str, Callable[[Field, Any, str, Resolver], Any]] = {
    "classifier": codes,
    "person": person,
    "organisation": organisation,
    "document": files,
    "files": files,
    "resolution-list": resolutions,
    "question-results": results,
}
