"""Compare every row with what the journal promises.

The journal says what was decided, once a decision; the diagrams say what must have been decided
for a token to stand where it stands; the engine says what it waits for. `differences` looks at
every table of the database and tells, a sentence each, where a row says otherwise: something is
there twice, something is missing, something stands where nothing led it.
"""

import hashlib
import json
from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

import engine
from app import clock
from app.audit.services import verify
from app.database import db, reading
from app.documents import store
from app.workflow.models import queue_of, roles_of
from app.workflow.shelf import version_set

#: What an operation of a diagram writes into the journal, once each time it is called.
WRITES = {
    "appeals.review": ("resolution.made",),
    "appeals.accept_assignment": ("assignment.accepted",),
    "appeals.report": ("assignment.reported",),
    "appeals.accept_report": ("report.accepted", "report.returned"),
    "appeals.decide_extension": ("extension.granted", "extension.refused"),
    "appeals.draft_reply": ("reply.drafted",),
    "appeals.approve_reply": ("reply.approved", "reply.returned"),
    "appeals.prepare_redirection": ("redirection.prepared",),
    "appeals.issue_assignment": ("assignment.issued",),
    "appeals.note_documents": ("documents.noted",),
    "appeals.leave": ("appeal.left",),
    "appeals.withdraw": ("appeal.withdrawn",),
    "appeals.redirected": ("appeal.redirected",),
    "appeals.replied": ("appeal.answered",),
    "appeals.archive": ("appeal.archived",),
    "appeals.remind": ("term.reminded",),
    "appeals.rate": ("survey.answered",),
    "appeals.invite_to_survey": ("survey.opened",),
}
#: The state of a letter after the last of these lines of the journal.
LETTER = {
    "letter.drafted": "draft",
    "letter.revised": "draft",
    "letter.approved": "approved",
    "letter.numbered": "signing",
    "letter.signed": "signed",
    "letter.registered": "registered",
    "letter.sending": "sending",
    "letter.sent": "sent",
    "letter.delivered": "delivered",
    "letter.returned": None,
    "letter.undelivered": "returned",
    "letter.by_post": "returned",
    "letter.again": "sending",
    "letter.recalled": "recalled",
    "letter.discarded": "discarded",
}
#: What happens to a letter once, whatever dies.
ONCE = ("letter.numbered", "letter.signed", "letter.registered", "letter.sending", "letter.sent")
ASSIGNMENT = {
    "assignment.issued": "issued",
    "assignment.accepted": "accepted",
    "assignment.reported": "reported",
    "report.accepted": "done",
    "report.returned": "rework",
}
OUTCOMES = {
    "appeal.answered": "answered",
    "appeal.left": "left",
    "appeal.redirected": "redirected",
    "appeal.withdrawn": "withdrawn",
}
#: Tables of the house itself: no life of an appeal writes into them.
HOUSE = frozenset(
    {
        "account",
        "account_role",
        "credential",
        "export",
        "inbox_view",
        "letter_layout",
        "mailing",
        "organisation",
        "outside_name",
        "post",
        "recovery_code",
        "second_factor",
        "setting",
        "setting_change",
        "emblem",
        "sign_in_attempts",
        "signing_authority",
        "studio_draft",
        "substitution",
        "unit",
    }
)


@dataclass
class Line:
    """One line of the journal, its details read."""

    id: int
    actor: str
    action: str
    subject: str
    details: dict


class Books:
    """All rows of all tables, and the journal by subject."""

    def __init__(self, session):
        self.session = session
        self.tables = {
            name: [dict(row) for row in session.execute(select(table)).mappings()]
            for name, table in db.metadata.tables.items()
        }
        self.journal = [
            Line(
                row["id"],
                row["actor"],
                row["action"],
                row["subject"],
                json.loads(row["details"]),
            )
            for row in sorted(self.tables["journal"], key=lambda row: row["id"])
        ]
        self._by_subject = defaultdict(list)
        for line in self.journal:
            self._by_subject[line.subject].append(line)

    def __getitem__(self, table):
        return self.tables[table]

    def by(self, table, column):
        """The rows of a table gathered by a column."""
        found = defaultdict(list)
        for row in self.tables[table]:
            found[row[column]].append(row)
        return found

    def one(self, table, number):
        return next(row for row in self.tables[table] if row["id"] == number)

    def said(self, subject, *actions, **details):
        """Lines of these actions about a subject, with these details; all actions without one."""
        return [
            line
            for line in self._by_subject[subject]
            if (not actions or line.action in actions)
            and all(line.details.get(name) == value for name, value in details.items())
        ]


def differences(*, sink=(), ledger=None):
    """Every sentence that is not true; none when all rows are as they were promised.

    `sink` holds the Message-IDs that a mail server took, in order; `ledger` what clients were told.
    Runs inside an application.
    """
    seal = verify()
    found = [] if seal.first_bad is None else [f"journal: line {seal.first_bad} breaks the chain"]
    with reading() as session:
        books = Books(session)
        found += [f"{name}: nobody compares it" for name in db.metadata.tables.keys() - known()]
        for name, check in CHECKS.items():
            found += [f"{name}: {sentence}" for sentence in check(books)]
        if sink is not None:
            found += [f"mail: {sentence}" for sentence in _mail(books, list(sink))]
        if ledger is not None:
            found += [f"client: {sentence}" for sentence in _clients(books, ledger)]
    return found


