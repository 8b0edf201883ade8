"""Walks that take every flow, boundary event, decision row and answer, and every loop 0, 1, 3 times.

What no walk reaches fails `test_nothing_is_left_unwalked` with its name, so whoever draws a new flow
adds a walk for it.
"""

from datetime import timedelta

import pytest
import shipped
from walking import DUE, MORNING, TERM, Reached, Walk, vset

import engine

WALKS = []


def walk(function):
    WALKS.append(function)
    return function


def later(days):
    return (MORNING + timedelta(days=days)).isoformat()


# -- parts of walks --------------------------------------------------------------------------


def appeal(**own):
    started = Walk("appeal", appeal=1, register_by=later(3), channel="site", own=own)
    return started.do("register")


def write_reply(way):
    way.do("draft_reply").do("approve_reply", decision="accept").do("sign_reply", decision="sign")
    return way.send("letter_signed", letter=42).send("letter_sent", letter=42)


def reply(**own):
    return Walk("reply", appeal=1, drafter="executor1", due_at=DUE, own=own)


def redirection(**own):
    return Walk("redirection", appeal=1, redirection=2, due_at=later(7), own=own)


def assignment():
    return Walk("assignment", appeal=1, assignment=1)


def extension():
    return Walk("extension", message="request_extension", appeal=1, extension=5, due_at=DUE)


def control(days=30):
    return Walk("control", message="appeal_registered", appeal=1, due_at=later(days))


POST = {"appeals.send_letter": [{"channel": "post"}]}
AGAIN = {"already_registered": True}


# -- appeal ----------------------------------------------------------------------------------


@walk
def answered_at_once():
    way = appeal().do("review", decision="answer")
    assert way.open == ["draft_reply"]
    write_reply(way)
    assert way.open == ["rate"]
    way.do("rate", quality=5).ends()
    assert way.thrown == ["appeal_registered", "appeal_closed"]
    assert way.outcome.variables["outcome"] == "answered"
    return way


def returned(times):
    way = appeal(**{"appeals.register": [{}, *[AGAIN] * times]})
    for _round in range(times):
        way.do("review", decision="return").do("register")
    write_reply(way.do("review", decision="answer")).do("rate", quality=3).ends()
    # The applicant is told of the registration once, however often the card is corrected.
    assert way.thrown.count("appeal_registered") == 1
    return way


@walk
def returned_to_the_registrar_once():
    return returned(1)


@walk
def returned_to_the_registrar_three_times():
    return returned(3)


@walk
def assigned_to_two_executors():
    way = appeal(
        **{"appeals.review": [{"assignments": [1, 2], "drafter": "executor1"}], **POST}
    ).do("review", decision="assign")
    assert [task.assignee for task in way.outcome.tasks] == ["executor1", "executor2"]
    for _executor in range(2):
        way.do("accept_assignment").do("report").do("accept_report", decision="accept")
    (draft,) = way.outcome.tasks
    assert (draft.element, draft.assignee) == ("draft_reply", "executor1")
    way.do("draft_reply").do("approve_reply", decision="accept").do("sign_reply", decision="sign")
    way.send("letter_signed").do("dispatch", track="80080012345678")
    assert way.open == ["rate"]
    return way.wait(days=30).ends()


def all_assignments_cancelled(times):
    way = appeal(**{"appeals.review": [{"assignments": [1, 2]}] * times, **POST})
    for _round in range(times):
        way.do("review", decision="assign")
        way.port.own["appeals.assignment_term"] = [{"cancelled": True}] * 2
        way.send("term_changed", due_at=DUE, nothing_left=True)
        assert way.open == ["review"]
    return way.do("review", decision="leave").ends()


@walk
def all_assignments_cancelled_once():
    return all_assignments_cancelled(1)


@walk
def all_assignments_cancelled_three_times():
    return all_assignments_cancelled(3)


@walk
def redirected():
    way = appeal(**{"appeals.review": [{"redirection": 2}]}).do("review", decision="redirect")
    way.do("prepare_redirection").do("sign_redirection", decision="sign")
    way.send("letter_signed").send("letter_sent").ends()
    assert way.outcome.variables["outcome"] == "redirected"
    return way


@walk
def left_without_answer():
    way = appeal().do("review", decision="leave").ends()
    assert way.outcome.variables["outcome"] == "left"
    return way


