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


# ---- notices on paper, and letters nobody needs ----------------------------------------------


def notices_of(office):
    return [one for one in office.card().letters if one.kind == "notice"]


def recall_notice(office, by="manager", reason="Не тот адрес"):
    services.recall_letter(office.person(by), notices_of(office)[-1].id, reason)


@pytest.mark.parametrize("settled", [True, False])
def test_a_notice_on_paper_is_recalled_and_made_anew_from_the_corrected_card(app, settled):
    office = Office(app, **BY_POST)
    office.settle()
    office.register()
    if settled:
        office.settle()
    first = notices_of(office)[-1]
    with pytest.raises(Forbidden):
        recall_notice(office, by="registrar")
    recall_notice(office)
    assert office.open() == ["renew_notice", "review"]
    services.ask_for_correction(office.person("registrar"), office.ref, "Адрес")
    office.do("registrar", "correct_card", postal_address="101000, Москва, Лесная ул., д. 8")
    assert office.do("registrar", "renew_notice")["remark"] == "Не тот адрес"
    office.settle()
    gone, new = notices_of(office)
    assert (gone.id, gone.state, new.state) == (first.id, "recalled", "registered")
    assert "Лесная" in new.addressee.postal_address
    assert (new.template, new.number != gone.number) == (gone.template, True)
    office.do("dispatcher", "dispatch_notice")
    assert [one.state for one in notices_of(office)] == ["recalled", "sent"]
    assert len(office.status().letters) == 1
    (line,) = (one for one in office.card().history if one.action == "letter.recalled")
    assert (line.actor, line.details["reason"]) == ("manager", "Не тот адрес")
    assert incidents() == []


def test_a_recalled_notice_goes_by_mail_once_the_card_says_so(office):
    recall_notice(office)
    services.ask_for_correction(office.person("registrar"), office.ref, "Канал")
    office.do("registrar", "correct_card", reply_channel="email", email="elkina@example.org")
    office.do("registrar", "renew_notice")
    office.settle()
    assert "dispatch_notice" not in office.open()
    assert any("зарегистрировано" in mail.subject for mail in office.mail())


def test_a_recalled_notice_may_be_dropped_for_a_reason(office):
    recall_notice(office)
    with pytest.raises(Invalid) as wrong:
        office.do("registrar", "renew_notice", decision="drop")
    assert list(wrong.value.fields) == ["reason"]
    office.do("registrar", "renew_notice", decision="drop", reason="Послано дважды")
    assert office.open() == ["review"]
    (line,) = (one for one in office.card().history if one.action == "notice.dropped")
    assert line.details["reason"] == "Послано дважды"


def test_a_notice_that_was_posted_is_not_recalled(office):
    office.do("dispatcher", "dispatch_notice")
    with pytest.raises(Conflict):
        recall_notice(office)


def states(office, kind):
    return [one.state for one in office.card().letters if one.kind == kind]


@pytest.mark.parametrize(
    ("action", "task", "kind"),
    [("request", "prepare_request", "request"), ("interim", "draft_interim", "interim")],
)
def test_the_draft_of_a_cancelled_letter_is_put_aside(office, action, task, kind):
    office.assign("executor1")
    services.begin(office.person("executor1"), office.ref, action)
    body = {"organisation": lookups.organisations("", limit=1)[0].id, "documents": "Выписка"}
    given = body if action == "request" else {"text": "Проверяем."}
    office.do("executor1", task, **given)
    if action == "interim":
        office.do("approver", "approve_interim", decision="rework", remark="Рано")
    else:
        office.do("signatory", "sign_letter", decision="rework", remark="Не нужно")
    office.do("executor1", task, decision="cancel")
    assert states(office, kind) == ["discarded"]
    assert any(one.action == "letter.discarded" for one in office.card().history)


@pytest.mark.parametrize("signed", [False, True])
def test_letters_under_way_end_with_the_appeal(office, signed):
    office.assign("executor1")
    services.begin(office.person("executor1"), office.ref, "interim")
    office.do("executor1", "draft_interim", text="Проверяем.")
    office.do("approver", "approve_interim", decision="accept")
    if signed:
        office.do("signatory", "sign_letter")
    services.withdraw(office.ref, office.receipt.access_code, "Вопрос решён")
    office.settle()
    assert states(office, "interim") == ["recalled" if signed else "discarded"]


@pytest.mark.parametrize(("signed", "state"), [(False, "discarded"), (True, "recalled")])
def test_the_reply_to_what_was_withdrawn_never_leaves(office, signed, state):
    office.do("manager", "review", decision="answer", drafter="executor1")
    if signed:
        sign(office)
    else:
        office.do("executor1", "draft_reply")
    services.withdraw(office.ref, office.receipt.access_code, "Вопрос решён")
    office.settle()
    assert states(office, "reply") == [state]
    assert "dispatch" not in office.open()