def known():
    return {*CHECKS, *HOUSE}


# -- numbers -------------------------------------------------------------------------------------


def _counters(books):
    """Numbers have no gaps and no twins: the counter is the count."""
    given = {
        "receipt": [row["receipt"] for row in books["appeal"]],
        "appeal": [row["number"] for row in books["appeal"] if row["number"]],
        "outgoing": [row["number"] for row in books["letter"] if row["number"]],
    }
    counted = Counter()
    for row in books["number_counter"]:
        counted[row["series"]] += row["value"]
    for series, numbers in given.items():
        if len(set(numbers)) != len(numbers):
            yield f"{series} gave a number twice"
        if counted[series] != len(numbers):
            yield f"{series} counts {counted[series]}, given are {len(numbers)}"


# -- the card ------------------------------------------------------------------------------------


def _appeals(books):
    for row in books["appeal"]:
        key = row["key"]
        if row["key"] != f"appeal:{row['id']}":
            yield f"{row['id']} has the key {key}"
        if len(books.said(key, "appeal.filed", receipt=row["receipt"])) != 1:
            yield f"{key} was not filed once"
        registered = [line.details["number"] for line in books.said(key, "appeal.registered")]
        if registered != ([row["number"]] if row["number"] else []):
            yield f"{key} has the number {row['number']}, the journal {registered}"
        ended = [OUTCOMES[line.action] for line in books.said(key, *OUTCOMES)]
        if ended != ([row["outcome"]] if row["outcome"] else []):
            yield f"{key} ended as {row['outcome']}, the journal says {ended}"
        archived = len(books.said(key, "appeal.archived"))
        if archived != (row["closed_at"] is not None):
            yield f"{key} was archived {archived} times, closed at {row['closed_at']}"
    subjects = {row["key"] for row in books["appeal"]}
    for line in books.journal:
        if line.action == "appeal.filed" and line.subject not in subjects:
            yield f"{line.subject} is in the journal only"


def _filings(books):
    appeals = [row["appeal_id"] for row in books["appeal_filing"]]
    if None in appeals:
        yield "a filing has no appeal"
    if len(set(appeals)) != len(appeals):
        yield "two filings made one appeal"


def _places(table, *, least):
    """Rows that belong to an appeal, counted from 0 without a hole."""

    def check(books):
        found = books.by(table, "appeal_id")
        for appeal in books["appeal"]:
            places = sorted(row["position"] for row in found[appeal["id"]])
            if places != list(range(len(places))) or len(places) < least:
                yield f"{appeal['key']} has the places {places}"

    return check


def _rows_of_lines(table, action, detail, undone=None):
    """Each row was made once by a line of the journal that names it, and each line made one.

    What a line of the action `undone` names is there no more.
    """

    def check(books):
        made = Counter(line.details[detail] for line in books.journal if line.action == action)
        made -= Counter(line.details[detail] for line in books.journal if line.action == undone)
        rows = {row["id"] for row in books[table]}
        yield from (f"{one} was made {n} times" for one, n in made.items() if n != 1)
        yield from (f"{one} is in the journal only" for one in made.keys() - rows)
        yield from (f"{one} is not in the journal" for one in rows - made.keys())

    return check


def _assignments(books):
    for row in books["assignment"]:
        key = f"appeal:{row['appeal_id']}"
        lines = books.said(key, *ASSIGNMENT, assignment=row["id"])
        state = ASSIGNMENT[lines[-1].action] if lines else "drafted"
        if row["state"] == "cancelled":
            if state == "done" or not books.said(key, "appeal.archived"):
                yield f"{row['id']} is cancelled, the journal says {state}"
        elif row["state"] != state:
            yield f"{row['id']} is {row['state']}, the journal says {state}"
        if len(books.said(key, "assignment.issued", assignment=row["id"])) > 1:
            yield f"{row['id']} was issued more than once"


def _reports(books):
    made = Counter(row["assignment_id"] for row in books["assignment_report"])
    said = Counter(
        line.details["assignment"] for line in books.journal if line.action == "assignment.reported"
    )
    if made != said:
        yield f"there are {made}, the journal says {said}"


def _extensions(books):
    yield from _rows_of_lines("extension", "extension.requested", "extension")(books)
    for row in books["extension"]:
        key = f"appeal:{row['appeal_id']}"
        said = [
            line.action
            for line in books.said(
                key, "extension.granted", "extension.refused", extension=row["id"]
            )
        ]
        words = {"grant": ["extension.granted"], "refuse": ["extension.refused"], None: []}
        if said != words[row["decision"]]:
            yield f"{row['id']} is {row['decision']}, the journal says {said}"


