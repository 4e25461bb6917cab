"""``python -m tests.benchmarks generation``: writing the templates, beside CDK and beside the floor."""

import argparse
import os
import platform
import tempfile
from pathlib import Path

from rich.console import Console

from tests.benchmarks import arguments, cdk_python, equivalence, report, targets
from tests.benchmarks.contenders import entrants
from tests.benchmarks.results import result
from tests.benchmarks.rounds import play

HELP = "time and memory of writing the templates, beside AWS CDK"
EXAMPLES = """\
examples:
  tox run -e bench                               makes the environments, then measures
  python -m tests.benchmarks generation --cdk-python .tox/bench-cdk/bin/python
  python -m tests.benchmarks generation --cdk-python .tox/bench-cdk/bin/python --json figures.json

exit codes: 0 every target is reached, 1 one is missed, 2 wrong usage or something cannot be
run, such as a missing aws-cdk-lib; 130 interrupted
"""
MEASURED = (
    "Wall time of cold processes, {rounds} rounds in turn, after one untimed round that compiles "
    "byte code. Memory: the largest process (CDK has two, Python and node).",
    "CDK: app synthesis alone, without the cdk CLI, which only adds to it. It synthesizes one "
    "template; the project writes two.",
    "CDK checks the finished template by default; the project leaves that to cfn-lint. CDK "
    "unchecked (CDK_VALIDATION=false) does the same work as the project.",
    "Floor: Python loads both templates and dumps them again.",
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what this benchmark takes."""
    parser.add_argument(
        "--cdk-python",
        type=Path,
        required=True,
        metavar="PATH",
        help="an interpreter with tests/benchmarks/cdk-requirements.txt installed",
    )
    arguments.add_to(parser)


def run(console: Console, options: argparse.Namespace) -> int:
    """Measure, report and return the exit code.

    Raises:
        MeasurementError: Something cannot be run.
    """
    python = options.cdk_python.absolute()  # not resolved: that would leave the environment
    versions = cdk_python.versions(python)
    with tempfile.TemporaryDirectory() as scratch:
        field = entrants(python, Path(scratch))
        samples = play(console, field, options.rounds)
        kinds = [equivalence.kinds(field[name].template) for name in ("ours", "cdk")]
    results = {name: result(field[name].label, samples[name]) for name in field}
    verdicts = targets.judge(results["ours"], results["cdk"], results["floor"])
    notes = [
        *(line.format(rounds=options.rounds) for line in MEASURED),
        f"Python {platform.python_version()}; aws-cdk-lib {versions.cdk} on Python "
        f"{versions.python} and node {versions.node}; {platform.system()} {platform.machine()}, "
        f"{os.cpu_count()} processors.",
        *(f"NOT THE SAME STACK: {line}" for line in equivalence.differences(*kinds)),
    ]
    report.show_table(console, list(results.values()), results["ours"])
    report.show_notes(console, notes)
    report.show_verdicts(console, verdicts)
    if options.json:
        report.write_json(options.json, results, notes, verdicts)
    return 0 if all(verdict.holds for verdict in verdicts) else 1
