"""The demo, step by step."""

import argparse
import json
import subprocess
import sysconfig
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path

from rich.console import Console

from generators.application import build
from generators.render import render
from generators.retention import Retention
from local import leftovers, stacks
from local.demo.files import show_parked, show_receipts, upload
from local.demo.measures import show_alarms, show_metrics
from local.demo.stage import DemoStage, Record
from local.emulator import Emulator

ROOT = Path(__file__).resolve().parents[2]
STACK = "serverlessapp-demo"
PARAMETERS = {"EnvironmentSuffix": "demo"}

EXAMPLES = """\
  python -m local demo                    the whole way, then delete everything
  python -m local demo --keep             leave it running and say how to reach it
  python -m local demo --json seen.json   also write what was seen
"""


def add_arguments(add: Callable[..., object]) -> None:
    """Add the arguments of the command, by the method of its parser."""
    add("--keep", action="store_true", help="leave stack and emulator running")
    add("--json", type=Path, metavar="FILE", help="write what was seen: events, receipts, metrics")


def run(console: Console, arguments: argparse.Namespace) -> int:
    """Run the demo and return 0 if everything held, else 1."""
    record = Record()
    started = time.monotonic()
    template = render(build(Retention.EPHEMERAL)).decode()
    try:
        with Emulator(arguments.port, outlive=arguments.keep) as emulator:
            stage = DemoStage(console, record, emulator.session())
            with stage.step("Generate and lint"):
                console.print(f"  {Retention.EPHEMERAL.value}: {len(template):,} bytes")
                with console.status("cfn-lint reads the template ..."):
                    findings = lint(template)
                console.print(findings, end="", markup=False)
                stage.check("cfn-lint finds nothing, in five Regions", not findings)
            with stage.step(f"Deploy with a change set, on the emulator at {emulator.endpoint}"):
                outputs = deploy(stage, template)
            with stage.step("Upload files"):
                upload(stage, outputs["UploadBucketName"], outputs["UploadPrefix"])
            with stage.step("Receipts"):
                show_receipts(stage, outputs)
            with stage.step("A damaged file"):
                show_parked(stage, outputs)
            with stage.step("Metrics and alarms"):
                show_metrics(stage, outputs["LogGroupName"])
                show_alarms(stage)
            if arguments.keep:
                explain(console, emulator, outputs)
            else:
                with stage.step("Delete the stack"):
                    delete(stage)
    finally:
        record.seconds["total"] = round(time.monotonic() - started, 2)
        if arguments.json:
            arguments.json.write_text(json.dumps(asdict(record), indent=2) + "\n", encoding="utf-8")
    held = sum(record.checks.values())
    console.print(
        f"\n[bold]{held} of {len(record.checks)} checks held[/] "
        f"in {record.seconds['total']:.1f} s, on the emulator"
    )
    return 0 if record.passed else 1


def lint(template: str) -> str:
    """Return what cfn-lint finds."""
    return subprocess.run(
        [Path(sysconfig.get_path("scripts"), "cfn-lint")],
        input=template,
        cwd=ROOT,  # for .cfnlintrc: the Regions, and informational findings too
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        check=False,
    ).stdout


def deploy(stage: DemoStage, template: str) -> dict[str, str]:
    """Deploy the stack and return its outputs."""
    cloudformation = stage.session.client("cloudformation")
    planned = stacks.plan(cloudformation, stack=STACK, template=template, parameters=PARAMETERS)
    if planned is None:
        raise stacks.StackError(f"stack {STACK} exists already")
    stage.console.print(f"  change set: {len(planned.changes)} resources to add")
    show(stage, stacks.execute(cloudformation, planned))
    stage.check("the stack is complete", stacks.status(cloudformation, STACK) == "CREATE_COMPLETE")
    return stacks.outputs(cloudformation, STACK)


def delete(stage: DemoStage) -> None:
    """Delete the stack and look for anything left behind."""
    show(stage, stacks.delete(stage.session.client("cloudformation"), STACK))
    stage.record.leftovers = leftovers.inventory(stage.session)
    for kind, names in stage.record.leftovers.items():
        stage.console.print(f"  left: {kind}: {', '.join(names)}")
    stage.check("nothing is left in the account", not stage.record.leftovers)


def show(stage: DemoStage, events: Iterator[stacks.StackEvent]) -> None:
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