def _reminders(books):
    """Whom a term was told to is in the journal, and who was told has the warning."""
    kept = {(f"appeal:{row['appeal_id']}", row["login"]) for row in books["reminder"]}
    for line in books.journal:
        if line.action == "term.reminded":
            lost = {(line.subject, login) for login in line.details["told"]} - kept
            yield from (f"{login} has lost the warning of {key}" for key, login in lost)
    for row in books["reminder"]:
        told = books.said(f"appeal:{row['appeal_id']}", "term.reminded")
        if not any(row["login"] in line.details["told"] for line in told):
            yield f"{row['login']} was warned of {row['appeal_id']}, the journal does not say so"


def _ids(rows):
    return {row["id"] for row in rows}


def _publications(books):
    """What stands on the site, or no longer does, is as the last line about it says."""
    actions = ("answer.published", "answer.taken_down")
    for row in books["publication"]:
        lines = books.said(f"appeal:{row['appeal_id']}", *actions, publication=row["id"])
        down = row["taken_down_at"] is not None
        if not lines:
            yield f"{row['id']} is not in the journal"
        elif down != (lines[-1].action == "answer.taken_down"):
            yield f"{row['id']} was {'' if down else 'not '}taken down, the journal says otherwise"
    said = {line.details["publication"] for line in books.journal if line.action in actions}
    yield from (f"{one} is in the journal only" for one in said - _ids(books["publication"]))


def _redirections(books):
    letters = {row["id"] for row in books["letter"]}
    for row in books["redirection"]:
        key = f"appeal:{row['appeal_id']}"
        if (row["letter_id"] is not None) != bool(
            books.said(key, "redirection.prepared", redirection=row["id"])
        ):
            yield f"{row['id']} has the letter {row['letter_id']}, the journal says otherwise"
        if row["letter_id"] is not None and row["letter_id"] not in letters:
            yield f"{row['id']} has a letter that is not there"


def _replies(books):
    for row in books["appeal_reply"]:
        if not books.said(f"appeal:{row['appeal_id']}", "reply.drafted", letter=row["letter_id"]):
            yield f"{row['id']} was never drafted"
    if len({row["appeal_id"] for row in books["appeal_reply"]}) != len(books["appeal_reply"]):
        yield "an appeal has two replies"


def _surveys(books):
    for appeal in books["appeal"]:
        rows = [row for row in books["survey_invitation"] if row["appeal_id"] == appeal["id"]]
        for column, action in (
            ("opened_at", "survey.opened"),
            ("answered_at", "survey.answered"),
            ("closed_at", "survey.expired"),
        ):
            made, said = (
                sum(1 for row in rows if row[column]),
                len(books.said(appeal["key"], action)),
            )
            if made != said:
                yield f"{appeal['key']} has {made} of {column}, the journal says {said}"


# -- letters, documents, files -------------------------------------------------------------------


def _letters(books):
    for row in books["letter"]:
        lines = books.said(row["key"], *LETTER, letter=row["id"])
        state = _letter_state(row, lines)
        if row["state"] != state:
            yield f"{row['id']} is {row['state']}, the journal says {state}"
        for action in ONCE:
            times = sum(line.action == action for line in lines)
            if times > 1 and not (action == "letter.sent" and row["channel"] == "post"):
                yield f"{row['id']}: {action} {times} times"
        numbers = [line.details["number"] for line in lines if line.action == "letter.numbered"]
        if numbers != ([row["number"]] if row["number"] else []):
            yield f"{row['id']} has the number {row['number']}, the journal {numbers}"
        promised = len(books.said(row["key"], "notice.promised", letter=row["id"]))
        if promised != (row["kind"] == "notice"):
            yield f"{row['id']} of the kind {row['kind']} was promised {promised} times"
    yield from _said_of("letter", "letter.drafted", "letter", books)
    yield from _said_of("letter", "notice.promised", "letter", books)


def _letter_state(row, lines):
    state = "sending" if row["kind"] == "notice" else None
    for line in lines:
        # "returned" is said both by who does not sign a letter and of one that came back.
        returned = "returned" if "remark" not in line.details else state
        state = LETTER[line.action] or returned
    return state


def _said_of(table, action, detail, books):
    """Lines about rows that are not there."""
    rows = {row["id"] for row in books[table]}
    for line in books.journal:
        if line.action == action and line.details[detail] not in rows:
            yield f"{line.details[detail]} is in the journal only ({action})"


def _documents(books):
    yield from _rows_of_lines("document", "document.added", "document")(books)
    states = books.by("document_state", "document_id")
    for row in books["document"]:
        steps = [one["state"] for one in sorted(states[row["id"]], key=lambda one: one["id"])]
        if not steps or steps[-1] != row["state"]:
            yield f"{row['id']} is {row['state']}, its states are {steps}"
        moved = [
            line.action.removeprefix("document.")
            for line in books.said(row["key"], document=row["id"])
            if line.action not in ("document.added", "document.opened", "document.placed")
        ]
        if moved and steps[-len(moved) :] != moved:
            yield f"{row['id']} went {steps}, the journal says {moved}"
    letters = Counter(row["document_id"] for row in books["letter"] if row["document_id"])
    yield from (f"{one} belongs to {n} letters" for one, n in letters.items() if n != 1)
    for row in books["document"]:
        if row["check_code"] and row["id"] not in letters:
            yield f"{row['id']} is a signed letter that no letter knows"


