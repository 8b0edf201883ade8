"""A day of each role at the desk without a mouse: every control is reached by Tab and the arrows."""

import pytest
from playwright.sync_api import expect

from app import create_app
from app.access import services as access
from tests.browser.people import Clerk
from tests.conftest import close
from tests.web.life import Reception

QUESTION = "0005.0005.0056.1156"
WORKERS = "registrar manager executor1 approver signatory dispatcher auditor".split()
MOST_PRESSES = 200


@pytest.fixture(scope="module")
def reception(site):
    found = Reception(site.send)
    app = create_app(data_dir=site.data_dir)
    with app.app_context():
        found.tokens = {login: access.issue_token(login).secret for login in WORKERS}
    close(app)
    return found


@pytest.fixture
def at(site, open_browser):
    """Sign somebody in and hand over the keyboard."""

    def sit_down(login):
        return Keyboard(Clerk(site, open_browser()).sign_in(login))

    return sit_down


class Keyboard:
    """The only hands of a person: no click, no fill."""

    def __init__(self, clerk):
        self.clerk, self.page = clerk, clerk.page

    def go(self, path):
        """As from a bookmark."""
        self.clerk.go(path)
        return self

    def reach(self, selector):
        """Press Tab until the focus is there, where one can see it."""
        for _press in range(MOST_PRESSES):
            self.page.keyboard.press("Tab")
            if self.page.evaluate("(wanted) => document.activeElement.matches(wanted)", selector):
                focused = self.page.locator(":focus")
                expect(focused).to_be_in_viewport()
                return self
        raise AssertionError(f"the keyboard does not get to {selector}")

    def type(self, text):
        self.page.keyboard.type(text)
        return self

    def press(self, *keys):
        for key in keys:
            self.page.keyboard.press(key)
        return self

    def open(self):
        """Press Enter and wait for the page it leads to."""
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")
        self.clerk.settled()
        return self

    def send(self):
        """Send the form one is typing in."""
        with self.page.expect_navigation():
            self.page.keyboard.press("Control+Enter")
        self.clerk.settled()
        return self

    def pick(self, selector, typed, chosen):
        """Choose in a list that is found by typing."""
        self.reach(selector).type(typed)
        option = self.page.get_by_role("option").filter(has_text=chosen).first
        option.wait_for()
        for _press in range(20):
            if option.get_attribute("aria-selected") == "true":
                break
            self.press("ArrowDown")
        return self.press("Enter")

    def choose(self, name, value):
        """Go through the choices of a question by the arrows."""
        self.reach(f"input[type=radio][name={name}]")
        for _press in range(10):
            if self.page.locator(f"input[name={name}][value={value}]").is_checked():
                return self
            self.press("ArrowDown")
        raise AssertionError(f"{name} cannot be {value}")

    def task(self, element):
        """Open the first task at this step from the inbox."""
        return self.go(f"/desk/?scope=all&element={element}").press("j").open()

    def told(self, text):
        expect(self.page.get_by_role("status").filter(has_text=text)).to_be_visible()
        return self


def brought_to(reception, *steps, **more):
    receipt = reception.file(**more)
    for element, login, answers in steps:
        reception.do(receipt, element, login, **answers)
    return receipt


REGISTER = ("register", "registrar", {"questions": [QUESTION]})
ANSWER = ("review", "manager", {"decision": "answer", "drafter": "executor1"})
DRAFT = ("draft_reply", "executor1", {"text": "Меры приняты."})
APPROVE = ("approve_reply", "approver", {"decision": "accept"})
SIGN = ("sign_reply", "signatory", {})
POST = {
    "reply_channel": "post",
    "applicant": {"email": None, "postal_address": "123456, г. Озёрск, ул. Садовая, д. 5"},
}


def test_a_registrar_registers(reception, at):
    brought_to(reception)
    hands = at("registrar").task("register")
    hands.pick("[data-widget=classifier] [role=combobox]", "1156", "1156")
    hands.send().told("Готово")


def test_a_manager_decides(reception, at):
    brought_to(reception, REGISTER)
    hands = at("manager").task("review").choose("decision", "answer")
    hands.pick("[data-field=drafter] [role=combobox]", "Лебедев", "Лебедев")
    chosen = hands.page.locator("[data-field=drafter] input[type=hidden]")
    expect(chosen).to_have_value("executor1")
    hands.type("ъ")
    expect(chosen).not_to_have_value("executor1")
    hands.press("Backspace")
    expect(chosen).to_have_value("executor1")
    hands.send().told("Готово")


def test_an_executor_drafts(reception, at):
    brought_to(reception, REGISTER, ANSWER)
    hands = at("executor1").task("draft_reply").reach("textarea[name=text]")
    hands.press("Control+A").type("Мусор вывезен.").send().told("Готово")


def test_an_approver_and_a_signatory_agree(reception, at):
    brought_to(reception, REGISTER, ANSWER, DRAFT)
    at("approver").task("approve_reply").choose("decision", "accept").send().told("Готово")
    at("signatory").task("sign_reply").reach("main form .button-large").open().told("Готово")


