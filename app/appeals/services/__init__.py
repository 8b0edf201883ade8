"""Use cases of the appeals room; each is one transaction of its own.

`actor` is a login, "citizen" or "system"; `person` is a signed-in member of staff. Errors are
those of `app.errors`.

    submit(command, *, actor="citizen", idempotency_key=None) -> Receipt
    intake(command, *, person) -> Receipt
    receipt(ref, code) -> Receipt                       the receipt page again, with its code
    status(ref, code) -> StatusView                     Forbidden for a wrong pair, whatever was wrong
    status_file(ref, code, document_id) -> OpenedFile
    withdraw(ref, code, reason) -> None
    add_documents(ref, code, files) -> tuple[FileLine, ...]
    resend_code(number, email) -> None                  says nothing whatever was given
    survey(token) -> SurveyView
    answer_survey(token, answers) -> SurveyView         .state "open" before, "answered" after; never an error page
    survey_token(ref, code) -> str                      for /status/survey; Conflict when closed
    inbox(person, InboxFilter) -> InboxPage
    work_item(person, id) -> TaskView
    complete(person, id, answers, version=None) -> Completed
    take(person, id) -> TaskItem;  release(person, id) -> TaskItem
    card(person, ref) -> CardView                       ref = id (int), receipt or number
    open_document(person, document_id) -> OpenedFile
    request_extension(person, ref, reason, days, ground="exceptional") -> ExtensionView
    sub_assign(person, assignment_id, executor, text, due_on) -> AssignmentView
    assignments(person, AssignmentFilter) -> Page[AssignmentView]
    assignment_rows(person, AssignmentFilter) -> list[list[str]]   heading first, for CSV
    search(person, SearchQuery) -> Page[SearchHit]
"""
