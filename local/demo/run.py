"""The demo, step by step."""

import argparse
import json
import shlex
import subprocess
import sysconfig
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict
from itertools import chain
from pathlib import Path

from rich.console import Console

from generators import lanes
from generators.application import build
from generators.render import render
from generators.retention import Retention
from local import leftovers, packages, page, stacks
from local.demo import samples
from local.demo.files import show_entries, show_parked, upload
from local.demo.measures import show_alarms, show_metrics
from local.demo.stage import DemoStage, Record
from local.emulator import SHELL_REGION, Emulator, EmulatorSession
from serverlessapp.operations.stack import Stack, find

ROOT = Path(__file__).resolve().parents[2]
STACK = "serverlessapp-demo"
PARAMETERS = {"EnvironmentSuffix": "demo"}

EXAMPLES = """\
  python -m local demo                    run all steps, then delete everything
  python -m local demo --keep             leave it running and print how to use it
  python -m local demo --json seen.json   also write the results to a file
  python -m local demo --page seen.html   also write them as one HTML page
  python -m local demo --processors DIR   use processors from another folder
"""


def add_arguments(add: Callable[..., object]) -> None:
    add("--keep", action="store_true", help="leave stack and emulator running")
    add(
        "--processors", type=Path, metavar="DIR", help="folder of processors (default: processors/)"
    )
    add("--json", type=Path, metavar="FILE", help="write the results: events, receipts, metrics")
    add("--page", type=Path, metavar="FILE", help="write the results as one HTML page")


def run(console: Console, arguments: argparse.Namespace) -> int:
    """Run the demo and return 0 if everything held, else 1."""
    record = Record()
    started = time.monotonic()
    loaded = lanes.load(arguments.processors)
    processors = [lane.processor for lane in loaded]
    template = render(build(Retention.EPHEMERAL, loaded)).decode()
    sent = {processor.name: samples.of(processor) for processor in processors}
    troubled = next((name for name in sent if sent[name] == samples.processed()), None)
    try:
        with Emulator(arguments.port, outlive=arguments.keep) as emulator:
            session = emulator.session(SHELL_REGION)
            stage = DemoStage(console, record, session)
            with stage.step("Generate and lint"):
                console.print(f"  {Retention.EPHEMERAL.value}: {len(template):,} bytes")
                with console.status("cfn-lint reads the template ..."):
                    findings = lint(template)
                console.print(findings, end="", markup=False)
                stage.check("cfn-lint finds nothing, in five Regions", not findings)
            with stage.step(f"Deploy with a change set, on the emulator at {emulator.endpoint}"):
                with console.status("packaging processors ..."):
                    code = packages.store(stage.session, processors)
                stack = deploy(stage, template, PARAMETERS | code)
            with stage.step("Upload files"):
                more = [samples.skipped(), samples.damaged()] if troubled else []
                upload(stage, stack, chain(*sent.values(), more))
            with stage.step("Receipts"):
                show_entries(stage, stack, sent)
            with stage.step("Parked files"):
                show_parked(stage, stack, [samples.damaged()] if troubled else [])
            with stage.step("Metrics and alarms"):
                show_metrics(stage, stack, troubled)
                show_alarms(stage, troubled)
            if arguments.keep:
                explain(stage, session, stack, emulator.process_id)
            else:
                with stage.step("Delete the stack"):
                    delete(stage)
    finally:
        record.seconds["total"] = round(time.monotonic() - started, 2)
        if arguments.json:
            arguments.json.write_text(json.dumps(asdict(record), indent=2) + "\n", encoding="utf-8")
        if arguments.page:
            page.write(arguments.page, "demo/seen.html", "The demo", asdict(record))
    held = sum(record.checks.values())
    console.print(
        f"\n[bold]{held} of {len(record.checks)} checks held[/] "
        f"in {record.seconds['total']:.1f} s, on the emulator"
    )
    return 0 if record.passed else 1


def lint(template: str) -> str:
    return subprocess.run(
        [Path(sysconfig.get_path("scripts"), "cfn-lint")],
        input=template,
        cwd=ROOT,  # for .cfnlintrc: the Regions, and informational findings too
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        check=False,
    ).stdout


def deploy(stage: DemoStage, template: str, parameters: dict[str, str]) -> Stack:
    cloudformation = stage.session.client("cloudformation")
    planned = stacks.plan(cloudformation, stack=STACK, template=template, parameters=parameters)
    if planned is None:
        raise stacks.StackError(f"stack {STACK} exists already")
    stage.console.print(f"  change set: {len(planned.changes)} resources to add")
    show(stage, stacks.execute(cloudformation, planned))
    stage.check("the stack is complete", stacks.status(cloudformation, STACK) == "CREATE_COMPLETE")
    return find(cloudformation, STACK)


def delete(stage: DemoStage) -> None:
    """Delete the stack and look for anything left behind."""
    show(stage, stacks.delete(stage.session.client("cloudformation"), STACK))
    packages.remove(stage.session)
    stage.record.leftovers = leftovers.inventory(stage.session)
    for kind, names in stage.record.leftovers.items():
        stage.console.print(f"  left: {kind}: {', '.join(names)}")
    stage.check("nothing is left in the account", not stage.record.leftovers)


def show(stage: DemoStage, events: Iterator[stacks.StackEvent]) -> None:
    """Print a line per resource when it is done."""
    with stage.console.status("waiting for CloudFormation ..."):
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


def explain(stage: DemoStage, session: EmulatorSession, stack: Stack, process_id: int) -> None:
    """Say how to reach what was left running: lines for any terminal, without comments for zsh."""
    tool = shlex.quote(str(Path(sysconfig.get_path("scripts"), "serverlessapp")))
    lines = [
        f"cd {shlex.quote(str(ROOT))}",
        *session.exports(),
        f"export STACK={STACK}",
        f"aws s3 cp README.md s3://{stack.bucket}/{stack.prefix}README.md",
    ]
    for lane in stack.lanes:
        lines.append(f"aws dynamodb scan --table-name {lane.ledger}")
        lines.append(
            f"aws logs filter-log-events --log-group-name {lane.log_group} "
            "--query 'events[].[message]' --output text"
        )
    lines.append(f'{tool} verify --stack "$STACK"')
    lines += [
        f'{tool} receipt --stack "$STACK" --key {shlex.quote(entry["key"])}'
        for entry in stage.record.receipts[:1]
    ]
    console = stage.console
    console.print("\n[bold]Still running. In any terminal, with AWS CLI 1.29, 2.13 or newer:[/]")
    console.print("\n".join(lines), markup=False, highlight=False, soft_wrap=True)
    console.print("\n[bold]To stop the emulator and remove its data:[/]")
    console.print(f"kill {process_id}", markup=False, highlight=False)
