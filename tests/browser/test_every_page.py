"""Every page in every state of an appeal, in both languages and at two widths (long).

Appeals are stopped after every step of every branch. Then each page that the application has is
opened by somebody who may: it answers, fits, speaks one language, has no hole in its words, and
what every aid to people with disabilities relies on is there. A page that nobody thought of here
fails the first test.
"""

import re
import shutil

import pytest
from playwright.sync_api import expect

from app import create_app
from app.access import services as access
from tests.browser.aids import axe, sniffer
from tests.browser.people import Citizen, Clerk
from tests.browser.site import Served
from tests.browser.test_looks import LANGUAGES, OF_TEMPLATES, WIDTHS, Looker
from tests.browser.words import Words
from tests.conftest import close
from tests.web.life import Reception

#: Files, answers to machines and addresses that only lead on.
NO_PAGES = {
    "access.ask_provider",
    "access.follow_link",
    "access.returned",
    "api-appeals.find",
    "api-appeals.show",
    "api-campaigns.listing",
    "api-campaigns.run",
    "api-campaigns.show",
    "api-campaigns.step",
    "api-docs.openapi_json",
    "api-keeping.act",
    "api-keeping.acts",
    "api-keeping.due",
    "api-keeping.register",
    "api-lookups.classifier",
    "api-lookups.organisations",
    "api-lookups.people",
    "api-substitutions.substitutions",
    "api-work-items.due",
    "api-work-items.listing",
    "api-work-items.show",
    "desk.beside",
    "desk.act_pdf",
    "desk.diagram",
    "desk.barcode_sheet",
    "desk.document",
    "desk.download_export",
    "desk.batch_pdf",
    "desk.register_pdf",
    "desk.register_csv",
    "desk.letter_pdf",
    "desk.signature",
    "desk.signing_hook",
    "desk.stamp",
    "reception.emblem",
    "healthz",
    "mailbox.file",
    "mailbox.index_json",
    "mailbox.show_html",
    "metrics",
    "readyz",
    "reception.appearance",
    "reception.citizen_returned",
    "reception.citizen_sign_in",
    "reception.file",
    "reception.language",
    "reception.sent_text",
    "reception.statistics_csv",
    "reception.statistics_json",
    "static",
    "studio.draft_file",
    "studio.export_journal",
    "studio.download_version",
    "studio.version_file",
}
#: Pages that the tests below open otherwise than by an address known beforehand.
ON_THE_WAY = {
    "access.code",
    "access.enrol",
    "access.set_up",
    "desk.campaign",
    "desk.campaign_run",
    "desk.campaign_step",
    "desk.access",
    "desk.act",
    "desk.act_on_many",
    "desk.asking",
    "desk.authoring",
    "desk.show_export",
    "desk.card",
    "desk.changing",
    "desk.correcting",
    "desk.group",
    "desk.handing",
    "desk.changing_note",
    "desk.noting",
    "desk.noting_questions",
    "desk.handing_paper",
    "desk.pass_on",
    "desk.placing",
    "desk.tying",
    "desk.untying",
    "desk.typed_versions",
    "desk.workbench",
    "desk.writing",
    "desk.preview",
    "desk.printed",
    "desk.publishing",
    "desk.mailing",
    "desk.recalling",
    "desk.renewing",
    "desk.letter_signatures",
    "desk.reopening",
    "reception.answer",
    "desk.task",
    "mailbox.show",
    "reception.add_documents",
    "reception.ask_to_read",
    "reception.news",
    "reception.complain",
    "reception.receipt",
    "reception.resumed_appeal",
    "reception.show",
    "reception.survey",
    "reception.withdraw",
    "studio.edit_authority",
    "studio.edit_organisation",
    "studio.edit_post",
    "studio.edit_unit",
    "studio.edit_person",
    "studio.plan_move",
    "studio.show_draft",
    "studio.show_migration",
    "studio.show_version",
}
#: By endpoint: who opens the page, and the address.
PLAIN = {
    "reception.home": (None, "/"),
    "reception.new_appeal": (None, "/appeals/new"),
    "reception.status": (None, "/status"),
    "reception.draft": (None, "/appeals/draft"),
    "reception.resend_code": (None, "/status/code"),
    "reception.check_document": (None, "/documents/check"),
    "reception.answers": (None, "/answers"),
    "reception.own_appeals": (None, "/citizen/appeals"),
    "reception.statistics": (None, "/statistics"),
    "reception.privacy": (None, "/privacy"),
    "reception.accessibility": (None, "/accessibility"),
    "access.sign_in": (None, "/sign-in"),
    "mailbox.index": (None, "/demo/mail"),
    "access.account": ("registrar", "/account"),
    "access.factor": ("registrar", "/account/second-factor"),
    "access.choose_password": (None, "/password/new"),
    "access.forgotten": (None, "/password/forgotten"),
    "access.password": ("registrar", "/password"),
    "access.reminders": ("registrar", "/reminders"),
    "desk.due": ("controller", "/desk/due?days=30"),
    "desk.keeping": ("administrator", "/desk/keeping"),
    "desk.inbox": ("registrar", "/desk/"),
    "desk.substitutions": ("manager", "/desk/substitutions"),
    "desk.intake": ("registrar", "/desk/intake"),
    "desk.scanning": ("registrar", "/desk/scans"),
    "desk.campaigns": ("registrar", "/desk/campaigns"),
    "desk.search": ("manager", "/desk/appeals"),
    "desk.assignments": ("manager", "/desk/assignments?scope=all&state="),
    "desk.overview": ("manager", "/desk/overview"),
    "desk.registration_journal": ("manager", "/desk/journal"),
    "desk.control_list": ("manager", "/desk/control"),
    "desk.executors_load": ("manager", "/desk/load"),
    "desk.list_exports": ("manager", "/desk/exports"),
    "desk.figures": ("manager", "/desk/figures"),
    "desk.letters": ("dispatcher", "/desk/letters"),
    "studio.list_versions": ("analyst", "/studio/"),
    "studio.list_layouts": ("analyst", "/studio/layouts"),
    "studio.edit_layout": ("analyst", "/studio/layouts/registered.ru.txt"),
    "studio.upload": ("analyst", "/studio/upload"),
    "studio.administration": ("administrator", "/studio/admin"),
    "studio.the_body": ("administrator", "/studio/admin/body"),
    "studio.emblem": ("administrator", "/studio/admin/body/emblem"),
    "studio.deliveries": ("administrator", "/studio/admin/deliveries"),
    "studio.list_incidents": ("administrator", "/studio/admin/incidents"),
    "studio.journal": ("administrator", "/studio/admin/journal"),
    "studio.journal_seals": ("administrator", "/studio/admin/journal/seals"),
    "studio.list_organisations": ("administrator", "/studio/admin/organisations"),
    "studio.list_people": ("administrator", "/studio/admin/people"),
    "studio.new_person": ("administrator", "/studio/admin/people/new"),
    "studio.roles": ("administrator", "/studio/admin/roles"),
    "desk.mailings": ("dispatcher", "/desk/mailings"),
    "studio.trust": ("administrator", "/studio/admin/trust"),
    "studio.settings": ("administrator", "/studio/admin/settings"),
    "studio.list_authorities": ("administrator", "/studio/admin/signing"),
    "studio.give_authority": ("administrator", "/studio/admin/signing/new"),
    "studio.structure": ("administrator", "/studio/admin/structure"),
}
TABS = (
    "overview",
    "particulars",
    "documents",
    "assignments",
    "letters",
    "notes",
    "route",
    "history",
)
WORKERS = (
    "registrar assistant manager executor1 executor2 controller approver signatory dispatcher "
    "analyst administrator auditor"
).split()

