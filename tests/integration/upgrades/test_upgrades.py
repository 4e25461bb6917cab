"""From each release to today's templates, with data in the stack, and back."""

from collections.abc import Iterator

import boto3
import pytest

from generators.retention import Retention
from local import stacks
from local.stacks import Plan, StackError
from serverlessapp.diff.comparison import change_set
from serverlessapp.diff.stack import carried
from serverlessapp.template.reading import parse

from ..conftest import Deployment
from . import stock
from .conftest import Templates, parsed
from .emulated import Emulated, listed, predicted

KINDS = pytest.mark.parametrize("kind", list(Retention), ids=lambda kind: str(kind.value))


@pytest.fixture
def stack(session: boto3.Session, request: pytest.FixtureRequest) -> Iterator[Deployment]:
    """Return a stack that is still to be made, and is deleted after the test."""
    deployment = Deployment(session, f"upgrade-{abs(hash(request.node.nodeid)) % 10**8}", {})
    yield deployment
    deployment.delete()


def parameters(stack: Deployment) -> dict[str, str]:
    (description,) = stack.client("cloudformation").describe_stacks(StackName=stack.name)["Stacks"]
    return {item["ParameterKey"]: item["ParameterValue"] for item in description["Parameters"]}


def plan(stack: Deployment, before: str, after: str, **changes: str) -> Plan | None:
    """Plan an update as the console does: parameters keep their values."""
    kept = carried(parse(after), parameters(stack), parse(before))
    return stacks.plan(
        stack.client("cloudformation"),
        stack=stack.name,
        template=after,
        parameters={name: text for name, text in {**kept, **changes}.items() if text is not None},
    )


def planned_as_predicted(stack: Deployment, before: str, after: str) -> Plan | None:
    """Plan an update; fail unless its change set is what the diff of the templates says."""
    values = parameters(stack)
    planned = plan(stack, before, after)
    prediction = change_set(parse(before), parse(after), values, Emulated())
    assert listed(planned) == predicted(prediction)
    return planned


def execute(stack: Deployment, planned: Plan | None) -> None:
    if planned is not None:
        for _ in stacks.execute(stack.client("cloudformation"), planned):
            pass
    stack.outputs = stacks.outputs(stack.client("cloudformation"), stack.name)


@KINDS
def test_an_upgrade_loses_nothing_and_was_predicted(
    stack: Deployment, released: Templates, current: Templates, kind: Retention
) -> None:
    before, after = released(kind), current(kind)
    stack.update(before, UploadPrefix="in/", FunctionMemory="512")
    stocked = stock.put_into(stack)
    planned = planned_as_predicted(stack, before, after)
    execute(stack, planned)
    stocked.assert_kept(stack)
    assert parameters(stack).items() >= {"UploadPrefix": "in/", "FunctionMemory": "512"}.items()
    if planned is not None:
        expected = parsed(after)["Metadata"]["ServerlessApp"]["Version"]
        assert stack.outputs["TemplateVersion"] == expected


def test_a_failed_upgrade_leaves_a_working_stack(
    stack: Deployment, released: Templates, current: Templates
) -> None:
    before = released(Retention.RETAINED)
    stack.update(before)
    stocked = stock.put_into(stack)
    outputs = stack.outputs
    planned = plan(
        stack, before, current(Retention.RETAINED), CodeBucket="there-is-none", CodeKey="a.zip"
    )
    with pytest.raises(StackError, match=r"UPDATE_ROLLBACK_COMPLETE; FileProcessor: .+"):
        execute(stack, planned)
    assert stacks.outputs(stack.client("cloudformation"), stack.name) == outputs
    stocked.assert_kept(stack)


def test_going_back_works_too(stack: Deployment, released: Templates, current: Templates) -> None:
    """As documented: a downgrade is an update like any other, and is predicted like one."""
    before, after = current(Retention.RETAINED), released(Retention.RETAINED)
    stack.update(before)
    stocked = stock.put_into(stack)
    planned = planned_as_predicted(stack, before, after)
    execute(stack, planned)
    stocked.assert_kept(stack)
