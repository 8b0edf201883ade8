"""A letter that was signed and has not left is taken back and written anew."""

import pytest
from sqlalchemy import select, update

from app import clock
from app.appeals import lookups, services
from app.correspondence import mail
from app.database import reading, transaction
from app.errors import Conflict, Forbidden, Invalid
from app.outbox.models import Promise
from app.workflow.incidents import incidents
from tests.unit.office import Office

BY_POST = {"reply_channel": "post", "applicant": {"email": ""}}


@pytest.fixture
def office(app):
    made = Office(app, **BY_POST)
    made.register()
    made.settle()
    yield made
    assert incidents() == []


def sign(office, drafter="executor1"):
    office.do(drafter, "draft_reply")
    office.do("approver", "approve_reply", decision="accept")
    office.do("signatory", "sign_reply")


def replies(office):
    return [one for one in office.card().letters if one.kind in ("reply", "cover")]


def recall(office, by="signatory", reason="Опечатка в дате"):
    services.recall_letter(office.person(by), replies(office)[-1].id, reason)


@pytest.mark.parametrize("settled", [True, False])
def test_a_signed_reply_is_taken_back_and_another_is_sent(office, settled):
    office.do("manager", "review", decision="answer", drafter="executor1")
    sign(office)
    if settled:
        office.settle()
        assert "dispatch" in office.open()
    number = replies(office)[0].number
    assert number
    recall(office)
    assert "dispatch" not in office.open()
    (gone,) = replies(office)
    assert (gone.state, gone.number) == ("recalled", number)
    assert "recall_letter" in office.stages()
    assert office.status().letters == ()
    kept = [one.state for one in office.card().documents if one.kind == "reply"]
    assert kept == (["recalled"] if settled else [])
    again = office.do("executor1", "draft_reply")
    assert again["remark"] == "Опечатка в дате"
    office.do("approver", "approve_reply", decision="accept")
    office.do("signatory", "sign_reply")
    office.settle()
    with reading() as session:
        # The process is never told of the old letter while it waits for the new one.
        asked = select(Promise.attempts).where(Promise.kind == "letter.sign")
        assert set(session.scalars(asked)) == {1}
    office.do("dispatcher", "dispatch", track="80080012345678")
    states = [(one.state, one.number == number) for one in replies(office)]
    assert states == [("recalled", True), ("sent", False)]
    assert office.status().outcome == "answered"
    assert [one.kind for one in office.status().letters] == ["reply"]
    (line,) = (one for one in office.card().history if one.action == "letter.recalled")
    assert (line.actor, line.details["reason"]) == ("signatory", "Опечатка в дате")


def test_a_cover_letter_is_taken_back_alone_among_several(office):
    one, two = lookups.organisations("", limit=2)
    office.do(
        "manager", "review", decision="redirect", organisation=str(one.id), copy_1=str(two.id)
    )
    for _each in range(2):
        office.do("registrar", "prepare_redirection")
        office.do("signatory", "sign_redirection")
    # Both wait to be signed; the first is taken back.
    first, _second = replies(office)
    services.recall_letter(office.person("manager"), first.id, "Не тот орган")
    office.settle()
    assert office.open().count("prepare_redirection") == 1
    assert [letter.state for letter in replies(office)] == ["recalled", "sent"]
    values = office.do("registrar", "prepare_redirection")
    assert values["remark"] == "Не тот орган"
    office.do("signatory", "sign_redirection")
    office.settle()
    assert {body.organisation for body in office.status().redirections} == {one.name, two.name}


def test_what_cannot_be_mailed_is_taken_back_and_never_leaves(app, monkeypatch):
    office = Office(app)
    office.register()
    office.settle()
    office.do("manager", "review", decision="answer", drafter="executor1")
    sign(office)

    class Down:
        def send(self, message):
            raise ConnectionError("No post today.")

    monkeypatch.setattr(mail, "office", Down)
    from app.outbox.cli import settle_all

    settle_all(app, 60)
    (letter,) = replies(office)
    assert letter.state == "sending"
    with transaction() as session:
        leased = update(Promise).where(Promise.kind == "letter.send")
        session.execute(leased.values(leased_until=clock.real().replace(year=2100)))
    with pytest.raises(Conflict):
        recall(office)
    with transaction() as session:
        session.execute(leased.values(leased_until=None))
    recall(office)
    monkeypatch.undo()
    office.settle()
    with reading() as session:
        kept = session.scalars(select(Promise.status).where(Promise.kind == "letter.send")).all()
    assert kept == ["cancelled"]
    assert office.open() == ["draft_reply"]
    assert not any(mail.subject.startswith("Ответ") for mail in office.mail())


def test_who_may_not_and_when_not(office):
    office.do("manager", "review", decision="answer", drafter="executor1")
    office.do("executor1", "draft_reply")
    with pytest.raises(Conflict):
        recall(office)
    office.do("approver", "approve_reply", decision="accept")
    office.do("signatory", "sign_reply")
    with pytest.raises(Forbidden):
        recall(office, by="registrar")
    with pytest.raises(Invalid) as wrong:
        recall(office, reason=" ")
    assert list(wrong.value.fields) == ["reason"]
    office.settle()
    office.do("dispatcher", "dispatch", track="80080012345678")
    with pytest.raises(Conflict):
        recall(office)
