"""From each release to today's templates, with data in the stack, and back."""

import json
from collections.abc import Iterator

import boto3
import pytest

from generators import inline
from generators.retention import Retention
from local import stacks
from local.stacks import Plan, StackError
from serverlessapp.diff.resources import Changes
from serverlessapp.diff.stack import carried, evaluations
from serverlessapp.releases.archive import RELEASES
from serverlessapp.template.reading import parse
from tests.fixture_lanes import lane

from ..conftest import Deployment, Operate, wait_until
from ..lanes.stage import BUCKET, KEY, code_of, content, remove_code, store_code
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
    old, new = evaluations(parse(before), parse(after), values)
    assert listed(planned) == predicted(Changes(old, new, Emulated(), listed=True).all())
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


def test_a_lane_can_be_added_after_an_upgrade(
    stack: Deployment, released: Templates, operate: Operate
) -> None:
    """In one update; what an older version signed still counts, beside what is signed now."""
    stack.update(released(Retention.RETAINED))
    stack.upload("old.txt", b"old")
    before = stack.wait_for_receipt("old.txt")
    lanes = (lane(suffixes=[".txt"]), lane("csv", handler="own:run", suffixes=[".csv"]))
    store_code(stack.session)
    try:
        stack.update(json.dumps(content(lanes, Retention.RETAINED)), **code_of(lanes))
        assert stack.receipts()["old.txt"] == before
        stack.upload("new.txt", b"new")
        stack.upload("new.csv", b"new")
        wait_until(
            "three true entries",
            lambda: operate("verify", stack.name)[1]["counts"]["verified"] == 3,
        )
        assert operate("verify", stack.name)[0] == 0
        assert operate("reconcile", stack.name)[1]["planned"] == []
    finally:
        remove_code(stack.session)


@pytest.mark.parametrize("runs", ["new code in 0.3.0", "code of 0.3.0 in a new template"])
def test_code_of_one_version_runs_in_the_template_of_another(
    stack: Deployment, current: Templates, operate: Operate, runs: str
) -> None:
    old = (RELEASES / "0.3.0" / "application-ephemeral.yaml").read_text()
    function = parsed(old)["Resources"]["FileProcessor"]["Properties"]["Code"]
    code, template = function["Fn::If"][2]["ZipFile"], current(Retention.EPHEMERAL)
    if runs.startswith("new"):
        code, template = inline.source("file_processor"), old
    store_code(stack.session, {"index.py": code})
    try:
        stack.update(template, CodeBucket=BUCKET, CodeKey=KEY)
        stack.upload("a.txt", b"a")
        stack.wait_for_receipt("a.txt")
        assert operate("verify", stack.name)[1]["counts"]["verified"] == 1
    finally:
        remove_code(stack.session)
