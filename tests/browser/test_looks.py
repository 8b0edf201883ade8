"""Every page at two widths and in two languages: it fits, it speaks one language, it works."""

import hashlib
import re
from types import SimpleNamespace

import pytest
from playwright.sync_api import expect

from tests.browser.aids import axe, sniffer
from tests.browser.people import Citizen, Clerk
from tests.browser.words import Words
from tests.web.life import Reception

WIDTHS = (1280, 390)
LANGUAGES = ("ru", "en")

# What the page says of itself: the texts one sees, and what sticks out to the right.
LOOK = """() => {
  const language = document.documentElement.lang;
  const seen = (element) => element.checkVisibility({ visibilityProperty: true });
  const texts = new Set();
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const holder = node.parentElement;
    if (holder.closest("script, style, noscript, template, textarea, svg, code")) continue;
    if (holder.closest("[lang]").lang !== language || !seen(holder)) continue;
    texts.add(node.textContent.trim().replace(/\\s+/g, " "));
  }
  const width = document.documentElement.clientWidth;
  const wide = document.documentElement.scrollWidth > window.innerWidth
    ? [...document.querySelectorAll("body *")].filter((one) =>
        seen(one) && one.getBoundingClientRect().right > width + 1 && !one.closest(".table-scroll, .side-nav-group"))
    : [];
  const cut = [...document.querySelectorAll(".table-scroll")].filter((one) =>
    one.scrollWidth > one.clientWidth);
  return {
    language,
    cut: cut.map((one) => `${one.scrollWidth - one.clientWidth} px, ${one.innerText.slice(0, 60)}`),
    headings: [...document.querySelectorAll("h1")].filter(seen).length,
    texts: [...texts],
    overflow: document.documentElement.scrollWidth - window.innerWidth,
    wide: wide.slice(0, 4).map((one) => one.outerHTML.slice(0, 120)),
  };
}"""

# These show how a template of numbers or of a stage is written, holes and all.
OF_TEMPLATES = ("version", "/studio/admin/body", "/studio/admin/settings")

STAFF = {
    "registrar": [
        "/desk/",
        "/desk/?scope=mine",
        "/desk/intake",
        "register",
        "prepare_redirection",
        "/account",
        "/password",
    ],
    "manager": [
        "/desk/",
        "review",
        "decide_extension",
        "accept_report",
        "/desk/appeals",
        "/desk/appeals?q=нет+такого",
        "/desk/load",
        "/desk/assignments",
        "/desk/assignments?scope=issued",
        "/desk/figures",
        *(f"card?tab={tab}" for tab in ("overview", "documents", "assignments", "letters")),
        *(f"card?tab={tab}" for tab in ("route", "history")),
        "hand_over",
    ],
    "executor1": ["/desk/", "/desk/assignments", "draft_reply", "card"],
    "executor2": ["report", "card", "pass_on"],
    "approver": ["approve_reply"],
    "signatory": ["sign_reply"],
    "dispatcher": ["/desk/", "dispatch_notice", "/desk/letters"],
    "analyst": ["/studio/", "version", "/studio/upload"],
    "administrator": [
        "/studio/admin",
        *(
            f"/studio/admin/{page}"
            for page in (
                "people",
                "people/new",
                "people/executor1",
                "roles",
                "structure",
                "units/new",
                "posts/new",
                "organisations",
                "organisations/new",
                "body",
                "settings",
                "signing",
                "signing/new",
                "deliveries",
                "incidents",
                "journal",
                "journal/seals",
            )
        ),
    ],
    "auditor": ["/desk/", "card", "/studio/admin", "/studio/admin/journal"],
}


@pytest.fixture(scope="module")
def words():
    return Words()


@pytest.fixture(scope="module")
def reception(site):
    """The REST door with a token for everybody who will work."""
    from app import create_app
    from app.access import services as access
    from tests.conftest import close

    found = Reception(site.send)
    app = create_app(data_dir=site.data_dir)
    with app.app_context():
        for login in STAFF:
            found.tokens[login] = access.issue_token(login).secret
    close(app)
    return found


