"""The shapes of requests and answers: what OpenAPI shows and what leaves the door.

Requests are read leniently (null and '' mean absent, unknown keys are ignored); the use cases
refuse what they cannot take, naming the field.
"""

import re
from typing import Any

from marshmallow import EXCLUDE, Schema, fields, pre_load

from app.access.policy import away_words
from app.appeals.policy import REOPENING_GROUNDS
from app.appeals.repetition import COLLECTIVE, MARKS
from app.appeals.work import ACTIONS
from app.extensions import lazy_gettext as _

_WHOLE = re.compile(r" *[+-]?[0-9]{1,10} *")


def whole(value: Any) -> int:
    """A number that a database can hold, as JSON has it (1.0 too) or by its digits as a text.

    Raises ValueError: Python itself would read `1_0` and the digits of any script.
    """
    spelt = isinstance(value, str) and _WHOLE.fullmatch(value)
    if spelt or type(value) is int or (isinstance(value, float) and value.is_integer()):
        found = int(value)
        if abs(found) < 2**31:
            return found
    raise ValueError(value)


class Whole(fields.Integer):
    """A whole number of an address, refused in our words."""

    default_error_messages = {"invalid": [_("Give a whole number.")]}

    def _validated(self, value: Any) -> int:
        try:
            return whole(value)
        except ValueError as wrong:
            raise self.make_error("invalid") from wrong


class Request(Schema):
    error_messages = {"type": _("Give an object.")}

    class Meta:
        unknown = EXCLUDE

    @pre_load
    def drop_nulls(self, body: Any, **_more: Any) -> Any:
        """Read null as absent; what is no object at all is refused by the library."""
        if not isinstance(body, dict):
            return body
        return {name: value for name, value in body.items() if value is not None}


class Problem(Schema):
    """RFC 9457."""

    type = fields.String()
    title = fields.String()
    status = fields.Integer()
    detail = fields.String()
    errors = fields.Dict(
        keys=fields.String(),
        values=fields.List(fields.String()),
        metadata={"description": "What is wrong, by field."},
    )


class Applicant(Request):
    kind = fields.Raw(
        metadata={"type": "string", "enum": ["citizen", "organisation", "representative"]}
    )
    last_name = fields.Raw(metadata={"type": "string"})
    first_name = fields.Raw(metadata={"type": "string"})
    middle_name = fields.Raw(metadata={"type": "string"})
    no_middle_name = fields.Raw(metadata={"type": "boolean"})
    name = fields.Raw(metadata={"type": "string", "description": "The organisation's name."})
    email = fields.Raw(metadata={"type": "string"})
    phone = fields.Raw(metadata={"type": "string"})
    postal_address = fields.Raw(metadata={"type": "string"})


class Appeal(Request):
    """Required: kind, the names, the text, and the address of the chosen reply channel."""

    applicant = fields.Raw(metadata={"allOf": [{"$ref": "#/components/schemas/Applicant"}]})
    reply_channel = fields.Raw(metadata={"type": "string", "enum": ["email", "post"]})
    addressee = fields.Raw(metadata={"type": "string"})
    text = fields.Raw(metadata={"type": "string"})
    place = fields.Raw(metadata={"type": "string"})
    co_applicants = fields.Raw(
        metadata={"type": "array", "items": {"$ref": "#/components/schemas/Applicant"}}
    )
    files = fields.Raw(metadata={"type": "array", "items": {"type": "string"}})
    auth_method = fields.Raw(metadata={"type": "string"})
    language = fields.Raw(metadata={"type": "string", "enum": ["ru", "en"]})


class File(Schema):
    name = fields.String()
    size = fields.Integer(metadata={"description": "Bytes."})
    sha256 = fields.String()


class Upload(File):
    id = fields.String()


class Receipt(Schema):
    receipt = fields.String()
    access_code = fields.String()
    register_by = fields.Date()
    files = fields.List(fields.Nested(File))


class Credentials(Request):
    receipt = fields.Raw(metadata={"type": "string"})
    number = fields.Raw(metadata={"type": "string"})
    access_code = fields.Raw(metadata={"type": "string"})


class Withdrawal(Credentials):
    reason = fields.Raw(metadata={"type": "string"})


class Wish(Credentials):
    wish = fields.Raw(metadata={"type": "string", "description": "Which documents; empty = all."})


class Addition(Credentials):
    files = fields.Raw(metadata={"type": "array", "items": {"type": "string"}})


class Opinion(Credentials):
    answers = fields.Raw(metadata={"type": "object"})


class Answered(Schema):
    state = fields.String(metadata={"description": "What became of the answer."})


