"""Many open appeals for a measurement: clones of a few that were walked by the use cases.

Only for the bench: rows are copied by PostgreSQL itself, with other ids, days and holders. Dates
spread over a month around today, holders over `EXECUTORS` accounts.
"""

from sqlalchemy import Connection, inspect, text

from app.access import services as access
from app.access.services import load_person
from app.appeals import services
from app.appeals.commands import ApplicantData, InboxFilter, SubmitAppeal
from app.classifier import services as classifier

EXECUTORS, STEP = 50, 1000
#: Table -> what of a row belongs to the appeal, and how a column differs in the k-th copy.
TABLES = ("appeal", "applicant", "appeal_question", "resolution", "assignment", "instance")
TABLES += ("work_item", "step")
NUMBERS = ("id", "appeal_id", "instance_id", "resolution_id")
CHANGED = {
    ("appeal", "receipt"): "t.receipt || '-' || k",
    ("appeal", "receipt_key"): "t.receipt_key || '-' || k",
    ("appeal", "number"): "t.number || '-' || k",
    ("appeal", "number_key"): "t.number_key || '-' || k",
    ("appeal", "due_on"): "t.due_on - 25 + (k * 7 % 40)",
    ("appeal", "internal_due_on"): "t.internal_due_on - 25 + (k * 7 % 40)",
    ("appeal", "register_by"): "t.register_by - 3 + (k * 7 % 40)",
    ("work_item", "due_at"): "t.due_at + (k * 7 % 40 - 25) * interval '1 day'",
    ("work_item", "term_on"): "t.term_on + (k * 7 % 40 - 25)",
    ("work_item", "pressing_on"): "t.pressing_on + (k * 7 % 40 - 25)",
    ("work_item", "opened_at"): "t.opened_at - (k % 9999) * interval '1 minute'",
    ("work_item", "task"): "t.task",
    ("work_item", "assigned_to"): f"CASE WHEN t.assigned_to IS NULL THEN NULL "
    f"ELSE 'clerk' || k % {EXECUTORS} END",
    ("assignment", "executor"): f"'clerk' || k % {EXECUTORS}",
}


def walked() -> int:
    """Three appeals: one to be registered, one under review, one with an executor."""
    applicant = ApplicantData(last_name="Ёлкина", first_name="Мария", email="e@example.org")
    filed = SubmitAppeal(applicant=applicant, reply_channel="email", text="Не вывозят мусор.")
    card = {"questions": [classifier.find("1156", limit=1)[0].code]}
    line = {"executor": "executor1", "responsible": True, "text": "Ответить", "due_on": None}
    resolution = {"decision": "assign", "text": "Рассмотреть", "resolutions": [line]}
    steps = (("registrar", "register", card), ("manager", "review", resolution))
    for number in range(3):
        ref = services.submit(filed, actor="bench").receipt
        for login, element, answers in steps[:number]:
            person = load_person(login)
            wanted = InboxFilter(appeal=ref, element=element)
            item = services.inbox(person, wanted).page.items[0]
            services.complete(person, item.id, answers)
    return 3


def clerks() -> None:
    """Accounts that hold the copies of what one executor has."""
    known = load_person("executor1")
    for number in range(EXECUTORS):
        values = {"name": f"Исполнитель {number}", "roles": ["executor"], "unit_id": known.unit_id}
        access.create_account(f"clerk{number}", values, password=None, actor="bench")


def cloned(connection: Connection, appeals: int) -> None:
    """Copy the walked appeals until there are about so many, and let PostgreSQL count them."""
    copies = appeals // 3 - 1
    for name in TABLES:
        columns = [one["name"] for one in inspect(connection).get_columns(name)]
        values = ", ".join(_value(name, one) for one in columns)
        spelt = ", ".join(f'"{one}"' for one in columns)
        connection.execute(
            text(
                f'INSERT INTO "{name}" ({spelt}) SELECT {values} '  # names are ours
                f'FROM "{name}" t, generate_series(1, {copies}) k WHERE t.id < {STEP}'
            )
        )
    connection.commit()
    autocommit = connection.execution_options(isolation_level="AUTOCOMMIT")
    autocommit.execute(text("VACUUM ANALYZE"))


def _value(table: str, column: str) -> str:
    if changed := CHANGED.get((table, column)):
        return changed
    if column in NUMBERS:
        return f't."{column}" + k * {STEP}'
    if column == "key":
        number = "t.id" if table == "appeal" else "substr(t.key, 8)::int"
        return f"'appeal:' || ({number} + k * {STEP})"
    return f't."{column}"'