def _states(books):
    documents = {row["id"] for row in books["document"]}
    for row in books["document_state"]:
        if row["document_id"] not in documents:
            yield f"{row['id']} belongs to no document"
    # A letter that came back may be sent anew; nothing else is entered twice.
    entered = Counter((row["document_id"], row["state"]) for row in books["document_state"])
    for (document, state), times in entered.items():
        if times > 1 and state not in ("sent", "returned"):
            yield f"document {document} became {state} {times} times"


def _signatures(books):
    """Each was added once, and a report is there when the journal says that it was judged."""
    documents = {row["id"]: row["key"] for row in books["document"]}
    for row in books["file_signature"]:
        if row["document_id"] not in documents:
            yield f"{row['id']} belongs to no document"
            continue
        key = documents[row["document_id"]]
        added = len(books.said(key, "signature.added", signature=row["id"]))
        if added != 1:
            yield f"{row['id']} was added {added} times"
        if bool(row["report"]) != bool(row["checked_at"]):
            yield f"{row['id']} has a report without a moment, or a moment without a report"
    yield from _said_of("file_signature", "signature.added", "signature", books)


def _blobs(books):
    files = store.files()
    held = {row["sha256"] for table in ("document", "upload") for row in books[table]}
    held |= {row["copy_sha256"] for row in books["blob"] if row["copy_sha256"]}
    held |= {row["sha256"] for row in books["file_signature"] if row["sha256"]}
    for row in books["blob"]:
        if not files.has(row["sha256"]):
            yield f"{row['sha256']} has no file"
            continue
        with files.open(row["sha256"]) as stream:
            content = stream.read()
        if hashlib.sha256(content).hexdigest() != row["sha256"] or len(content) != row["size"]:
            yield f"{row['sha256']} has another content"
        if row["sha256"] not in held:
            yield f"{row['sha256']} belongs to nothing"
        if row["verdict"] not in ("own", "unchecked") or row["finding"]:
            yield f"{row['sha256']} was looked at by a scanner that is not there"
    yield from (f"{one} has no row" for one in held - {row["sha256"] for row in books["blob"]})


def _uploads(books):
    for row in books["upload"]:
        if row["size"] <= 0:
            yield f"{row['id']} is empty"


#: Bytes that sealing adds to a draft: a number used once and a tag.
SEAL = 12 + 16


def _drafts(books):
    """What was filed is a draft no more; none is kept for ever."""
    for row in books["draft"]:
        if row["expires_at"] <= row["saved_at"]:
            yield "a draft ends before it begins"
        if row["content"] is not None and len(row["content"]) <= SEAL:
            yield "a draft holds nothing"


# -- promises ------------------------------------------------------------------------------------


#: The promise to compare the text of an appeal with the others.
COMPARISON = "appeal.compare"
#: The promise to learn from the questions that were chosen at registration.
LEARNING = "appeal.learn"
LEARNT = (LEARNING, "done")
REGISTERED = "appeal.registered"
#: Promises that are about no letter.
OTHERS = (
    COMPARISON,
    LEARNING,
    "code.resend",
    "appeal.index",
    "document.read",
    "process.migrate",
    "signature.recognise",
    "signature.check",
    "mailing.make",
)


def _promises(books):
    letters = {row["id"]: row for row in books["letter"]}
    promised = Counter((row["kind"], row["payload"].get("letter")) for row in books["outbox"])
    compared = Counter(row["key"] for row in books["outbox"] if row["kind"] == COMPARISON)
    learned = Counter(row["key"] for row in books["outbox"] if row["kind"] == LEARNING)
    for (kind, letter), times in promised.items():
        if times != 1 and kind not in OTHERS:
            yield f"{kind} of the letter {letter} is promised {times} times"
    for row in books["appeal"]:
        if compared[row["key"]] != bool(row["text"].strip()):
            yield f"the text of {row['key']} is to be compared {compared[row['key']]} times"
        chosen = any(one.details["questions"] for one in books.said(row["key"], REGISTERED))
        if learned[row["key"]] != bool(chosen and row["text"].strip()):
            yield f"the questions of {row['key']} are to be learned {learned[row['key']]} times"
    for row in books["outbox"]:
        name = f"{row['kind']} {row['uid']}"
        if row["status"] not in ("done", "waiting"):
            yield f"{name} is {row['status']}: {row['last_error']}"
        if row["status"] == "done" and row["ended_at"] is None:
            yield f"{name} is done and never ended"
        if row["kind"] in OTHERS:
            continue
        letter = letters.get(row["payload"].get("letter"))
        if letter is None:
            yield f"{name} is about no letter"
            continue
        pending = {"letter.sign": "signing"}.get(row["kind"], "sending")
        if (row["status"] == "done") == (letter["state"] == pending):
            yield f"{name} is {row['status']}, its letter is {letter['state']}"
    for letter in books["letter"]:
        wanted = {
            ("letter.sign", letter["id"]): bool(letter["number"]),
            ("mail.send", letter["id"]): letter["kind"] == "notice"
            and letter["channel"] == "email",
            ("letter.send", letter["id"]): bool(
                books.said(letter["key"], "letter.sending", letter=letter["id"])
            ),
        }
        for pair, promise in wanted.items():
            if (pair in promised) != promise:
                yield f"{pair[0]} of the letter {pair[1]}: {promised[pair]} promises"