class Stage(Schema):
    id = fields.String()
    text = fields.String()
    entered_at = fields.AwareDateTime()
    left_at = fields.AwareDateTime(allow_none=True)


class Extension(Schema):
    decided_on = fields.Date()
    due_on = fields.Date()
    reason = fields.String()


class Redirection(Schema):
    organisation = fields.String()
    number = fields.String(allow_none=True)
    date = fields.Date(allow_none=True)
    questions = fields.List(fields.String())
    question_names = fields.List(fields.String())


class Question(Schema):
    code = fields.String()
    name = fields.String()
    result = fields.String(allow_none=True)
    measures = fields.String()


class Enclosed(Schema):
    id = fields.Raw(metadata={"type": "integer"})
    name = fields.String()
    url = fields.String()


class Letter(Enclosed):
    check_code = fields.String(allow_none=True)
    signed_by = fields.String(allow_none=True)
    files = fields.List(fields.Nested(Enclosed))


class Now(Schema):
    text = fields.String()
    holders = fields.List(fields.String(), metadata={"description": "Roles that have it now."})
    units = fields.List(fields.String())
    next = fields.String(allow_none=True, metadata={"description": "What is expected next."})


class CountedTerm(Schema):
    of = fields.String(metadata={"enum": ["registration", "reply", "extension"]})
    due_on = fields.Date()
    reasoning = fields.List(fields.String())


class Status(Schema):
    number = fields.String(allow_none=True)
    receipt = fields.String()
    registered_on = fields.Date(allow_none=True)
    due_on = fields.Date(allow_none=True)
    stages = fields.List(fields.Nested(Stage))
    extensions = fields.List(fields.Nested(Extension))
    redirections = fields.List(fields.Nested(Redirection))
    questions = fields.List(fields.Nested(Question))
    letters = fields.List(fields.Nested(Letter))
    survey_open = fields.Boolean()
    now = fields.Nested(Now, allow_none=True)
    terms = fields.List(fields.Nested(CountedTerm))


class AppealRef(Schema):
    receipt = fields.String()
    number = fields.String(allow_none=True)


class AppealQuery(Request):
    q = fields.String(load_default="")
    mark = fields.String(load_default="", metadata={"enum": ["", *MARKS, COLLECTIVE]})
    state = fields.String(load_default="", metadata={"enum": ["", "open", "closed"]})
    page = Whole(load_default=1)


class FoundAppeal(AppealRef):
    applicant = fields.String(metadata={"description": "As the person may see it."})
    summary = fields.String()
    channel = fields.String()
    received_at = fields.AwareDateTime()
    registered_on = fields.Date(allow_none=True)
    due_on = fields.Date(allow_none=True)
    outcome = fields.String(allow_none=True)
    mark = fields.String(allow_none=True, metadata={"enum": [*MARKS, None]})
    collective = fields.Boolean()
    stage = fields.String(allow_none=True)


class Found(Schema):
    items = fields.List(fields.Nested(FoundAppeal))
    next = fields.String(allow_none=True)


class WorkItem(Schema):
    id = fields.Integer()
    element = fields.String()
    title = fields.String()
    process = fields.String()
    appeal = fields.Nested(AppealRef)
    roles = fields.List(fields.String())
    assignee = fields.String(allow_none=True)
    due_at = fields.AwareDateTime(allow_none=True)
    stage = fields.String(allow_none=True)
    version = fields.Integer()
    instead_of = fields.String(
        allow_none=True,
        metadata={"description": "Login of the absent person for whom you would do it."},
    )


class OpenedWorkItem(WorkItem):
    form = fields.Raw(metadata={"type": ["object", "null"]})
    values = fields.Raw(metadata={"type": "object"})


class WorkItems(Schema):
    items = fields.List(fields.Nested(WorkItem))
    next = fields.String(allow_none=True)


class WorkItemQuery(Request):
    appeal = fields.String(load_default="")
    element = fields.String(load_default="")
    scope = fields.String(load_default="all", metadata={"enum": ["mine", "role", "all"]})
    page = Whole(load_default=1)


class Completion(Request):
    answers = fields.Raw(metadata={"type": "object"})
    version = fields.Raw(metadata={"type": "integer"})


class Completed(Schema):
    appeal = fields.Nested(AppealRef)
    next = fields.List(fields.Nested(WorkItem))


class ExtensionRequest(Request):
    reason = fields.Raw(metadata={"type": "string"})
    days = fields.Raw(metadata={"type": "integer", "minimum": 1, "maximum": 30})
    ground = fields.Raw(metadata={"type": "string", "enum": ["exceptional", "request"]})
    request = fields.Raw(
        metadata={
            "type": "integer",
            "description": "The request for documents whose answer is waited for.",
        }
    )


