"""The pages of figures and journals: what they count, whom they show what."""

import re
from datetime import timedelta

from lxml import html

from app import clock
from app.reports import journal, remembered
from tests.unit.office import Office
from tests.web.desk import Clerk, words_of
from tests.web.test_desk import answered, assigned, machine, registered


def rows_of(page):
    return [words_of(html.tostring(one)) for one in html.fromstring(page).xpath("//tbody/tr")]


def test_the_overview_says_what_burns_and_where_it_is_stuck(app):
    life = machine(app)
    life.file()
    registered(life)
    assigned(life)
    clerk = Clerk(app, "manager")
    page = clerk.page("/desk/overview")
    said = words_of(page)
    assert "обращений просрочено" in said
    assert "Рассмотреть и принять решение" in said
    assert "Зарегистрировать обращение" in said
    rows = html.fromstring(page).xpath('//a[contains(@href, "element=report")]')
    assert [one.text_content() for one in rows] == ["Исполнить и доложить"]
    trends = html.fromstring(page).xpath('//p[@class="trend"]/strong/text()')
    assert trends == ["2", "0", "0"]
    assert "style=" not in page
    Clerk(app, "executor1").page("/desk/overview", 403)
    Clerk(app, "auditor").page("/desk/overview")


def test_the_registration_journal_counts_and_filters(app):
    life = machine(app)
    answered(life)
    assigned(life)
    life.file()
    clerk = Clerk(app, "registrar")
    page = clerk.page("/desk/journal")
    table = html.fromstring(page).xpath('//table[contains(@class, "table-stack")]')[0]
    assert len(table.xpath("./tbody/tr")) == 2, "what is not registered is not there"
    assert "зарегистрировано2 в работе1 рассмотрено1" in words_of(page)
    assert re.search(r"№ \S+ от \d\d\.\d\d\.\d{4}", words_of(page)), "number and date of the reply"
    opened = clerk.page("/desk/journal?state=open")
    assert "Лебедев" in words_of(opened), "who is responsible"
    assert "За этот период обращений нет" in words_of(clerk.page("/desk/journal?channel=post"))
    assert "За этот период обращений нет" in words_of(clerk.page("/desk/journal?kind=complaint"))
    Clerk(app, "executor1").page("/desk/journal", 403)


def test_a_chart_says_in_words_and_numbers_what_it_shows(app):
    life = machine(app)
    registered(life)
    registered(life)
    page = html.fromstring(Clerk(app, "registrar").page("/desk/journal"))
    (chart,) = page.xpath('//svg[@role="img"]')
    said = [page.get_element_by_id(one).text for one in chart.get("aria-labelledby").split()]
    assert said[0] == "Когда регистрировали обращения"
    assert re.match(r"Зарегистрировано: всего — 2, больше всего — 2 \(", said[1])
    numbers = page.xpath('//table[contains(@class, "plot-table")]//td/text()')
    assert sum(map(int, numbers)) == 2
    assert len(numbers) == len(chart.xpath(".//rect")), "a bar for each number"


def test_the_control_list_goes_by_terms_people_and_marks(app):
    life = machine(app)
    assigned(life)
    registered(life)
    answered(life)
    clerk = Clerk(app, "controller")
    page = clerk.page("/desk/control")
    table = html.fromstring(page).xpath('//table[contains(@class, "table-stack")]')[0]
    assert len(table.xpath("./tbody/tr")) == 2, "what is answered is off the list"
    spread = html.fromstring(page).xpath('//table[contains(@class, "shares")]//td/text()')
    assert [int(one) for one in spread] == [0, 0, 0, 0, 0, 2]
    assert "Таких обращений нет" in words_of(clerk.page("/desk/control?term=late"))
    assert "Таких обращений нет" in words_of(clerk.page("/desk/control?control=any"))
    mine = html.fromstring(clerk.page("/desk/control?executor=executor1"))
    (row,) = mine.xpath('//table[contains(@class, "table-stack")]/tbody/tr')
    assert "Лебедев" in row.text_content()
    assert "Ёлкина" not in page, "a controller sees no names in lists"
    Clerk(app, "executor1").page("/desk/control", 403)