def test_a_dispatcher_posts(reception, at):
    brought_to(reception, REGISTER, ANSWER, DRAFT, APPROVE, SIGN, **POST)
    hands = at("dispatcher")
    hands.clerk.site.until(
        lambda: reception.call("GET", "/work-items?element=dispatch&scope=all", by="dispatcher")[
            "items"
        ],
        "no letter came to the dispatcher",
    )
    hands.task("dispatch").reach("[name=track]").type("80100012345678").send().told("Готово")


def test_a_controller_goes_from_a_term_to_the_card_and_its_history(reception, at):
    brought_to(reception, REGISTER)
    hands = at("controller").go("/desk/due?days=60").reach("main a[href*='/desk/appeals/']").open()
    hands.reach("main .tabs a[href*='tab=history']").open()
    expect(hands.page.locator("main .tabs [aria-current]")).to_contain_text("История")


def test_an_auditor_reads_and_is_offered_no_change(reception, at):
    brought_to(reception, REGISTER)
    hands = at("auditor").go("/desk/appeals").reach("main tbody a.table-main").open()
    hands.reach("main .tabs a[href*='tab=documents']").open()
    posting = hands.page.locator("main form[method=post]:visible")
    assert posting.count() == 0


def test_an_administrator_gives_a_role(at):
    hands = at("administrator").go("/studio/admin/people")
    hands.reach("main a[href$='/people/executor2']").open()
    box = hands.page.locator("input[name=roles][value=controller]")
    before = box.is_checked()
    hands.reach("input[name=roles][value=controller]").press("Space")
    hands.reach("main form button[type=submit]").open()
    assert hands.page.locator("input[name=roles][value=controller]").is_checked() != before


def test_an_analyst_looks_at_a_process(at):
    hands = at("analyst").go("/studio/").reach("main a[href*='/studio/versions/']").open()
    hands.reach("main .view-list a[href*='process=reply']").open()
    hands.page.locator("main [data-widget=diagram] .djs-element").first.wait_for()
    expect(hands.page.locator("main .view-list [aria-current]")).to_be_visible()


def card(hands, receipt, tab):
    hands.go(f"/desk/appeals?q={receipt['receipt']}").reach("main tbody a.table-main").open()
    return hands.reach(f"main .tabs a[href*='tab={tab}']").open()


def main(hands):
    return hands.page.locator("main")


def test_a_card_is_kept_by_keyboard(reception, at):
    """Its data, co-authors, a note, a tie to another card, the place of the paper."""
    kept, other = brought_to(reception, REGISTER), brought_to(reception, REGISTER)
    hands = card(at("registrar"), kept, "particulars").reach("main a[href$='/particulars']").open()
    hands.reach("[name=street]").type("Садовая улица").send().told("Изменено")
    expect(main(hands)).to_contain_text("Садовая улица")
    hands.reach("main a[href$='/authors']").open().reach("[name='0-last_name']").type("Лисицына")
    hands.press("Tab").type("Анна").send().told("Изменено")
    card(hands, kept, "overview")
    expect(main(hands)).to_contain_text("Лисицына Анна")
    card(hands, kept, "notes").reach("main a[href$='/notes/new']").open()
    hands.reach("[name=text]").type("Позвонить в управляющую компанию.").send()
    expect(main(hands)).to_contain_text("Позвонить в управляющую компанию.")
    card(hands, kept, "related").reach("main a[href$='/links/new']").open()
    hands.reach("[name=other]").type(other["receipt"]).press("Tab").type("Один двор").send()
    expect(main(hands)).to_contain_text("Один двор")
    card(hands, kept, "paper").reach("main a[href$='/paper/place']").open()
    hands.reach("[name=case_index]").type("02-15").send()
    expect(main(hands)).to_contain_text("02-15")
    card(hands, kept, "history")
    for done in ("Изменены соавторы или способ поступления", "Лисицына Анна"):
        expect(main(hands)).to_contain_text(done)


def test_a_reply_is_remarked_on_and_its_sheet_looked_at_by_keyboard(reception, at):
    drafted = brought_to(reception, REGISTER, ANSWER, DRAFT)
    hands = card(at("approver"), drafted, "letters").reach("main a[href$='/reply']").open()
    hands.reach("main .beside summary").press("Enter").reach("main .beside textarea")
    hands.type("Назовите срок.").send()
    expect(main(hands)).to_contain_text("Назовите срок.")
    hands.reach("main form[action*='/remarks/'] button").open().told("Замечание")
    sent = brought_to(reception, REGISTER, ANSWER, DRAFT, APPROVE, SIGN)
    hands.clerk.site.until(lambda: reception.status(sent)["survey_open"], "no reply was sent")
    card(hands, sent, "documents").reach("main tbody a.table-main").open()
    expect(hands.page.locator("figure.look img")).to_be_visible()
