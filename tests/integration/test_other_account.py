"""Files of another account's bucket, under its owner's key, are read as its owner allows it.

What docs/existing-bucket.md tells the owner to allow. That rules forward the events, the emulator
cannot show: they are put into the queue.
"""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from generators.application import build
from generators.render import render
from generators.retention import Retention
from generators.source import UploadSource
from local.emulator import Emulator, EmulatorSession
from local.enforcement.principals import administrator, policy

from . import foreign
from .conftest import Deployment, wait_until

ROOT = Path(__file__).resolve().parents[2]
OWNER, OURS = "111111111111", "222222222222"  # as the page has them
PAGE = (ROOT / "docs" / "existing-bucket.md").read_text(encoding="utf-8")
FOR_BUCKET, FOR_KEY = re.findall(r"```json\n(.*?)```", PAGE, re.DOTALL)
EVENT = json.loads((ROOT / "tests/events/eventbridge-object-created.json").read_text())


def announced(stack: Deployment, key: str, uploaded: dict[str, Any]) -> None:
    """Put into the queue what a rule of the owner's would forward."""
    detail = EVENT["detail"] | {
        "bucket": {"name": stack.outputs["UploadBucketName"]},
        "object": {"key": key, "size": 5, "etag": uploaded["ETag"].strip('"'), "sequencer": "1"},
    }
    if "VersionId" in uploaded:
        detail["object"]["version-id"] = uploaded["VersionId"]
    body = json.dumps(EVENT | {"account": OWNER, "detail": detail})
    stack.client("sqs").send_message(QueueUrl=stack.outputs["IngestQueueUrl"], MessageBody=body)


def allow(owner: EmulatorSession, bucket: str, key: str) -> None:
    """Do what the page tells the owner."""
    s3, kms = owner.client("s3"), owner.client("kms")
    statements = json.loads(FOR_BUCKET.replace("company-files", bucket))
    s3.put_bucket_policy(Bucket=bucket, Policy=policy(*statements))
    own = json.loads(kms.get_key_policy(KeyId=key, PolicyName="default")["Policy"])
    whole = policy(*own["Statement"], json.loads(FOR_KEY))
    kms.put_key_policy(KeyId=key, PolicyName="default", Policy=whole)


@pytest.mark.parametrize("versions", [True, False])
def test_its_owner_lets_the_function_read(enforcing: Emulator, versions: bool) -> None:
    owner, bucket = enforcing.session(account=OWNER), f"company-files-{versions}".lower()
    key = owner.client("kms").create_key()["KeyMetadata"]["Arn"]
    foreign.bucket(owner, bucket, versions=versions, key=key)
    ours = administrator(enforcing.session(account=OURS), f"operator-{versions}")
    stack = Deployment(ours, f"files-{versions}", {})
    template = render(build(Retention.EPHEMERAL, source=UploadSource.EXISTING_BUCKET)).decode()
    given = {"SourceBucket": bucket, "SourceAccount": OWNER, "SourceKeyArn": key}
    stack.update(template, UploadPrefix="in/", **given)
    s3 = owner.client("s3")
    try:
        file = s3.put_object(Bucket=bucket, Key="in/a+b c.txt", Body=b"hello")
        gone = s3.put_object(Bucket=bucket, Key="in/gone.txt", Body=b"hello")
        which = {"VersionId": gone["VersionId"]} if versions else {}
        s3.delete_object(Bucket=bucket, Key="in/gone.txt", **which)
        announced(stack, "in/a+b c.txt", file)
        wait_until("a refusal", lambda: "AccessDenied" in logged(stack))
        assert not stack.receipts()
        allow(owner, bucket, key)
        announced(stack, "in/a+b c.txt", file)
        assert stack.wait_for_receipt("a+b c.txt").size == 5
        announced(stack, "in/gone.txt", gone)
        wait_until("what is gone is no refusal", lambda: "is gone" in logged(stack))
    finally:
        stack.delete()


def logged(stack: Deployment) -> str:
    """Return what the function logged."""
    group = stack.outputs["LogGroupName"]
    events = stack.client("logs").filter_log_events(logGroupName=group)["events"]
    return " ".join(each["message"] for each in events)