@pytest.fixture(scope="module")
def appeals(site, reception):
    """Appeals at every stage, by the stage's name."""
    question = reception.call("GET", "/classifier?q=1156", by="registrar")["items"][0]["code"]
    made = {"received": reception.file()}

    def registered(name, **more):
        made[name] = reception.file(**more)
        reception.do(made[name], "register", "registrar", questions=[question])
        return made[name]

    def reviewed(name, **answers):
        reception.do(registered(name), "review", "manager", **answers)
        return made[name]

    registered("registered")
    due_on = reception.status(made["registered"])["due_on"]
    parts = [
        {"executor": login, "responsible": login == "executor1", "text": text, "due_on": due_on}
        for login, text in (("executor1", "Подготовить ответ"), ("executor2", "Дать справку"))
    ]
    working = reviewed("working", decision="assign", resolutions=parts)
    for login in ("executor1", "executor2"):
        reception.do(working, "accept_assignment", login)
    reception.do(working, "report", "executor1", text="Мусор вывезен.")
    reception.call(
        "POST",
        f"/appeals/{working['receipt']}/extension-requests",
        by="executor2",
        json={"reason": "Ждём документы", "days": 15},
    )
    body = reception.call("GET", "/organisations?q=", by="manager")["items"][0]["id"]
    reviewed("redirected", decision="redirect", organisation=body)
    post = {"email": None, "postal_address": "123456, г. Озёрск, ул. Садовая, д. 5, кв. 8"}
    registered("posted", reply_channel="post", applicant=post)
    for name, steps in (("drafting", 0), ("approving", 1), ("signing", 2), ("answered", 3)):
        reviewed(name, decision="answer", drafter="executor1")
        for element, login, answers in (
            ("draft_reply", "executor1", {"text": "Меры приняты."}),
            ("approve_reply", "approver", {"decision": "accept"}),
            ("sign_reply", "signatory", {}),
        )[:steps]:
            reception.do(made[name], element, login, **answers)
    made["survey"] = re.search(
        r"/survey/\S+", site.letter("elkina@example.org", holding="/survey/")["text"]
    )[0]
    return made


class Looker:
    """Looks at the page that is open and remembers what is wrong with it."""

    def __init__(self, page, words, language):
        self.page = page
        self.words = words
        self.language = language
        self.wrong = []

    def look(self, name):
        for width in WIDTHS:
            self.page.set_viewport_size({"width": width, "height": 900})
            seen = SimpleNamespace(**self.page.evaluate(LOOK))
            where = f"{name} at {width} px in {self.language}"
            if width == max(WIDTHS) and seen.cut:
                self.wrong.append(f"{where}: tables are cut off: {seen.cut}")
            if seen.overflow > 0:
                self.wrong.append(f"{where}: {seen.overflow} px too wide: {seen.wide}")
            if seen.headings != 1:
                self.wrong.append(f"{where}: {seen.headings} first headings")
            if seen.language != self.language:
                self.wrong.append(f"{where}: says it speaks {seen.language}")
            self.wrong += [f"{where}: {one}" for one in self.aids(width)]
        # On a narrow screen a form shows one step at a time: whoever goes on sees all of it.
        self.page.set_viewport_size({"width": WIDTHS[0], "height": 900})
        wrong = self.words.foreign_among(seen.texts, self.language)
        if name not in OF_TEMPLATES:
            wrong |= self.words.unfilled(seen.texts)
        self.wrong += [f"{where}: says “{text[:80]}”" for text in sorted(wrong)]

    def aids(self, width):
        """What the tools of accessibility find; they see shapes, so one language will do."""
        if self.language != LANGUAGES[0]:
            return []
        return axe(self.page) + (sniffer(self.page) if width == WIDTHS[0] else [])

    def assert_well(self):
        assert not self.wrong, "\n".join(self.wrong)