def _mail(books, sink):
    """Each kept promise of a mail was taken by the server; once for each attempt at most."""
    taken = Counter(one.strip("<>").partition("@")[0] for one in sink)
    promises = {
        row["uid"]: row for row in books["outbox"] if row["kind"] in ("mail.send", "letter.send")
    }
    yield from (f"{uid} was never promised" for uid in taken.keys() - promises.keys())
    for uid, row in promises.items():
        if row["status"] == "done" and not taken[uid]:
            yield f"{uid} is done and never left"
        # A process that dies after the server took a mail and before it is noted sends it again,
        # under the same Message-ID; nobody who lives sends twice.
        if taken[uid] > row["attempts"]:
            yield f"{uid} left {taken[uid]} times in {row['attempts']} attempts"


# -- the processes -------------------------------------------------------------------------------


def _instances(books):
    items, steps = books.by("work_item", "instance_id"), books.by("step", "instance_id")
    waiting = books.by("subscription", "instance_id")
    for row in books["instance"]:
        name = f"{row['id']} ({row['process']} of {row['key']})"
        seen = engine.inspect(version_set(books.session, row["version_id"]), row["state"])
        if row["status"] not in ("running", "ended"):
            yield f"{name} is {row['status']}"
        over = not (seen.tasks or seen.subscriptions or seen.next_due_at)
        if over != (row["status"] == "ended") or over != (row["ended_at"] is not None):
            yield f"{name} is {row['status']}, the engine waits: {not over}"
        if seen.next_due_at != row["next_due_at"]:
            yield f"{name} is due {row['next_due_at']}, the engine says {seen.next_due_at}"
        held = {(one["kind"], one["name"]) for one in waiting[row["id"]]}
        wanted = {(one.kind, one.name) for one in seen.subscriptions}
        if held != wanted:
            yield f"{name} waits for {held}, the engine for {wanted}"
        yield from _tasks(name, seen, items[row["id"]])
        standing = {(one["task"], one["element"]) for one in steps[row["id"]] if not one["left_at"]}
        if over and standing:
            yield f"{name} has ended and stands on {standing}"
        for task in seen.tasks:
            if (task.id, task.element) not in standing:
                yield f"{name} does not stand on its open task {task.element}"


def _tasks(name, seen, items):
    held = {one["task"]: one for one in items if one["status"] == "open"}
    wanted = {task.id: task for task in seen.tasks}
    if held.keys() != wanted.keys():
        yield f"{name} has other open tasks than the engine"
    for task_id in held.keys() & wanted.keys():
        row, task = held[task_id], wanted[task_id]
        for column, value in (
            ("element", task.element),
            ("process", task.process),
            ("assigned_to", task.assignee),
            ("due_at", task.due_at),
            ("variables", dict(task.variables)),
            ("queue", queue_of(task.roles, task.process, task.element)),
        ):
            if row[column] != value:
                yield f"{name}: {task.element} has {column} {row[column]}, the engine {value}"


def _items(books):
    steps = {(row["instance_id"], row["task"]): row for row in books["step"]}
    for row in books["work_item"]:
        if not roles_of(row["queue"]):
            yield f"{row['id']} has no role"
        step = steps.get((row["instance_id"], row["task"]))
        if step is None:
            yield f"{row['id']} ({row['element']}) has no step"
        elif row["status"] == "done":
            if (step["how"], step["actor"]) != ("completed", row["closed_by"]):
                yield f"{row['id']} was done by {row['closed_by']}, its step says {step}"
        elif row["status"] == "cancelled" and step["how"] != "cancelled":
            yield f"{row['id']} was cancelled, its step {step['how']}"
        elif row["status"] == "open" and step["left_at"] is not None:
            yield f"{row['id']} is open, its step was left"


def _steps(books):
    stays = Counter((row["instance_id"], row["task"], row["element"]) for row in books["step"])
    yield from (f"{stay} stands {times} times" for stay, times in stays.items() if times != 1)
    for row in books["step"]:
        if (row["left_at"] is None) != (row["how"] is None):
            yield f"{row['id']} left at {row['left_at']}: {row['how']}"
    called = _called(books)
    for key in {row["key"] for row in books["instance"]}:
        for operation, actions in WRITES.items():
            said = len(books.said(key, *actions))
            if said != called[key, operation]:
                yield (
                    f"{key}: {operation} was passed {called[key, operation]} times, "
                    f"the journal says {said}"
                )


def _called(books):
    """How often the tokens of a key passed an element that calls an operation."""
    called = Counter()
    for row in books["step"]:
        if row["how"] != "completed":
            continue
        drawn = version_set(books.session, row["version_id"]).element(
            row["process"], row["element"]
        )
        called[row["key"], drawn.listener or drawn.topic] += 1
    return called


def _subscriptions(books):
    running = {row["id"] for row in books["instance"] if row["status"] == "running"}
    for row in books["subscription"]:
        if row["instance_id"] not in running:
            yield f"{row['instance_id']} is over and waits for {row['name']}"


def _incidents(books):
    for row in books["incident"]:
        yield f"{row['process']} at {row['element']}: {row['reason']}"