#: What a page owes to who does not see it, or uses no mouse.
BASICS = """() => {
  const seen = (one) => one.checkVisibility({ visibilityProperty: true });
  const name = (one) => (one.getAttribute("aria-label") || one.textContent || one.title || "").trim()
    || [...one.querySelectorAll("img[alt], svg[aria-label]")].some((each) => each.alt || true);
  const wrong = [];
  const say = (what, one) => wrong.push(`${what}: ${one.outerHTML.slice(0, 100)}`);
  for (const one of document.querySelectorAll("img:not([alt])")) say("a picture without alt", one);
  for (const one of document.querySelectorAll("a[href], button"))
    if (seen(one) && !name(one)) say("a control without a name", one);
  for (const one of document.querySelectorAll("input, select, textarea")) {
    if (one.type === "hidden" || one.type === "submit" || !seen(one)) continue;
    const labelled = one.labels?.length || one.ariaLabel || one.getAttribute("aria-labelledby");
    if (!labelled && !one.title) say("a field without a label", one);
  }
  const ids = [...document.querySelectorAll("[id]")].map((one) => one.id);
  for (const id of new Set(ids.filter((one, place) => ids.indexOf(one) !== place)))
    wrong.push(`an id twice: ${id}`);
  for (const one of document.querySelectorAll("[tabindex]"))
    if (one.tabIndex > 0) say("an order of its own", one);
  for (const one of document.querySelectorAll("[aria-labelledby], [aria-describedby], label[for]"))
    for (const id of (one.getAttribute("aria-labelledby") || one.getAttribute("aria-describedby")
                      || one.htmlFor || "").split(/\\s+/).filter(Boolean))
      if (!document.getElementById(id)) say(`nothing has the id ${id}`, one);
  const levels = [...document.querySelectorAll("h1, h2, h3, h4, h5, h6")].filter(seen)
    .map((one) => Number(one.tagName[1]));
  levels.forEach((level, place) => {
    if (place && level > levels[place - 1] + 1) wrong.push(`h${level} after h${levels[place - 1]}`);
  });
  for (const table of document.querySelectorAll("table")) {
    const cells = [...(table.querySelector("tbody tr")?.children || [])];
    const heads = [...table.querySelectorAll("thead tr:last-child > *")].filter(
      (one) => seen(one) && !one.closest(".visually-hidden") && !one.querySelector(".visually-hidden"));
    for (const one of heads)
      if (cells[one.cellIndex] && cells.every((each) => each.colSpan === 1)
          && getComputedStyle(one).textAlign !== getComputedStyle(cells[one.cellIndex]).textAlign)
        say("a heading that does not stand above its column", one);
  }
  if (!document.title.trim()) wrong.push("no title");
  if (document.querySelectorAll("main").length !== 1) wrong.push("not one main part");
  return wrong;
}"""