@pytest.fixture(params=LANGUAGES)
def language(request):
    return request.param


def test_pages_of_the_citizen(site, appeals, words, language, open_browser, tmp_path):
    citizen = Citizen(site, open_browser(language))
    looker = Looker(citizen.page, words, language)
    citizen.go("/")
    citizen.speak(language)
    paths = "/ /appeals/new /status /status/code /documents/check /answers /statistics /privacy /accessibility /sign-in /password/forgotten"
    for path in [*paths.split(), "/no-such-page", "/survey/nonsense", "/demo/mail"]:
        citizen.go(path)
        looker.look(path)
    citizen.go(appeals["survey"])
    looker.look("survey")

    citizen.begin_appeal()
    citizen.send(citizen.form)
    looker.look("errors of an appeal")
    paper = tmp_path / "очень-длинное-имя-файла-которое-никуда-не-помещается-и-не-переносится.txt"
    paper.write_text("Акт", encoding="utf-8")
    citizen.fill(
        text="Не работает лифт.", last_name="Ёлкина", first_name="Мария", email="a@b.example"
    )
    citizen.attach(paper)
    looker.look("an appeal with a file")
    citizen.send(citizen.form)
    looker.look("receipt")

    answered = appeals["answered"]
    number = citizen.site.send("POST", "/api/v1/status", json=credentials(answered))[1]["number"]
    for receipt in (appeals["working"], answered):
        citizen.look_at_status(receipt["receipt"], receipt["access_code"])
        looker.look("status")
    for link in ("withdraw", "documents", "reading"):
        citizen.look_at_status(appeals["working"]["receipt"], appeals["working"]["access_code"])
        citizen.go(f"{citizen.page.url}/{link}")
        looker.look(link)
    letter = citizen.site.letter("elkina@example.org", holding=number)
    citizen.go(f"/demo/mail/{letter['id']}")
    looker.look("an e-mail")
    looker.assert_well()


def test_the_page_of_status_keeps_its_promises(site, reception, open_browser, tmp_path):
    """Where it stands and why, documents, reading, letters stopped, withdrawal, a complaint."""
    question = reception.call("GET", "/classifier?q=1156", by="registrar")["items"][0]["code"]
    mine = reception.file(applicant={"email": "promises@example.org"})
    reception.do(mine, "register", "registrar", questions=[question])
    part = {"executor": "executor1", "responsible": True, "text": "Подготовить ответ"}
    reception.do(mine, "review", "manager", decision="assign", resolutions=[part])
    citizen = Citizen(site, open_browser("ru", 390))
    page = citizen.page
    citizen.look_at_status(mine["receipt"], mine["access_code"])
    address = page.url
    now = page.get_by_role("region", name="Сейчас")
    expect(now.get_by_text("У кого", exact=True)).to_be_visible()
    assert len(citizen.stages) >= 3
    page.get_by_text("Как посчитан срок").click()
    expect(page.locator("details[open] ol li").first).to_contain_text(re.compile(r"\d"))

    citizen.follow("main a[href$='/documents']")
    paper = tmp_path / "акт осмотра.txt"
    paper.write_text("Акт осмотра двора", encoding="utf-8")
    page.locator("input[type=file]").set_input_files(paper)
    expect(page.locator("input[name=files]")).to_have_count(1)
    citizen.send(page.locator("main form"))
    expect(page.locator("aside .files")).to_contain_text("акт осмотра.txt")

    citizen.follow("main a[href$='/reading']")
    page.locator("[name=wish]").fill("Акт осмотра")
    citizen.send(page.locator("main form"))
    expect(page.locator(".flash")).to_contain_text("Заявление принято")
    expect(page.locator("main a[href$='/reading']")).to_have_count(0)

    citizen.follow("main a[href*='/news/']")
    citizen.send(page.locator("main form"))
    expect(page.get_by_role("status").last).to_contain_text("больше не придут")
    found = axe(page)

    citizen.go(f"{address}/withdraw")
    page.locator("[name=reason]").fill("Решено")
    citizen.send(page.locator("main form"))
    expect(page.locator("aside")).to_contain_text("Отозвано")
    found += axe(page)
    expect(page.locator("main a[href$='/complaint']")).to_have_count(0)

    left = reception.file(applicant={"email": "promises@example.org"})
    reception.do(left, "register", "registrar", questions=[question])
    why = {"reason": "unclear", "explanation": "Суть не ясна."}
    reception.do(left, "review", "manager", decision="leave", **why)
    citizen.look_at_status(left["receipt"], left["access_code"])
    found += axe(page)
    citizen.follow("main a[href$='/complaint']")
    page.locator("[name=text]").fill("Меня не так поняли.")
    page.context.set_offline(True)
    page.get_by_role("button", name="Отправить жалобу").click()
    expect(page.get_by_role("alert")).to_contain_text("второе обращение не появится")
    expect(page.locator("[name=text]")).to_have_value("Меня не так поняли.")
    page.context.set_offline(False)
    citizen.send(page.locator("main form"))
    expect(page.get_by_role("heading", name="Обращение получено")).to_be_visible()
    assert not found, "\n".join(found)


