"""From one task to the next of the list, without the list between them."""

from lxml import html

from app.desk import inbox
from tests.web.desk import Clerk, words_of
from tests.web.test_desk import CODE, machine


def filed(app, count):
    life = machine(app)
    for number in range(count):
        life.file(text=f"Яма у дома {number}")
    clerk = Clerk(app, "registrar")
    path = "/desk/?element=register&sort=opened"
    found = html.fromstring(clerk.page(path)).xpath(
        '//tbody//a[contains(@class,"table-main")]/@href'
    )
    assert len(found) == count
    return life, clerk, path, found


def number_of(address):
    return address.partition("?")[0].rpartition("/")[2]


def test_what_follows_in_the_list_is_opened_in_its_order(app):
    _life, clerk, path, tasks = filed(app, 3)
    assert all("element=register" in one and "sort=opened" in one for one in tasks)
    # The first is passed over: it comes last.
    for now, then in ((tasks[1], tasks[2]), (tasks[2], tasks[0])):
        answer = clerk.send(now, "questions", questions=CODE, on="1")
        assert number_of(answer.location.removesuffix("#main")) == number_of(then)
        assert "element=register&sort=opened" in answer.location
        assert "передано дальше" in words_of(clerk.page(answer.location.removesuffix("#main")))
    answer = clerk.send(tasks[0], "questions", questions=CODE, on="1")
    assert answer.location == path
    assert "в списке было последним" in words_of(clerk.page(path))


def test_what_was_done_leads_to_the_card_of_its_appeal(app):
    _life, clerk, path, tasks = filed(app, 1)
    clerk.send(tasks[0], "questions", questions=CODE)
    (link,) = html.fromstring(clerk.page(path)).xpath('//*[@role="status"]//a')
    number = link.text_content()
    card = html.fromstring(clerk.page(link.get("href")))
    assert card.xpath("string(//h1)") == f"Обращение {number}"


def test_a_task_is_passed_over_for_the_next_or_the_previous(app):
    _life, clerk, path, tasks = filed(app, 3)
    for number, way, then in ((0, "next", 1), (1, "next", 2), (2, "previous", 1)):
        page = html.fromstring(clerk.page(tasks[number]))
        link = page.xpath(f'//main//a[@rel="{way[:4]}"]/@href')[0]
        answer = clerk.client.get(link)
        assert answer.location == tasks[then] + "#main"
    for number, way, told in ((0, "previous", "было первым"), (2, "next", "было последним")):
        place, _mark, listed = tasks[number].partition("?")
        answer = clerk.client.get(f"{place}/{way}?{listed}")
        assert answer.location == path
        assert told in words_of(clerk.page(path))
    assert "/take?" in clerk.page(tasks[1]), "to look at a task takes nothing"


def test_a_task_that_is_passed_over_turns_the_page_of_the_list(app, monkeypatch):
    monkeypatch.setattr(inbox, "PAGE", 2)
    _life, clerk, path, tasks = filed(app, 2)
    machine(app).file(text="Яма у дома 3")
    place, _mark, listed = tasks[1].partition("?")
    on = clerk.client.get(f"{place}/next?{listed}").location.removesuffix("#main")
    assert on.endswith(listed + "&page=2")
    back = clerk.client.get(on.replace("?", "/previous?")).location
    assert back == tasks[1] + "#main"
    assert clerk.client.get(on.replace("?", "/next?")).location == path + "&page=2"


def test_the_list_is_as_it_was_for_who_comes_back(app):
    _life, clerk, path, tasks = filed(app, 2)
    page = html.fromstring(clerk.page(tasks[0]))
    assert page.xpath('//main//a[@class="back"]/@href') == [path]
    taking = page.xpath('//form[contains(@action,"/take")]/@action')[0]
    token = {"csrf_token": clerk.token()}
    assert clerk.post(taking, token).location == tasks[0] + "#main"
    assert clerk.post(taking.replace("/take", "/release"), token).location == path
    assert clerk.send(tasks[0], "questions", questions=CODE).location == path


def test_what_was_refused_stays_and_leads_on_later(app):
    _life, clerk, _path, tasks = filed(app, 2)
    refused = clerk.send(
        tasks[0], "questions", expect=422, questions="", comment="Спросить", on="1"
    )
    assert "Спросить" in refused.text
    assert 'name="on"' in refused.text