def test_every_page_is_known_here(app):
    pages = {rule.endpoint for rule in app.url_map.iter_rules() if "GET" in rule.methods}
    known = NO_PAGES | ON_THE_WAY | PLAIN.keys()
    assert pages - known == set()
    assert known - pages <= {"studio.edit_authority"}


# -- the states ----------------------------------------------------------------------------------


def paths(question, organisation):
    """The branches of an appeal's life as lists of (element, login, answers)."""
    part = {"executor": "executor1", "responsible": True, "text": "Подготовить ответ"}
    other = {"executor": "executor2", "responsible": False, "text": "Дать справку"}
    register = ("register", "registrar", {"questions": [question]})
    results = [{"code": question, "result": "explained", "measures": "Разъяснено письмом"}]
    reply = [
        ("draft_reply", "executor1", {"text": "Меры приняты.", "results": results}),
        ("approve_reply", "approver", {"decision": "accept"}),
        ("sign_reply", "signatory", {}),
    ]
    rework = [
        reply[0],
        ("approve_reply", "approver", {"decision": "rework", "remark": "Добавьте дату"}),
        reply[0],
        reply[1],
        ("sign_reply", "signatory", {"decision": "rework", "remark": "Добавьте подпись"}),
    ]
    return {
        "answered": [register, review("answer", drafter="executor1"), *reply],
        "reworked": [register, review("answer", drafter="executor1"), *rework],
        "assigned": [
            register,
            review("assign", resolutions=[part, other]),
            ("accept_assignment", "executor1", {}),
            ("accept_assignment", "executor2", {}),
            ("report", "executor1", {"text": "Мусор вывезен.", "results": results}),
            ("report", "executor2", {"text": "Справка."}),
            ("accept_report", "manager", {"decision": "rework", "remark": "Приложите фотографии"}),
        ],
        "redirected": [
            register,
            review("redirect", organisation=organisation),
            ("prepare_redirection", "registrar", {}),
            ("sign_redirection", "signatory", {}),
        ],
        "left": [register, review("leave", reason="unclear", explanation="Суть не ясна.")],
        "returned": [register, review("return", remark="Уточните вопрос")],
    }


def review(decision, **answers):
    return ("review", "manager", {"decision": decision, "text": "Рассмотреть", **answers})


@pytest.fixture(scope="module")
def site(executable, prepared, tmp_path_factory):
    """A demo of this module's own: it is filled to the brim."""
    folder = tmp_path_factory.mktemp("every")
    shutil.copytree(prepared, folder / "data")
    with Served(folder / "data", folder / "server.log") as served:
        yield served
    assert not served.errors(), "\n".join(served.errors())


@pytest.fixture(scope="module")
def reception(site):
    found = Reception(site.send)
    app = create_app(data_dir=site.data_dir)
    with app.app_context():
        found.tokens = {login: access.issue_token(login).secret for login in WORKERS}
    close(app)
    return found


