"""A page of documentation that tests write: made of what came of a run, typed by nobody."""

import difflib
from pathlib import Path
from typing import Any

import pytest


class Page:
    """A pytest plugin that collects what came of a folder's tests, and writes or compares a page.

    A run of only some of the folder's tests does neither.

    Args:
        config: pytest's.
        folder: Where the tests are.
        document: The page.
        option: Of pytest, to write the page.
    """

    def __init__(self, config: pytest.Config, folder: Path, document: Path, option: str) -> None:
        self.folder = folder
        self.document = document
        self.command = f"pytest {folder.relative_to(config.rootpath)} {option}"
        self.write = bool(config.getoption(option, default=False))
        self.narrowed = any("::" in argument for argument in config.args)
        self.items: list[pytest.Item] = []
        self.outcomes: dict[str, set[str]] = {}
        self.message = ""

    def content(self) -> str:
        """Return the page as the run makes it; only asked for when all tests have run."""
        raise NotImplementedError

    def held(self, nodeid: str) -> str:
        """Return what the page says of a test's outcome."""
        return "yes" if self.outcomes[nodeid] == {"passed"} else "**no**"

    def pytest_deselected(self, items: list[pytest.Item]) -> None:
        self.narrowed = self.narrowed or any(item.path.parent == self.folder for item in items)

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        self.items = [item for item in session.items if item.path.parent == self.folder]
        files = {item.path for item in self.items}
        self.narrowed = self.narrowed or files != set(self.folder.glob("test_*.py"))

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self.outcomes.setdefault(report.nodeid, set()).add(report.outcome)

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        if self.narrowed or session.config.option.collectonly or not self.complete:
            return
        content = self.content()
        committed = self.document.read_text(encoding="utf-8") if self.document.exists() else ""
        if self.write:
            self.document.write_text(content, encoding="utf-8")
            self.message = f"{self.document.name}: written"
        elif committed != content:
            lines = committed.splitlines(), content.splitlines()
            difference = "\n".join(difflib.unified_diff(*lines, "committed", "held", lineterm=""))
            self.message = f"stale: {self.document}\n{difference}\nrun: {self.command}"
            session.exitstatus = session.exitstatus or pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        if self.message:
            terminalreporter.section(self.document.stem)
            terminalreporter.write_line(self.message)

    @property
    def complete(self) -> bool:
        """Whether every test has run; an interrupted run tells nothing."""
        return bool(self.items) and {item.nodeid for item in self.items} <= set(self.outcomes)
