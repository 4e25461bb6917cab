"""``python -m pipeline``: templates of the delivery, generated parts of pages, and artifacts."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from generators.command import owned, run
from generators.lanes import Lane
from pipeline import page
from pipeline.artifacts import assemble
from pipeline.taskcat_tests import CONFIG, configuration
from pipeline.templates import templates
from serverlessapp.errors import OperatorError

MORE = """
  python -m pipeline artifacts -h    collect what the pipeline delivers
  python -m pipeline docs -h         write the generated parts of README and docs
"""
BY_HAND = """\
  It has changed. Before the application is delivered, a person updates its stack in each account:
  aws cloudformation deploy --template-file {path} \
    --capabilities CAPABILITY_NAMED_IAM --stack-name NAME\
"""
# What has a boundary that a lane's permissions.py can make wider.
LAUNCHED = ("deploy-role.yaml", "deploy-role-ephemeral.yaml", "taskcat-role.yaml")
ARTIFACTS = """\
examples:
  python -m pipeline artifacts --output dist

It writes templates/, environments/, release/ with SHA256SUMS, and VERSION: a version that
"tox run -e release" froze with these bytes is itself, any other has "-dev" appended.

exit codes: 0 done, 2 wrong usage, or a folder cannot be read or written
"""
DOCS = """\
examples:
  python -m pipeline docs          write the generated parts
  python -m pipeline docs --check  exit 1 if one is stale

exit codes: 0 written or fresh, 1 stale, 2 wrong usage or a page lacks its parts
"""


def main(argv: list[str] | None = None) -> int:
    """Run the command and return its exit code."""
    command, *arguments = (sys.argv[1:] if argv is None else argv) or [""]
    try:
        if command == "artifacts":
            return artifacts(arguments)
        if command == "docs":
            return docs(arguments)
    except (OperatorError, OSError, ValueError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    return run(
        argv,
        package="pipeline",
        make=files,
        owned=lambda name: not owned(name),
        more=MORE,
        by_hand=dict.fromkeys(LAUNCHED, BY_HAND),
    )


def files(lanes: Sequence[Lane]) -> dict[str, bytes]:
    """Return the content of all that is generated, by its way from ``templates/``."""
    return {**templates(lanes), f"../{CONFIG}": configuration(lanes)}


def artifacts(argv: list[str]) -> int:
    """Collect what the pipeline delivers, and return the exit code."""
    parser = subcommand("artifacts", "Collect what the pipeline delivers.", ARTIFACTS)
    parser.add_argument("--output", type=Path, required=True, metavar="DIR")
    output = parser.parse_args(argv).output
    print(f"{output}: version {assemble(output)}")
    return 0


def docs(argv: list[str]) -> int:
    """Write the generated parts of the pages, or check them, and return the exit code."""
    names = ", ".join(path.name for path in page.PAGES)
    parser = subcommand("docs", f"Write the generated parts of {names}.", DOCS)
    parser.add_argument("--check", action="store_true", help="verify instead of writing")
    stale = page.update(page.PAGES, check=parser.parse_args(argv).check)
    for path in stale:
        print(f"stale: {path}; run: python -m pipeline docs", file=sys.stderr)
    if not stale:
        print(f"{names}: up to date")
    return 1 if stale else 0


def subcommand(name: str, description: str, epilog: str) -> argparse.ArgumentParser:
    """Return the parser of a subcommand."""
    return argparse.ArgumentParser(
        prog=f"python -m pipeline {name}",
        description=description,
        epilog=epilog,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