@pytest.fixture(scope="module")
def states(site, reception):
    """Receipts of appeals stopped after each step of each branch, by the name of the state."""
    question = reception.call("GET", "/classifier?q=1156", by="registrar")["items"][0]["code"]
    organisation = reception.call("GET", "/organisations?q=", by="manager")["items"][0]["id"]
    made = {"received": reception.file()}
    for branch, steps in paths(question, organisation).items():
        for count in range(1 if branch == "answered" else 2, len(steps) + 1):
            name = f"{branch} after {count} ({steps[count - 1][0]})"
            made[name] = reception.file()
            for element, login, answers in steps[:count]:
                reception.do(made[name], element, login, **answers)
    made["withdrawn"] = reception.file()
    credentials = pair(made["withdrawn"])
    reception.call("POST", "/status/withdraw", json={**credentials, "reason": "Решено"})
    made["asked to read"] = reception.file()
    reception.do(made["asked to read"], "register", "registrar", questions=[question])
    reading = {**pair(made["asked to read"]), "wish": "Акт осмотра двора"}
    reception.call("POST", "/status/inspection", json=reading)
    extended = next(one for name, one in made.items() if name.startswith("assigned after 3"))
    address = f"/appeals/{extended['receipt']}/extension-requests"
    reception.call("POST", address, by="executor1", json={"reason": "Ждём", "days": 15})
    post = {"email": None, "postal_address": "123456, г. Озёрск, ул. Садовая, д. 5, кв. 8"}
    made["by post"] = reception.file(reply_channel="post", applicant=post)
    for element, login, answers in paths(question, organisation)["answered"]:
        reception.do(made["by post"], element, login, **answers)
    site.until(
        lambda: all(
            reception.status(one)["survey_open"]
            for name, one in made.items()
            if name.startswith("answered after 5")
        ),
        "no reply was sent",
    )
    return made


def pair(receipt):
    return {name: receipt[name] for name in ("receipt", "access_code")}


# -- the pages -----------------------------------------------------------------------------------


class EveryLooker(Looker):
    """Looks at the basics too, and asks the tools of accessibility about both languages."""

    def aids(self, width):
        return axe(self.page) + (sniffer(self.page) if width == WIDTHS[0] else [])

    def look(self, name):
        super().look("version" if name in OF_TEMPLATES else name)
        self.wrong += [f"{name} in {self.language}: {one}" for one in self.page.evaluate(BASICS)]


@pytest.fixture(params=LANGUAGES)
def language(request):
    return request.param


@pytest.fixture(scope="module")
def words():
    return Words()


@pytest.mark.long
def test_pages_of_the_citizen_in_every_state(site, states, words, language, open_browser):
    citizen = Citizen(site, open_browser(language))
    citizen.go("/")
    citizen.speak(language)
    looker = EveryLooker(citizen.page, words, language)
    for login, address in PLAIN.values():
        if login is None:
            citizen.go(address)
            looker.look(address)
    for name, receipt in states.items():
        citizen.look_at_status(receipt["receipt"], receipt["access_code"])
        looker.look(f"status: {name}")
        for link in ("withdraw", "documents", "complaint", "reading"):
            if citizen.page.locator(f"main a[href$='/{link}']").count():
                citizen.go(f"{citizen.page.url}/{link}")
                looker.look(f"{link}: {name}")
                citizen.look_at_status(receipt["receipt"], receipt["access_code"])
    for letter in site.letters("elkina@example.org"):
        citizen.go(f"/demo/mail/{letter['id']}")
    looker.look("an e-mail")
    looker.assert_well()


@pytest.mark.long
@pytest.mark.parametrize("login", WORKERS)
def test_pages_of_the_staff_in_every_state(
    site, reception, states, words, language, login, open_browser
):
    clerk = Clerk(site, open_browser(language)).sign_in(login)
    clerk.speak(language)
    looker = EveryLooker(clerk.page, words, language)
    for who, address in PLAIN.values():
        if who == login:
            clerk.go(address)
            looker.look(address)
    for name, receipt in states.items():
        if login == "auditor":
            clerk.open_card(receipt["receipt"])
            card = clerk.page.url.partition("?")[0]
            for tab in TABS:
                clerk.go(f"{card}?tab={tab}")
                looker.look(f"card, {tab}: {name}")
            clerk.page.goto(f"{card}/print")
            looker.look(f"print: {name}")
        for item in items_of(reception, receipt, login):
            clerk.go(f"/desk/items/{item['id']}")
            looker.look(f"{item['element']}: {name}")
            if item["element"] == "draft_reply":
                clerk.page.locator("textarea[name=text]").fill("Меры приняты сегодня.")
                expect(clerk.page.locator("[data-draft-note]")).to_contain_text(
                    re.compile(r"\d:\d")
                )
                clerk.go(f"/desk/items/{item['id']}")
                looker.look(f"kept while typing: {name}")
                clerk.go(f"/desk/items/{item['id']}/typed")
                looker.look(f"versions kept: {name}")
    looker.assert_well()


