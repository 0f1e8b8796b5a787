"""One running demo and one browser for all stories; a story opens as many windows as it likes."""

import re
import shutil
import tempfile
from pathlib import Path

import pytest
from django.conf import settings
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.browser import find_browser
from tests.config.launched import Launched, wait_until

PASSWORD = "tandem-demo"
SECONDS = 15
PICTURES = Path(settings.BASE_DIR) / "test-results"

expect.set_options(timeout=SECONDS * 1000)


def pytest_collection_modifyitems(items):
    """All of it drives a browser, on one instance, in one process."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.alone)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    """Let the windows know that their story failed, so that they keep a picture."""
    report = yield
    if report.when == "call":
        item.story_failed = report.failed
    return report


@pytest.fixture(scope="session")
def site():
    """A demo that listens; `site.url` is its address and `site.sandbox` the phone's."""
    folder = Path(tempfile.mkdtemp(prefix="tandem-e2e-"))
    folder.chmod(0o711)
    made = Launched(folder, TANDEM_SEED="brief")
    made.start()
    made.url = f"http://localhost:{made.port}"
    made.sandbox = f"http://localhost:{made.port + 1}"
    yield made
    made.end()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def browser():
    """Chromium without a window."""
    with sync_playwright() as playwright:
        made = playwright.chromium.launch(executable_path=find_browser())
        yield made
        made.close()


@pytest.fixture
def window(browser: Browser, site, request):
    """`window()` opens a window of somebody who has never been here.

    Errors in any of them fail the test, unless it says `window.tolerant = True`.
    """
    opened: list[Page] = []
    errors: list[str] = []

    def complain(message) -> None:
        if message.type == "error":
            errors.append(f"{message.text} ({message.location.get('url')})")

    def fail(error) -> None:
        # Turbo's own: the promise of a frame's visit that another visit overtakes.
        if error.name != "AbortError":
            errors.append(error.stack or str(error))

    def make(**options) -> Page:
        options = {"locale": "ru-RU", "viewport": {"width": 1440, "height": 900}, **options}
        context = browser.new_context(base_url=site.url, **options)
        context.set_default_timeout(SECONDS * 1000)
        page = context.new_page()
        page.on("console", complain)
        page.on("pageerror", fail)
        opened.append(page)
        return page

    make.tolerant = False
    yield make
    errors = [] if make.tolerant else errors
    failed = getattr(request.node, "story_failed", False)
    for number, page in enumerate(opened):
        if failed or errors:
            PICTURES.mkdir(exist_ok=True)
            name = re.sub(r"\W+", "-", request.node.name)
            page.screenshot(path=PICTURES / f"{name}-{number}.png")
        page.context.close()
    assert errors == []


@pytest.fixture
def manager(agent):
    """The manager's window on all conversations, whoever they were given to."""
    page = agent("manager")
    page.get_by_role("link", name=re.compile("^Все")).click()
    return page


@pytest.fixture
def answer():
    """`answer(page, text)` sends a reply in the open conversation."""

    def send(page: Page, text: str) -> None:
        box = page.locator("#composer_text")
        box.fill(text)
        # The page's scripts may arrive after the first key.
        assert wait_until(lambda: box.press("Control+Enter") or box.input_value() == "")

    return send


@pytest.fixture
def agent(window):
    """`agent("agent")` is a window in which that person of the demo has logged in."""

    def make(login: str = "agent", **options) -> Page:
        page = window(**options)
        page.goto("/accounts/login/")
        page.locator("input[name=login]").fill(f"{login}@demo.tandem.local")
        page.locator("input[name=password]").fill(PASSWORD)
        page.locator("input[name=password]").press("Enter")
        page.wait_for_url(re.compile(r"/w/[\w-]+/"))
        return page

    return make