def _versions(books):
    for row in books["process_version"]:
        if version_set(books.session, row["id"]).key != row["content_key"]:
            yield f"{row['id']} is not what its key says"
    if sum(1 for row in books["process_version"] if row["active"]) != 1:
        yield "not one is active"


def _files(books):
    versions = {row["id"] for row in books["process_version"]}
    yield from (
        f"{row['path']} belongs to nothing"
        for row in books["process_file"]
        if row["version_id"] not in versions
    )


def _stored(books):
    versions = {row["id"] for row in books["process_version"]}
    yield from (
        f"that of {row['version_id']} belongs to nothing"
        for row in books["process_stored"]
        if row["version_id"] not in versions
    )


def _migrations(books):
    lines = books.by("migration_line", "migration_id")
    for row in books["migration"]:
        outcomes = Counter(line["outcome"] for line in lines[row["id"]])
        if row["finished_at"] is None or outcomes["waiting"]:
            yield f"{row['id']} is not finished: {outcomes}"
        moved = outcomes["moved"] + outcomes["undone"] + outcomes["kept"]
        said = books.said(
            f"version:{row['to_version']}", "processes.migrated", migration=row["id"], moved=moved
        )
        if len(said) != 1:
            yield f"{row['id']} moved {moved}, the journal says it {len(said)} times"


def _migration_lines(books):
    twice = Counter((row["migration_id"], row["instance_id"]) for row in books["migration_line"])
    yield from (f"{pair} stands {times} times" for pair, times in twice.items() if times != 1)
    for row in books["migration_line"]:
        if (row["state"] is None) != (row["outcome"] in ("waiting", "stayed")):
            yield f"{row['id']} is {row['outcome']} and keeps a state: {row['state'] is not None}"


# -- the journal itself --------------------------------------------------------------------------


def _journal(books):
    now = clock.now()
    for row in books["journal"]:
        if row["at"] > now:
            yield f"{row['id']} lies in the future"


def _head(books):
    sealed = [row for row in books["journal"] if row["seq"] is not None]
    for row in books["journal_head"]:
        if row["seq"] != len(sealed):
            yield f"counts {row['seq']} lines, sealed are {len(sealed)}"


# -- what clients were told ----------------------------------------------------------------------


def _clients(books, ledger):
    yield from ledger.broken
    appeals = {row["receipt"]: row for row in books["appeal"]}
    told = [one["receipt"] for one in ledger.filed.values() if one]
    yield from (f"the receipt {one} was told and is not kept" for one in set(told) - appeals.keys())
    if len(set(told)) != len(told):
        yield "two people hold one receipt"
    if len(appeals) != len(ledger.filed):
        yield f"{len(ledger.filed)} appeals were filed, {len(appeals)} are kept"
    items = {row["id"]: row for row in books["work_item"]}
    for item, login in ledger.completed.items():
        if (items[item]["status"], items[item]["closed_by"]) != ("done", login):
            yield f"{login} was told that {item} is done; it is {items[item]['status']}"
    for item in items.values():
        people = {ledger.completed.get(item["id"]), *ledger.perhaps.get(item["id"], ())} - {None}
        if (
            item["status"] == "done"
            and item["element"] != "rate"
            and item["closed_by"] not in people
        ):
            yield f"{item['id']} was done by {item['closed_by']}, who never asked"
    for receipt in ledger.rated:
        if not books.said(appeals[receipt]["key"], "survey.answered"):
            yield f"{receipt} was rated, and the mark is gone"


# -- campaigns -----------------------------------------------------------------------------------


def _likenesses(books):
    firsts = {row["appeal_id"]: row["first_id"] for row in books["appeal_likeness"]}
    for appeal, first in firsts.items():
        if firsts.get(first) != first:
            yield f"{appeal} stands beside {first}, which is no first one"


def _bands(books):
    firsts = {row["first_id"] for row in books["appeal_likeness"]}
    looked_up = {row["appeal_id"] for row in books["appeal_text_band"]}
    if firsts != looked_up:
        yield f"the texts looked up by are {looked_up}, the first ones {firsts}"


def _learned(books):
    """Each choice that was to be learned is counted once, under the number of any text."""
    kept = {row["key"] for row in books["outbox"] if (row["kind"], row["status"]) == LEARNT}
    lines = [line for key in sorted(kept) for line in books.said(key, REGISTERED)]
    wanted = Counter(code for line in lines for code in line.details["questions"])
    counted = {row["code"]: row["times"] for row in books["classifier_learned"] if not row["word"]}
    if counted != wanted:
        yield f"choices were counted {counted}, they were {dict(wanted)}"


def _texts(books):
    """Each card is searched as it is, in each way in which somebody reads it."""
    found = {(row["key"], row["kind"]): row["body"] for row in books["search_text"]}
    for row in books["appeal"]:
        for kind in ("whole", "named", "masked"):
            said = found.pop((row["key"], kind), None)
            if said is None:
                yield f"{row['key']} is not found as {kind}"
            elif kind != "masked" and " ".join(row["text"].split()) not in said:
                yield f"{row['key']} is found by another text"
            elif row["number"] and row["number"] not in said:
                yield f"{row['key']} is not found by its number as {kind}"
    yield from (f"{key} has a text of no appeal" for key, kind in found if kind != "file")


