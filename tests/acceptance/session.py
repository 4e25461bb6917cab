"""One run: taskcat, then the end of everything it made."""

import re
import secrets
import shutil
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from tests.acceptance import deletion, summary, taskcat
from tests.acceptance.account import Account
from tests.acceptance.checks.result import StackResult
from tests.acceptance.configuration import TaskcatTest
from tests.acceptance.summary import Run

LINE = re.compile(r"(?:\[(?P<level>\w+) *\] : )?(?P<words>.*)")
# The post-hook says what it sees of a stack like that, and taskcat its status: test, Region, news.
NEWS = re.compile(r"[a-z0-9-]+ [a-z]+(-[a-z]+)+-\d:? ")


@dataclass
class Progress:
    """Shows what happens, with the seconds since the beginning."""

    say: Callable[[str], None]
    started: float = field(default_factory=time.monotonic)
    last_error: str = "it does not say why"

    def taskcat(self, printed: str) -> None:
        """Show a line of taskcat's, if it says something about a stack or an error."""
        line = LINE.fullmatch(printed)
        if line and line["level"] in ("ERROR", "FATAL"):
            self.last_error = line["words"]
            self.note(line["words"])
        elif line and NEWS.match(line["words"]):
            self.note(line["words"])

    def note(self, words: str) -> None:
        self.say(f"{time.monotonic() - self.started:6.1f} s  {words}")


def run(
    project: Path,
    tests: Sequence[TaskcatTest],
    *,
    account: Account,
    program: Path,
    reports: Path,
    say: Callable[[str], None],
) -> Run:
    """Run all tests of a project, and write the reports; the folder ``taskcat`` is made anew."""
    progress, since = Progress(say), datetime.now(UTC)
    bucket = f"tcat-serverlessapp-{secrets.token_hex(4)}"
    folder = reports.absolute() / "taskcat"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    problems: list[str] = []
    try:
        with taskcat.home_with(project, tests, account.platform, account.number) as home:
            code = taskcat.run(
                home,
                tests,
                program=program,
                bucket=bucket,
                results=folder,
                variables=account.environment,
                show=progress.taskcat,
            )
    finally:
        # Also when it was interrupted.
        progress.note("looking for anything left behind")
        stacks = finish(account, tests, folder, since)
        regions = {region for test in tests for region in test.regions}
        problems += deletion.artifact_bucket_problems(account, bucket, regions)
    if code:
        problems.append(f"taskcat ended with exit code {code}: {progress.last_error}")
    done = Run(stacks=stacks, problems=problems, seconds=time.monotonic() - progress.started)
    summary.write(done, reports)
    return done


def finish(
    account: Account, tests: Sequence[TaskcatTest], folder: Path, since: datetime
) -> list[StackResult]:
    """Return what became of each stack, when all that is left of it is gone."""

    def finished(test: TaskcatTest, region: str) -> StackResult:
        result = StackResult.read(folder, test.name, region)
        deletion.finish(account, test, result, since=since)
        result.write(folder)
        summary.write_junit(folder / f"{test.name}.{region}.xml", [summary.suite(result)])
        return result

    with ThreadPoolExecutor() as pool:
        made = [pool.submit(finished, test, r) for test in tests for r in test.regions]
    return [future.result() for future in made]