def reopened_in_the_survey(times):
    way = appeal().do("review", decision="answer")
    write_reply(way)
    for _round in range(times):
        assert way.open == ["rate"]
        way.send("reopen", reopening=3)
        assert way.open == ["review"]
        write_reply(way.do("review", decision="answer"))
    way.do("rate", quality=5).ends()
    assert way.thrown == ["appeal_registered", "appeal_closed"] * (times + 1)
    return way


@walk
def reopened_while_the_opinion_is_waited_for():
    return reopened_in_the_survey(1)


@walk
def reopened_while_the_opinion_is_waited_for_three_times():
    return reopened_in_the_survey(3)


@walk
def reopened_after_the_archive():
    way = Walk("appeal", message="reopen", appeal=1, reopening=3)
    assert way.open == ["review"]
    assert way.thrown == ["appeal_registered"]
    way.do("review", decision="return").port.own["appeals.register"] = [AGAIN]
    return way.do("register").do("review", decision="leave").ends()


def act_disputed(times):
    way = appeal(
        **{
            "appeals.review": [{"act_needed": True}],
            "appeals.make_commission_act": [{"agreed": False}] * times,
        }
    ).do("review", decision="leave")
    for _round in range(times + 1):
        way.do("draw_up_act")
        for _member in range(3):
            way.do("sign_act")
    way.send("act_made", document=7).ends()
    assert way.outcome.variables["outcome"] == "left"
    return way


@walk
def act_needed_for_an_appeal():
    return act_disputed(1)


def act(times):
    way = Walk(
        "act",
        own={"appeals.make_commission_act": [{"agreed": False}] * times},
        appeal=1,
        due_at=later(7),
    )
    for _round in range(times + 1):
        way.do("draw_up_act")
        for _member in range(3):
            way.do("sign_act")
    return way.send("act_made", document=7).ends()


@walk
def act_agreed_at_once():
    return act(0)


@walk
def act_disputed_once():
    return act(1)


@walk
def act_disputed_three_times():
    return act(3)


@walk
def registered_by_mistake():
    way = appeal().do("review", decision="void").ends()
    assert way.outcome.variables["outcome"] == "voided"
    return way


@walk
def withdrawn_before_registration():
    way = Walk("appeal", appeal=1, register_by=later(3), channel="site").send("withdraw").ends()
    assert way.thrown == ["appeal_closed"]
    return way


@walk
def withdrawn_while_executors_work():
    way = appeal(**{"appeals.review": [{"assignments": [1, 2]}]}).do("review", decision="assign")
    way.do("accept_assignment").send("withdraw").ends()
    left = {step.element for step in way.steps if step.event == "cancelled"}
    assert {"accept_assignment", "report", "assignments_in_work", "consideration"} <= left
    return way


@walk
def documents_and_term_change_meanwhile():
    way = appeal().send("documents_added").send("term_changed", due_at=later(60))
    way.send("documents_added")
    assert way.outcome.variables["due_at"] == later(60)
    way.do("review", decision="answer")
    (draft,) = way.outcome.tasks
    assert draft.due_at == MORNING + 2 * TERM
    return way.send("withdraw").ends()


# -- correction ------------------------------------------------------------------------------


def correction():
    return Walk("correction", message="correct_card", appeal=1, reason="Опечатка", due_at=DUE)


@walk
def card_corrected():
    return correction().do("correct_card").ends()


@walk
def card_closed_before_it_is_corrected():
    return correction().send("appeal_closed").ends()


# -- assignment ------------------------------------------------------------------------------


def reworked(times):
    way = assignment().do("accept_assignment")
    for _round in range(times):
        way.do("report").do("accept_report", decision="rework")
    return way.do("report").do("accept_report", decision="accept").ends()


@walk
def report_accepted_at_first():
    return reworked(0)


@walk
def report_reworked_once():
    return reworked(1)


@walk
def report_reworked_three_times():
    return reworked(3)


@walk
def assignment_gets_a_new_term():
    way = assignment().do("accept_assignment").send("term_changed", due_at=later(99))
    (report,) = way.outcome.tasks
    assert report.due_at == MORNING + 2 * TERM  # what the operation says, not what the message did
    return way.do("report").do("accept_report", decision="accept").ends()