def credentials(receipt):
    return {name: receipt[name] for name in ("receipt", "access_code")}


@pytest.mark.parametrize("login", STAFF)
def test_pages_of_the_staff(site, appeals, words, language, login, open_browser):
    clerk = Clerk(site, open_browser(language)).sign_in(login)
    clerk.speak(language)
    looker = Looker(clerk.page, words, language)
    for name in STAFF[login]:
        visit(clerk, name)
        looker.look(name)
    looker.assert_well()


def visit(clerk, name):
    """Open a page by its address, or as people reach it: from a list."""
    if name.startswith("/"):
        clerk.go(name)
    elif name.startswith("card"):
        clerk.go("/desk/assignments?scope=all")
        clerk.follow("main a[href*='/desk/appeals/']")
        clerk.go(clerk.page.url.partition("?")[0] + name.removeprefix("card"))
    elif name == "pass_on":
        clerk.go(clerk.page.url.partition("?")[0] + "?tab=assignments")
        clerk.follow("main a[href*='pass-on']")
    elif name == "hand_over":
        visit(clerk, "card")
        clerk.follow("main a[href$='/hand-over']")
    elif name == "version":
        clerk.go("/studio/")
        clerk.follow("main a[href*='/studio/versions/']")
    else:
        clerk.go(f"/desk/?scope=all&element={name}")
        clerk.follow("main a[href*='/desk/items/']")


def test_an_appeal_is_filed_without_scripts(site, open_browser, tmp_path):
    """Also with an error first: the file that came with it is kept."""
    paper = tmp_path / "акт.txt"
    paper.write_text("Температура 14 градусов", encoding="utf-8")
    citizen = Citizen(site, open_browser(java_script_enabled=False), scripts=False)
    citizen.begin_appeal()
    citizen.fill(text="Холодные батареи.", last_name="Ёлкина", first_name="Мария")
    citizen.form.locator("input[type=file]").set_input_files(paper)
    citizen.send(citizen.form)
    expect(citizen.page.get_by_role("alert")).to_be_visible()
    expect(citizen.field("text")).to_have_value("Холодные батареи.")
    expect(citizen.files).to_have_count(1)
    citizen.fill(email="noscript@example.org")
    citizen.send(citizen.form)
    digest = hashlib.sha256(paper.read_bytes()).hexdigest()
    expect(citizen.page.locator("main")).to_contain_text(digest)
    receipt = citizen.receipt()
    assert site.letter("noscript@example.org", holding=receipt["receipt"])
    citizen.look_at_status(receipt["receipt"], receipt["access_code"])
    assert citizen.stages
