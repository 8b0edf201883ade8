"""The people of an appeal at their screens: what each does, in the words of the trade."""

import re

from playwright.sync_api import expect

#: Where a file begins to come, at once or in pieces.
UPLOADS = re.compile("/uploads(/pieces)?$")


class Person:
    """Somebody with a browser of their own."""

    def __init__(self, site, page, *, scripts=True):
        self.site = site
        self.page = page
        self.scripts = scripts

    def go(self, path):
        self.page.goto(path)
        self.settled()

    def settled(self):
        """Wait until the scripts of the page have taken over its controls."""
        if self.scripts:
            self.page.locator("html[data-ready=yes]").wait_for(state="attached")

    def speak(self, language):
        """Choose the language of the pages."""
        if self.page.locator("html").get_attribute("lang") != language:
            self.follow(f"a[hreflang={language}]")

    def follow(self, link):
        """Go where the first link like this leads."""
        with self.page.expect_navigation():
            self.page.locator(link).first.click()
        self.settled()

    def field(self, name):
        return self.page.locator(f"[name='{name}']:visible")

    def send(self, form):
        """Press the button that sends this form; the answer is the next page."""
        button = form.locator("button[type=submit]:not([formnovalidate], [name=on]):visible").last
        if self.scripts and button.get_attribute("data-send") is not None:
            self._send_in_place(button)
            return
        with self.page.expect_navigation():
            button.click()
        self.settled()

    def _send_in_place(self, button):
        """The page goes on to another, or its main part is put in place of the old one."""
        self.page.locator("main").evaluate(
            "main => { main.dataset.old = 'yes'; main.querySelector('.summary')?.remove(); }"
        )
        button.click()
        self.page.locator("main:not([data-old]), main .summary").first.wait_for()
        self.settled()

    @property
    def files(self):
        """The files that are at the server already, as the form lists them."""
        return self.form.locator("li:has(input[type=hidden][name=files])")

    def attach(self, *paths):
        """Choose files; while each is on its way, a bar shows its progress."""
        bars = []

        def look(request):
            bars.append(self.form.get_by_role("progressbar").count())
            request.continue_()

        before = self.files.count()
        self.page.route(UPLOADS, look)
        self.form.locator("input[type=file]").set_input_files(paths)
        expect(self.files).to_have_count(before + len(paths))
        expect(self.form.get_by_role("progressbar")).to_have_count(0)
        self.page.unroute(UPLOADS)
        assert len(bars) == len(paths)
        assert all(bars), bars

    def detach(self, name):
        self.files.filter(has_text=name).get_by_role("button").click()
        expect(self.files.filter(has_text=name)).to_have_count(0)


class Citizen(Person):
    def begin_appeal(self):
        self.go("/appeals/new")

    def fill(self, **answers):
        for name, value in answers.items():
            self.field(name).fill(value)

    @property
    def form(self):
        return self.page.locator("form:has([name=text])")

    def send_twice_in_haste(self):
        button = self.form.locator("button[type=submit]:visible").last
        with self.page.expect_navigation(url=re.compile("/appeals/receipt/")):
            button.dblclick()
        self.settled()

    def receipt(self):
        """Number and access code as the receipt page shows them."""
        shown = self.page.locator("[data-copy-value]").all_inner_texts()
        return {"receipt": shown[0], "access_code": shown[1]}

    def look_at_status(self, number, access_code):
        self.go("/status")
        self.fill(number=number, access_code=access_code)
        self.send(self.page.locator("form:has([name=access_code])"))

    @property
    def stages(self):
        return self.page.locator("main ol li h3").all_inner_texts()

    def read_mail(self, subject, to):
        """Open an e-mail in the demo's mailbox; its text as the mailbox shows it."""
        self.go(f"/demo/mail?to={to}")
        with self.page.expect_navigation():
            self.page.get_by_role("link", name=subject).first.click()
        self.settled()
        return self.page.frame_locator("iframe").locator("body").inner_text()


class Clerk(Person):
    def sign_in(self, login):
        self.login = login
        self.go("/sign-in")
        form = self.page.locator("form:has(input[type=password])")
        form.locator("[name=login]").fill(login)
        form.locator("[name=password]").fill(self.site.password(login))
        self.send(form)
        assert "/desk" in self.page.url, self.page.url
        return self

    def open(self, element):
        """Open the only task at this element of the diagrams from the inbox."""
        self.go(f"/desk/?scope=all&element={element}")
        rows = self.page.locator("main tbody tr")
        expect(rows).to_have_count(1)
        self.follow("main tbody a[href*='/desk/items/']")
        return self

    @property
    def form(self):
        return self.page.locator("form:has([name=version])")

    def answer(self, **answers):
        for name, value in answers.items():
            control = self.form.locator(f"[data-field={name}] [name={name}]")
            if control.first.get_attribute("type") == "radio":
                self.form.locator(f"[name={name}][value={value}]").check()
            else:
                control.fill(value)
        return self

    def complete(self):
        self.send(self.form)
        expect(self.page.get_by_role("alert")).to_have_count(0)

    def do(self, element, **answers):
        self.open(element).answer(**answers).complete()

    def pick_question(self, typed, wanted):
        """Find a question of the classifier by what is typed and take it from the list."""
        widget = self.form.locator("[data-widget=classifier]")
        widget.get_by_role("combobox").press_sequentially(typed)
        widget.get_by_role("option").filter(has_text=wanted).first.click()
        expect(widget.locator("li").filter(has_text=wanted)).to_have_count(1)

    def add_executor(self, place, login, text, due_on):
        """Fill a row of the resolution; `place` counts from 0, a row that lacks is added."""
        rows = self.form.locator("[data-widget=resolution-list] [data-row]")
        if rows.count() <= place:
            self.form.locator("[data-widget=resolution-list] button[name=_add_row]").click()
        row = rows.nth(place)
        row.get_by_role("combobox").press_sequentially(login)
        row.get_by_role("option").first.click()
        expect(row.locator("input[type=hidden][name$=-executor]")).to_have_value(login)
        row.locator("[name$=-text]").fill(text)
        row.locator("[name$=-due_on]").fill(due_on)

    def open_card(self, number):
        self.go(f"/desk/appeals?q={number}")
        found = self.page.locator("main tbody a[href*='/desk/appeals/']")
        expect(found).to_have_count(1)
        self.follow("main tbody a[href*='/desk/appeals/']")

    def open_tab(self, tab):
        self.follow(f"main a[href*='tab={tab}']")

    def ask_for_extension(self, days, reason):
        form = self.page.locator("form:has([name=ground])")
        self.page.locator("details:has([name=ground]) > summary").click()
        form.locator("[name=days]").fill(str(days))
        form.locator("[name=reason]").fill(reason)
        self.send(form)

    def steps_marked(self, mark):
        """Ids of the elements that the route's diagrams mark so: step-now or step-passed."""
        self.page.locator("main [data-widget=diagram] .djs-element").first.wait_for()
        # Each is drawn when its own words and lines are there.
        undrawn = "main [data-widget=diagram]:visible:not(:has(.djs-element))"
        expect(self.page.locator(undrawn)).to_have_count(0)
        marked = self.page.locator(f"main [data-widget=diagram] .{mark}[data-element-id]")
        return {one.get_attribute("data-element-id") for one in marked.all()}