def _campaigns(books):
    held = {row["campaign_id"] for row in books["campaign_member"]}
    yield from (f"{row['id']} is empty" for row in books["campaign"] if row["id"] not in held)


def _members(books):
    for row in books["campaign_member"]:
        subject, campaign = f"appeal:{row['appeal_id']}", row["campaign_id"]
        said = books.said(subject, "campaign.joined", "campaign.left", campaign=campaign)
        if not said or (said[-1].action == "campaign.left") != bool(row["out"]):
            yield f"{subject} is in the campaign {campaign}, the journal says otherwise"


def _runs(books):
    for row in books["campaign_run"]:
        subject, action = f"campaign:{row['campaign_id']}", "campaign.decided"
        begun = books.said(subject, action, run=row["id"])
        if row["campaign_id"] is None:
            begun = books.said(f"run:{row['id']}", "bulk.begun", act=row["action"])
        if not begun:
            yield f"nobody began {row['id']}"


def _run_lines(books):
    runs = {row["id"]: row for row in books["campaign_run"]}
    items = {row["id"]: row for row in books["work_item"]}
    for row in books["campaign_line"]:
        run, item = runs.get(row["run_id"]), items.get(row["item_id"])
        if run is None or item is None:
            yield f"{row['id']} is about no run or no task"
        elif (
            row["outcome"] == "done"
            and run["action"] in ("complete", "send")
            and item["closed_by"] != run["actor"]
        ):
            yield f"{row['id']} is done, its task is not closed by {run['actor']}"
        elif row["outcome"] == "waiting" and run["finished_at"] is not None:
            yield f"{row['id']} waits in a run that is finished"


# -- what may happen beside the reply --------------------------------------------------------------


def _requests(books):
    for row in books["document_request"]:
        key = f"appeal:{row['appeal_id']}"
        if not books.said(key, "request.prepared", request=row["id"]):
            yield f"nobody prepared {row['id']}"
        if row["sent_on"] and len(books.said(key, "request.sent", request=row["id"])) != 1:
            yield f"{row['id']} was not sent once"


def _reopenings(books):
    made = Counter(f"appeal:{row['appeal_id']}" for row in books["reopening"])
    said = Counter(line.subject for line in books.journal if line.action == "appeal.reopened")
    if made != said:
        yield f"there are {made}, the journal says {said}"


def _particulars(books):
    """The card holds what the changes in the journal, one after another, put there."""
    for row in books["appeal_particulars"]:
        lines = books.said(f"appeal:{row['appeal_id']}", "particulars.changed")
        if len(lines) != row["version"]:
            yield f"{row['appeal_id']} was changed {row['version']} times, the journal differs"
        noted = {name: value for line in lines for name, value in line.details["after"].items()}
        for name, value in noted.items():
            kept = row[name].isoformat() if isinstance(row[name], date) else row[name]
            if kept != value:
                yield f"{row['appeal_id']} has {kept} as {name}, the journal says {value}"


def _notes(books):
    yield from _rows_of_lines("internal_note", "note.added", "note")(books)
    for row in books["internal_note"]:
        key = f"appeal:{row['appeal_id']}"
        changed = len(books.said(key, "note.changed", note=row["id"]))
        withdrawn = len(books.said(key, "note.withdrawn", note=row["id"]))
        if (len(row["earlier"]), row["withdrawn_at"] is not None) != (changed, withdrawn == 1):
            yield f"{row['id']} was changed or withdrawn otherwise than the journal says"


def _papers(books):
    """Whoever placed the paper first holds it, then who accepted it last."""
    for row in books["paper_original"]:
        lines = books.said(f"appeal:{row['appeal_id']}", "paper.placed", "paper.accepted")
        held = [one.actor for one in lines[:1] + lines if one.action == "paper.accepted"]
        holder = held[-1] if held else lines[0].actor if lines else None
        if row["holder"] != holder:
            yield f"{row['appeal_id']} is held by {row['holder']}, the journal says {holder}"
        filed = bool(books.said(f"appeal:{row['appeal_id']}", "paper.filed"))
        if filed != (row["filed_on"] is not None):
            yield f"{row['appeal_id']} was filed otherwise than the journal says"


def _shares(books):
    yield from _rows_of_lines("appeal_share", "card.shared", "share")(books)
    for row in books["appeal_share"]:
        key = f"appeal:{row['appeal_id']}"
        ended = len(books.said(key, "card.share_ended", share=row["id"]))
        if ended != int(row["ended_at"] is not None):
            yield f"{row['id']} ended otherwise than the journal says"
    for row in books["appeal"]:
        said = books.said(row["key"], "appeal.confined", "appeal.unconfined")
        if bool(row["confined"]) != (bool(said) and said[-1].action == "appeal.confined"):
            yield f"{row['key']} is confined or not, the journal says otherwise"


def _versions_of_replies(books):
    """A version is a draft that somebody handed on; the same text twice is one version."""
    made = Counter(f"appeal:{row['appeal_id']}" for row in books["reply_version"])
    for key, versions in made.items():
        if versions > len(books.said(key, "reply.drafted")):
            yield f"{key} has {versions} versions, more than were drafted"


