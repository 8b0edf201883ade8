"""The desk's forms without scripts: what a plain browser sends is enough, and nothing typed is lost."""

import io
import re

import pytest
from lxml import html

from app.access import services as access
from app.outbox.cli import settle_all
from tests.web.desk import Clerk, as_list, errors_of, form_of, words_of
from tests.web.life import Reception, in_process

CODE = "0005.0005.0056.1156"


@pytest.fixture
def life(app):
    found = Reception(in_process(app))
    for login in ("registrar", "manager", "auditor", "executor1", "executor2"):
        found.tokens[login] = access.issue_token(login).secret
    return found


def registered(life):
    receipt = life.file()
    life.do(receipt, "register", "registrar", questions=[CODE])
    return receipt


def assigned(life, *executors):
    receipt = registered(life)
    due = life.status(receipt)["due_on"]
    lines = [
        {"executor": login, "responsible": not number, "text": "Справка", "due_on": due}
        for number, login in enumerate(executors)
    ]
    life.do(receipt, "review", "manager", decision="assign", text="", resolutions=lines)
    return receipt


def task_of(life, receipt, element):
    return f"/desk/items/{life.open(receipt)[element]['id']}"


def a_file(name="справка.txt", content=b"text"):
    return (io.BytesIO(content), name)


def intake_form(clerk, **changes):
    form = clerk.form("/desk/intake", "last_name")
    form.update(last_name="Петров", first_name="Иван", reply_channel="post")
    form.update(postal_address="600000, ул. Новая, 1", text="Нет отопления.")
    return {**form, **changes}


def test_an_appeal_goes_from_paper_to_a_signed_reply_without_scripts(app):
    people = {
        login: Clerk(app, login)
        for login in (
            "registrar",
            "manager",
            "executor1",
            "executor2",
            "approver",
            "signatory",
            "dispatcher",
        )
    }
    registrar, manager = people["registrar"], people["manager"]
    form = intake_form(registrar, channel="forwarded", sender="Прокуратура", sender_number="7-15")
    register = registrar.post("/desk/intake", form, files=a_file("скан.pdf", b"%PDF-1.4 scan"))
    register = register.headers["Location"]
    assert "скан.pdf" in registrar.page(register)
    # The code may be typed as people know it; a number will do.
    registrar.send(register, "version", questions="1156", summary="Холодно")

    review = manager.tasks()["Рассмотреть и принять решение"]
    form = manager.form(review, "version")
    form = {**form, "decision": "assign", "text": "Прошу разобраться"}
    form.update({"resolutions-0-executor": "executor1", "resolutions-0-text": "Свести"})
    more = manager.post(review, form, expect=200, _add_row="resolutions").text
    form = form_of(more, "version")
    assert form["resolutions-0-text"] == "Свести"
    form.update({"resolutions-1-executor": "executor2", "resolutions-1-text": "Дать справку"})
    form["resolutions-responsible"] = "0"
    manager.post(review, form)

    for login in ("executor2", "executor1"):
        clerk = people[login]
        clerk.send(clerk.tasks()["Принять поручение"], "version")
        report = clerk.tasks()["Исполнить и доложить"]
        clerk.send(
            report,
            "version",
            text=f"Сделано: {login}",
            files=a_file(),
            **{"results-0-result": "measures", "results-0-measures": "Отопление включено"},
        )
        check = manager.tasks()["Принять отчёт"]
        said = words_of(manager.page(check))
        assert f"Сделано: {login}" in said
        assert "справка.txt" in said
        manager.send(check, "version", decision="accept")

    executor, approver = people["executor1"], people["approver"]
    draft = executor.tasks()["Подготовить проект ответа"]
    assert "Отопление включено" in executor.form(draft, "version")["text"]
    executor.send(draft, "version", text="Отопление включено 1 марта.")
    approve = approver.tasks()["Согласовать ответ"]
    approver.send(approve, "version", decision="rework", remark="Где подпись?")
    again = executor.tasks()["Подготовить проект ответа"]
    assert "Где подпись?" in executor.page(again)
    executor.send(again, "version", text="Отопление включено 1 марта. Спасибо.")
    approver.send(approver.tasks()["Согласовать ответ"], "version", decision="accept")
    signatory = people["signatory"]
    sign = signatory.tasks()["Подписать ответ"]
    assert ".pdf" in signatory.page(sign)
    signatory.send(sign, "version")
    settle_all(app, 60)
    said = words_of(registrar.page("/desk/appeals/1?tab=letters"))
    assert "зарегистрировано" in said
    dispatcher = people["dispatcher"]
    post = dispatcher.tasks()["Отправить ответ почтой"]
    dispatcher.send(post, "version", track="80080012345678")
    card = words_of(registrar.page("/desk/appeals/1"))
    assert "поддержано, меры приняты" in card
    assert "дан ответ" in card


