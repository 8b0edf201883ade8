"""Use cases of the appeals room; each is one transaction of its own.

`actor` is a login, "citizen" or "system"; `person` is a signed-in member of staff. Errors are
those of `app.errors`; `WrongPair` says that number and access code do not belong together.
"""

from app.appeals.finding import WrongPair
from app.appeals.services import bulk, campaigns, runs
from app.appeals.services.authors import authors_of, change_authors
from app.appeals.services.beginning import begin
from app.appeals.services.card import (
    called,
    card,
    card_on_paper,
    diagrams,
    masked_entries,
    open_document,
    reveal,
    unread,
)
from app.appeals.services.changing import (
    AssignmentChange,
    cancel_assignment,
    change_assignment,
)
from app.appeals.services.circle import access_to, confine, end_share, open_circle, share
from app.appeals.services.complaining import complain
from app.appeals.services.correcting import ask_for_correction
from app.appeals.services.due import count_due, due_lines, due_list
from app.appeals.services.extensions import request_extension
from app.appeals.services.filing import (
    checked,
    email_zone,
    filed,
    filed_by_now,
    intake,
    receipt,
    rules_of_page,
    submit,
)
from app.appeals.services.handing import hand_over
from app.appeals.services.hinting import hints
from app.appeals.services.inbox import inbox, inbox_page
from app.appeals.services.inbox_views import (
    move_view,
    remove_view,
    rename_view,
    save_view,
)
from app.appeals.services.inspecting import ask_to_read
from app.appeals.services.letters import (
    count_outgoing,
    letter_pdf,
    may_recall,
    note_delivery,
    outgoing,
    outgoing_after,
    outgoing_days,
    outgoing_letter,
    recall_letter,
)
from app.appeals.services.linking import tie, untie
from app.appeals.services.news import news, want_news
from app.appeals.services.notes import add_note, change_note, withdraw_note
from app.appeals.services.own import open_own, own, person_key
from app.appeals.services.papers import (
    accept_paper,
    file_paper,
    hand_paper,
    place_paper,
    take_back_paper,
)
from app.appeals.services.particulars import change_particulars, change_questions
from app.appeals.services.previewing import preview_document
from app.appeals.services.publishing import (
    may_publish,
    publication,
    publish,
    published,
    published_answer,
    take_down,
)
from app.appeals.services.reminders import put_away
from app.appeals.services.renewing import may_renew, renew_document, renewed_document
from app.appeals.services.reopening import may_reopen, reopen
from app.appeals.services.replying import (
    add_remark,
    reply_checks,
    resolve_remark,
    workbench,
)
from app.appeals.services.resolutions import (
    assignment,
    assignments,
    assignments_after,
    count_assignments,
    sub_assign,
)
from app.appeals.services.scanning import (
    barcode_sheet,
    place_scan,
    scan_batch,
    stamp,
    unplaced,
)
from app.appeals.services.search import search
from app.appeals.services.sent import sent_pdf
from app.appeals.services.signatures import (
    add_letter_signature,
    check_signature_again,
    open_signature,
    signed_letter,
)
from app.appeals.services.status import (
    add_documents,
    resend_code,
    status,
    status_file,
    withdraw,
)
from app.appeals.services.surveys import answer_survey, survey, survey_token
from app.appeals.services.tasks import complete, form_of, release, take, work_item
from app.appeals.services.typed import keep_typed, last_typed, sweep_typed, typed_versions
from app.appeals.timeline import timeline

__all__ = [
    "AssignmentChange",
    "WrongPair",
    "accept_paper",
    "access_to",
    "add_documents",
    "add_letter_signature",
    "add_note",
    "add_remark",
    "answer_survey",
    "ask_for_correction",
    "ask_to_read",
    "assignment",
    "assignments",
    "assignments_after",
    "authors_of",
    "barcode_sheet",
    "begin",
    "bulk",
    "called",
    "campaigns",
    "cancel_assignment",
    "card",
    "card_on_paper",
    "change_assignment",
    "change_authors",
    "change_note",
    "change_particulars",
    "change_questions",
    "check_signature_again",
    "checked",
    "complain",
    "complete",
    "confine",
    "count_assignments",
    "count_due",
    "count_outgoing",
    "diagrams",
    "due_lines",
    "due_list",
    "email_zone",
    "end_share",
    "file_paper",
    "filed",
    "filed_by_now",
    "form_of",
    "hand_over",
    "hand_paper",
    "hints",
    "inbox",
    "inbox_page",
    "intake",
    "keep_typed",
    "last_typed",
    "letter_pdf",
    "masked_entries",
    "may_publish",
    "may_recall",
    "may_renew",
    "may_reopen",
    "move_view",
    "news",
    "note_delivery",
    "open_circle",
    "open_document",
    "open_own",
    "open_signature",
    "outgoing",
    "outgoing_after",
    "outgoing_days",
    "outgoing_letter",
    "own",
    "person_key",
    "place_paper",
    "place_scan",
    "preview_document",
    "publication",
    "publish",
    "published",
    "published_answer",
    "put_away",
    "recall_letter",
    "receipt",
    "release",
    "remove_view",
    "rename_view",
    "renew_document",
    "renewed_document",
    "reopen",
    "reply_checks",
    "request_extension",
    "resend_code",
    "resolve_remark",
    "reveal",
    "rules_of_page",
    "runs",
    "save_view",
    "scan_batch",
    "search",
    "sent_pdf",
    "share",
    "signed_letter",
    "stamp",
    "status",
    "status_file",
    "sub_assign",
    "submit",
    "survey",
    "survey_token",
    "sweep_typed",
    "take",
    "take_back_paper",
    "take_down",
    "tie",
    "timeline",
    "typed_versions",
    "unplaced",
    "unread",
    "untie",
    "want_news",
    "withdraw",
    "withdraw_note",
    "work_item",
    "workbench",
]