def test_the_load_counts_what_is_at_hand_and_what_was_done(app):
    life = machine(app)
    receipt = assigned(life)
    assigned(life)
    life.do(receipt, "report", "executor1", text="Сделано.")
    life.do(receipt, "accept_report", "manager", decision="rework", remark="Приложите акт")
    life.do(receipt, "report", "executor1", text="Сделано, акт приложен.")
    life.do(receipt, "accept_report", "manager", decision="accept")
    page = Clerk(app, "manager").page("/desk/load")
    rows = html.fromstring(page).xpath("//tbody/tr")
    (lebedev,) = [one for one in rows if "Лебедев" in one.text_content()]
    numbers = [one.text_content().strip() for one in lebedev.xpath("./td")][1:]
    assert numbers == ["1", "0", "0", "0", "1", "0", "0", "1", "—"]
    Clerk(app, "registrar").page("/desk/load", 403)


def test_figures_stand_beside_those_of_other_periods(app):
    life = machine(app)
    registered(life)
    page = Clerk(app, "manager").page("/desk/figures")
    (received, *_rest) = html.fromstring(page).xpath('//tr[th[@data-label="Показатель"]]')
    assert [one.text_content().strip() for one in received] == ["Поступило", "1", "0—", "0—"]


def test_the_dispatch_register_goes_by_date_and_way(app):
    life = machine(app)
    answered(life)
    clerk = Clerk(app, "dispatcher")
    assert "Письма по датам" in words_of(clerk.page("/desk/letters"))
    assert "Писем нет" not in words_of(clerk.page("/desk/letters?channel=email"))
    assert "Писем нет" in words_of(clerk.page("/desk/letters?channel=post"))
    assert "Писем нет" in words_of(clerk.page("/desk/letters?until=2020-01-01"))


def test_the_chart_of_letters_says_when_it_was_counted(app, monkeypatch):
    monkeypatch.setattr(remembered, "MANY", 0)
    answered(machine(app))
    clerk = Clerk(app, "dispatcher")

    def said():
        page = words_of(clerk.page("/desk/letters"))
        return re.search(r"Подсчитано: (\S+ \S+)", page)[1]

    now = clock.local(clock.now(), "Europe/Moscow")
    first = said()
    assert first.endswith(f"{now:%H:%M}"), "in the zone of the body"
    clock.move_to(clock.now() + timedelta(minutes=4))
    assert said() == first
    clock.move_to(clock.now() + timedelta(minutes=2))
    assert said().endswith(f"{now + timedelta(minutes=6):%H:%M}")


def test_a_long_journal_is_counted_lately_and_what_is_chosen_now(app, monkeypatch):
    monkeypatch.setattr(remembered, "MANY", 0)
    life = machine(app)
    registered(life)
    auditor, since = Office.person("auditor"), clock.today("Europe/Moscow") - timedelta(days=40)
    long = journal.JournalFilter(since=since)
    chosen = (
        journal.JournalFilter(since=since, state="open"),
        journal.JournalFilter(since + timedelta(days=40)),
    )
    first = journal.journal(auditor, long)
    registered(life)
    assert journal.journal(auditor, long).totals == first.totals == (1, 1, 0, 0)
    assert [journal.journal(auditor, one).totals[0] for one in chosen] == [2, 2]
    clock.move_to(clock.now() + timedelta(minutes=6))
    again = journal.journal(auditor, long)
    assert (again.totals, len(again.page.items)) == ((2, 2, 0, 0), 2)
    assert again.at > first.at


def test_the_journal_counts_each_day_and_all_of_them(app):
    life = machine(app)
    registered(life)
    answered(life)
    auditor, since = Office.person("auditor"), clock.today("Europe/Moscow")
    found = journal.journal(auditor, journal.JournalFilter(since=since))
    assert found.totals == (2, 1, 1, 0)
    assert (sum(one.count for one in found.counts), found.page.total) == (2, 2)
    clock.move_to(clock.now() + timedelta(days=40))
    registered(life)
    found = journal.journal(auditor, journal.JournalFilter(since=since))
    assert found.totals == (3, 2, 1, 1)
    assert sorted(one.count for one in found.counts if one.count) == [1, 2]
    closed = journal.journal(auditor, journal.JournalFilter(since=since, state="closed"))
    assert closed.totals == (1, 0, 1, 0)
