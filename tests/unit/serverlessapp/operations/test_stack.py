"""The stack that a command is about: it has to be there, and one of ours."""

import json
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import ClientError

from serverlessapp.errors import OperatorError
from serverlessapp.operations import reconcile
from serverlessapp.operations.stack import Stack, find
from serverlessapp.report import Report

from .conftest import made_lane, made_stack


def refused(code: str, message: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": message}}, "Operation")


def test_a_prefix_the_stack_does_not_process(stack: Stack) -> None:
    nobody: Any = None  # is asked
    with pytest.raises(OperatorError, match="processes uploads/, not other/"):
        reconcile.run(Report(), stack, nobody, nobody, nobody, prefixes=["other/"])


class FakeCloudFormation:
    meta = SimpleNamespace(region_name="us-west-2")

    def __init__(self, answer: Any) -> None:
        self.answer = answer

    def describe_stacks(self, StackName: str) -> Any:  # noqa: N803
        if isinstance(self.answer, Exception):
            raise self.answer
        return {"Stacks": [self.answer]}


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (
            refused("ValidationError", "Stack with id s does not exist"),
            "stack s does not exist in us-west-2",
        ),
        ({"StackStatus": "ROLLBACK_COMPLETE"}, r"s \(ROLLBACK_COMPLETE\) has no output Upload"),
    ],
)
def test_a_stack_that_is_not_one_of_ours(answer: Any, message: str) -> None:
    cloudformation: Any = FakeCloudFormation(answer)
    with pytest.raises(OperatorError, match=message):
        find(cloudformation, "s")


OUTPUTS = {
    "UploadBucketName": "b",
    "UploadPrefix": "uploads/",
    "SecretArn": "s",
    "IngestQueueUrl": "ingest",
    "DeadLetterQueueUrl": "dlq",
    "LedgerTableName": "t",
    "FunctionName": "f",
    "LogGroupName": "g",
}
LANES = {
    "csv": {
        "source": "eventbridge",
        "folder": "reports/",
        "suffixes": [".csv"],
        "queue": "csv-ingest",
        "deadLetterQueue": "csv-dlq",
        "ledger": "csv-t",
        "function": "csv-f",
        "logGroup": "csv-g",
    }
}


def described(**outputs: str) -> Any:
    items = [{"OutputKey": name, "OutputValue": value} for name, value in outputs.items()]
    return FakeCloudFormation({"StackStatus": "CREATE_COMPLETE", "Outputs": items})


def test_a_stack_of_before_lanes_has_one(stack: Stack) -> None:
    assert find(described(**OUTPUTS), "files") == stack


def test_lanes_are_what_the_output_says() -> None:
    """A fork without the lane receipts has none of its outputs."""
    shared = {name: OUTPUTS[name] for name in ("UploadBucketName", "UploadPrefix", "SecretArn")}
    found = find(described(**shared, Lanes=json.dumps(LANES)), "files")
    uploads = {"source": "eventbridge", "folder": "reports/", "suffixes": (".csv",)}
    assert found == made_stack(made_lane("csv", "csv-", **uploads))


def test_a_processor_that_the_stack_does_not_have() -> None:
    with pytest.raises(OperatorError, match="no processor pdf; it has csv"):
        find(described(**OUTPUTS, Lanes=json.dumps(LANES)), "files", "pdf")


def test_which_processors_take_a_file(two_lanes: Stack) -> None:
    def takers(key: str) -> list[str]:
        return [lane.processor for lane in two_lanes.takers(key)]

    assert takers("uploads/reports/a.csv") == ["csv"]
    assert takers("uploads/reports/a.txt") == ["receipts"]
    assert takers("uploads/a.csv") == takers("uploads/reports/a.CSV") == takers("reports/a.csv")
    assert takers("uploads/a.csv") == []
    tables, _ = two_lanes.lanes
    everything = made_lane("all", source="eventbridge")
    assert made_stack(tables, everything).takers("uploads/reports/a.csv") == (tables, everything)


@pytest.mark.parametrize("lanes", ["csv", '["csv"]', '{"csv": 1}', '{"csv": {"source": "pipe"}}'])
def test_lanes_that_nobody_knows_are_refused_in_words(lanes: str) -> None:
    with pytest.raises(OperatorError, match="cannot read the stack's output Lanes"):
        find(described(**OUTPUTS, Lanes=lanes), "files")
