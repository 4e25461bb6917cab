"""Files go in, and what becomes of each is looked at."""

import io
import json
from dataclasses import asdict

from rich.table import Table

from local.demo import samples
from local.demo.samples import SampleFile
from local.demo.stage import DemoStage
from serverlessapp.operations import receipts
from serverlessapp.operations.receipts import Receipt


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
        for receipt in receipts.read(dynamodb, outputs["LedgerTableName"]):
            written[receipt.key] = receipt
        return len(written) >= len(wanted)

    stage.wait("the queue and the function", complete)
    secret = stage.session.client("secretsmanager").get_secret_value(SecretId=outputs["SecretArn"])
    password = json.loads(secret["SecretString"])["password"]
    table = Table()
    table.add_column("file", overflow="fold")
    for heading in ("bytes", "type", "same bytes", "signature"):
        table.add_column(heading, no_wrap=True)
    for key, sample in wanted.items():
        if receipt := written.get(key):
            seen = compared(receipt, sample, password, outputs["UploadBucketName"])
            stage.record.receipts.append({**asdict(receipt), **seen})
            table.add_row(
                sample.name,
                f"{receipt.size:,}",
                receipt.media_type,
                "yes" if seen["same_bytes"] else "NO",
                "valid" if seen["signature_valid"] else "INVALID",
            )
        else:
            table.add_row(sample.name, "", "none", "NO", "INVALID")
    stage.console.print(table)
    stage.check("every file has a receipt", written.keys() == wanted.keys())
    for column, words in (
        ("same_bytes", "every receipt's SHA-256 is that of the bytes that were sent"),
        ("signature_valid", "every signature is valid under the stack's secret"),
        ("type_as_expected", "every type is recognized from the content"),
    ):
        held = [receipt[column] for receipt in stage.record.receipts]
        stage.check(words, len(held) == len(wanted) and all(held))


def compared(receipt: Receipt, sample: SampleFile, password: str, bucket: str) -> dict[str, bool]:
    """Return what of a receipt is as it should be."""
    return {
        "same_bytes": receipt.sha256 == sample.sha256,
        "signature_valid": receipt.is_signed_by(password, bucket),
        "type_as_expected": receipt.media_type == sample.media_type,
    }


def show_parked(stage: DemoStage, outputs: dict[str, str]) -> None:
    """Show what arrived in the dead-letter queue, and why. The message stays there."""
    sqs, parked = stage.session.client("sqs"), stage.record.parked

    def arrived() -> bool:
        response = sqs.receive_message(
            QueueUrl=outputs["DeadLetterQueueUrl"],
            MessageAttributeNames=["All"],
            VisibilityTimeout=0,
        )
        for message in response.get("Messages", []):
            uploaded = json.loads(message["Body"])["Records"][0]["s3"]["object"]["key"]
            reason = message["MessageAttributes"]["Reason"]["StringValue"]
            parked.append({"key": uploaded, "reason": reason.strip()})
        return bool(parked)

    stage.wait("the dead-letter queue", arrived)
    for file in parked:
        stage.console.print(f"  {file['key']}: {file['reason']}", markup=False)
    stage.check(
        "only the damaged file is in the dead-letter queue, with the reason",
        [file["key"] for file in parked] == [outputs["UploadPrefix"] + samples.DAMAGED_KEY],
    )