def _typed(books):
    """Each opening of a page in which something was typed is told of."""
    opened = {(row["item_id"], row["author"], row["opening"]) for row in books["typed_form"]}
    made = Counter((item, author) for item, author, _opening in opened)
    for row in books["typed_form"]:
        said = books.said(f"appeal:{row['appeal_id']}", "form.typed", item=row["item_id"])
        if sum(one.actor == row["author"] for one in said) < made[row["item_id"], row["author"]]:
            yield f"{row['id']} was typed, the journal does not say so"


def _links(books):
    for row in books["appeal_link"]:
        for end in (row["appeal_id"], row["other_id"]):
            tied = len(books.said(f"appeal:{end}", "link.added", link=row["id"]))
            untied = len(books.said(f"appeal:{end}", "link.removed", link=row["id"]))
            if (tied, untied) != (1, int(row["untied_at"] is not None)):
                yield f"{row['id']} was tied or untied otherwise than the journal of {end} says"


# -- keeping and erasure -------------------------------------------------------------------------


def _preservations(books):
    for row in books["preservation"]:
        lines = books.said(f"appeal:{row['appeal_id']}", "appeal.preserved", "appeal.unpreserved")
        if not lines or lines[-1].details.get("mark") != row["mark"]:
            yield f"{row['appeal_id']} is marked {row['mark']}, the journal says otherwise"


#: The state of an act after the last of these lines of the journal.
ACT = {
    "destruction.proposed": "proposed",
    "destruction.refused": "refused",
    "destruction.approved": "approved",
    "destruction.done": "carried_out",
}


def _acts(books):
    for row in books["destruction_act"]:
        lines = books.said(f"act:{row['id']}", *ACT)
        if not lines or ACT[lines[-1].action] != row["state"]:
            yield f"{row['id']} is {row['state']}, the journal says otherwise"


def _act_lines(books):
    acts = {row["id"]: row for row in books["destruction_act"]}
    erased = {row["appeal_id"] for row in books["erasure"]}
    for row in books["destruction_line"]:
        if row["act_id"] not in acts:
            yield f"{row['id']} belongs to no act"
        elif row["state"] == "listed" and acts[row["act_id"]]["state"] == "carried_out":
            yield f"{row['id']} was left over"
        if (row["state"] == "erased") and row["appeal_id"] not in erased:
            yield f"{row['id']} is erased, the register does not say so"


def _erasures(books):
    for row in books["erasure"]:
        if not books.said(f"appeal:{row['appeal_id']}", "appeal.erased", act=row["act"]):
            yield f"{row['appeal_id']} is in the register only"


CHECKS = {
    "number_counter": _counters,
    "appeal": _appeals,
    "appeal_filing": _filings,
    "applicant": _places("applicant", least=1),
    "appeal_question": _places("appeal_question", least=0),
    "appeal_particulars": _particulars,
    "resolution": _rows_of_lines("resolution", "resolution.made", "resolution"),
    "assignment": _assignments,
    "assignment_report": _reports,
    "extension": _extensions,
    "redirection": _redirections,
    "document_request": _requests,
    "site_visit": _rows_of_lines("site_visit", "visit.recorded", "visit"),
    "enclosures_act": _rows_of_lines("enclosures_act", "enclosures.missed", "act"),
    "valuables_act": _rows_of_lines("valuables_act", "valuables.found", "act"),
    "file_inspection": _rows_of_lines("file_inspection", "inspection.asked", "inspection"),
    "commission_act": _rows_of_lines("commission_act", "act.drawn_up", "act"),
    "reopening": _reopenings,
    "internal_note": _notes,
    "reply_version": _versions_of_replies,
    "typed_form": _typed,
    "reply_remark": _rows_of_lines("reply_remark", "remark.added", "line"),
    "paper_original": _papers,
    "paper_handover": _rows_of_lines(
        "paper_handover", "paper.handed", "handover", "paper.taken_back"
    ),
    "appeal_share": _shares,
    "appeal_link": _links,
    "preservation": _preservations,
    "destruction_act": _acts,
    "destruction_line": _act_lines,
    "erasure": _erasures,
    "reminder": _reminders,
    "publication": _publications,
    "appeal_reply": _replies,
    "survey_invitation": _surveys,
    "appeal_likeness": _likenesses,
    "appeal_text_band": _bands,
    "classifier_learned": _learned,
    "search_text": _texts,
    "campaign": _campaigns,
    "campaign_member": _members,
    "campaign_run": _runs,
    "campaign_line": _run_lines,
    "letter": _letters,
    "document": _documents,
    "document_state": _states,
    "file_signature": _signatures,
    "blob": _blobs,
    "upload": _uploads,
    "draft": _drafts,
    "outbox": _promises,
    "instance": _instances,
    "work_item": _items,
    "step": _steps,
    "subscription": _subscriptions,
    "incident": _incidents,
    "process_version": _versions,
    "process_file": _files,
    "process_stored": _stored,
    "migration": _migrations,
    "migration_line": _migration_lines,
    "journal": _journal,
    "journal_head": _head,
}
