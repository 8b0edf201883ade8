"""The manager's overview and the registration journal."""

import csv
import io

from lxml import html

from tests.web.desk import Clerk, words_of
from tests.web.test_desk import answered, assigned, machine, registered


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


def test_the_registration_journal_counts_filters_and_exports(app):
    life = machine(app)
    answered(life)
    assigned(life)
    life.file()
    clerk = Clerk(app, "registrar")
    page = clerk.page("/desk/journal")
    assert len(html.fromstring(page).xpath("//tbody/tr")) == 2, (
        "what is not registered is not there"
    )
    assert "зарегистрировано2 в работе1 рассмотрено1" in words_of(page)
    opened = clerk.page("/desk/journal?state=open")
    assert len(html.fromstring(opened).xpath("//tbody/tr")) == 1
    assert "Лебедев" in words_of(opened), "who is responsible"
    assert "За этот период обращений нет" in words_of(clerk.page("/desk/journal?channel=post"))
    table = clerk.page("/desk/journal.csv?state=closed").removeprefix("\ufeff")
    heading, *rows = csv.reader(io.StringIO(table), delimiter=";")
    assert len(heading) == 7
    assert heading[2] == "Заявитель"
    assert len(rows) == 1
    assert "Ёлкина" in rows[0][2]
    masked = Clerk(app, "controller").page("/desk/journal.csv")
    assert "Ёлкина" not in masked, "who may not see names does not export them"
    Clerk(app, "executor1").page("/desk/journal", 403)
