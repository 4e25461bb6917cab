"""What docs/updates.md says of a stack in use that gets another value, with files in it.

``Encryption`` is in test_encryption_switch.py, and the rest of ``UploadPrefix`` in test_runbook.py.
"""

from collections.abc import Callable

import pytest

from generators.retention import Retention
from local.emulator import Emulator
from local.stacks import StackError
from serverlessapp.diff.model import Risk

from .conftest import Deploy, Diff, Operate, wait_until

KEPT = Retention.RETAINED
Template = Callable[[Retention], str]


@pytest.fixture(scope="module")
def emulator(enforcing: Emulator) -> Emulator:
    """Return one that refuses what a role may not."""
    return enforcing


def test_another_prefix_parks_what_waits_and_keeps_what_is_done(
    deploy: Deploy, template: Template, operate: Operate
) -> None:
    stack = deploy(KEPT)
    stack.upload("before.txt", b"before")
    before, old = stack.wait_for_receipt("before.txt"), dict(stack.outputs)
    with stack.paused():
        stack.upload("waiting.txt", b"waiting")
        stack.update(template(KEPT), UploadPrefix="incoming/")
        stack.retry_after(1)
    assert stack.outputs == {**old, "UploadPrefix": "incoming/"}, "nothing is replaced"
    assert "waiting.txt" in stack.wait_for_parked()["Body"]
    code, document = operate("verify", stack.name)
    assert (code, document["counts"]["verified"]) == (0, 1)
    stack.update(template(KEPT), UploadPrefix="uploads/")
    assert operate("redrive", stack.name, "--all", "--yes")[1]["moved"] == 1
    stack.wait_for_receipt("waiting.txt")
    assert stack.receipts()["before.txt"] == before


def test_another_suffix_begins_empty_and_cannot_be_taken_back(
    deploy: Deploy, template: Template, operate: Operate, diff: Diff
) -> None:
    stack = deploy(KEPT)
    assert diff(f"stack:{stack.name}", "--parameter", "EnvironmentSuffix=other")[0] == Risk.DATA
    stack.upload("before.txt", b"before")
    before, old = stack.wait_for_receipt("before.txt"), dict(stack.outputs)
    wait_until("an empty queue", lambda: stack.messages() == (0, 0))
    lambdas = stack.client("lambda")
    (mapping,) = lambdas.list_event_source_mappings(FunctionName=old["FunctionName"])[
        "EventSourceMappings"
    ]
    lambdas.update_event_source_mapping(UUID=mapping["UUID"], Enabled=False)
    stack.upload("waiting.txt", b"waiting")
    wait_until("an event", lambda: stack.messages()[0])
    stack.update(template(KEPT), EnvironmentSuffix="other")

    stack.upload("new.txt", b"new")
    stack.wait_for_receipt("new.txt")
    s3, sqs = stack.client("s3"), stack.client("sqs")
    assert stack.outputs["UploadBucketName"] != old["UploadBucketName"]
    assert set(stack.receipts()) == {"before.txt", "new.txt"}
    for name in ("before.txt", "waiting.txt"):
        s3.head_object(Bucket=old["UploadBucketName"], Key=f"uploads/{name}")
    depth = sqs.get_queue_attributes(
        QueueUrl=old["IngestQueueUrl"], AttributeNames=["ApproximateNumberOfMessages"]
    )["Attributes"]
    assert depth == {"ApproximateNumberOfMessages": "1"}
    code, document = operate("verify", stack.name)
    assert (code, document["counts"]["verified"]) == (1, 1)
    assert [each["key"] for each in document["findings"]] == [before.key]
    with pytest.raises(StackError, match="ROLLBACK_COMPLETE"):
        stack.update(template(KEPT), EnvironmentSuffix="dev")
    stack.upload("later.txt", b"later")
    stack.wait_for_receipt("later.txt")
