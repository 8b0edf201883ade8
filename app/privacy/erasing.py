"""What of an appeal is erased and what stays, as a table; and the erasing itself.

Stays what figures and the register need: numbers, dates, outcomes, codes of the classifier, who of
the staff did what. Goes what a citizen or about a citizen was written, everywhere it is kept: the
card, letters, files, the state of processes and their history, promises, the journal. A test holds
the table to the models: a new column has to be put in one of the two places.
"""

from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import ColumnElement, Table, delete, or_, select, update
from sqlalchemy.orm import Session

from app.audit.services import empty
from app.database import db
from app.documents import blobs

#: Table -> column -> what stands there afterwards.
ERASED: Mapping[str, Mapping[str, Any]] = {
    "appeal": {
        **dict.fromkeys(("addressee", "text", "place", "summary", "comment", "return_remark"), ""),
        **dict.fromkeys(("source_number", "outcome_text"), ""),
        **dict.fromkeys(("search_text", "search_people", "search_contacts"), ""),
        "search_masked": None,
        "person_key": None,
    },
    "applicant": dict.fromkeys(
        (
            *("last_name", "first_name", "middle_name", "name", "represented"),
            *("email", "phone", "postal_address", "name_key", "email_key"),
            *("name_genitive", "name_dative"),
        ),
        "",
    ),
    "appeal_particulars": {
        **dict.fromkeys(("letter_number", "damage", "proxy", "coordinates", "fias"), ""),
        **dict.fromkeys(("postcode", "settlement", "street", "house", "building", "flat"), ""),
        "control_off_ground": "",
    },
    "paper_handover": {"remark": ""},
    "reply_version": {"subject": "", "text": ""},
    "reply_remark": {"quote": "", "text": ""},
    "typed_form": {"pairs": []},
    "appeal_question": {"measures": "", "note": ""},
    "appeal_reply": {
        **dict.fromkeys(("subject", "text", "measures", "remark"), ""),
        "results": [],
        "documents": [],
    },
    "assignment": {"text": ""},
    "assignment_report": {"text": "", "remark": "", "results": [], "documents": []},
    "commission_act": {"description": "", "conclusion": "", "members": []},
    "document_request": {
        **dict.fromkeys(("purpose", "documents", "text", "answer_text", "answer_number"), ""),
        "answer_documents": [],
    },
    "extension": dict.fromkeys(("request_reason", "reason", "remark", "done"), ""),
    "enclosures_act": {**dict.fromkeys(("named", "missing", "present"), ""), "document_id": None},
    "valuables_act": {
        **dict.fromkeys(("found", "kept", "present", "returned_note"), ""),
        "document_id": None,
    },
    "file_inspection": {
        **dict.fromkeys(("wish", "place", "explanation", "shown"), ""),
        "act_id": None,
    },
    "redirection": {
        **dict.fromkeys(("instruction", "text", "remark", "answer_text", "answer_number"), ""),
        "answer_documents": [],
    },
    "reopening": {"reason": "", "ended": {}},
    "site_visit": {
        **dict.fromkeys(("place", "present", "findings"), ""),
        "documents": [],
        "act_id": None,
    },
    # A campaign goes with the appeal whose text the others repeat.
    "campaign": {"name": ""},
    "campaign_run": {"answers": {}},
    "campaign_line": {"reason": ""},
    "resolution": {"text": "", "details": {}},
    "survey_invitation": {"token_hash": None, "comment": "", "answers": {}},
    "letter": {
        "remark": "",
        "subject": "",
        "text": "",
        "facts": {},
        "addressee": {"name": ""},
        "attachments": [],
        **dict.fromkeys(("content_hash", "check_code", "track", "document_id")),
    },
    "instance": {"state": b""},
    "migration_line": {"state": None, "detail": None},
    "step": {"facts": {}},
    "work_item": {"variables": {}},
    "incident": {"reason": "", "move": {}},
    "outbox": {"payload": {}, "last_error": None},
    "preservation": {"reason": ""},
    # What was published holds no personal data and stays on the site.
    "publication": {"taken_down_for": ""},
}

