"""The whole way on this machine: generate, lint, deploy, upload, verify, delete."""

import io
import json
import subprocess
import sysconfig
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import boto3
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn
from rich.table import Table

from generators.application import build
from generators.render import render
from generators.retention import Retention
from handbook import page
from handbook.results import Results
from local import leftovers, samples, stacks
from local.emulator import Emulator
from local.metrics import publish
from local.samples import Sample
from serverlessapp.operations import metrics, receipts
from serverlessapp.operations.receipts import Receipt

ROOT = Path(__file__).resolve().parent.parent
STACK = "serverlessapp-demo"
PARAMETERS = {"EnvironmentSuffix": "demo"}
PROCESSING_SECONDS = 60.0
POLL_SECONDS = 0.1


@dataclass
class Record:
    """What was seen, for ``--json`` and for the verdict."""

    events: list[dict[str, str]] = field(default_factory=list)
    receipts: list[dict[str, Any]] = field(default_factory=list)
    metrics: dict[str, dict[str, float]] = field(default_factory=dict)
    alarms: dict[str, str] = field(default_factory=dict)
    parked: list[dict[str, str]] = field(default_factory=list)
    leftovers: dict[str, list[str]] = field(default_factory=dict)
    checks: dict[str, bool] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)

    @property
    def passed(self) -> bool:
        """Whether everything that was checked held."""
        return bool(self.checks) and all(self.checks.values())


@dataclass(frozen=True)
class Stage:
    """Where the demo runs: the screen, the record, the account."""

    console: Console
    record: Record
    session: boto3.Session

    def check(self, what: str, held: bool) -> None:
        """Note whether something held, and show it."""
        self.record.checks[what] = held
        mark = "[green]ok[/]" if held else "[bold red]FAILED[/]"
        self.console.print(f"  {mark}  {what}")

    @contextmanager
    def step(self, title: str) -> Iterator[None]:
        """Show a heading, and note how long the step took."""
        self.console.print(f"\n[bold]{title}[/]")
        started = time.monotonic()
        yield
        self.record.seconds[title] = round(time.monotonic() - started, 2)


def run(
    console: Console,
    *,
    port: int = 0,
    keep: bool = False,
    json_file: Path | None,
    page_file: Path | None = None,
) -> int:
    """Run the demo and return 0 if everything held, else 1.

    Args:
        console: Where to show it.
        port: The emulator's port; 0 takes a free one.
        keep: Leave stack and emulator running, and say how to reach them.
        json_file: Where to write what was seen.
        page_file: Where to write the page with what was seen.

    Raises:
        EmulatorError: The emulator does not start.
        StackError: The stack cannot be deployed or deleted.
    """
    record = Record()
    started = time.monotonic()
    template = render(build(Retention.EPHEMERAL)).decode()
    try:
        with linting(template) as lint, Emulator(port, outlive=keep) as emulator:
            stage = Stage(console, record, emulator.session())
            with stage.step("Generate and lint"):
                console.print(f"  {Retention.EPHEMERAL.value}: {len(template):,} bytes")
                with console.status("cfn-lint reads the template ..."):
                    findings = lint()
                console.print(findings, end="", markup=False)
                stage.check("cfn-lint finds nothing, in five Regions", not findings)
            with stage.step(f"Deploy with a change set, on the emulator at {emulator.endpoint}"):
                outputs = deploy(stage, template)
            process_files(stage, outputs)
            if keep:
                explain(console, emulator, outputs)
            else:
                with stage.step("Delete the stack"):
                    delete(stage)
    finally:
        record.seconds["total"] = round(time.monotonic() - started, 2)
        if json_file:
            json_file.write_text(json.dumps(asdict(record), indent=2) + "\n", encoding="utf-8")
        if page_file:
            page.write(page_file, Results(demo=asdict(record)))
    held = sum(record.checks.values())
    console.print(
        f"\n[bold]{held} of {len(record.checks)} checks held[/] "
        f"in {record.seconds['total']:.1f} s, on the emulator"
    )
    return 0 if record.passed else 1


