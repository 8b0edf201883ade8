"""What citizens wrote stands in no log, no incident and no list, whatever breaks on it."""

import io
import logging
import sys

import pytest
from sqlalchemy import insert, select

from app import log
from app.access.web import public
from app.appeals.models import CampaignLine, Question
from app.appeals.services import runs
from app.database import reading, transaction
from app.errors import Misfit
from app.failures import kind_of, place_of, reason_of
from app.outbox import relay
from app.outbox import services as outbox
from app.outbox.models import Promise
from app.workflow import bridge, incidents, migrations
from app.workflow import services as workflow
from app.workflow.bridge import ProcessBroken
from app.workflow.models import IncidentRow, MigrationLine
from engine import Broken
from engine.sentences import Datum, sentence
from tests.unit import diagrams as draw
from tests.unit.office import QUESTION
from tests.unit.test_appeals_campaigns import gathered, person
from tests.unit.test_migrations import begin, drawn, publish
from tests.unit.test_workflow import operations as operations

SECRET = "Ёлкина Мария, elkina@example.org"


def by_the_database(session):
    """A row that the database refuses, repeating it in its answer."""
    row = {"appeal_id": 1, "position": 0, "code": SECRET, "name": None, "measures": SECRET}
    session.execute(insert(Question).values(row))


def by_python(session):
    del session
    int(SECRET)


KINDS = {by_the_database: {"IntegrityError", "NotNullViolation"}, by_python: {"ValueError"}}


@pytest.fixture(params=KINDS)
def spill(request):
    return request.param


@pytest.fixture
def written(either_app, monkeypatch):
    """Look that what was logged, and other texts, are clean of the secret; what was logged."""
    stream = io.StringIO()
    monkeypatch.setattr(sys, "stderr", stream)
    monkeypatch.setattr(logging.getLogger(), "handlers", [])
    log.configure(either_app.extensions["settings"])

    def clean(*texts, having):
        logged = stream.getvalue()
        assert having in logged
        for one in (logged, *map(str, texts)):
            assert "лкина" not in one
            assert "lkina" not in one
        return logged

    yield clean
    monkeypatch.undo()
    log.configure(either_app.extensions["settings"])


def kept(*columns):
    with reading() as session:
        (row,) = session.execute(select(*columns).where(columns[0].is_not(None)))
        return row[0]


def test_a_request_that_fails_is_logged_by_its_kind_and_pattern(either_app, written, spill):
    @public
    def broken(token):
        with transaction() as session:
            spill(session)

    either_app.add_url_rule("/broken/<token>", view_func=broken)
    either_app.config["PROPAGATE_EXCEPTIONS"] = False
    answer = either_app.test_client().get(f"/broken/{SECRET}")
    assert answer.status_code == 500
    logged = written(having="request.failed")
    assert "/broken/<token>" in logged
    assert any(kind in logged for kind in KINDS[spill])


def test_a_step_of_a_campaign_that_fails_says_its_kind(either_app, written, spill, monkeypatch):
    _offices, number = gathered(either_app)
    started = runs.begin(person("registrar"), number, "register", {"questions": [QUESTION]})
    monkeypatch.setattr(runs, "completed", lambda session, *_more: spill(session))
    runs.carry_on(started)
    with reading() as session:
        reasons = session.scalars(select(CampaignLine.reason)).all()
    written(*reasons, having="run.failed")
    for reason in reasons:
        assert reason.startswith("Непредвиденная ошибка (")
        assert any(kind in reason for kind in KINDS[spill])


def test_a_migration_that_fails_says_its_kind_and_place(either_app, written, spill, monkeypatch):
    old = publish(drawn("write"))
    begin("test:1")
    new = publish(drawn("write", "check"))
    monkeypatch.setattr(migrations, "_move", lambda session, *_more: spill(session))
    migrations.migrate(old, new, actor="analyst")
    detail = kept(MigrationLine.detail)
    written(detail, having="migration.failed")
    assert any(detail.startswith(kind) for kind in KINDS[spill])
    assert "app/workflow/migrations.py:" in detail