@walk
def assignment_is_cancelled():
    way = assignment().do("accept_assignment")
    way.port.own["appeals.assignment_term"] = [{"cancelled": True}]
    way.send("term_changed", due_at=DUE).ends()
    assert {step.element for step in way.steps if step.event == "cancelled"} >= {"report"}
    return way


@walk
def assignment_stops_with_its_appeal():
    return assignment().do("accept_assignment").send("appeal_closed").ends()


# -- extension -------------------------------------------------------------------------------


@walk
def extension_granted():
    way = extension().do("decide_extension", decision="grant").ends()
    assert way.thrown == ["term_changed"]
    return way


@walk
def extension_refused():
    way = extension().do("decide_extension", decision="refuse").ends()
    assert way.thrown == []
    return way


@walk
def extension_needless():
    return extension().send("appeal_closed").ends()


# -- redirection -----------------------------------------------------------------------------


def cover_reworked(times):
    way = redirection(**POST)
    for _round in range(times):
        way.do("prepare_redirection").do("sign_redirection", decision="rework")
    way.do("prepare_redirection").do("sign_redirection", decision="sign")
    return way.send("letter_signed").do("dispatch_cover", track="").ends()


@walk
def cover_signed_at_first():
    return cover_reworked(0)


@walk
def cover_reworked_once():
    return cover_reworked(1)


@walk
def cover_reworked_three_times():
    return cover_reworked(3)


@walk
def cover_sent_and_result_asked_for():
    way = redirection(**{"appeals.redirected": [{"ask_result": True}]})
    way.do("prepare_redirection").do("sign_redirection", decision="sign")
    way.send("letter_signed").send("letter_sent").ends()
    assert way.thrown == ["result_expected"]
    return way


def result():
    return Walk("result", message="result_expected", appeal=1, redirection=2)


@walk
def result_told():
    way = result().wait(days=30).do("receive_result", decision="received").ends()
    assert "appeals.tell_result" in [name for name, *_more in way.port.calls]
    return way


@walk
def result_no_longer_needed():
    return result().do("receive_result", decision="dropped").ends()


@walk
def result_never_told():
    way = result().wait(days=89)
    assert way.open == ["receive_result"]
    assert [name for name, *_more in way.port.calls].count("appeals.remind_result") == 1
    way.wait(days=1).ends()
    assert way.port.calls[-1][0] == "appeals.give_up_result"
    return way


# -- letter and request ----------------------------------------------------------------------


def letter(**own):
    return Walk("letter", appeal=1, letter=44, due_at=DUE, own=own)


@walk
def letter_signed_and_mailed():
    way = letter().do("sign_letter", decision="sign")
    return way.send("letter_signed").send("letter_sent").ends()


@walk
def letter_signed_and_posted():
    return (
        letter(**POST)
        .do("sign_letter", decision="sign")
        .send("letter_signed")
        .do("dispatch_letter")
        .ends()
    )


@walk
def letter_sent_back():
    way = letter().do("sign_letter", decision="rework").ends()
    assert way.outcome.variables["decision"] == "rework"
    return way


@walk
def letter_recalled():
    way = letter().do("sign_letter", decision="sign").send("letter_signed")
    way.send("recall_letter", letter=44, reason="Опечатка").ends()
    assert way.outcome.variables["decision"] == "rework"
    return way


def interim():
    return Walk("interim", message="interim_reply", appeal=1, author="executor1", due_at=DUE)


def interim_reworked(disapproved, unsigned):
    way = interim()
    for _round in range(disapproved):
        way.do("draft_interim", decision="send").do("approve_interim", decision="rework")
    for _round in range(unsigned):
        way.do("draft_interim", decision="send").do("approve_interim", decision="accept")
        way.do("sign_letter", decision="rework")
    way.do("draft_interim", decision="send").do("approve_interim", decision="accept")
    way.do("sign_letter", decision="sign")
    return way.send("letter_signed").send("letter_sent").ends()


@walk
def interim_sent_at_first():
    return interim_reworked(0, 0)


@walk
def interim_reworked_once_each():
    return interim_reworked(1, 1)


@walk
def interim_reworked_three_times_each():
    return interim_reworked(3, 3)


@walk
def interim_cancelled():
    return interim().do("draft_interim", decision="cancel").ends()