#: Table -> columns of words that hold nothing of a citizen and stay.
KEPT: Mapping[str, Collection[str]] = {
    "appeal": (
        *("key", "receipt", "receipt_key", "number", "number_key", "language", "channel"),
        *("auth_method", "source_organisation", "reply_channel", "kind", "repeated", "to_manager"),
        *("registered_by", "terms", "complained_person", "complained_other"),
        *("outcome", "outcome_reason"),
    ),
    "applicant": ("kind",),
    "appeal_likeness": (),
    "reply_version": ("author",),
    "reply_remark": ("author", "resolved_by"),
    "typed_form": ("author", "opening"),
    "paper_original": ("case_index", "volume", "leaves", "holder", "filed_by"),
    "paper_handover": ("given_by", "given_to"),
    "appeal_particulars": (
        *("applicant_status", "social_status", "benefits", "region", "district", "subtype"),
        *("marks", "control", "control_off_by"),
    ),
    "appeal_question": (
        *("code", "name", "result", "jurisdiction", "competence", "executor", "route", "solved"),
    ),
    "appeal_reply": ("drafted_by", "decision", "decided_by"),
    "assignment": ("author", "executor", "acceptor", "state"),
    "assignment_report": ("author", "decision", "decided_by"),
    "commission_act": ("number", "author"),
    "document_request": ("organisation", "asked_by", "term"),
    "extension": ("asked_by", "ground", "decision", "decided_by"),
    "enclosures_act": ("recorded_by",),
    "valuables_act": ("recorded_by", "returned_how", "returned_by"),
    "file_inspection": (
        *("recorded_by", "term", "decision", "decided_by", "read_at", "ground", "held_by"),
    ),
    "redirection": ("author", "organisation", "questions"),
    "publication": ("title", "question", "answer", "published_by"),
    "reopening": ("ground", "author"),
    "site_visit": ("recorded_by",),
    "campaign": ("confirmed_by",),
    "campaign_member": (),
    "campaign_run": ("element", "action", "actor", "language"),
    "campaign_line": ("outcome",),
    "resolution": ("author", "decision"),
    "survey_invitation": ("solved",),
    "letter": (
        *("key", "kind", "template", "audience", "state", "channel", "language", "number"),
        *("created_by", "approved_by", "signatory", "signatory_name", "signatory_post"),
        "signed_for",
    ),
    "instance": ("process", "key", "status"),
    "migration_line": (
        *("migration_id", "outcome", "after", "rule", "process", "element", "other"),
    ),
    "step": ("key", "process", "element", "task", "how", "actor", "instead_of"),
    "work_item": (
        *(
            "task",
            "key",
            "process",
            "element",
            "assigned_to",
            "taken_by",
            "closed_by",
            "status",
            "queue",
        ),
    ),
    "incident": ("key", "process", "element", "resolved_by", "resolution"),
    "outbox": ("uid", "kind", "key", "element", "status", "batch"),
    "destruction_line": ("norm", "state", "why"),
    "preservation": ("mark", "by"),
}

#: Tables whose rows of the appeal go whole.
GONE = (
    *("reminder", "appeal_filing", "appeal_text_band", "internal_note", "appeal_share"),
    *("appeal_link", "search_text"),
    *("document_state", "file_signature", "document", "subscription"),
)

