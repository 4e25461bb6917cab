"""taskcat's post-hook ``functional``: every stack of a test works, in each Region.

Settings in ``.taskcat.yml``, below ``config``:

    timeout      seconds that anything may take to happen in a stack (900: three attempts to process
                 a file, since S3 may not find the first ones in a new bucket for 15 minutes)
    leave_files  true: the stack has to empty its bucket itself (false)

Results go where ACCEPTANCE_RESULTS says, by default into ``taskcat_outputs/``; the samples come
from where ACCEPTANCE_PROCESSORS says, by default from ``processors/``. EventBridge gets as many
seconds to hear of a new bucket as ACCEPTANCE_EVENTBRIDGE_SECONDS says, by default 330.
"""

import os
import time
import traceback
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from taskcat._dataclasses import TestObj, TestRegion
from taskcat.exceptions import TaskCatException
from taskcat.testing._hooks import BaseTaskcatHook

from serverlessapp.errors import OperatorError
from serverlessapp.operations.stack import find
from serverlessapp.processors.definition import read_all
from tests.acceptance.checks import configuration, files, monitoring, processing
from tests.acceptance.checks import stack as stacks
from tests.acceptance.checks.expectations import Broken, expect
from tests.acceptance.checks.result import StackResult
from tests.acceptance.checks.stack import MISSING, StackUnderTest

PROCESSORS = Path(os.environ.get("ACCEPTANCE_PROCESSORS", "processors"))
SETTINGS = {"timeout", "leave_files"}
EMPTIED = "emptied"
# While files are on their way, what needs no waiting is looked at.
CHECKS: dict[str, Callable[[StackUnderTest], None]] = {
    "uploads": files.upload,
    "exposure": configuration.exposure,
    "encryption": configuration.encryption,
    "options": configuration.options,
    "entries": processing.entries,
    "dead letter": processing.dead_letter,
    "metrics": monitoring.metrics,
    "alarm": monitoring.alarm,
    EMPTIED: files.remove,
}


class Hook(BaseTaskcatHook):  # type: ignore[misc]
    """Called by taskcat for each test, right after it asked for the stacks."""

    def __init__(
        self, hook_config: dict[str, Any] | None, _config: Any, test: TestObj, *_: Any
    ) -> None:
        self.settings = hook_config or {}
        if unknown := self.settings.keys() - SETTINGS:
            raise TaskCatException(f"functional has no setting {', '.join(sorted(unknown))}")
        self.test = test
        with ThreadPoolExecutor(len(test.regions)) as pool:
            results = list(pool.map(self.prove, test.regions))
        failures = [f"{r.test} {r.region}: {'; '.join(r.failures)}" for r in results if r.failures]
        if failures:
            raise TaskCatException("; ".join(failures))

    def prove(self, region: TestRegion) -> StackResult:
        """Look at the stack in one Region, and write down what was seen."""
        started = time.monotonic()
        result = StackResult(test=self.test.name, region=region.name)
        try:
            self.check(region, result)
            result.functional = True
        except (Broken, OperatorError) as error:
            result.failures.append(str(error))
        except Exception as error:  # AWS refused, or the check is broken; the others shall go on
            traceback.print_exc()
            result.failures.append(f"the check itself failed: {type(error).__name__}: {error}")
        result.seconds = time.monotonic() - started
        result.write(Path(os.environ.get("ACCEPTANCE_RESULTS", "taskcat_outputs")))
        verdict = f"FAILED: {'; '.join(result.failures)}" if result.failures else "functional"
        self.say(region, f"{verdict} ({result.seconds:.1f} s)")
        return result

    def check(self, region: TestRegion, result: StackResult) -> None:
        """Wait for the stack, run the checks in order, and fill in the result."""
        cloudformation = region.client("cloudformation")
        description = stacks.settled(cloudformation, self.test.stack_name)
        result.stack_id, status = description["StackId"], description["StackStatus"]
        expect(status != MISSING, "not created: CloudFormation refused to begin; see taskcat.log")
        if status != "CREATE_COMPLETE":
            reason = stacks.first_failure(cloudformation, result.stack_id)
            raise Broken(f"not created ({status}): {reason}")
        result.created = True
        self.say(region, "created")
        stack = StackUnderTest(
            outputs=find(cloudformation, self.test.stack_name),
            processors={each.name: each for each in read_all(PROCESSORS)},
            resources=stacks.resources(cloudformation, result.stack_id),
            parameters=region.parameters,
            client=region.client,
            seconds=float(self.settings.get("timeout", 900)),
        )
        seconds = os.environ.get("ACCEPTANCE_EVENTBRIDGE_SECONDS", "330")
        files.await_announcements(stack, float(seconds))
        for name, check in CHECKS.items():
            if name == EMPTIED and self.settings.get("leave_files"):
                continue
            started = time.monotonic()
            check(stack)
            result.checks[name] = time.monotonic() - started
            self.say(region, f"{name} ({result.checks[name]:.1f} s)")

    def say(self, region: TestRegion, what: str) -> None:
        """Print a line; several Regions do at the same time."""
        print(f"{self.test.name} {region.name}: {what}\n", end="", flush=True)