@walk
def interim_ends_with_its_appeal():
    way = interim().do("draft_interim", decision="send").send("appeal_closed").ends()
    assert "approve_interim" in {s.element for s in way.steps if s.event == "cancelled"}
    return way


@walk
def interim_not_even_begun():
    return interim().send("appeal_closed").ends()


@walk
def request_not_even_begun():
    return request().send("appeal_closed").ends()


def visit():
    return Walk("visit", message="site_visit", appeal=1, author="executor1", due_at=DUE)


@walk
def visit_recorded():
    way = visit().do("record_visit", decision="done").ends()
    assert [name for name, *_more in way.port.calls][-1] == "appeals.draw_up_act"
    return way


@walk
def visit_cancelled():
    return visit().do("record_visit", decision="cancel").ends()


@walk
def visit_needless():
    return visit().send("appeal_closed").ends()


def enclosures():
    return Walk(
        "enclosures", message="enclosures_missing", appeal=1, author="registrar", due_at=DUE
    )


@walk
def enclosures_are_missing():
    way = enclosures().do("record_enclosures", decision="missing").send("act_made", document=7)
    assert way.port.calls[-1][1] == {"appeal": 1, "notice": "enclosures_missing"}
    return way.ends()


@walk
def enclosures_were_found():
    return enclosures().do("record_enclosures", decision="cancel").ends()


def valuables():
    return Walk("valuables", message="valuables_found", appeal=1, author="registrar", due_at=DUE)


@walk
def valuables_go_back():
    way = valuables().do("record_valuables", decision="found").send("act_made", document=7)
    assert way.port.calls[-1][1] == {"appeal": 1, "notice": "valuables_found"}
    return way.do("return_valuables", how="in_person").ends()


@walk
def valuables_there_are_none():
    return valuables().do("record_valuables", decision="cancel").ends()


def undelivered(**own):
    return Walk("undelivered", message="mail_returned", own=own, appeal=1, letter=46, due_at=DUE)


@walk
def undelivered_goes_to_another_address():
    return undelivered().do("settle_undelivered", decision="again").ends()


@walk
def undelivered_is_told_otherwise():
    return undelivered().do("settle_undelivered", decision="told").ends()


@walk
def undelivered_goes_on_paper():
    way = undelivered(**{"appeals.settle_undelivered": [{"on_paper": True}]})
    way.do("settle_undelivered", decision="post").do("dispatch_returned")
    assert way.port.calls[-1][1] == {"appeal": 1, "letter": 46}
    return way.ends()


def inspection():
    asked = {"appeal": 1, "inspection": 9, "decide_by": later(5)}
    return Walk("inspection", message="inspection_asked", **asked)


def another_time(times):
    way = inspection().do("decide_inspection", decision="allow")
    for _round in range(times):
        way.do("hold_inspection", decision="another")
    way.do("hold_inspection", decision="held").ends()
    told = [given["notice"] for name, given, _answer in way.port.calls if name == "appeals.notify"]
    assert told == ["inspection_offered"] * (times + 1)
    return way


@walk
def file_read_at_the_time_offered():
    return another_time(0)


@walk
def file_read_at_another_time():
    return another_time(1)


@walk
def file_read_at_the_fourth_time():
    return another_time(3)


@walk
def file_not_shown():
    way = inspection()
    (decide,) = way.outcome.tasks
    assert decide.due_at == MORNING + timedelta(days=5)
    return way.do("decide_inspection", decision="refuse").ends()


@walk
def nobody_came_to_read_the_file():
    way = Walk("inspection", message="ask_inspection", appeal=1, author="registrar", due_at=DUE)
    way.do("record_inspection", decision="record").do("decide_inspection", decision="allow")
    return way.do("hold_inspection", decision="absent").ends()


@walk
def request_to_read_recorded_by_mistake():
    way = Walk("inspection", message="ask_inspection", appeal=1, author="registrar", due_at=DUE)
    return way.do("record_inspection", decision="cancel").ends()


def request():
    way = Walk("request", message="request_documents", appeal=1, author="executor1", due_at=DUE)
    (first,) = way.outcome.tasks
    assert (first.element, first.assignee) == ("prepare_request", "executor1")
    return way


def asked(way):
    way.do("prepare_request", decision="send").do("sign_letter", decision="sign")
    return way.send("letter_signed").send("letter_sent")


