"""A complaint about the reply is filed from the status page as a new appeal, tied to the old."""

import pytest

from app.appeals import services
from app.errors import Conflict, Invalid
from app.workflow.incidents import incidents
from tests.unit.office import Office


@pytest.fixture
def office(app):
    made = Office(app)
    made.register()
    yield made
    assert incidents() == []


def complain(office, text="Ответ не по существу"):
    return services.complain(office.ref, office.receipt.access_code, text, auth_method="esia")


def test_a_complaint_is_a_new_appeal_of_the_same_person_tied_to_the_old_one(office):
    with pytest.raises(Conflict):
        complain(office)
    office.do("manager", "review", decision="leave", reason="unclear")
    office.settle()
    with pytest.raises(Invalid) as wrong:
        complain(office, " ")
    assert list(wrong.value.fields) == ["text"]
    made = complain(office)
    office.settle()
    assert made.receipt != office.ref
    old, new = office.card("manager"), services.card(office.person("manager"), made.receipt)
    assert (new.kind, new.auth_method, new.text) == ("complaint", "esia", "Ответ не по существу")
    assert old.number in new.summary
    assert new.applicants[0].full_name == old.applicants[0].full_name
    assert [one.id for one in new.linked] == [old.id]
    assert services.status(made.receipt, made.access_code).open
    again, other = complain(office), complain(office, "И ещё одно")
    assert (again.receipt, again.access_code) == (made.receipt, made.access_code)
    assert other.receipt != made.receipt
    # What was decided stays as it was.
    assert office.status().outcome == "left"


def test_it_goes_to_another_person_than_who_wrote_the_reply(office):
    office.do("manager", "review", decision="answer", drafter="executor1")
    office.reply("executor1")
    made = complain(office)
    new = Office.__new__(Office)
    new.app, new.receipt, new.ref = office.app, made, made.receipt
    offered = new.register()
    assert offered["complained_person"] == "executor1"
    mine = [{"executor": "executor1", "responsible": True, "text": "Рассмотреть"}]
    with pytest.raises(Invalid) as refused:
        new.do("manager", "review", decision="assign", resolutions=mine)
    assert list(refused.value.fields) == ["resolutions"]
    with pytest.raises(Invalid) as refused:
        new.do("manager", "review", decision="answer", drafter="executor1")
    assert list(refused.value.fields) == ["drafter"]
    new.do("manager", "review", decision="answer", drafter="executor2")
    assert new.open() == ["draft_reply"]


def test_a_wrong_code_files_nothing(office):
    office.do("manager", "review", decision="leave", reason="unclear")
    with pytest.raises(services.WrongPair):
        services.complain(office.ref, "AAAA-BBBB-CCCC-DDDD", "Жалоба")