def test_questions_are_suggested_and_never_chosen(app, life):
    text = "Я пенсионерка. Батареи ледяные, в комнате пятнадцать градусов."
    page = Clerk(app, "registrar").page(task_of(life, life.file(text=text), "register"))
    offered = re.findall(r'data-pick-for="questions" data-value="([\d.]+)"', page)
    assert offered[0] == CODE
    assert len(offered) <= 7
    assert "батареи" in page.partition('id="suggested"')[2]
    assert form_of(page, "version")["questions"].strip() == ""


def test_a_refused_registration_keeps_what_was_typed(app, life):
    task = task_of(life, life.file(), "register")
    clerk = Clerk(app, "registrar")
    form = clerk.form(task, "version")
    answer = clerk.post(task, form, 422, questions="9999", summary="Напечатано", email="не адрес")
    kept = form_of(answer.text, "version")
    assert kept["summary"] == "Напечатано"
    assert kept["email"] == "не адрес"
    assert kept["questions"].strip() == "9999"
    assert any("9999" in one for one in errors_of(answer.text))
    assert "data-f-summary" in answer.text


def test_files_of_a_plain_form_outlive_an_error(app, life):
    receipt = assigned(life, "executor1")
    life.do(receipt, "accept_assignment", "executor1")
    task, clerk = task_of(life, receipt, "report"), Clerk(app, "executor1")
    form = clerk.form(task, "version")
    page = clerk.post(task, form, 422, text="", files=a_file("акт.txt")).text
    assert "акт.txt" in page
    form = form_of(page, "version")
    assert len(as_list(form["files"])) == 1
    refused = clerk.post(task, form, 422, text="Готово", files=a_file("virus.exe", b"MZ")).text
    assert any("virus.exe" in one for one in errors_of(refused))
    assert form_of(refused, "version")["text"] == "Готово"
    disguised = a_file("акт\u202efdp.exe", b"MZ")
    refused = clerk.post(task, form, 422, text="Готово", files=disguised).text
    assert any(one.startswith("Ошибка: актfdp.exe:") for one in errors_of(refused))
    assert "\u202e" not in refused

    form = form_of(page, "version")
    clerk.post(task, form, text="Готово")
    assert "акт.txt" in words_of(clerk.page("/desk/appeals/1?tab=documents"))


def test_what_moved_on_meanwhile_answers_409_and_loses_nothing(app, life):
    receipt = registered(life)
    task, clerk = task_of(life, receipt, "review"), Clerk(app, "manager")
    form = clerk.form(task, "version")
    stale = clerk.post(task, {**form, "version": "999"}, 409, decision="answer", text="Моё слово")
    kept = form_of(stale.text, "version")
    assert (kept["decision"], kept["text"]) == ("answer", "Моё слово")

    life.do(receipt, "review", "manager", decision="answer")
    row = {"resolutions-0-executor": "executor1", "resolutions-0-text": "Проверить двор"}
    gone = clerk.post(task, {**form, **row}, 409, decision="assign", text="Моё слово")
    assert "Моё слово" in gone.text
    assert "Исполнитель: executor1; Что сделать: Проверить двор" in gone.text
    labels = [
        one.text for one in html.fromstring(gone.text).xpath("//label[starts-with(@for, 'typed-')]")
    ]
    assert "Решение" in labels
    assert not any(re.fullmatch(r"[a-z_]+", one) for one in labels)
    assert "уже" in words_of(gone.text)
    clerk.get(task, 409)


def test_the_task_to_post_says_which_letter(app, life):
    post = {"email": None, "postal_address": "123456, г. Озёрск, ул. Садовая, д. 5, кв. 8"}
    receipt = life.file(reply_channel="post", applicant=post)
    life.do(receipt, "register", "registrar", questions=[CODE])
    assert settle_all(app, 60)
    clerk = Clerk(app, "dispatcher")
    page = clerk.page(task_of(life, receipt, "dispatch_notice"))
    task = html.fromstring(page).xpath('//section[@aria-labelledby="what-to-do"]')[0]
    assert "Обращение зарегистрировано" in task.text_content()
    (sheet,) = task.xpath(".//a[contains(@href, '/letters/')]/@href")
    assert clerk.get(sheet).data.startswith(b"%PDF")


def test_anothers_task_is_refused_with_the_words_kept(app, life):
    receipt = registered(life)
    task, clerk = task_of(life, receipt, "review"), Clerk(app, "assistant")
    form = clerk.form(task, "version")
    life.call("POST", f"/work-items/{task.rpartition('/')[2]}/take", by="manager")
    answer = clerk.post(task, form, 409, decision="answer", text="Моё слово")
    assert "Моё слово" in answer.text


def test_only_the_fields_of_the_decision_count(app, life):
    task, clerk = task_of(life, registered(life), "review"), Clerk(app, "manager")
    answer = clerk.post(task, clerk.form(task, "version"), 422, decision="leave")
    assert any("Основание" in one for one in errors_of(answer.text))
    assert not any("Исполнител" in one for one in errors_of(answer.text))
    form = form_of(answer.text, "version")
    clerk.post(task, form, reason="unclear", **{"resolutions-0-executor": "nobody"})