def reminded(way):
    return [
        inputs["recipients"]
        for name, inputs, _ in way.port.calls
        if name == "appeals.remind_answer"
    ]


def request_reworked(times):
    way = request()
    for _round in range(times):
        way.do("prepare_request", decision="send").do("sign_letter", decision="rework")
    way = asked(way)
    assert way.open == ["receive_answer"]
    way.wait(days=11).do("receive_answer", decision="received").ends()
    assert reminded(way) == []
    return way


@walk
def request_signed_at_first():
    return request_reworked(0)


@walk
def request_reworked_once():
    return request_reworked(1)


@walk
def request_reworked_three_times():
    return request_reworked(3)


@walk
def request_cancelled():
    return request().do("prepare_request", decision="cancel").ends()


@walk
def request_overdue():
    way = asked(request()).wait(days=12)
    assert reminded(way) == ["executor"]
    way.wait(days=30)
    assert reminded(way) == ["executor", "executor,controller"]
    return way.do("receive_answer", decision="dropped").ends()


@walk
def request_ends_with_its_appeal():
    way = request().do("prepare_request", decision="send").send("appeal_closed").ends()
    assert {"sign_letter", "send_request"} <= {
        s.element for s in way.steps if s.event == "cancelled"
    }
    return way


# -- reply -----------------------------------------------------------------------------------


def disapproved(times):
    way = reply()
    for _round in range(times):
        way.do("draft_reply").do("approve_reply", decision="rework")
    return write_reply(way).ends()


@walk
def reply_approved_at_first():
    return disapproved(0)


@walk
def reply_disapproved_once():
    return disapproved(1)


@walk
def reply_disapproved_three_times():
    return disapproved(3)


def unsigned(times):
    way = reply(**POST)
    for _round in range(times):
        way.do("draft_reply").do("approve_reply", decision="accept")
        way.do("sign_reply", decision="rework")
    way.do("draft_reply").do("approve_reply", decision="accept").do("sign_reply")
    return way.send("letter_signed").do("dispatch").ends()


@walk
def reply_signed_without_a_word():
    return unsigned(0)


@walk
def reply_not_signed_once():
    return unsigned(1)


@walk
def reply_not_signed_three_times():
    return unsigned(3)


def recalled(way, begin, dispatch, times):
    for round_ in range(times):
        begin(way)
        if round_ % 2:
            way.send("letter_signed", letter=42)
            assert way.open == [dispatch]
        way.send("recall_letter", letter=42, reason="Опечатка")
        assert dispatch not in way.open
    begin(way)
    return way.send("letter_signed", letter=42).do(dispatch).ends()


def signed_reply(way):
    way.do("draft_reply").do("approve_reply", decision="accept").do("sign_reply", decision="sign")


def signed_cover(way):
    way.do("prepare_redirection").do("sign_redirection", decision="sign")


@walk
def reply_recalled_three_times():
    way = reply(**{"appeals.send_letter": [{"channel": "post"}] * 2})
    return recalled(way, signed_reply, "dispatch", 3)


@walk
def cover_recalled_twice():
    way = redirection(**{"appeals.send_letter": [{"channel": "post"}] * 2})
    return recalled(way, signed_cover, "dispatch_cover", 2)


# -- notice and survey -----------------------------------------------------------------------


@walk
def notice_by_mail():
    return Walk("notice", appeal=1, letter=43, channel="email").ends()


@walk
def notice_on_paper():
    return Walk("notice", appeal=1, letter=43, channel="post").do("dispatch_notice").ends()


def notice_recalled(times, **own):
    way = Walk("notice", appeal=1, letter=43, channel="post", own=own)
    for _round in range(times):
        way.send("recall_letter", letter=43, reason="Не тот адрес").do(
            "renew_notice", decision="again"
        )
    return way


@walk
def notice_recalled_once_and_mailed():
    return notice_recalled(1, **{"appeals.renew_notice": [{"channel": "email"}]}).ends()


@walk
def notice_recalled_three_times():
    return notice_recalled(3).do("dispatch_notice").ends()


@walk
def notice_recalled_and_dropped():
    way = notice_recalled(0).send("recall_letter", letter=43, reason="Послано дважды")
    return way.do("renew_notice", decision="drop", reason="Послано дважды").ends()


