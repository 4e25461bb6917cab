"""Each fault is caught: a failure that names test, Region and cause, and nothing left of it."""

import json
from collections.abc import Callable
from typing import Any
from xml.etree import ElementTree

from local.emulator import EmulatorSession
from pipeline.names import TASKCAT_ROLE

from .conftest import REGIONS, Checkout, Finished

Finish = Callable[..., Finished]
EPHEMERAL = "application-ephemeral"
SECONDS = 6  # that a check waits which is to fail


def only_failure(finished: Finished, test: str = "default", region: str = REGIONS[0]) -> str:
    """Return the words about the only stack that failed; nothing may be left."""
    assert not finished.run.passed
    failed = {where for where, stack in finished.stacks.items() if not stack.passed}
    assert failed == {(test, region)}
    assert not finished.left, finished.run
    words = "; ".join(finished.stacks[test, region].failures)
    cases = ElementTree.parse(finished.reports / "taskcat.xml").iter("testcase")  # noqa: S314
    told = {(case.get("classname"), case[0].get("message")) for case in cases if len(case)}
    assert (f"{test}.{region}", words) in told
    return words


def inline(resources: dict[str, Any], function: str) -> dict[str, Any]:
    """Return where the inline code of a function is."""
    code: dict[str, Any] = resources[function]["Properties"]["Code"]
    return dict.get(code, "Fn::If", [None, None, code])[2]  # type: ignore[no-any-return]


def test_a_broken_handler(project: Checkout, finish: Finish) -> None:
    def crash(resources: dict[str, Any]) -> None:
        inline(resources, "FileProcessor")["ZipFile"] = "def handler(*_): raise RuntimeError('no')"

    project.change(EPHEMERAL, crash)
    project.write(timeout=SECONDS)
    words = only_failure(finish(project))
    assert "7 of 7 files are not in the ledger" in words
    assert "RuntimeError" in words


def test_a_missing_action(project: Checkout, finish: Finish) -> None:
    def forget(resources: dict[str, Any]) -> None:
        policy = resources["FileProcessorPolicy"]["Properties"]["PolicyDocument"]
        kept = [s for s in policy["Statement"] if s["Action"] != ["dynamodb:PutItem"]]
        assert len(kept) == len(policy["Statement"]) - 1
        policy["Statement"] = kept

    project.change(EPHEMERAL, forget)
    project.write(timeout=SECONDS)
    words = only_failure(finish(project))
    assert "7 of 7 files are not in the ledger" in words
    assert "AccessDenied" in words
    assert "dynamodb:PutItem" in words


def test_a_wrong_prefix(project: Checkout, finish: Finish) -> None:
    def misdirect(resources: dict[str, Any]) -> None:
        notification = resources["UploadBucket"]["Properties"]["NotificationConfiguration"]
        (rule,) = notification["QueueConfigurations"][0]["Filter"]["S3Key"]["Rules"]
        rule["Value"] = "elsewhere/"

    project.change(EPHEMERAL, misdirect)
    project.write(timeout=SECONDS)
    words = only_failure(finish(project))
    assert "7 of 7 files are not in the ledger" in words
    assert "no error" in words


def test_a_stack_that_cannot_be_deleted(project: Checkout, finish: Finish) -> None:
    def resist(resources: dict[str, Any]) -> None:
        code = inline(resources, "BucketEmptier")
        assert 'boto3.resource("s3")' in code["ZipFile"]
        code["ZipFile"] = code["ZipFile"].replace('boto3.resource("s3")', "seeded_fault()")

    project.change(EPHEMERAL, resist)
    project.write()
    finished = finish(project)
    words = only_failure(finished)
    assert "not deleted (DELETE_FAILED)" in words
    assert "BucketContents" in words
    assert "seeded_fault" in words
    stack = finished.stacks["default", REGIONS[0]]
    assert (stack.created, stack.functional, stack.deleted) == (True, True, False)


def test_a_region_that_fails_alone(project: Checkout, finish: Finish) -> None:
    project.regions = REGIONS

    def forbid(root: EmulatorSession) -> None:
        iam = root.client("iam")
        statement = {
            "Effect": "Deny",
            "Action": "cloudformation:CreateStack",
            "Resource": "*",
            "Condition": {"StringEquals": {"aws:RequestedRegion": "eu-west-1"}},
        }
        policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
        iam.put_role_policy(RoleName=TASKCAT_ROLE, PolicyName="NotThere", PolicyDocument=policy)

    project.write()
    finished = finish(project, forbid)
    assert "not created" in only_failure(finished, region="eu-west-1")
    (told,) = finished.run.problems
    assert "AccessDenied" in told
    assert "eu-west-1" in told


def test_a_failing_post_hook(project: Checkout, finish: Finish) -> None:
    """Here, of the retained template: what it keeps has to be found without the hook's help."""
    project.tests = ("kept",)
    project.write(patience="none")
    finished = finish(project)
    assert "before anybody looked" in only_failure(finished, test="kept")
    (told,) = finished.run.problems
    assert "functional has no setting patience" in told