#: Tables that belong to no appeal, or hold a name or a number of it only.
APART = frozenset(
    {
        *("account", "account_role", "credential", "sign_in_attempts"),
        *("second_factor", "recovery_code", "outside_name"),
        *("post", "unit", "organisation"),
        *("signing_authority", "substitution", "setting", "setting_change", "number_counter"),
        *("emblem", "process_version", "process_file"),
        *("process_stored", "migration", "studio_draft", "destruction_act", "erasure"),
        # Templates of letters say nothing of anybody.
        "letter_layout",
        # What nobody filed and what was exported goes after a day; a file goes with the last
        # document that needs it.
        *("upload", "blob", "export"),
        # Sealed; erased when the appeal is filed, or some days after it was last written to.
        "draft",
        # Numbers of words and sums: nothing leads from them to an appeal or to a person.
        "classifier_learned",
        # What a member of staff looks for belongs to them.
        "inbox_view",
        # Ids of letters; the file itself goes after a day.
        "mailing",
        # Emptied by the room that keeps it, and sealed.
        *("journal", "journal_head"),
    }
)

#: How a row of a table without an appeal of its own is known: column -> table it points to.
_THROUGH: Mapping[str, tuple[str, str]] = {
    "assignment_report": ("assignment_id", "assignment"),
    "migration_line": ("instance_id", "instance"),
    "document_state": ("document_id", "document"),
    "file_signature": ("document_id", "document"),
    "subscription": ("instance_id", "instance"),
}


def erase(session: Session, appeal_id: int, *, actor: str) -> list[str]:
    """Erase what a citizen wrote from every table and the store; uids of its e-mails.

    In the caller's transaction; the mailbox of the demo is for the caller to clean afterwards.
    """
    key = f"appeal:{appeal_id}"
    outbox, document = _table("outbox"), _table("document")
    uids = list(session.scalars(select(outbox.c.uid).where(outbox.c.key == key)))
    hashes = set(session.scalars(select(document.c.sha256).where(document.c.key == key)))
    signature = _table("file_signature")
    detached = select(signature.c.sha256).where(belongs("file_signature", appeal_id))
    hashes |= set(session.scalars(detached.where(signature.c.sha256.is_not(None))))
    for name, blank in ERASED.items():
        session.execute(update(_table(name)).where(belongs(name, appeal_id)).values(**blank))
    for name in GONE:
        session.execute(delete(_table(name)).where(belongs(name, appeal_id)))
    appeal, applicant = _table("appeal"), _table("applicant")
    session.execute(
        delete(applicant).where(applicant.c.appeal_id == appeal_id, applicant.c.position > 0)
    )
    # Codes derived so far open nothing any more.
    session.execute(
        update(appeal)
        .where(appeal.c.id == appeal_id)
        .values(code_generation=appeal.c.code_generation + 1)
    )
    for sha256 in sorted(hashes):
        blobs.release(session, sha256)
    empty(session, key, actor=actor)
    return uids


def counted(session: Session, appeal_id: int) -> tuple[int, int]:
    """How many files and letters an appeal has."""
    files, letters = (
        len(session.execute(select(_table(name).c.id).where(belongs(name, appeal_id))).all())
        for name in ("document", "letter")
    )
    return files, letters


def belongs(name: str, appeal_id: int) -> ColumnElement[bool]:
    """Which rows of a table are those of the appeal."""
    table = _table(name)
    if name == "appeal":
        return table.c.id == appeal_id
    if name == "campaign":
        return table.c.first_id == appeal_id
    if name == "campaign_run":
        # What was said to many was said of this one too; a run without a campaign has only lines.
        lines = _table("campaign_line")
        return table.c.id.in_(select(lines.c.run_id).where(lines.c.appeal_id == appeal_id))
    if name == "appeal_link":
        return or_(table.c.appeal_id == appeal_id, table.c.other_id == appeal_id)
    if "appeal_id" in table.c:
        return table.c.appeal_id == appeal_id
    if name in _THROUGH:
        column, other = _THROUGH[name]
        return table.c[column].in_(select(_table(other).c.id).where(belongs(other, appeal_id)))
    return table.c.key == f"appeal:{appeal_id}"


def _table(name: str) -> Table:
    return db.metadata.tables[name]
