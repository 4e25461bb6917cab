"""What is in a stack while it is updated: data of every kind, and messages on their way."""

import json
from dataclasses import dataclass
from typing import Any

from serverlessapp.operations.receipts import Receipt

from ..conftest import Deployment, wait_until

WAITING = ("waiting-1.txt", "waiting-2.txt")
FAR_AWAY = 900  # seconds; no message comes back by itself during a test


@dataclass(frozen=True, kw_only=True)
class Stock:
    """What was in a stack before its update."""

    receipt: Receipt
    secret: str
    parked: str
    received: str

    def assert_kept(self, stack: Deployment) -> None:
        """Find everything, as it was; messages that were on their way arrive."""
        stack.client("sqs").change_message_visibility(
            QueueUrl=stack.outputs["IngestQueueUrl"],
            ReceiptHandle=self.received,
            VisibilityTimeout=0,
        )
        switch_deliveries(stack, on=True)
        for name in WAITING:
            stack.wait_for_receipt(name)
        assert stack.receipts()["kept.txt"] == self.receipt
        assert self.receipt.is_signed_by(password(self.secret), stack.outputs["UploadBucketName"])
        assert secret(stack) == self.secret
        assert stack.wait_for_parked()["Body"] == self.parked
        kept = stack.client("s3").get_object(
            Bucket=stack.outputs["UploadBucketName"],
            Key=self.receipt.key,
            VersionId=self.receipt.version_id,
        )
        assert kept["Body"].read() == b"kept"
        stack.upload("after.txt", b"after")
        after = stack.wait_for_receipt("after.txt")
        assert after.is_signed_by(password(self.secret), stack.outputs["UploadBucketName"])


def put_into(stack: Deployment) -> Stock:
    """Process a file, park another, and leave two undelivered, one of them received."""
    stack.upload("kept.txt", b"kept")
    receipt = stack.wait_for_receipt("kept.txt")
    stack.upload("parked.txt", b"x", sha256="0" * 64)
    parked = stack.wait_for_parked()
    switch_deliveries(stack, on=False)
    for name in WAITING:
        stack.upload(name, name.encode())
    (message,) = wait_until("a message", lambda: receive(stack))
    return Stock(
        receipt=receipt,
        secret=secret(stack),
        parked=parked["Body"],
        received=message["ReceiptHandle"],
    )


def receive(stack: Deployment) -> list[dict[str, Any]]:
    """Take one message and keep it: it is in flight."""
    response = stack.client("sqs").receive_message(
        QueueUrl=stack.outputs["IngestQueueUrl"],
        MaxNumberOfMessages=1,
        VisibilityTimeout=FAR_AWAY,
    )
    return response.get("Messages", [])  # type: ignore[no-any-return]


def switch_deliveries(stack: Deployment, *, on: bool) -> None:
    """Connect the queue with the function, or separate them."""
    functions = stack.client("lambda")
    (mapping,) = functions.list_event_source_mappings(FunctionName=stack.outputs["FunctionName"])[
        "EventSourceMappings"
    ]
    functions.update_event_source_mapping(UUID=mapping["UUID"], Enabled=on)


def secret(stack: Deployment) -> str:
    return str(
        stack.client("secretsmanager").get_secret_value(SecretId=stack.outputs["SecretArn"])[
            "SecretString"
        ]
    )


def password(secret_string: str) -> str:
    return str(json.loads(secret_string)["password"])
