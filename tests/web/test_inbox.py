"""The page of the inbox: tabs, filters in the address, views that people keep."""

from lxml import html

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
