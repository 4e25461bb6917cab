"""Files go in, and what becomes of each is looked at."""

import io
import json
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from rich.table import Column, Table

from local.demo.samples import SampleFile
from local.demo.stage import DemoStage
from local.process.trial import plain
from serverlessapp.operations import failures, ledger, messages
from serverlessapp.operations.checker import Checker, ReceiptStatus
from serverlessapp.operations.events import uploads_in
from serverlessapp.operations.messages import Depth
from serverlessapp.operations.receipts import Receipt
from serverlessapp.operations.stack import Stack, StackLane

EPOCH = datetime.fromtimestamp(0, UTC)  # the whole log, which is not older than the demo
Sent = dict[str, list[SampleFile]]  # by the name of the processor that they are for


def upload(stage: DemoStage, stack: Stack, files: Iterable[SampleFile]) -> None:
    s3 = stage.session.client("s3")
    for sample in files:
        with stage.console.status(f"uploading {sample.name} ..."):
            s3.upload_fileobj(
                io.BytesIO(sample.content),
                stack.bucket,
                stack.prefix + sample.name,
                ExtraArgs={"Metadata": sample.metadata},
            )
        stage.console.print(f"  {len(sample.content):>12,} bytes  {sample.name}", markup=False)


def show_entries(stage: DemoStage, stack: Stack, sent: Sent) -> None:
    """Show what each processor entered in its ledger, compared with what was sent and signed."""
    complete = [entered(stage, stack, lane, sent[lane.processor]) for lane in stack.lanes]
    stage.check("every file has a receipt", all(complete))
    entries = stage.record.receipts
    stage.check(
        "every signature is valid",
        all(entry["verdict"] == ReceiptStatus.VERIFIED for entry in entries),
    )
    digests = [entry for entry in entries if entry["sha256"]]
    if digests:
        stage.check(
            "every receipt has the SHA-256 of the uploaded content",
            all(entry["sha256"] == entry["sent"].sha256 for entry in digests),
        )
        stage.check(
            "every file type is recognized from the content",
            all(entry["type"] == entry["sent"].media_type for entry in digests),
        )
    for entry in entries:
        entry["sent"] = entry["sent"].name


def entered(stage: DemoStage, stack: Stack, lane: StackLane, files: list[SampleFile]) -> bool:
    """Show a lane's entries; tell whether there is one for each file."""
    wanted = {stack.prefix + sample.name: sample for sample in files}
    items: dict[str, Any] = {}
    dynamodb = stage.session.client("dynamodb")

    def complete() -> bool:
        for page in ledger.pages(dynamodb, lane.ledger):
            items.update({item["object_key"]["S"]: item for item in page})
        return items.keys() >= wanted.keys()

    stage.wait(f"the queue and the function of {lane.processor}", complete)
    client = stage.session.client
    checker = Checker(stack=stack, s3=client("s3"), secrets=client("secretsmanager"))
    columns = ("bytes", "signature", "result")
    table = Table(Column("file", overflow="fold"), *columns, title=lane.processor)
    for key, sample in wanted.items():
        if (item := items.get(key)) is None:
            continue
        checked, receipt = checker.check(lane, item), Receipt.from_item(item)
        stage.record.receipts.append(
            {
                "processor": lane.processor,
                "key": key,
                "version_id": receipt.version_id,
                "size": receipt.size,
                "sha256": receipt.sha256,
                "type": receipt.media_type,
                "verdict": checked.verdict,
                "reason": checked.reason,
                "sent": sample,
            }
        )
        result = receipt.media_type or json.dumps(plain(item["receipt"]), default=str)
        table.add_row(sample.name, f"{receipt.size:,}", checked.verdict, result)
    stage.console.print(table)
    for key in wanted.keys() - items.keys():
        reason = why(client("logs"), lane, key)
        stage.console.print(f"  {lane.processor}: {key}: no receipt: {reason}", markup=False)
    return items.keys() >= wanted.keys()


def why(logs: Any, lane: StackLane, key: str, message_id: str = "") -> str:
    """Return how the function failed with a file, as its log says; here, nobody can look later."""
    errors = failures.read(logs, lane.log_group, EPOCH, lambda _: None)
    return errors.of(message_id, key) or "no log line about it"


def show_parked(stage: DemoStage, stack: Stack, damaged: list[SampleFile]) -> None:
    """Show what arrived in the dead-letter queues, and why. The messages stay there."""
    sqs, logs = stage.session.client("sqs"), stage.session.client("logs")
    parked = stage.record.parked
    wanted = [stack.prefix + sample.name for sample in damaged]
    kept = {lane: Depth.of(sqs, lane.dead_letter_queue).kept for lane in stack.lanes}

    def arrived() -> bool:
        for lane, seconds in kept.items():
            for message in messages.receive(sqs, lane.dead_letter_queue, 0, seconds):
                for each in uploads_in(message.body):
                    reason = message.reason or why(logs, lane, each.key, message.message_id)
                    parked.append({"processor": lane.processor, "key": each.key, "reason": reason})
        return len(parked) >= len(wanted)

    stage.wait("the dead-letter queue", arrived)
    for file in parked:
        stage.console.print(f"  {file['processor']}: {file['key']}: {file['reason']}", markup=False)
    words = "only the damaged file is in the dead-letter queue, with the reason"
    stage.check(
        words if wanted else "nothing is in a dead-letter queue",
        [file["key"] for file in parked] == wanted,
    )