def test_one_intake_form_makes_one_appeal(app):
    """A double click, or a browser that sends the form again."""
    registrar = Clerk(app, "registrar")
    form = intake_form(registrar)
    first, again = (registrar.post("/desk/intake", form).headers["Location"] for _each in "ab")
    assert first == again
    form = intake_form(registrar)
    other, again = (
        registrar.post("/desk/intake", form, files=a_file("скан.txt")).headers["Location"]
        for _each in "ab"
    )
    assert again == other != first
    assert registrar.page(other).count("скан.txt") == 1


def test_an_intake_form_changed_after_it_was_sent_is_asked_about(app):
    registrar = Clerk(app, "registrar")
    form = intake_form(registrar)
    registrar.post("/desk/intake", form)
    asked = registrar.post(
        "/desk/intake", form, 422, text="Нет и воды.", files=a_file("скан.txt")
    ).text
    assert "С этой страницы обращение уже принято" in words_of(asked)
    assert "ключ" not in words_of(asked)
    changed = form_of(asked, "last_name")
    assert (changed["text"], changed["token"] == form["token"]) == ("Нет и воды.", False)
    registrar.post("/desk/intake", changed)
    assert "скан.txt" in registrar.page("/desk/appeals/2?tab=documents")


def test_an_intake_with_errors_keeps_words_and_files(app):
    clerk = Clerk(app, "registrar")
    empty = clerk.post("/desk/intake", intake_form(clerk, text=""), 422).text
    assert "Ошибка: Изложите суть обращения или приложите скан-копию." in errors_of(empty)
    form = intake_form(clerk, text="", email="не адрес", channel="in_person")
    page = clerk.post("/desk/intake", form, 422, files=a_file("скан.txt")).text
    assert len(errors_of(page)) == 1
    kept = form_of(page, "last_name")
    assert (kept["last_name"], kept["channel"]) == ("Петров", "in_person")
    assert "скан.txt" in page
    again = clerk.post("/desk/intake", kept, 303, email="", again="1")
    assert again.headers["Location"] == "/desk/intake"
    assert "скан.txt" in clerk.page("/desk/appeals/1?tab=documents")


def test_an_executor_asks_for_time_and_the_manager_decides(app, life):
    receipt = assigned(life, "executor1")
    life.do(receipt, "accept_assignment", "executor1")
    task, clerk = task_of(life, receipt, "report"), Clerk(app, "executor1")
    refused = clerk.post("/desk/appeals/1/extension", clerk.form(task, "days"), 422, days="90")
    assert form_of(refused.text, "days")["days"] == "90"
    asked = clerk.send(task, "days", days="15", reason="Ждём справку")
    assert asked.headers["Location"] == task
    said = words_of(Clerk(app, "manager").page(task_of(life, receipt, "decide_extension")))
    assert "Ждём справку" in said
    assert "Лебедев" in said


def test_an_assignment_is_passed_on_and_stands_under_its_parent(app, life):
    receipt = assigned(life, "executor1")
    clerk = Clerk(app, "executor1")
    page = "/desk/assignments/1/pass-on"
    clerk.send(page, "executor", 409, executor="executor2", text="Рано: ещё не принято")
    life.do(receipt, "accept_assignment", "executor1")
    assert page in clerk.page("/desk/appeals/1?tab=assignments")
    refused = clerk.send(page, "executor", 422, text="Проверить на месте")
    assert form_of(refused.text, "executor")["text"] == "Проверить на месте"
    clerk.send(page, "executor", executor="executor2", text="Проверить на месте")
    said = words_of(clerk.page("/desk/appeals/1?tab=assignments"))
    assert said.index("Справка") < said.index("Проверить на месте")
    Clerk(app, "controller").post(page, {"csrf_token": clerk.token()}, 400)


def test_the_task_of_who_is_away_is_given_to_another(app, life):
    task = task_of(life, assigned(life, "executor1"), "accept_assignment")
    page, manager = f"{task}/hand-over", Clerk(app, "manager")
    assert page in manager.page(task)
    assert page in manager.page("/desk/appeals/1")
    assert page not in Clerk(app, "executor1").page(task)
    refused = manager.send(page, "to", 422, to="executor2")
    assert form_of(refused.text, "to")["to"] == "executor2"
    manager.send(page, "to", to="executor2", reason="Болеет")
    assert "Тихонова" in words_of(manager.page("/desk/appeals/1"))
    assert "Завершить задание" in words_of(Clerk(app, "executor2").page(task))


def test_the_script_uploads_to_the_desk(app):
    clerk = Clerk(app, "executor1")
    token = {"csrf_token": clerk.token()}
    kept = clerk.post("/desk/uploads", token, 201, file=a_file()).get_json()
    assert kept["name"] == "справка.txt"
    refused = clerk.post("/desk/uploads", token, 422, file=a_file("a.exe", b"MZ"))
    assert refused.get_json()["detail"]
    clerk.post("/desk/uploads", token, 422)
    other = Clerk(app, "executor2")
    other.post(f"/desk/uploads/{kept['id']}/discard", {"csrf_token": other.token()}, 404)
    clerk.post(f"/desk/uploads/{kept['id']}/discard", token, 204)
