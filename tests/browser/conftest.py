"""A served demo and a real browser.

The server and the browser live as long as one module: while Playwright runs, its event loop
belongs to the main thread, and tests of other folders could not run one of their own.
"""

import shutil

import pytest

from tests.browser.site import Served
from tests.browser.watch import Watch

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)
LOCALES = {"ru": "ru-RU", "en": "en-GB"}

reports = pytest.StashKey[dict]()


def pytest_collection_modifyitems(items):
    for item in items:
        if "tests/browser/" in item.path.as_posix():
            item.add_marker(pytest.mark.browser)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    report = yield
    item.stash.setdefault(reports, {})[report.when] = report
    return report


@pytest.fixture(scope="session")
def executable():
    """Where the system keeps its browser; asked first, for without it nothing need be served."""
    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    if found is None:
        pytest.skip("chromium: apt install chromium")
    return found


@pytest.fixture(scope="module")
def site(executable, prepared, tmp_path_factory):
    """The demo, served by `flask --app wsgi serve` with a database of its own."""
    folder = tmp_path_factory.mktemp("served")
    shutil.copytree(prepared, folder / "data")
    with Served(folder / "data", folder / "server.log") as served:
        yield served
    assert not served.errors(), "\n".join(served.errors())


@pytest.fixture(scope="module")
def chromium(executable, site):
    """The system's own browser, without a window."""
    from playwright.sync_api import expect, sync_playwright

    expect.set_options(timeout=30_000)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=list(ARGUMENTS))
        yield browser
        browser.close()


@pytest.fixture
def watch():
    """What goes wrong in any page of the test; the test fails when there is something."""
    watched = Watch()
    yield watched
    assert not watched.troubles, "\n".join(watched.troubles)


@pytest.fixture
def open_browser(request, site, chromium, watch, tmp_path):
    """Open a browser of one person: `open_browser(language, width, **more)` returns a page."""
    contexts = []

    def open_one(language="ru", width=1280, **more):
        context = chromium.new_context(
            base_url=site.url,
            locale=LOCALES[language],
            viewport={"width": width, "height": 900},
            accept_downloads=True,
            **more,
        )
        context.set_default_timeout(30_000)
        watch.follow(context)
        contexts.append(context)
        return context.new_page()

    yield open_one
    called = request.node.stash.get(reports, {}).get("call")
    if (called and called.failed) or watch.troubles:
        save_pictures(contexts, tmp_path)
    for context in contexts:
        context.close()


def save_pictures(contexts, folder):
    pages = [page for context in contexts for page in context.pages if not page.is_closed()]
    for number, page in enumerate(pages):
        page.screenshot(path=folder / f"page-{number}.png", full_page=True)
        (folder / f"page-{number}.html").write_text(page.content(), encoding="utf-8")
    print(f"pictures of {len(pages)} pages: {folder}")