def test_a_promise_that_fails_says_its_kind_and_place(either_app, written, spill, monkeypatch):
    def handler(job):
        with transaction() as session:
            spill(session)

    monkeypatch.setitem(outbox._handlers, "test.send", handler)
    with transaction() as session:
        outbox.promise(session, "test.send", {})
    relay.run_due()
    reason = kept(Promise.last_error)
    written(reason, having="outbox.failed")
    assert any(reason.startswith(kind) for kind in KINDS[spill])


def test_an_incident_says_the_kind_and_the_place(either_app, written, operations):
    operations("test.work", lambda ctx, **inputs: by_python(ctx.session))
    broken = draw.start() + draw.service("work", "test.work") + draw.end()
    publish({"one/one.bpmn": draw.bpmn("one", broken + draw.line("begin", "work", "finish"))})
    with pytest.raises(ProcessBroken) as refusal, transaction() as session:
        workflow.start(session, "one", {}, key="test:1", actor="tester")
    (incident,) = incidents.incidents()
    assert "ValueError" in incident.reason
    assert f"{bridge.__name__.replace('.', '/')}.py:" in incident.reason
    written(refusal.value, incident.reason, incident.reason.in_language("ru"), having="")


ASKS = (
    b'<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="d" '
    b'namespace="t"><decision id="asks" name="Asks"><decisionTable><input label="said">'
    b"<inputExpression><text>said</text></inputExpression></input>"
    b'<output name="out"/><rule><inputEntry><text>"a"</text></inputEntry>'
    b"<outputEntry><text>1</text></outputEntry></rule></decisionTable></decision></definitions>"
)
BREAKING = {
    "timer": draw.timer("place", "${said}"),
    "due date": '<bpmn:userTask id="place" camunda:dueDate="${said}"/>',
    "priority": '<bpmn:userTask id="place" camunda:priority="${said}"/>',
    "called process": '<bpmn:callActivity id="place" calledElement="${said}"/>',
    "key of a map": '<bpmn:scriptTask id="place"><bpmn:script>x = rows[0][said]</bpmn:script>'
    "</bpmn:scriptTask>",
    "decision": '<bpmn:businessRuleTask id="place" camunda:decisionRef="asks" '
    'camunda:resultVariable="out"/>',
}


@pytest.mark.parametrize("place", BREAKING)
def test_an_incident_tells_no_variable(either_app, written, place):
    body = draw.start() + BREAKING[place] + draw.end()
    drawn = draw.bpmn("one", body + draw.line("begin", "place", "finish"))
    publish({"one/one.bpmn": drawn, "one/asks.dmn": ASKS})
    with pytest.raises(ProcessBroken) as refusal, transaction() as session:
        variables = {"said": SECRET, "rows": [{}]}
        workflow.start(session, "one", variables, key="test:1", actor="tester")
    (incident,) = incidents.incidents()
    assert incident.element == "place"
    assert "…" in incident.reason
    stored = kept(IncidentRow.reason)
    written(refusal.value, stored, incident.reason.in_language("ru"), having="")


def test_a_fault_of_the_engine_says_its_kind_and_line(either_app, written, monkeypatch):
    publish(drawn("write"))
    monkeypatch.setattr("engine.runtime.begin", lambda *_more: int(SECRET))
    with pytest.raises(ProcessBroken), transaction() as session:
        workflow.start(session, "one", {}, key="test:1", actor="tester")
    (incident,) = incidents.incidents()
    assert incident.reason.startswith("ValueError: ")
    written(kept(IncidentRow.reason), having="")


def test_an_error_of_the_engine_is_logged_without_data():
    broken = Broken("a", sentence("{text} is no date", text=Datum(SECRET)))
    assert reason_of(broken) == "Broken: a: … is no date"


def test_libraries_log_traces_as_discreetly(either_app, written):
    try:
        int(SECRET)
    except ValueError:
        logging.getLogger("some.library").warning("it broke", exc_info=True)
    logged = written(having="it broke")
    assert "int(SECRET)" in logged
    assert "ValueError" in logged


def test_our_own_sentences_stay():
    assert reason_of(Misfit("There is no letter to sign.")) == "Misfit: There is no letter to sign."
    assert (kind_of(OSError("x")), place_of(OSError("x"))) == ("OSError", "")
