"""A member of staff with a browser without scripts: reads forms off pages and sends them back."""

import json
import re

from flask.testing import FlaskClient
from lxml import html


class FreshClient(FlaskClient):
    """Gives each request an application context of its own, as a server does."""

    def open(self, *args, **kwargs):
        with self.application.app_context():
            return super().open(*args, **kwargs)


def password_of(app, login):
    told = json.loads((app.extensions["settings"].data_dir / "demo.json").read_text("utf-8"))
    return next(one["password"] for one in told["accounts"] if one["login"] == login)


class Clerk:
    """One signed-in person."""

    def __init__(self, app, login):
        self.app, self.login = app, login
        self.client = FreshClient(app, app.response_class, use_cookies=True)
        form = self.form("/sign-in", "password")
        form.update(login=login, password=password_of(app, login))
        assert self.client.post("/sign-in", data=form).status_code == 303

    def get(self, path, status=200):
        answer = self.client.get(path, buffered=True)
        assert answer.status_code == status, (path, answer.status_code, words_of(answer.text))
        return answer

    def page(self, path, status=200):
        return self.get(path, status).text

    def form(self, path, having):
        """What a browser would send of the form that has the field `having`, untouched."""
        return form_of(self.client.get(path).text, having)

    def send(self, path, having, expect=303, **changes):
        """Open the page, change fields of its form and send it where the form says."""
        form = found_form(self.page(path), having)
        return self.post(form.action or path, values_of(form), expect, **changes)

    def post(self, path, form, expect=303, **changes):
        data = {**form, **changes}
        data = {name: value for name, value in data.items() if value is not None}
        answer = self.client.post(path, data=data, content_type="multipart/form-data")
        assert answer.status_code == expect, (answer.status_code, words_of(answer.text))
        return answer

    def tasks(self):
        """Addresses of the open tasks in the inbox, by their titles."""
        root = html.fromstring(self.page("/desk/"))
        return {
            link.text_content().strip(): link.get("href")
            for link in root.xpath('//a[contains(@class,"table-main")]')
        }

    def token(self):
        return self.form("/desk/", "csrf_token")["csrf_token"]


def found_form(page, having):
    """The first form of the page that has the field `having`."""
    for form in html.fromstring(page).forms:
        if having in form.fields:
            return form
    raise AssertionError(f"no form with the field {having}")


def values_of(form):
    """Names and values as a browser sends them; a list for a name that stands twice."""
    areas = {one.name for one in form.iter("textarea")}
    found = {}
    for name, given in form.form_values():
        # A browser drops the line break that follows the opening tag.
        value = given.removeprefix("\n") if name in areas else given
        found[name] = [*as_list(found[name]), value] if name in found else value
    return found


def form_of(page, having):
    return values_of(found_form(page, having))


def as_list(value):
    return value if isinstance(value, list) else [value]


def words_of(page):
    """The text of the content of a page, spaces folded."""
    root = html.fromstring(page)
    main = root.xpath('//*[@id="main"]')
    return re.sub(r"\s+", " ", (main[0] if main else root).text_content()).strip()


def errors_of(page):
    return [
        re.sub(r"\s+", " ", one.text_content()).strip()
        for one in html.fromstring(page).xpath(
            '//*[contains(@class,"f-error") or contains(@class,"field-error")]'
        )
    ]