class Action(Request):
    """What to begin: work on the appeal, or what the office takes in."""

    action = fields.Raw(metadata={"type": "string", "enum": list(ACTIONS)})


class RequestedExtension(Schema):
    id = fields.Integer()
    asked_by = fields.String()
    asked_at = fields.AwareDateTime()
    asked_due_on = fields.Date()
    ground = fields.String()
    request_id = fields.Integer(allow_none=True)
    request_reason = fields.String()
    decision = fields.String(allow_none=True)
    due_on = fields.Date(allow_none=True)


class Reason(Request):
    reason = fields.Raw(metadata={"type": "string", "description": "It stays in the journal."})


class AssignmentChange(Reason):
    executor = fields.Raw(metadata={"type": "string", "description": "A login."})
    text = fields.Raw(metadata={"type": "string"})
    due_on = fields.Raw(metadata={"type": "string", "format": "date"})


class Assignment(Schema):
    id = fields.Integer()
    parent_id = fields.Integer(allow_none=True)
    author = fields.String()
    executor = fields.String()
    responsible = fields.Boolean()
    text = fields.String()
    state = fields.String()
    due_on = fields.Date(allow_none=True)
    appeal = fields.Nested(AppealRef)


class Revealed(Schema):
    until = fields.AwareDateTime()


class Complaint(Credentials):
    text = fields.Raw(metadata={"type": "string"})
    auth_method = fields.Raw(metadata={"type": "string"})


class Asked(Schema):
    item = fields.Integer(metadata={"description": "The work item that was opened."})


class Reopening(Reason):
    ground = fields.Raw(metadata={"type": "string", "enum": list(REOPENING_GROUNDS)})
    due_on = fields.Raw(metadata={"type": "string", "format": "date"})


class Reopened(Schema):
    due_on = fields.Date()


class OutgoingLetter(Schema):
    id = fields.Integer()
    kind = fields.String()
    subject = fields.String()
    number = fields.String(allow_none=True)
    date = fields.Date(allow_none=True)
    addressee = fields.String()
    channel = fields.String()
    state = fields.String()
    appeal = fields.Nested(AppealRef)


class NewCampaign(Request):
    appeal = fields.Raw(
        metadata={"type": "string", "description": "Number or receipt of any appeal of the group."}
    )
    name = fields.Raw(metadata={"type": "string", "maxLength": 200})


class CampaignId(Schema):
    id = fields.Integer()


class CampaignQuery(Request):
    page = Whole(load_default=1)


class Campaigns(Schema):
    groups = fields.List(fields.Dict())
    campaigns = fields.List(fields.Dict())


class Campaign(Schema):
    id = fields.Integer()
    name = fields.String()
    first = fields.Dict()
    sample = fields.String()
    confirmed_at = fields.String()
    confirmed_by = fields.String()
    count = fields.Integer()
    closed = fields.Integer()
    fresh = fields.Integer()
    steps = fields.List(fields.Dict())
    runs = fields.List(fields.Dict())
    members = fields.Dict()
    may_change = fields.Boolean()


class CampaignStep(Schema):
    campaign = fields.Integer()
    step = fields.Dict()
    form = fields.Raw(metadata={"type": "object"})
    values = fields.Raw(metadata={"type": "object"})
    lines = fields.List(fields.Dict())
    must_confirm = fields.Boolean()
    marks = fields.List(fields.String())


class NewRun(Request):
    element = fields.Raw(metadata={"type": "string"})
    answers = fields.Raw(metadata={"type": "object"})
    appeals = fields.Raw(
        metadata={
            "type": "array",
            "items": {"type": "string"},
            "description": "Numbers or receipts; without it, all that wait for the step.",
        }
    )
    confirmed = fields.Raw(
        metadata={"type": "boolean", "description": "The list of letters was looked through."}
    )


class CampaignRun(Schema):
    run = fields.Dict()
    name = fields.String()
    failed = fields.List(fields.Dict())


class Query(Request):
    q = fields.String(load_default="")


class DueQuery(Request):
    days = Whole(load_default=10, metadata={"minimum": 0, "maximum": 366})
    unit = Whole(load_default=None, allow_none=True)


class DueLine(Schema):
    appeal = fields.Nested(AppealRef)
    executor = fields.String(allow_none=True)
    name = fields.String()
    unit_id = fields.Integer(allow_none=True)
    unit = fields.String()
    tasks = fields.List(fields.String())
    due_on = fields.Date()
    days_left = fields.Integer()
    internal_due_on = fields.Date(allow_none=True)
    reply_by = fields.Date(allow_none=True)


