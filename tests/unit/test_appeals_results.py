"""The result that the body an appeal was sent to was asked to tell."""

from datetime import timedelta
from io import BytesIO

import pytest

from app.appeals import lookups
from app.deadlines.services import due
from app.documents.services import accept_upload
from app.workflow.incidents import incidents
from tests.unit.office import Office


@pytest.fixture
def office(app):
    made = Office(app)
    made.register()
    yield made
    assert incidents() == []


def body():
    return lookups.organisations("", limit=1)[0]


def send_on(office, **answers):
    """Send the whole appeal to another body, up to the letter that left."""
    office.do("manager", "review", decision="redirect", organisation=body().id, **answers)
    office.do("registrar", "prepare_redirection")
    office.do("signatory", "sign_redirection")
    office.settle()


def test_the_result_comes_after_the_appeal_is_closed(office):
    send_on(office, ask_result=True)
    (sent,) = office.card().redirections
    assert office.status().outcome == "redirected"
    assert office.card().closed_at is not None
    assert office.open() == ["receive_result"]
    assert sent.result == "waiting"
    assert sent.result_by == due("R17", due("R05", sent.date).due).due
    assert sent.organisation in next(
        one.text for one in office.status().stages if one.id == "expect_result"
    )
    upload = accept_upload(BytesIO(b"%PDF-1.4 reply"), "ответ.pdf", owner="test")
    office.do(
        "assistant", "receive_result", number="9-исх", date=str(sent.date),
        text="Крышу починили.", files=[upload.id],
    )  # fmt: skip
    office.settle()
    (told,) = office.card().redirections
    assert (told.result, told.answer.number, told.answer.text) == (
        "answered", "9-исх", "Крышу починили.",
    )  # fmt: skip
    assert [(file.name, file.state) for file in told.answer.files] == [("ответ.pdf", "filed")]
    manager = office.person("manager").email
    assert any("сообщил о результате" in mail.text for mail in office.mail(manager))
    seen = office.status()
    assert "tell_result" in [stage.id for stage in seen.stages]
    assert seen.redirections[0].answer is None, "what that body wrote to us is not ours to show"
    assert office.open() == []


def test_a_result_that_never_comes_leaves_nothing_open(office):
    send_on(office, ask_result=True)
    (sent,) = office.card().redirections
    before = len(office.mail(office.person("manager").email))
    office.at_noon(sent.result_by + timedelta(days=1))
    reminders = office.mail(office.person("manager").email)[before:]
    assert [mail.subject for mail in reminders] == [
        f"Не сообщён результат по обращению № {office.card().number}"
    ]
    assert office.open() == ["receive_result"]
    office.at_noon(sent.date + timedelta(days=91))
    assert office.open() == []
    assert office.card().redirections[0].result == "dropped"
    assert len(office.mail(office.person("manager").email)) == before + 1


def test_nobody_waits_for_a_result_that_was_not_asked_for(office):
    send_on(office)
    assert office.open() == []
    assert office.card().redirections[0].result == ""
    assert "expect_result" not in office.stages()


def test_a_copy_is_waited_for_while_our_own_part_goes_on_to_the_survey(office):
    office.assign("executor1", copy_1=body().id, ask_result=True)
    office.do("registrar", "prepare_redirection")
    office.do("signatory", "sign_redirection")
    office.settle()
    assert office.open() == ["accept_assignment", "receive_result"]
    office.do("executor1", "accept_assignment")
    office.do("executor1", "report", text="Сделано")
    office.do("manager", "accept_report", decision="accept")
    office.reply("executor1")
    assert office.open() == ["rate", "receive_result"]
    assert office.status().survey_open
    office.do("registrar", "receive_result", decision="dropped")
    assert office.open() == ["rate"]
