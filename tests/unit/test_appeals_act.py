"""The act that a text cannot be read: a commission signs it before the appeal is left."""

import io

import pytest
from pypdf import PdfReader

from app.appeals import services
from app.errors import Invalid
from app.workflow.incidents import incidents
from tests.unit.office import Office

MEMBERS = ("registrar", "manager", "controller")


@pytest.fixture
def office(app):
    made = Office(app)
    made.register()
    made.do("manager", "review", decision="leave", reason="unreadable")
    yield made
    assert incidents() == []


def chosen(*members):
    return {f"member_{place}": login for place, login in enumerate(members, start=1)}


def draw_up(office, *members, **answers):
    given = {"description": "Чернила расплылись", **chosen(*members), **answers}
    return office.do("registrar", "draw_up_act", **given)


def read(office):
    (act,) = (one for one in office.card("manager").documents if one.kind == "commission_act")
    with services.open_document(office.person("manager"), act.id).stream as stream:
        pages = PdfReader(io.BytesIO(stream.read())).pages
    return act, " ".join(" ".join(page.extract_text() for page in pages).split())


def test_the_act_holds_all_it_must_and_the_appeal_is_left_after_it(office):
    (task,) = office.items()
    # The notice has to leave within seven days, so the act is due by then.
    assert (task.element, task.due_at is not None) == ("draw_up_act", True)
    draw_up(office, *MEMBERS, description="Страница залита чернилами")
    for login in MEMBERS:
        assert office.status().outcome is None
        office.do(login, "sign_act")
    office.settle()
    act, said = read(office)
    card = office.card("manager")
    assert act.number == f"{card.number}/А-1"
    for words in (
        f"АКТ № {act.number}",
        "о невозможности прочтения текста обращения",
        f"{act.issued_on:%d.%m.%Y}",
        f"обращения № {card.number}",
        "Страница залита чернилами",
        "Вывод комиссии. Текст обращения не поддаётся прочтению",
        "Председатель комиссии",
        "Подписи:",
    ):
        assert words in said, words
    assert said.count("подписано в системе") == 3
    for login in MEMBERS:
        assert office.person(login).name.split()[0] in said
    assert office.status().outcome == "left"
    assert "draw_up_act" in office.stages()
    assert "sign_act" not in office.stages()
    assert "части 4 статьи 11" in office.mail()[0].text


def test_whoever_does_not_agree_sends_it_back(office):
    draw_up(office, *MEMBERS)
    office.do("registrar", "sign_act")
    office.do("manager", "sign_act", decision="disagree", remark="Вторую страницу видно")
    office.do("controller", "sign_act")
    assert office.open() == ["draw_up_act"]
    known = draw_up(office, *MEMBERS)
    assert known["description"] == "Чернила расплылись"
    assert known["member_2"] == "manager"
    for login in MEMBERS:
        office.do(login, "sign_act")
    office.settle()
    assert office.status().outcome == "left"
    (line,) = (one for one in office.card().history if one.action == "act.disputed")
    assert line.details["remark"] == "Вторую страницу видно"


@pytest.mark.parametrize(
    ("members", "field"),
    [(("registrar", "manager", "manager"), "member_3"), (("registrar", "nobody", "manager"), None)],
)
def test_a_commission_is_three_different_people(office, members, field):
    with pytest.raises(Invalid) as wrong:
        draw_up(office, *members)
    assert list(wrong.value.fields) == [field or "member_2"]


def test_who_is_complained_of_is_in_no_commission(app):
    office = Office(app)
    office.register(kind="complaint", complained_person="controller")
    office.do("manager", "review", decision="leave", reason="unreadable")
    with pytest.raises(Invalid) as wrong:
        draw_up(office, *MEMBERS)
    assert list(wrong.value.fields) == ["member_3"]
