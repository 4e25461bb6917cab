"""``python -m tests.benchmarks load``: many files through a stack whose AWS keeps failing."""

import argparse
import time
from dataclasses import asdict

from rich.console import Console

from generators.application import build
from generators.render import render
from generators.retention import Retention
from local import stacks
from local.emulator import Emulator, EmulatorSession
from local.faults.proxy import FaultProxy
from tests.benchmarks import arguments
from tests.benchmarks.load import outcome, report, uploads
from tests.benchmarks.load.faults import sometimes
from tests.benchmarks.load.memory import MemoryWatch

HELP = "thousands of files through the deployed stack, while AWS calls fail"
EXAMPLES = """\
examples:
  tox run -e load                                  10,000 small files and 20 of 100 MB
  tox run -e load -- --files 500 --large 2         a short one
  tox run -e load -- --json figures.json

exit codes: 0 every file ended in the ledger or in the dead-letter queue and memory stayed
bounded, 1 one of both did not hold, 2 wrong usage or something cannot be run, 130 interrupted
"""
STACK = "serverlessapp-load"
# The visibility that goes with the time-out, 720 s, would only make everybody wait.
PARAMETERS = {"FunctionTimeout": "120", "MaximumConcurrency": "4"}
VISIBILITY_SECONDS = 30


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what this benchmark takes."""
    numbers = (
        ("--files", 10_000, "small files"),
        ("--large", 20, "large files"),
        ("--large-mb", 100, "MB of a large file"),
    )
    for name, default, text in numbers:
        parser.add_argument(
            name,
            type=arguments.positive,
            default=default,
            metavar="N",
            help=f"{text} (default: {default:,})",
        )
    parser.add_argument(
        "--faults",
        type=arguments.share,
        default=0.02,
        metavar="SHARE",
        help="share of the function's AWS calls that fail (default: 0.02)",
    )
    parser.add_argument(
        "--json", type=arguments.output_file, metavar="FILE", help="also write the figures"
    )


def run(console: Console, options: argparse.Namespace) -> int:
    """Load the stack, report, and return the exit code.

    Raises:
        EmulatorError: The emulator does not start.
        StackError: The stack cannot be deployed.
    """
    files = uploads.plan(options.files, options.large, options.large_mb * uploads.MEGABYTE)
    with Emulator() as emulator, FaultProxy(emulator.endpoint) as proxy:
        session = emulator.session()
        with console.status("deploying ..."):
            stack = deploy(session, proxy.endpoint)
        with MemoryWatch(f"AWS_ENDPOINT_URL={proxy.endpoint}") as memory:
            uploads.warm_up(session, stack)
            memory.mark_idle()
            proxy.add("*", sometimes(options.faults))
            started = time.time()
            sent = uploads.send(console, session, stack, files)
            seen = outcome.wait(console, session, stack, sent)
            seconds = time.time() - started
        figures = report.figures(sent, seen, proxy.made(), memory.growth_mb, seconds)
    report.show(console, figures)
    if options.json:
        report.write_json(options.json, asdict(figures))
    return 0 if figures.holds else 1


def deploy(session: EmulatorSession, endpoint: str) -> dict[str, str]:
    """Deploy the ephemeral stack, its function calling AWS by ``endpoint``; return the outputs."""
    cloudformation = session.client("cloudformation")
    template = render(build(Retention.EPHEMERAL)).decode()
    stack = stacks.deploy(cloudformation, stack=STACK, template=template, parameters=PARAMETERS)
    sqs = session.client("sqs")
    # S3's test message first: its delivery would end with the environment that is replaced now.
    for _ in outcome.until_empty(sqs, stack["IngestQueueUrl"]):
        pass
    functions, name = session.client("lambda"), stack["FunctionName"]
    variables = functions.get_function_configuration(FunctionName=name)["Environment"]["Variables"]
    functions.update_function_configuration(
        FunctionName=name, Environment={"Variables": {**variables, "AWS_ENDPOINT_URL": endpoint}}
    )
    sqs.set_queue_attributes(
        QueueUrl=stack["IngestQueueUrl"], Attributes={"VisibilityTimeout": str(VISIBILITY_SECONDS)}
    )
    return stack
