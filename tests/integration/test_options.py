"""All options come to a stack that runs, and go again, and files are processed all the time.

What the emulator has no settings for (VPC, pollers, throughput) is in unit tests of the template.
"""

from typing import Any

import pytest

from generators.application import build
from generators.render import render
from generators.retention import Retention
from local.emulator import Emulator

from .conftest import Deployment

TEMPLATE = render(build(Retention.RETAINED)).decode()
OPTIONS = {
    "CompletionEvents": "On",
    "Tracing": "Active",
    "VpcSubnetIds": "subnet-0a1b2c3d4e5f60718,subnet-1a1b2c3d4e5f60718",
    "VpcSecurityGroupIds": "sg-0a1b2c3d4e5f60718",
    "MinimumPollers": "2",
    "MaximumPollers": "20",
    "LedgerWarmThroughput": "8000",
}
OFF = {name: "Off" if name in ("CompletionEvents", "Tracing") else "" for name in OPTIONS}


@pytest.fixture(scope="module")
def stack(enforcing: Emulator) -> Deployment:
    return Deployment(enforcing.session(), "options", {})


def settings(stack: Deployment) -> dict[str, Any]:
    """Return what each option is about, as the services have it."""
    function = stack.client("lambda").get_function_configuration(
        FunctionName=stack.outputs["FunctionName"]
    )
    table = stack.client("dynamodb").describe_table(TableName=stack.outputs["LedgerTableName"])
    return {
        "tracing": function["TracingConfig"]["Mode"],
        "stream": table["Table"].get("StreamSpecification", {}).get("StreamEnabled", False),
        "pipes": len(stack.client("pipes").list_pipes()["Pipes"]),
    }


def process(stack: Deployment, name: str) -> None:
    stack.wait_for_receipt(name, stack.upload(name, b"content"))


def test_options_come_and_go_on_a_stack_that_runs(stack: Deployment) -> None:
    stack.update(TEMPLATE)
    process(stack, "before.csv")
    before = settings(stack)
    stack.update(TEMPLATE, **OPTIONS)
    process(stack, "with.csv")
    assert settings(stack) == {"tracing": "Active", "stream": True, "pipes": 1}
    stack.update(TEMPLATE, **OFF)
    process(stack, "after.csv")
    assert settings(stack) == before
