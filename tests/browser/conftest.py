"""A real browser with the page open, and a note of everything it did."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from handbook import page as handbook

NAMES = ("chromium", "chromium-browser", "google-chrome")


class Opened:
    """The page in a browser, what its console said and what it asked the network for."""

    def __init__(
        self, browser: Browser, path: Path, scheme: Literal["dark", "light"], width: int
    ) -> None:
        self.page: Page = browser.new_page(
            viewport={"width": width, "height": 800}, color_scheme=scheme
        )
        self.console: list[str] = []
        self.requests: list[str] = []
        self.page.on("console", lambda message: self.console.append(message.text))
        self.page.on("pageerror", lambda error: self.console.append(str(error)))
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.url = path.as_uri()
        self.page.goto(self.url)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    found = next(filter(None, map(shutil.which, NAMES)), None)
    if not found:
        pytest.skip("there is no browser: apt-get install chromium")
    with sync_playwright() as playwright:
        # No sandbox: containers run as root, and the page is our own.
        started = playwright.chromium.launch(executable_path=found, args=["--no-sandbox"])
        yield started
        started.close()


@pytest.fixture(scope="session")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("page") / "serverlessapp.html"
    handbook.write(path)
    return path


@pytest.fixture(
    params=[("light", 1200), ("dark", 1200), ("light", 360)], ids=lambda p: f"{p[0]}{p[1]}"
)
def opened(browser: Browser, file: Path, request: pytest.FixtureRequest) -> Iterator[Opened]:
    made = Opened(browser, file, *request.param)
    yield made
    made.page.close()
