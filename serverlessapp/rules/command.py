"""``python -m serverlessapp.rules``."""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from serverlessapp.rules.pipelines.checks import validate
from serverlessapp.rules.pipelines.finding import Finding
from serverlessapp.template.pipeline.delivery import CHECKOUT
from serverlessapp.template.values import ModelError, read

EXAMPLES = """\
examples:
  python -m serverlessapp.rules templates/pipeline.yaml
  python -m serverlessapp.rules FILE --parameter DeployToUsEast1=true   only with this value
  python -m serverlessapp.rules FILE --json | jq -r '.findings[].path'

It looks at the template in each combination of its conditions. Parameters without a default
have an example that they accept.

exit codes: 0 no findings, 1 findings, 2 wrong usage, or a file cannot be read
"""


def main(argv: list[str] | None = None) -> int:
    """Run the command and return its exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m serverlessapp.rules",
        description="Find what AWS refuses about a pipeline's template only when it is deployed, "
        "or in the middle of a run.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("file", type=Path, metavar="FILE", help="a template in JSON")
    parser.add_argument(
        "--parameter", action="append", default=[], metavar="NAME=VALUE", help="repeatable"
    )
    parser.add_argument(
        "--source",
        type=Path,
        default=CHECKOUT,
        metavar="DIR",
        help="what a push contains: buildspecs and deployed templates; default: this checkout",
    )
    parser.add_argument("--json", action="store_true", help="one JSON document on stdout")
    arguments = parser.parse_args(argv)
    try:
        given = dict(pair(text) for text in arguments.parameter)
        findings, looked_at = validate(read(arguments.file), arguments.source, given)
    except ModelError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    if arguments.json:
        print(json.dumps(document(arguments.file, findings, looked_at), indent=2))
    else:
        show(arguments.file, findings, looked_at)
    return 1 if findings else 0


def pair(text: str) -> tuple[str, str]:
    """Return name and value of a parameter.

    Raises:
        ModelError: It has no ``=``.
    """
    name, found, value = text.partition("=")
    if not found:
        raise ModelError(f"--parameter {text}: write NAME=VALUE")
    return name, value


def show(file: Path, findings: Sequence[Finding], looked_at: int) -> None:
    """Print the findings for people."""
    for finding in findings:
        print(finding.path)
        print(f"    {finding.message}")
        if finding.given:
            print(f"    with {', '.join(f'{k}={v}' for k, v in finding.given.items())}")
    count = {0: "no findings", 1: "1 finding"}.get(len(findings), f"{len(findings)} findings")
    times = "1 combination" if looked_at == 1 else f"{looked_at} combinations"
    print(f"{file}: {count} in {times} of its conditions")


def document(file: Path, findings: Sequence[Finding], looked_at: int) -> dict[str, Any]:
    """Return the findings for scripts."""
    return {
        "file": str(file),
        "combinations": looked_at,
        "findings": [
            {"path": one.path, "message": one.message, "parameters": dict(one.given)}
            for one in findings
        ],
    }
