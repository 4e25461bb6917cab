"""What is measured: each as a command that anyone could type."""

import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = ("application.template.json", "application-ephemeral.template.json")

# What cannot be avoided: start Python, read as much JSON, write it.
FLOOR = """\
import json, sys
source, target, *names = sys.argv[1:]
for name in names:
    with open(f"{source}/{name}") as file:
        content = json.load(file)
    with open(f"{target}/{name}", "w") as file:
        json.dump(content, file)
"""


@dataclass(frozen=True)
class Contender:
    """A command, and the application template that it writes."""

    label: str
    command: tuple[str, ...]
    template: Path
    variables: Mapping[str, str] = field(default_factory=dict)


def ours(python: str, output: Path) -> Contender:
    """Return the project: it writes both application templates."""
    command = (python, "-m", "generators", "--output", str(output))
    return Contender("python -m generators", command, output / TEMPLATES[0])


def cdk(python: str, output: Path) -> Contender:
    """Return CDK as ``cdk synth`` runs an app."""
    command = (python, "-m", "tests.benchmarks.cdk_app")
    template = output / "ServerlessApp.template.json"
    return Contender("CDK app", command, template, {"CDK_OUTDIR": str(output)})


def unchecked_cdk(python: str, output: Path) -> Contender:
    """Return CDK without its check of the finished template.

    It checks by default, but the project does so in a step of its own, with cfn-lint. So this
    is the comparison of equal work.
    """
    checked = cdk(python, output)
    variables = {**checked.variables, "CDK_VALIDATION": "false"}
    return Contender("CDK app, unchecked", checked.command, checked.template, variables)


def floor(python: str, source: Path, output: Path) -> Contender:
    """Return the floor: no generator written in Python is faster."""
    command = (python, "-c", FLOOR, str(source), str(output), *TEMPLATES)
    return Contender("floor", command, output / TEMPLATES[0])


def entrants(cdk_python: Path, scratch: Path) -> dict[str, Contender]:
    """Return all of them by a short name, in the order of measurement.

    Args:
        cdk_python: Interpreter with aws-cdk-lib.
        scratch: Empty folder to write into.
    """
    out = {name: scratch / name for name in ("ours", "cdk", "unchecked_cdk", "floor")}
    for folder in out.values():
        folder.mkdir()
    return {
        "ours": ours(sys.executable, out["ours"]),
        "cdk": cdk(str(cdk_python), out["cdk"]),
        "unchecked_cdk": unchecked_cdk(str(cdk_python), out["unchecked_cdk"]),
        "floor": floor(sys.executable, out["ours"], out["floor"]),
    }