class Due(Schema):
    on = fields.Date()
    days = fields.Integer()
    items = fields.List(fields.Nested(DueLine))


class Node(Schema):
    code = fields.String()
    number = fields.String()
    name = fields.String()
    path = fields.String()


class Organisation(Schema):
    id = fields.Integer()
    name = fields.String()


class Away(Schema):
    until = fields.Date(metadata={"description": "The last day."})
    login = fields.String(metadata={"description": "Who stands in."})
    name = fields.String()
    said = fields.Function(away_words, metadata={"type": "string"})


class Person(Schema):
    login = fields.String()
    name = fields.String()
    unit = fields.String(allow_none=True)
    away = fields.Nested(Away, allow_none=True)


class StandIn(Schema):
    login = fields.String()
    name = fields.String()


class Substitution(Schema):
    id = fields.Integer()
    absent = fields.Nested(StandIn)
    substitute = fields.Nested(StandIn)
    since = fields.Date()
    until = fields.Date()
    running = fields.Boolean()


class NewSubstitution(Request):
    absent = fields.Raw(metadata={"type": "string", "description": "A login; oneself when absent."})
    substitute = fields.Raw(metadata={"type": "string"})
    since = fields.Raw(metadata={"type": "string", "format": "date"})
    until = fields.Raw(metadata={"type": "string", "format": "date"})


def listing(item: type[Schema]) -> Schema:
    """`{"items": [item]}`."""
    found: type[Schema] = Schema.from_dict(
        {"items": fields.List(fields.Nested(item))}, name=f"{item.__name__}s"
    )
    return found()


class KeptAppeal(Schema):
    appeal_id = fields.Integer()
    number = fields.String()
    received_on = fields.Date()
    ended_on = fields.Date()
    outcome = fields.String()
    kept_until = fields.Date()
    norm = fields.String()
    held = fields.String(metadata={"description": "'' when nothing stands against its erasure."})
    act = fields.String(metadata={"description": "The act that lists it already."})


class KeptAppeals(Schema):
    items = fields.List(fields.Nested(KeptAppeal))


class KeepingMark(Reason):
    number = fields.Raw(metadata={"type": "string"})
    mark = fields.Raw(metadata={"type": "string", "enum": ["epk", "permanent", ""]})


class ProposedAct(Request):
    appeals = fields.Raw(metadata={"type": "array", "items": {"type": "integer"}})


class ActDecision(Request):
    decision = fields.Raw(metadata={"type": "string", "enum": ["approve", "refuse"]})
    remark = fields.Raw(metadata={"type": "string"})


class ActLine(Schema):
    appeal_id = fields.Integer()
    number = fields.String()
    registered_on = fields.Date(allow_none=True)
    ended_on = fields.Date()
    kept_until = fields.Date()
    norm = fields.String()
    state = fields.String()
    why = fields.String()


class DestructionAct(Schema):
    id = fields.Integer()
    number = fields.String()
    state = fields.String()
    proposed_by = fields.String()
    proposed_at = fields.AwareDateTime()
    decided_by = fields.String(allow_none=True)
    decided_at = fields.AwareDateTime(allow_none=True)
    remark = fields.String()
    done_at = fields.AwareDateTime(allow_none=True)
    done = fields.Integer()
    erased = fields.Integer()
    lines = fields.List(fields.Nested(ActLine))


class DestructionActs(Schema):
    items = fields.List(fields.Nested(DestructionAct))


class Erasure(Schema):
    appeal_id = fields.Integer()
    receipt = fields.String()
    number = fields.String(allow_none=True)
    received_on = fields.Date()
    registered_on = fields.Date(allow_none=True)
    ended_on = fields.Date()
    outcome = fields.String()
    kept_until = fields.Date()
    norm = fields.String()
    files = fields.Integer()
    letters = fields.Integer()
    act = fields.String()
    proposed_by = fields.String()
    approved_by = fields.String()
    erased_at = fields.AwareDateTime()


class Erasures(Schema):
    items = fields.List(fields.Nested(Erasure))


class SubjectRequest(Request):
    number = fields.Raw(metadata={"type": "string"})
    reason = fields.Raw(metadata={"type": "string"})


class StoredData(Schema):
    operator = fields.Dict(keys=fields.String(), values=fields.String())
    purpose = fields.String()
    ground = fields.String()
    made_at = fields.String()
    appeals = fields.List(fields.Dict(keys=fields.String()))