def items_of(reception, receipt, login):
    """The open tasks of an appeal that this person may do."""
    found = reception.call("GET", f"/work-items?appeal={receipt['receipt']}&scope=all", by=login)
    return [one for one in found["items"] if one["assignee"] in (None, login)]


@pytest.mark.long
def test_pages_of_mass_appeals(site, states, words, language, open_browser):
    """The appeals of the states have one text: a group that becomes a campaign."""
    clerk = Clerk(site, open_browser(language)).sign_in("registrar")
    clerk.speak(language)
    looker = EveryLooker(clerk.page, words, language)
    clerk.go("/desk/campaigns")
    looker.look("groups")
    if clerk.page.locator("main a[href*='/groups/']").count():
        clerk.follow("main a[href*='/groups/']")
        looker.look("a group")
        with clerk.page.expect_navigation():
            clerk.page.locator("main form.card button").click()
        clerk.settled()
    else:
        clerk.follow("main a.table-main[href*='/campaigns/']")
    looker.look("a campaign")
    clerk.follow("main a[href*='/steps/register']")
    looker.look("a step")
    with clerk.page.expect_navigation():
        clerk.page.locator("main form .button-large").click()
    clerk.settled()
    looker.look("a step with errors")
    looker.assert_well()


@pytest.mark.long
def test_pages_that_take_back(site, states, words, language, open_browser):
    """Where a card is corrected, an assignment changed, a letter recalled, an end undone."""
    clerk = Clerk(site, open_browser(language)).sign_in("manager")
    clerk.speak(language)
    looker = EveryLooker(clerk.page, words, language)
    for name, tab, link in (
        ("assigned after 2 (review)", "overview", "correction"),
        ("assigned after 2 (review)", "assignments", "change"),
        ("by post", "letters", "recall"),
        ("by post", "letters", "signatures"),
        ("answered after 5 (sign_reply)", "overview", "reopen"),
        ("answered after 5 (sign_reply)", "particulars", "particulars"),
        ("answered after 5 (sign_reply)", "particulars", "questions"),
        ("answered after 5 (sign_reply)", "particulars", "authors"),
        ("answered after 5 (sign_reply)", "notes", "notes/new"),
        ("answered after 5 (sign_reply)", "related", "links/new"),
        ("answered after 5 (sign_reply)", "paper", "paper/place"),
        ("answered after 5 (sign_reply)", "letters", "reply"),
    ):
        clerk.open_card(states[name]["receipt"])
        clerk.go(f"{clerk.page.url.partition('?')[0]}?tab={tab}")
        clerk.follow(f"main a[href$='/{link}']")
        looker.look(f"{link}: {name}")
    looker.assert_well()


@pytest.mark.long
def test_pages_of_single_things(site, states, words, language, open_browser):
    """One page of each kind that has an address of its own: a person, a unit, a version…"""
    for login, lists in {
        "administrator": {
            "/studio/admin/people": "main a[href*='/people/executor1']",
            "/studio/admin/structure": "main a[href*='/units/']",
            "/studio/admin/organisations": "main a[href*='/organisations/']",
        },
        "analyst": {"/studio/": "main a[href*='/studio/versions/']"},
        "executor1": {"/desk/assignments?scope=mine": "main a[href*='/desk/appeals/']"},
    }.items():
        clerk = Clerk(site, open_browser(language)).sign_in(login)
        clerk.speak(language)
        looker = EveryLooker(clerk.page, words, language)
        for address, link in lists.items():
            clerk.go(address)
            clerk.follow(link)
            looker.look("version" if login == "analyst" else f"{address} → {link}")
        looker.assert_well()


@pytest.mark.long
def test_the_basics_see_what_is_wrong(open_browser):
    page = open_browser()
    page.set_content(
        "<title> </title><h1>One</h1><h3 id=a>Three</h3><p id=a><img src='data:,'><a href='/'></a>"
        "<input name=x><b tabindex=2>b</b><label for=nowhere>c</label><table><thead><tr>"
        "<th style='text-align: left'>n<tbody><tr><td style='text-align: right'>1</table>"
    )
    said = " ".join(page.evaluate(BASICS))
    for wrong in (
        "a picture without alt",
        "a control without a name",
        "a field without a label",
        "an id twice: a",
        "an order of its own",
        "nothing has the id nowhere",
        "h3 after h1",
        "a heading that does not stand above its column",
        "no title",
        "not one main part",
    ):
        assert wrong in said
