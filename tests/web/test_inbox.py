"""The page of the inbox: tabs, filters in the address, views that people keep."""

import io
from dataclasses import replace

from flask import get_template_attribute
from lxml import html

from app.access.services import load_person
from app.appeals import counting
from app.appeals.cards import Page
from tests.web.desk import Clerk, form_of, words_of
from tests.web.test_desk import CODE, assigned, machine, registered


def links(page, path):
    return {
        " ".join(one.text_content().split()): one.get("href")
        for one in html.fromstring(page).xpath(path)
    }


def tabs(page):
    return links(page, '//ul[@class="tabs"]//a')


def test_filters_live_in_the_address_and_go_with_the_tabs(app):
    life = machine(app)
    registered(life)
    assigned(life)
    life.settle()
    clerk = Clerk(app, "controller")
    page = clerk.page(f"/desk/?q=мусор&topic={CODE}&executor=executor1&sort=-opened&page=1")
    found = tabs(page)
    assert all("topic=" in one and "sort=-opened" in one for one in found.values()), found
    assert {name.rstrip("0123456789 ") for name in found} == {
        "Все",
        "Мои",
        "Свободные по моей роли",
        "Моё подразделение",
    }
    form = form_of(page, "executor")
    assert (form["topic"], form["executor"], form["sort"]) == (CODE, "executor1", "-opened")
    assert len(html.fromstring(page).xpath("//tbody/tr")) == 1
    nothing = words_of(clerk.page("/desk/?topic=космос&term=overdue"))
    assert "Ничего не найдено" in nothing
    manager = Clerk(app, "manager")
    assert "Своих заданий у вас нет" in words_of(manager.page("/desk/?scope=mine"))
    assert "Новые задания появятся" in words_of(manager.page("/desk/?scope=role&page=9"))
    clerk.page("/desk/?scope=nonsense&term=nonsense&sort=nonsense&page=nonsense")


def test_a_figure_that_nobody_counted_to_its_end_says_so(app, monkeypatch):
    life = machine(app)
    registered(life)
    assigned(life)
    monkeypatch.setattr(counting, "MOST_OPEN", 1)
    clerk = Clerk(app, "controller")
    clerk.send("/desk/?term=later", "name", name="Не скоро")
    page = clerk.page("/desk/")
    assert list(tabs(page))[:2] == ["Все больше 1", "Мои 0"]
    assert list(links(page, '//ul[@class="view-list"]//a')) == ["Не скоро больше 1"]


def test_a_first_page_that_is_all_that_was_counted_leads_on(app):
    """What many say is counted to a page of the desk: there are more than it shows."""
    first = Page(tuple(range(50)), total=50, page=1, size=50, more=True)
    with app.test_request_context("/desk/?q=мусор", headers={"Accept-Language": "ru"}):
        pages = get_template_attribute("components/lists.html", "pages")
        assert "Показано 1–50, всего больше 50" in words_of(pages(first))
        assert links(pages(first), '//a[@rel="next"]')["Следующая страница"].endswith("page=2")
        assert not pages(replace(first, more=False)).strip()


def test_a_view_is_kept_shown_with_its_count_arranged_and_removed(app):
    registered(machine(app))
    clerk = Clerk(app, "manager")
    assert "Сохранить подборку" not in clerk.page("/desk/")
    clerk.send("/desk/?element=review&sort=-opened", "name", name="Ждут резолюции")
    clerk.send("/desk/?term=overdue", "name", name="Просрочено")
    views = links(clerk.page("/desk/"), '//ul[@class="view-list"]//a')
    assert list(views) == ["Ждут резолюции 1", "Просрочено 0"]
    shown = clerk.page(views["Ждут резолюции 1"])
    assert "element=review" in views["Ждут резолюции 1"]
    assert html.fromstring(shown).xpath('//ul[@class="view-list"]//a[@aria-current]')
    assert "Сохранить подборку" not in shown, "it is kept already"
    form = html.fromstring(shown).xpath('//form[contains(@action, "/desk/views/")]')[1]
    token = dict(form.form_values())
    clerk.post(form.action, token, move="up")
    clerk.post(form.action, token, name="Горит")
    views = links(clerk.page("/desk/"), '//ul[@class="view-list"]//a')
    assert list(views) == ["Горит 0", "Ждут резолюции 1"]
    clerk.post(form.action, token, name="ждут резолюции")
    assert "Подборка с таким названием" in words_of(clerk.page("/desk/"))
    other = Clerk(app, "registrar")
    other.post(form.action, {"csrf_token": other.token()}, 404, remove="1")
    clerk.post(form.action, token, remove="1")
    assert "Горит" not in clerk.page("/desk/")


def test_selected_tasks_are_taken_at_once_and_the_result_is_shown_row_by_row(app):
    life = machine(app)
    for number in range(2):
        life.file(text=f"Яма у дома {number}")
    clerk = Clerk(app, "registrar")
    page = clerk.page("/desk/")
    form = form_of(page, "csrf_token")
    boxes = html.fromstring(page).xpath('//input[@name="item"]')
    assert [one.get("data-may") for one in boxes] == ["take", "take"]
    items = [one.get("value") for one in boxes]
    answer = clerk.post("/desk/selected", form, action="take", item=items)
    shown = words_of(clerk.page(answer.headers["Location"]))
    assert "выполнено2" in shown
    assert "отказано0" in shown
    nothing = clerk.post("/desk/selected", form, action="release", next="/desk/?scope=mine")
    assert nothing.headers["Location"] == "/desk/?scope=mine"
    assert "Отметьте хотя бы одно задание" in words_of(clerk.page("/desk/"))
    clerk.post("/desk/selected", form, 404, action="erase", item=items)
    assert 'name="item"' not in Clerk(app, "auditor").page("/desk/")


def test_an_assignment_of_many_asks_and_keeps_what_was_typed(app):
    registered(machine(app))
    clerk = Clerk(app, "manager")
    page = clerk.page("/desk/")
    item = html.fromstring(page).xpath('//input[@name="item"]')[0].get("value")
    token = form_of(page, "csrf_token")
    address = clerk.post("/desk/selected", token, action="assign", item=item).headers["Location"]
    again = clerk.send(address, "executor", 422, executor="nobody", text="Прошу").text
    assert "Выберите сотрудника" in words_of(again)
    form = form_of(again, "executor")
    assert (form["text"], form["item"]) == ("Прошу", item)
    done = clerk.post(address.partition("?")[0], form, executor="executor1")
    assert "выполнено1" in words_of(clerk.page(done.headers["Location"]))
    clerk.page("/desk/selected/nonsense", 404)
    assert "этого сделать нельзя" in words_of(clerk.page(f"/desk/selected/send?item={item}"))


def test_who_comes_too_late_is_told_by_whom_and_keeps_words_and_files(app):
    life = machine(app)
    receipt = assigned(life)
    clerk = Clerk(app, "executor1")
    address = clerk.tasks()["Исполнить и доложить"]
    form = form_of(clerk.page(address), "version")
    life.do(receipt, "report", "executor1", text="Вывезли")
    upload = clerk.client.post(
        "/desk/uploads",
        data={"csrf_token": clerk.token(), "file": (io.BytesIO(b"%PDF-1.4"), "акт.pdf")},
    ).json
    late = clerk.post(address, form, 409, text="Моё", files=upload["id"])
    said = words_of(late.text)
    name = load_person("executor1").name
    assert f"Это задание уже выполнено: {name}, " in said
    assert "executor1" not in said
    assert "акт.pdf" in said
    assert "Моё" in late.text
