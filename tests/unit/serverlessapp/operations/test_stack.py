"""The stack that a command is about: it has to be there, and one of ours."""

from types import SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import ClientError

from serverlessapp.errors import OperatorError
from serverlessapp.operations import reconcile
from serverlessapp.operations.stack import Stack, find
from serverlessapp.report import Report


def refused(code: str, message: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": message}}, "Operation")


def test_a_prefix_the_stack_does_not_process(stack: Stack) -> None:
    nobody: Any = None  # is asked
    with pytest.raises(OperatorError, match="processes uploads/, not other/"):
        reconcile.run(Report(), stack, nobody, nobody, nobody, prefix="other/", since=None)


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
        (refused("ValidationError", "Stack with id s does not exist"), "no stack s in us-west-2"),
        ({"StackStatus": "ROLLBACK_COMPLETE"}, r"s \(ROLLBACK_COMPLETE\) has no output Upload"),
    ],
)
def test_a_stack_that_is_not_one_of_ours(answer: Any, message: str) -> None:
    cloudformation: Any = FakeCloudFormation(answer)
    with pytest.raises(OperatorError, match=message):
        find(cloudformation, "s")