@contextmanager
def linting(template: str) -> Iterator[Callable[[], str]]:
    """Run cfn-lint beside everything else; call what is yielded for its findings."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "application.yaml")
        path.write_text(template, encoding="utf-8")
        process = subprocess.Popen(
            [Path(sysconfig.get_path("scripts"), "cfn-lint"), "--template", str(path)],
            cwd=ROOT,  # for .cfnlintrc: the Regions, and informational findings too
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
        )
        try:
            yield lambda: process.communicate()[0]
        finally:
            process.kill()
            process.wait()


def deploy(stage: Stage, template: str) -> dict[str, str]:
    """Deploy the stack and return its outputs."""
    cloudformation = stage.session.client("cloudformation")
    planned = stacks.plan(cloudformation, stack=STACK, template=template, parameters=PARAMETERS)
    if planned is None:
        raise stacks.StackError(f"stack {STACK} exists already")
    stage.console.print(f"  change set: {len(planned.changes)} resources to add")
    show(stage, stacks.execute(cloudformation, planned))
    stage.check("the stack is complete", stacks.status(cloudformation, STACK) == "CREATE_COMPLETE")
    return stacks.outputs(cloudformation, STACK)


def delete(stage: Stage) -> None:
    """Delete the stack and look for anything left behind."""
    show(stage, stacks.delete(stage.session.client("cloudformation"), STACK))
    stage.record.leftovers = leftovers.inventory(stage.session)
    for kind, names in stage.record.leftovers.items():
        stage.console.print(f"  left: {kind}: {', '.join(names)}")
    stage.check("nothing is left in the account", not stage.record.leftovers)


def show(stage: Stage, events: Iterator[stacks.StackEvent]) -> None:
    """Print a line per resource when it is done."""
    with stage.console.status("CloudFormation works ..."):
        for event in events:
            stage.record.events.append(asdict(event))
            if event.status.endswith("_IN_PROGRESS"):
                continue
            style = "red" if event.is_failure else "green"
            stage.console.print(
                f"  [{style}]{event.status:<16}[/] {event.logical_id:<26} "
                f"[dim]{event.resource_type}[/] {event.reason}",
                highlight=False,
            )


def process_files(stage: Stage, outputs: dict[str, str]) -> None:
    """Upload the samples and check what became of each."""
    expected = samples.processed()
    with stage.step("Upload files"):
        uploaded = [*expected, samples.skipped(), samples.damaged()]
        upload(stage, outputs["UploadBucketName"], outputs["UploadPrefix"], uploaded)
    with stage.step("Receipts"):
        wanted = {outputs["UploadPrefix"] + sample.name: sample for sample in expected}
        written = wait_for_receipts(stage, outputs["LedgerTableName"], len(wanted))
        show_receipts(stage, outputs, wanted, written)
    with stage.step("A damaged file"):
        show_parked(stage, outputs)
    with stage.step("Metrics and alarms"):
        show_metrics(stage, outputs["LogGroupName"])
        show_alarms(stage)


def upload(stage: Stage, bucket: str, prefix: str, files: list[Sample]) -> None:
    """Upload files with a progress bar."""
    s3 = stage.session.client("s3")
    with Progress(
        TextColumn("  {task.description}"),
        BarColumn(),
        DownloadColumn(),
        console=stage.console,
        transient=True,
        disable=not stage.console.is_terminal,
    ) as progress:
        for sample in files:
            task = progress.add_task(sample.name, total=len(sample.content))
            s3.upload_fileobj(
                io.BytesIO(sample.content),
                bucket,
                prefix + sample.name,
                ExtraArgs={"Metadata": sample.metadata},
                Callback=lambda sent, task=task: progress.advance(task, sent),
            )
    for sample in files:
        stage.console.print(f"  {len(sample.content):>12,} bytes  {sample.name}", markup=False)


def wait_for_receipts(stage: Stage, table: str, number: int) -> dict[str, Receipt]:
    """Return receipts by key, when all are there or the time is up."""
    dynamodb = stage.session.client("dynamodb")
    deadline = time.monotonic() + PROCESSING_SECONDS
    with stage.console.status("waiting for the queue and the function ...") as display:
        while True:
            found = {receipt.key: receipt for receipt in receipts.read(dynamodb, table)}
            if len(found) >= number or time.monotonic() > deadline:
                return found
            display.update(f"{len(found)} of {number} files processed")
            time.sleep(POLL_SECONDS)


def show_receipts(
    stage: Stage, outputs: dict[str, str], wanted: dict[str, Sample], written: dict[str, Receipt]
) -> None:
    """Show the receipts, each compared with the bytes that were sent and with the secret."""
    secret = stage.session.client("secretsmanager").get_secret_value(SecretId=outputs["SecretArn"])
    password = json.loads(secret["SecretString"])["password"]
    table = Table()
    table.add_column("file", overflow="fold")
    for heading in ("bytes", "type", "same bytes", "signature"):
        table.add_column(heading, no_wrap=True)
    for key, sample in wanted.items():
        receipt = written.get(key)
        same = receipt is not None and receipt.sha256 == sample.sha256
        typed = receipt is not None and receipt.media_type == sample.media_type
        signed = receipt is not None and receipt.is_signed_by(password, outputs["UploadBucketName"])
        table.add_row(
            sample.name,
            f"{receipt.size:,}" if receipt else "",
            receipt.media_type if receipt else "none",
            "yes" if same else "NO",
            "valid" if signed else "INVALID",
        )
        if receipt:
            seen = {"same_bytes": same, "signature_valid": signed, "type_as_expected": typed}
            stage.record.receipts.append({**asdict(receipt), **seen})
    stage.console.print(table)
    seen_receipts = stage.record.receipts
    complete = len(seen_receipts) == len(wanted)
    stage.check("every file has a receipt", complete and written.keys() == wanted.keys())
    for column, words in (
        ("same_bytes", "every receipt's SHA-256 is that of the bytes that were sent"),
        ("signature_valid", "every signature is valid under the stack's secret"),
        ("type_as_expected", "every type is recognized from the content"),
    ):
        stage.check(words, complete and all(receipt[column] for receipt in seen_receipts))


def show_parked(stage: Stage, outputs: dict[str, str]) -> None:
    """Show what arrived in the dead-letter queue, and why. The message stays there."""
    sqs = stage.session.client("sqs")
    deadline = time.monotonic() + PROCESSING_SECONDS
    parked = stage.record.parked
    with stage.console.status("waiting for the dead-letter queue ..."):
        while not parked and time.monotonic() < deadline:
            response = sqs.receive_message(
                QueueUrl=outputs["DeadLetterQueueUrl"],
                MessageAttributeNames=["All"],
                VisibilityTimeout=0,
                WaitTimeSeconds=1,
            )
            for message in response.get("Messages", []):
                uploaded = json.loads(message["Body"])["Records"][0]["s3"]["object"]["key"]
                reason = message["MessageAttributes"]["Reason"]["StringValue"]
                parked.append({"key": uploaded, "reason": reason.strip()})
    for file in parked:
        stage.console.print(f"  {file['key']}: {file['reason']}", markup=False)
    stage.check(
        "only the damaged file is in the dead-letter queue, with the reason",
        [item["key"] for item in parked] == [outputs["UploadPrefix"] + samples.DAMAGED_KEY],
    )


def show_metrics(stage: Stage, log_group: str) -> None:
    """Show the metrics in the function's log, and hand them to CloudWatch's API."""
    found = list(metrics.extract(metrics.log_lines(stage.session.client("logs"), log_group)))
    publish(stage.session.client("cloudwatch"), found)
    table = Table("metric", "unit", "values", "sum", title="from the EMF lines in the log")
    for name, unit in sorted({(metric.name, metric.unit) for metric in found}):
        values = [value for metric in found if metric.name == name for value in metric.values]
        stage.record.metrics[name] = {"values": len(values), "sum": sum(values)}
        table.add_row(name, unit, f"{len(values):,}", f"{sum(values):,.0f}")
    stage.console.print(table)
    sizes = [len(sample.content) for sample in samples.processed()]
    expected = {
        "ProcessedFileSize": {"values": len(sizes), "sum": sum(sizes)},
        # The folder marker, and the message S3 sends to test a new notification.
        "SkippedObjects": {"values": 2, "sum": 2},
        "ProcessingErrors": {"values": 1, "sum": 1},
    }
    stage.check(
        "the metrics count every file, byte, skip and error",
        expected.items() <= stage.record.metrics.items(),
    )


def show_alarms(stage: Stage) -> None:
    """Show the state of every alarm of the stack."""
    table = Table("alarm", "state", "what to do when it is on")
    for alarm in stage.session.client("cloudwatch").describe_alarms()["MetricAlarms"]:
        name = next(part for part in alarm["AlarmName"].split("-") if part.endswith("Alarm"))
        stage.record.alarms[name] = alarm["StateValue"]
        is_on = alarm["StateValue"] == "ALARM"
        advice = alarm["AlarmDescription"] if is_on else ""
        table.add_row(name, alarm["StateValue"], advice, style="red" if is_on else "")
    stage.console.print(table)
    stage.console.print("  [dim]the emulator measures neither queues nor Lambda itself[/]")
    stage.check(
        "the alarm for failed files is on",
        stage.record.alarms.get("ProcessingErrorsAlarm") == "ALARM",
    )


def explain(console: Console, emulator: Emulator, outputs: dict[str, str]) -> None:
    """Say how to reach what was left running."""
    bucket, prefix = outputs["UploadBucketName"], outputs["UploadPrefix"]
    lines = [f"export {name}={value}" for name, value in emulator.session().environment.items()]
    lines += [
        f"aws s3 cp README.md s3://{bucket}/{prefix}README.md",
        f"aws dynamodb scan --table-name {outputs['LedgerTableName']}",
        f"aws logs tail {outputs['LogGroupName']}",
        f"aws cloudformation delete-stack --stack-name {STACK}",
        f"kill {emulator.process_id}  # stops the emulator and removes its data",
    ]
    console.print("\n[bold]Left running. To try it:[/]")
    console.print("\n".join(lines), markup=False, highlight=False, soft_wrap=True)