@walk
def survey_answered():
    return Walk("survey", appeal=1).do("rate", quality=4, solved="yes").ends()


@walk
def survey_expires():
    way = Walk("survey", appeal=1).wait(days=6)
    assert "appeals.remind_of_survey" not in [name for name, *_more in way.port.calls]
    way.wait(days=23)
    assert [name for name, *_more in way.port.calls].count("appeals.remind_of_survey") == 1
    assert way.open == ["rate"]
    return way.wait(days=1).ends()


# -- control ---------------------------------------------------------------------------------


def reminders(way):
    return [inputs["kind"] for name, inputs, _ in way.port.calls if name == "appeals.remind"]


@walk
def closed_before_any_reminder():
    return control().wait(days=5).send("appeal_closed").ends()


@walk
def closed_after_one_reminder():
    way = control().wait(days=20)
    assert reminders(way) == ["10"]
    return way.send("appeal_closed").ends()


@walk
def closed_after_three_reminders():
    way = control().wait(days=28)
    assert reminders(way) == ["10", "5", "3"]
    return way.send("appeal_closed").ends()


@walk
def overdue():
    way = control().wait(days=100)
    assert reminders(way) == ["10", "5", "3", "1", "overdue"]
    return way.send("appeal_closed").ends()


def term_changes(times):
    way = control()
    for change in range(1, times + 1):
        way.send("term_changed", due_at=later(30 + change))
    way.wait(days=21)
    assert reminders(way) == (["10"] if times < 2 else [])
    return way.send("appeal_closed").ends()


@walk
def term_changes_once():
    return term_changes(1)


@walk
def term_changes_three_times():
    return term_changes(3)


def term_changes_late(times):
    way = control(days=0).wait(days=5)
    assert reminders(way) == ["overdue"]
    for _change in range(times):
        # The new term is over as well, so nothing is left to remind of.
        way.send("term_changed", due_at=later(1))
    return way.send("appeal_closed").ends()


@walk
def nothing_changes_after_the_term():
    return term_changes_late(0)


@walk
def term_changes_after_the_term_once():
    return term_changes_late(1)


@walk
def term_changes_after_the_term_three_times():
    return term_changes_late(3)


# -- what they reach -------------------------------------------------------------------------


@pytest.mark.parametrize("way", WALKS, ids=lambda way: way.__name__)
def test_walk(way):
    assert way().outcome.ended


def terms_of_the_law():
    """The table of terms is asked by an operation, rule by rule."""
    decision = vset().decisions["terms"]
    for rule in decision.rules:
        (wanted,) = rule.tests[0].constants
        decision.evaluate({"rule": wanted})


def terms_of_keeping():
    """The table of retention is asked by the room of privacy."""
    for repeated in ("many", ""):
        asked = {"kind": "statement", "repeated": repeated, "outcome": "answered"}
        vset().decisions["retention"].evaluate(asked)


@pytest.fixture(scope="module")
def reached():
    found = Reached()
    with found.watching_rows():
        for way in WALKS:
            found.add(way())
        terms_of_the_law()
        terms_of_keeping()
    return found


def test_nothing_is_left_unwalked(reached):
    missed = [
        *(f"flow {flow.process}.{flow.id}" for flow in set(shipped.flows()) - reached.flows),
        *(f"boundary event {event}" for event in shipped.boundary_events() - reached.events),
        *(f"decision row {row}" for row in shipped.decision_rows() - reached.rows),
        *(f"answer {answer}" for answer in shipped.form_decisions() - reached.answers),
        *(
            f"loop {flow.process}.{flow.id} {times} times"
            for flow in shipped.loops()
            for times in (0, 1, 3)
            if (flow, times) not in reached.rounds
        ),
    ]
    assert not missed, "no walk takes:\n" + "\n".join(sorted(missed))


def test_a_flow_without_a_walk_is_noticed():
    found = Reached()
    found.add(left_without_answer())
    missed = {flow.id for flow in set(shipped.flows()) - found.flows if flow.process == "appeal"}
    assert "decision_taken_to_prepare_reply" in missed
    assert "decision_taken_to_leave_unanswered" not in missed


def test_a_message_for_nobody_is_refused():
    way = Walk("survey", appeal=1)
    with pytest.raises(engine.NotWaiting):
        way.send("withdraw")
