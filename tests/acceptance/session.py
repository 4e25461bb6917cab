"""One run: taskcat, then the end of everything it made."""

import time
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from botocore.exceptions import BotoCoreError, ClientError

from tests.acceptance import deletion, remains, runner, tests
from tests.acceptance.account import Account
from tests.acceptance.display import Display
from tests.acceptance.outcome import Outcome, Run, results
from tests.acceptance.staging import Staged
from tests.acceptance.tests import Test

THREADS = 8


def run(
    staged: Staged, *, account: Account, program: Path, folder: Path, bucket: str, display: Display
) -> Run:
    """Run all tests.

    Args:
        staged: What taskcat gets.
        account: Where.
        program: taskcat.
        folder: Where its report and log and the post-hook's results go.
        bucket: Beginning of the artifact buckets' names.
        display: Where progress is shown.

    Raises:
        ConfigError: ``.taskcat.yml`` cannot be used.
        TaskcatError: taskcat is not installed.
    """
    started, began = time.monotonic(), datetime.now(UTC)
    planned = tests.read(staged.project)
    problems: list[str] = []
    try:
        code = runner.run(
            staged,
            program=program,
            bucket=bucket,
            results=folder,
            variables=account.variables,
            show=display.line,
        )
    finally:
        # Also when it was interrupted.
        display.note("looking for anything left behind")
        outcomes = finish(account, planned, folder, began)
        problems += bucket_problems(account, planned, bucket)
    if code:
        problems.append(f"taskcat ended with exit code {code}: {display.last_error}")
    return Run(outcomes=outcomes, problems=problems, seconds=time.monotonic() - started)


def finish(
    account: Account, planned: Iterable[Test], folder: Path, began: datetime
) -> list[Outcome]:
    """Return what became of each stack, when all that is left of it is gone."""
    seen = results(planned, folder)
    with ThreadPoolExecutor(THREADS) as pool:
        found = list(pool.map(partial(deletion.problems, account, since=began), seen))
    outcomes = [Outcome.of(result) for result in seen]
    for outcome, problems in zip(outcomes, found, strict=True):
        outcome.deleted = not problems
        outcome.failures += problems
    return outcomes


def bucket_problems(account: Account, planned: Iterable[Test], bucket: str) -> list[str]:
    """Delete the artifact buckets and return what prevented it."""
    problems = []
    for region in sorted({region for test in planned for region in test.regions}):
        where = (account, region, "AWS::S3::Bucket", f"{bucket}-{region}")
        try:
            if remains.exists(*where):
                remains.remove(*where)
        except (BotoCoreError, ClientError) as error:
            problems.append(f"artifact bucket {bucket}-{region} was left behind: {error}")
    return problems
