"""taskcat's post-hook ``functional``: every stack of a test works, in each Region.

Settings in ``.taskcat.yml``, below ``config``:

    timeout      seconds that anything may take to happen in a stack (300)
    leave_files  true: the stack has to empty its bucket itself (false)

Results go where ACCEPTANCE_RESULTS says, by default into ``taskcat_outputs/``.
"""

import os
import time
import traceback
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError
from taskcat._dataclasses import TestObj, TestRegion
from taskcat.exceptions import TaskCatException
from taskcat.testing._hooks import BaseTaskcatHook

from serverlessapp.errors import OperatorError
from tests.acceptance.checks import creation, proof
from tests.acceptance.checks.expectations import Broken
from tests.acceptance.checks.result import Check, Result

TIMEOUT = 300.0
SETTINGS = {"timeout", "leave_files"}


class Hook(BaseTaskcatHook):  # type: ignore[misc]
    """Called by taskcat for each test, right after it asked for the stacks."""

    def __init__(
        self, hook_config: dict[str, Any] | None, _config: Any, test: TestObj, *_: Any
    ) -> None:
        self.settings = hook_config or {}
        if unknown := self.settings.keys() - SETTINGS:
            raise TaskCatException(f"functional has no setting {', '.join(sorted(unknown))}")
        self.test = test
        self.folder = Path(os.environ.get("ACCEPTANCE_RESULTS", "taskcat_outputs"))
        with ThreadPoolExecutor(len(test.regions)) as pool:
            results = list(pool.map(self.prove, test.regions))
        failures = [f"{one.test} {one.region}: {one.failure}" for one in results if one.failure]
        if failures:
            raise TaskCatException("; ".join(failures))

    def prove(self, region: TestRegion) -> Result:
        """Look at the stack in one Region, and write down what was seen."""
        started = time.monotonic()
        name = self.test.stack_name
        result = Result(test=self.test.name, region=region.name, stack=name)
        try:
            self.look(region, result)
        except (Broken, OperatorError) as error:
            result.failure = str(error)
        except (BotoCoreError, ClientError) as error:
            result.failure = f"AWS refused: {error}"
        except Exception as error:  # one broken check must not end all others
            traceback.print_exc()
            result.failure = f"the check itself failed: {type(error).__name__}: {error}"
        self.note_resources(region, result)
        result.seconds = time.monotonic() - started
        result.write(self.folder)
        verdict = f"FAILED: {result.failure}" if result.failure else "functional"
        self.say(region, f"{verdict} ({result.seconds:.1f} s)")
        return result

    def look(self, region: TestRegion, result: Result) -> None:
        """Fill in the result.

        Raises:
            Broken: An expectation does not hold.
            OperatorError: It is not one of our stacks.
            ClientError: AWS refused a call.
        """
        subject = creation.subject(
            result.stack,
            client=region.client,
            parameters=region.parameters,
            seconds=float(self.settings.get("timeout", TIMEOUT)),
            leave_files=bool(self.settings.get("leave_files", False)),
        )
        result.created = True
        self.say(region, "created")
        for name, seconds in proof.run(subject):
            result.checks.append(Check(name=name, seconds=seconds))
            self.say(region, f"{name} ({seconds:.1f} s)")

    def note_resources(self, region: TestRegion, result: Result) -> None:
        """Note what has to be gone, or to be there, when the stack is deleted."""
        cloudformation = region.client("cloudformation")
        try:
            (stack,) = cloudformation.describe_stacks(StackName=result.stack)["Stacks"]
            result.stack_id = stack["StackId"]
            result.resources = creation.resources(cloudformation, result.stack)
            result.kept = creation.kept(cloudformation, result.stack)
        except ClientError as error:
            result.failure = result.failure or str(error)

    def say(self, region: TestRegion, what: str) -> None:
        """Print a line; several Regions do at the same time."""
        print(f"{self.test.name} {region.name}: {what}\n", end="", flush=True)
