"""Appeals through all the shipped diagrams, acted by the use cases of the room."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from app import clock
from app.appeals import services
from app.appeals.commands import AssignmentFilter, LetterFilter
from app.database import db, reading
from app.directory import services as directory
from app.errors import Conflict, Forbidden, Invalid, NotFound
from app.reports.services import figures
from app.workflow.incidents import incidents
from tests.unit.office import QUESTION, Office
from tests.web.statements import counted


@pytest.fixture
def office(app):
    made = Office(app)
    yield made
    assert incidents() == []


@pytest.fixture
def either_office(either_app):
    made = Office(either_app)
    yield made
    assert incidents() == []


def test_a_whole_life_with_an_extension_and_a_rework(either_office):
    office = either_office
    office.register(summary="Вывоз мусора")
    office.assign("executor1", "executor2")
    for login in ("executor1", "executor2"):
        office.do(login, "accept_assignment")
    asked = services.request_extension(
        office.person("executor1"), office.ref, "Ждём заключение экспертов", 20
    )
    offered = office.do("manager", "decide_extension", decision="grant")
    assert offered["due_on"] == asked.asked_due_on.isoformat()
    assert offered["reason"] == "Ждём заключение экспертов"
    result = {"code": QUESTION, "result": "measures", "measures": "Контейнеры вывезены"}
    office.do("executor2", "report", text="Проверили график")
    office.do("manager", "accept_report", decision="rework", remark="Нет фотографий")
    returned = office.do("executor2", "report", text="Проверили график, фотографии есть")
    assert (returned["text"], returned["remark"]) == ("Проверили график", "Нет фотографий")
    office.do("executor1", "report", text="Мусор вывезен", results=[result])
    office.do("manager", "accept_report", decision="accept")
    office.do("controller", "accept_report", decision="accept")
    office.settle()
    draft = office.do("executor1", "draft_reply")
    assert "Мусор вывезен" in draft["text"]
    assert draft["results"] == [result]
    office.do("approver", "approve_reply", decision="rework", remark="Добавьте дату")
    again = office.do("executor1", "draft_reply", measures="Контейнеры вывезены 20 ноября")
    assert again["remark"] == "Добавьте дату"
    office.do("approver", "approve_reply", decision="accept")
    office.do("signatory", "sign_reply")
    office.settle()
    seen = office.status()
    assert seen.outcome == "answered"
    assert [one.due_on for one in seen.extensions] == [asked.asked_due_on]
    assert seen.due_on == asked.asked_due_on
    assert [(one.code, one.result, one.measures) for one in seen.questions] == [
        (QUESTION, "measures", "Контейнеры вывезены")
    ]
    assert [letter.kind for letter in seen.letters] == ["reply"]
    assert seen.survey_open
    token = services.survey_token(office.ref, office.receipt.access_code)
    assert services.answer_survey(token, {"quality": 5, "solved": "yes"}).state == "accepted"
    card = office.card()
    assert card.survey.quality == 5
    assert card.closed_at is not None
    assert card.tasks == ()
    assert {part.state for part in card.assignments} == {"done"}
    marks = figures().marks
    assert (marks.answered, marks.average) == (1, None)  # one could tell whose it is
    subjects = [mail.subject for mail in office.mail()]
    assert len(subjects) == 5  # receipt, registration, extension, reply, survey


def test_stages_speak_both_languages_and_end_where_the_diagram_ends(office):
    office.register()
    seen = office.status()
    texts = {stage.id: (stage.text, stage.text_en) for stage in seen.stages}
    due_on = f"{seen.due_on:%d.%m.%Y}"
    assert due_on in texts["notify_registered"][0]
    assert seen.number in texts["notify_registered"][1]
    assert [stage.id for stage in seen.stages if stage.left_at is None] == ["review"]
    office.assign("executor1")
    confidential = {stage.id for stage in office.card().stages if stage.confidential}
    assert not confidential & set(office.stages())


def test_registration_gives_number_and_term_and_corrects_what_was_typed(office):
    values = office.register(last_name="Ёлкина-Петрова", kind="complaint")
    assert values["last_name"] == "Ёлкина"
    card = office.card("registrar")
    assert card.number
    assert card.kind == "complaint"
    assert card.applicants[0].full_name.startswith("Ёлкина-Петрова")
    assert (card.due_on - card.registered_on).days in range(25, 31)
    assert [one.of for one in card.terms] == ["registration", "decision", "reply"]


def test_an_unknown_question_is_refused_beside_its_field(office):
    with pytest.raises(Invalid) as refusal:
        office.register(questions=["9999.9999"])
    assert list(refusal.value.fields) == ["questions"]
    assert office.open() == ["register"]


def test_a_return_to_the_registrar_keeps_the_number_and_tells_nobody_twice(office):
    office.register()
    number = office.status().number
    office.do("manager", "review", decision="return", remark="Уточните вопрос")
    office.settle()
    letters = len(office.mail())
    office.do("registrar", "register")
    office.settle()
    assert office.status().number == number
    assert len(office.mail()) == letters
    assert office.open() == ["review"]


def test_redirection_goes_by_letter_and_tells_the_citizen(either_office):
    office = either_office
    office.register()
    with reading() as session:
        bodies = directory.find_organisations(session, "")
    body = next(one for one in bodies if one.email)
    office.do("manager", "review", decision="redirect", organisation=body.id)
    values = office.do("registrar", "prepare_redirection")
    assert values["organisation"] == body.id
    assert office.status().number in values["text"]
    office.do("signatory", "sign_redirection", decision="rework", remark="Исправьте")
    assert office.do("assistant", "prepare_redirection")["remark"] == "Исправьте"
    office.do("signatory", "sign_redirection")
    office.settle()
    seen = office.status()
    assert seen.outcome == "redirected"
    (sent,) = seen.redirections
    assert sent.organisation == body.name
    assert sent.questions == (QUESTION,)
    (named,) = sent.question_names
    assert named in {one.name for one in seen.questions}
    assert sent.number
    assert sent.date
    assert not seen.letters, "the cover letter is not the citizen's"
    assert any(body.name in mail.text for mail in office.mail())
    assert office.open() == []


def test_leaving_without_answer_says_why(office):
    office.register()
    office.do("manager", "review", decision="leave", reason="unclear", explanation="Нет адреса.")
    office.settle()
    seen = office.status()
    assert seen.outcome == "left"
    said = next(stage for stage in seen.stages if stage.id == "leave_unanswered")
    assert "Нет адреса." in said.text
    assert "art. 11" in said.text_en
    assert any("Нет адреса." in mail.text for mail in office.mail())
    assert not seen.survey_open


def test_answering_at_once_needs_no_assignment(office):
    office.register()
    office.do("manager", "review", decision="answer", drafter="assistant")
    office.reply("assistant")
    assert office.status().outcome == "answered"


def test_withdrawal_stops_everything(either_office):
    office = either_office
    office.register()
    office.assign("executor1", "executor2")
    office.do("executor2", "accept_assignment")
    office.do("executor1", "accept_assignment")
    services.sub_assign(
        office.person("executor1"), office.card().assignments[0].id, "assistant", ""
    )
    services.request_extension(office.person("executor2"), office.ref, "Нужно время", 15)
    services.withdraw(office.ref, office.receipt.access_code, "Вопрос решён")
    seen = office.status()
    assert seen.outcome == "withdrawn"
    assert office.open() == []
    assert {part.state for part in office.card().assignments} == {"cancelled"}
    with pytest.raises(Conflict):
        services.withdraw(office.ref, office.receipt.access_code, "Ещё раз")


def test_a_sub_assignment_comes_back_to_who_passed_it_on(office):
    office.register()
    office.assign("executor1")
    office.do("executor1", "accept_assignment")
    mine = office.card().assignments[0]
    passed = services.sub_assign(office.person("executor1"), mine.id, "executor2", "Съездите")
    assert passed.parent_id == mine.id
    office.do("executor2", "accept_assignment")
    office.do("executor2", "report", text="Съездили")
    assert office.find("executor1", "accept_report").assignee == "executor1"
    office.do("executor1", "accept_report", decision="accept")
    tree = [(one.executor, one.depth, one.state) for one in office.card().assignments]
    assert tree == [("executor1", 0, "accepted"), ("executor2", 1, "done")]
    listed = services.assignments(office.person("executor1"), AssignmentFilter(scope="issued"))
    assert [one.executor for one in listed.items] == ["executor2"]


@pytest.mark.parametrize(
    ("login", "cards", "found"),
    [("auditor", False, 1), ("executor1", True, 1), ("executor2", True, 0)],
)
def test_assignments_are_counted_without_cards_that_nothing_is_asked_of(
    office, login, cards, found
):
    office.register()
    office.assign("executor1")
    wanted = AssignmentFilter(scope="all", state="open")
    with counted(db.engine) as asked:
        listed = services.assignments(office.person(login), wanted)
    assert (listed.total, len(listed.items)) == (found, found)
    assert services.count_assignments(office.person(login), wanted) == found
    (count,) = [one for one in asked.statements if "count(*)" in one and "assignment" in one]
    assert ("JOIN appeal" in count) is cards
    # A page is chosen before its cards are read.
    shown = [one for one in asked.statements if one.startswith("SELECT assignment.id, ")]
    assert "assignment.id IN (SELECT assignment.id" in shown[0]


def test_who_may_ask_for_more_time_and_when(office):
    office.register()
    office.assign("executor1")
    ask = services.request_extension
    with pytest.raises(Forbidden):
        ask(office.person("manager"), office.ref, "Надо", 10)
    with pytest.raises(NotFound):
        ask(office.person("executor2"), office.ref, "Надо", 10)
    with pytest.raises(Invalid) as wrong:
        ask(office.person("executor1"), office.ref, " ", 31)
    assert set(wrong.value.fields) == {"days", "reason"}
    ask(office.person("executor1"), office.ref, "Надо", 10)
    with pytest.raises(Conflict):
        ask(office.person("executor1"), office.ref, "Надо", 10)
    office.do("manager", "decide_extension", decision="refuse", remark="Успеете")
    office.settle()
    assert office.status().due_on == office.card().statutory_due_on
    assert not office.status().extensions
    assert any("Успеете" in mail.text for mail in office.mail(office.person("executor1").email))


def test_an_extension_beyond_the_law_is_refused_beside_its_field(office):
    office.register()
    office.assign("executor1")
    services.request_extension(office.person("executor1"), office.ref, "Надо", 15)
    late = office.card().due_on + timedelta(days=45)
    with pytest.raises(Invalid) as wrong:
        office.do("manager", "decide_extension", decision="grant", due_on=late.isoformat())
    assert list(wrong.value.fields) == ["due_on"]
    assert "decide_extension" in office.open()


def test_the_whole_term_moves_with_an_extension_and_a_shorter_one_stays(office):
    office.register()
    short = (office.card().due_on - timedelta(days=10)).isoformat()
    lines = [
        {"executor": "executor1", "responsible": True, "text": "Ответ"},
        {"executor": "executor2", "responsible": False, "text": "Справка", "due_on": short},
    ]
    office.do("manager", "review", decision="assign", resolutions=lines)
    services.request_extension(office.person("executor1"), office.ref, "Надо", 15)
    office.do("manager", "decide_extension", decision="grant")
    card = office.card()
    terms = {part.executor: part.due_on for part in card.assignments}
    assert terms["executor1"] == card.due_on
    assert terms["executor2"].isoformat() == short


def test_a_letter_by_post_waits_for_the_dispatcher(app):
    office = Office(app, reply_channel="post", applicant={"email": ""})
    office.register()
    office.settle()
    assert office.mail() == []
    assert office.open() == ["dispatch_notice", "review"]
    office.do("dispatcher", "dispatch_notice", track="80080012345678")
    office.do("manager", "review", decision="answer", drafter="assistant")
    office.do("assistant", "draft_reply")
    office.do("approver", "approve_reply", decision="accept")
    office.do("signatory", "sign_reply")
    office.settle()
    with pytest.raises(Invalid) as wrong:
        office.do("dispatcher", "dispatch", posted_on="2062-03-01")
    assert list(wrong.value.fields) == ["posted_on"], "a slip would count terms from a far year"
    values = office.do("dispatcher", "dispatch", track="80080012345679")
    assert values["posted_on"]
    seen = office.status()
    assert seen.outcome == "answered"
    assert {letter.kind for letter in seen.letters} == {"reply", "notice"}
    sent = services.outgoing(office.person("dispatcher"), LetterFilter(state="sent")).items
    assert {letter.track for letter in sent} == {"80080012345678", "80080012345679"}


def test_added_documents_are_seen_by_both_sides(office):
    from io import BytesIO

    from app.documents.services import accept_upload

    office.register()
    upload = accept_upload(BytesIO(b"%PDF-1.4 act"), "акт.pdf", owner="test")
    (added,) = services.add_documents(office.ref, office.receipt.access_code, [upload.id])
    assert added.name == "акт.pdf"
    assert "note_documents" in office.stages()
    assert [one.kind for one in office.card().documents] == ["addition"]
    (seen,) = office.status().files
    assert (seen.name, seen.size, seen.sha256) == (added.name, added.size, added.sha256)


def test_staff_are_reminded_before_the_term_and_after_it(office):
    from app.workflow.timers import fire_due

    office.register()
    office.assign("executor1")
    office.settle()
    before = len(office.mail(office.person("executor1").email))
    due_on = office.card().due_on
    clock.move_to(clock.now() + (due_on - clock.today("Europe/Moscow")) - timedelta(days=9))
    assert fire_due()
    office.settle()
    assert len(office.mail(office.person("executor1").email)) == before + 1


def test_the_survey_closes_by_the_timer_of_the_diagram(office):
    from app.workflow.timers import fire_due

    office.register()
    office.do("manager", "review", decision="answer", drafter="assistant")
    office.reply("assistant")
    token = services.survey_token(office.ref, office.receipt.access_code)
    assert services.survey(token).state == "open"
    clock.move_to(clock.now() + timedelta(days=8))
    assert fire_due()
    office.settle()
    newest, *_earlier = office.mail()
    assert newest.subject.startswith("Напоминаем: оцените ответ")
    assert f"/survey/{token}" in newest.text
    clock.move_to(clock.now() + timedelta(days=23))
    assert fire_due()
    assert services.answer_survey(token, {"quality": 5}).state == "closed"
    assert office.card().survey is None
    assert not office.status().survey_open
    assert services.survey("no-such-token").state == "unknown"


def at_once(app, works):
    """Do all works at the same time; their results, a refusal standing for itself."""

    def one(work):
        with app.app_context():
            try:
                return work()
            except Conflict as refusal:
                return refusal

    with ThreadPoolExecutor(len(works)) as people:
        return list(people.map(one, works))


def test_registrars_at_once_give_numbers_without_gaps_or_twins(either_app):
    offices = [Office(either_app) for _number in range(4)]
    done = at_once(either_app, [office.register for office in offices])
    assert not [one for one in done if isinstance(one, Conflict)]
    numbers = sorted(office.status().number for office in offices)
    counts = [int(re.search(r"-(\d+)-", number)[1]) for number in numbers]
    assert counts == [1, 2, 3, 4]


def test_two_who_finish_one_task_at_once_finish_it_once(either_app):
    office = Office(either_app)
    office.register()
    item = office.find("manager", "review")
    answers = {"decision": "leave", "reason": "unclear"}
    tries = [
        lambda login=login: services.complete(office.person(login), item.id, answers, item.version)
        for login in ("manager", "assistant", "manager", "assistant")
    ]
    done = at_once(either_app, tries)
    assert len([one for one in done if isinstance(one, Conflict)]) == 3
    assert office.status().outcome == "left"
    assert len(office.card().resolutions) == 1
