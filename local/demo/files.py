"""Files go in, and what becomes of each is looked at."""

import io
import json
from dataclasses import asdict

from rich.table import Column, Table

from local.demo import samples
from local.demo.stage import DemoStage
from serverlessapp.operations import messages, receipts
from serverlessapp.operations.events import uploads_in
from serverlessapp.operations.messages import Depth
from serverlessapp.operations.receipts import Receipt

# What a receipt has to hold: column, and what is checked.
RECEIPT_CHECKS = {
    "same bytes": "every receipt's SHA-256 is that of the bytes that were sent",
    "signature": "every signature is valid under the stack's secret",
    "right type": "every type is recognized from the content",
}


def upload(stage: DemoStage, bucket: str, prefix: str) -> None:
    """Upload the samples."""
    s3 = stage.session.client("s3")
    for sample in (*samples.processed(), samples.skipped(), samples.damaged()):
        with stage.console.status(f"uploading {sample.name} ..."):
            s3.upload_fileobj(
                io.BytesIO(sample.content),
                bucket,
                prefix + sample.name,
                ExtraArgs={"Metadata": sample.metadata},
            )
        stage.console.print(f"  {len(sample.content):>12,} bytes  {sample.name}", markup=False)


def show_receipts(stage: DemoStage, outputs: dict[str, str]) -> None:
    """Show the receipts, each compared with the bytes that were sent and with the secret."""
    wanted = {outputs["UploadPrefix"] + sample.name: sample for sample in samples.processed()}
    written: dict[str, Receipt] = {}
    dynamodb = stage.session.client("dynamodb")

    def complete() -> bool:
        read = receipts.read(dynamodb, outputs["LedgerTableName"])
        written.update({receipt.key: receipt for receipt in read})
        return len(written) >= len(wanted)

    stage.wait("the queue and the function", complete)
    secret = stage.session.client("secretsmanager").get_secret_value(SecretId=outputs["SecretArn"])
    password = json.loads(secret["SecretString"])["password"]
    columns = ("bytes", "type", "same bytes", "signature")  # a fifth has no room in 80 letters
    table = Table(Column("file", overflow="fold"), *(Column(c, no_wrap=True) for c in columns))
    for key, sample in wanted.items():
        if (receipt := written.get(key)) is None:
            continue
        held = (
            receipt.sha256 == sample.sha256,
            receipt.is_signed_by(password, outputs["UploadBucketName"]),
            receipt.media_type == sample.media_type,
        )
        stage.record.receipts.append({**asdict(receipt), **dict(zip(RECEIPT_CHECKS, held))})
        marks = ("yes" if each else "NO" for each in held[:2])
        table.add_row(sample.name, f"{receipt.size:,}", receipt.media_type, *marks)
    stage.console.print(table)
    stage.check("every file has a receipt", written.keys() == wanted.keys())
    for column, words in RECEIPT_CHECKS.items():
        stage.check(words, all(receipt[column] for receipt in stage.record.receipts))


def show_parked(stage: DemoStage, outputs: dict[str, str]) -> None:
    """Show what arrived in the dead-letter queue, and why. The message stays there."""
    sqs, parked = stage.session.client("sqs"), stage.record.parked
    queue = outputs["DeadLetterQueueUrl"]
    kept = Depth.of(sqs, queue).kept

    def arrived() -> bool:
        for message in messages.receive(sqs, queue, 0, kept):
            keys = (upload.key for upload in uploads_in(message.body))
            parked.extend({"key": key, "reason": message.reason} for key in keys)
        return bool(parked)

    stage.wait("the dead-letter queue", arrived)
    for file in parked:
        stage.console.print(f"  {file['key']}: {file['reason']}", markup=False)
    stage.check(
        "only the damaged file is in the dead-letter queue, with the reason",
        [file["key"] for file in parked] == [outputs["UploadPrefix"] + samples.DAMAGED_KEY],
    )
