"""Writing the application templates, beside an AWS CDK app and beside the floor."""

import argparse
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from functools import partial
from pathlib import Path

import yaml
from rich.console import Console

from tests.benchmarks import floor, report
from tests.benchmarks.measure import (
    Measurement,
    MeasurementError,
    in_turn,
    peak_mb,
    process,
    seconds,
)
from tests.benchmarks.report import Verdict, at_least, at_most
from tests.fixture_lanes import LANES

OURS, FLOOR, CDK, UNCHECKED = "generators", "floor", "CDK app", "CDK app, unchecked"
ONE, TEN = "generators, 1 processor", "generators, 10 processors"
TIMES_FLOOR = 3
TIMES_ONE = 4
PEAK_MB = 50
FASTER_THAN = {CDK: 60, UNCHECKED: 18}
CDK_APP = Path(__file__).resolve().parent / "cdk_app.py"
CDK_VERSION = "from importlib.metadata import version; print(version('aws-cdk-lib'))"
NO_CDK = "{python} is no Python with aws-cdk-lib; this makes one: tox run -e bench-cdk --notest"
NO_NODE = "CDK needs node, and there is none on the PATH; install Node.js"
NOTES = (
    "Wall time of cold processes, {rounds} rounds in turn. Memory: the largest process of a "
    "program (CDK has two, Python and node), in the worst round.",
    "generators: python -m generators, which writes {templates} templates. Floor: a process that "
    "loads and dumps these with PyYAML's C classes.",
    "CDK app: a synthesis of {resources} ordinary resources, as many as our smallest template "
    "has, without the cdk CLI, which only adds to it. Unchecked: with CDK_VALIDATION=false, so "
    "without checking the finished template, which the project leaves to cfn-lint.",
    "aws-cdk-lib {cdk} on node {node}",
)


def run(console: Console, options: argparse.Namespace) -> int:
    """Measure, report and return the exit code."""
    python = options.cdk_python.absolute()  # not resolved: that would leave the environment
    versions = {
        "cdk": printed([str(python), "-c", CDK_VERSION], NO_CDK.format(python=python)),
        # What jsii, which runs CDK, takes.
        "node": printed([os.environ.get("JSII_NODE", "node"), "--version"], NO_NODE),
    }
    with tempfile.TemporaryDirectory() as folder:
        ours, loaded, assembly = (Path(folder, name) for name in ("ours", "floor", "cdk"))
        loaded.mkdir()
        command = [sys.executable, "-m", "generators", "--output", ours, "--processors", LANES]
        process(command, os.environ)
        templates = sorted(ours.iterdir())
        resources = min(len(resources_in(template)) for template in templates)
        app = partial(process, [python, CDK_APP, resources])
        variables = {**os.environ, "CDK_OUTDIR": str(assembly)}
        few, many = (processors(Path(folder, f"processors{n}"), n) for n in (1, 10))
        actions = {
            ONE: partial(process, [*command, "--processors", few], os.environ),
            TEN: partial(process, [*command, "--processors", many], os.environ),
            OURS: partial(process, command, os.environ),
            FLOOR: partial(
                process, [sys.executable, floor.__file__, loaded, *templates], os.environ
            ),
            CDK: partial(app, variables),
            UNCHECKED: partial(app, {**variables, "CDK_VALIDATION": "false"}),
        }
        results = in_turn(console, actions, options.rounds)
        (synthesized,) = assembly.glob("*.template.json")
        if len(resources_in(synthesized)) != resources:
            raise MeasurementError(f"the CDK app has not {resources} resources; see CONSTRUCTS")
    facts = {"rounds": options.rounds, "templates": len(templates), "resources": resources}
    table = report.table(console, "cold processes", "", "median s", "peak MB", "ratio")
    for name, samples in results.items():
        ratio = seconds(samples) / seconds(results[OURS])
        figures = (f"{seconds(samples):.3f}", f"{peak_mb(samples):.1f}", f"{ratio:.2f}")
        table.add_row(name, *figures)
    console.print(table)
    return report.finish(
        console,
        options.json,
        judge(results, len(templates)),
        [note.format(**facts, **versions) for note in NOTES],
        {**facts, "results": {name: [*map(asdict, taken)] for name, taken in results.items()}},
    )


def judge(results: Mapping[str, Sequence[Measurement]], templates: int) -> list[Verdict]:
    """Compare medians with the targets; CDK writes one template where we write several."""
    ours = seconds(results[OURS])
    return [
        at_most("times the floor", ours / seconds(results[FLOOR]), TIMES_FLOOR),
        at_most("ten processors, of one", seconds(results[TEN]) / seconds(results[ONE]), TIMES_ONE),
        at_most("peak MB", peak_mb(results[OURS]), PEAK_MB),
        *(
            at_least(
                f"times faster for each template than the {name}",
                seconds(results[name]) / ours * templates,
                limit,
            )
            for name, limit in FASTER_THAN.items()
        ),
    ]


def processors(folder: Path, number: int) -> Path:
    """Write a folder of so many processors, announced in both ways, and return it."""
    for index in range(number):
        made = folder / f"processor{index}"
        (made / "samples").mkdir(parents=True)
        (made / "samples" / "a.csv").write_text("a;b\n")
        (made / "main.py").write_text("def process(file, context):\n    return None\n")
        source = "eventbridge" if index % 2 else "notification"
        (made / "processor.toml").write_text(
            f'handler = "main:process"\n[uploads]\nsource = "{source}"\n'
            f'folder = "{index}/"\nsuffixes = [".csv"]\n[settings]\nWORD = "{index}"\n'
        )
    return folder


def resources_in(template: Path) -> Mapping[str, object]:
    """Return the resources of a template, YAML or JSON."""
    text = template.read_text(encoding="utf-8")
    content: dict[str, dict[str, object]] = yaml.load(text, floor.Loader)  # noqa: S506 - safe
    return content["Resources"]


def printed(command: list[str], otherwise: str) -> str:
    """Return what a command prints."""
    try:
        return subprocess.run(
            command, capture_output=True, check=True, text=True, timeout=60
        ).stdout.strip()
    except (OSError, subprocess.SubprocessError) as error:
        raise MeasurementError(otherwise) from error
