"""A real browser with a page of the site open, and a note of everything it did."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, sync_playwright

SITE = Path(__file__).resolve().parents[2] / "dist/site"
NAMES = ("chromium", "chromium-browser", "google-chrome")


class Opened:
    """A page in a browser, what its console said and what it asked for."""

    def __init__(self, browser: BrowserContext, name: str) -> None:
        self.page: Page = browser.new_page()
        self.console: list[str] = []
        self.requests: list[str] = []
        self.page.on("console", lambda message: self.console.append(message.text))
        self.page.on("pageerror", lambda error: self.console.append(str(error)))
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.goto((SITE / name).as_uri())


@pytest.fixture(scope="session")
def browser() -> Iterator[BrowserContext]:
    path = next(filter(None, map(shutil.which, NAMES)), None)
    if not path:
        pytest.skip("there is no browser: apt-get install chromium")
    with sync_playwright() as playwright:
        # No sandbox: containers run as root, and the pages are our own.
        started = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        context = started.new_context(viewport={"width": 1280, "height": 800})
        context.new_page()  # open all the time, so that the others need no new process each
        yield context
        started.close()


@pytest.fixture
def opened(browser: BrowserContext, request: pytest.FixtureRequest) -> Iterator[Opened]:
    """Open the page that the test names, by default that of the calculator."""
    page = Opened(browser, getattr(request, "param", "calculator.html"))
    yield page
    page.page.close()
