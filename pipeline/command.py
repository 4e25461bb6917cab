"""``python -m pipeline``: templates of the delivery, and the generated parts of pages."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from generators.command import owned, run
from generators.editions import Edition
from generators.lanes import Lane
from pipeline import delivery, deploy_role, page
from pipeline.code_commands import COMMANDS, subcommand
from pipeline.taskcat_tests import CONFIG, configuration
from pipeline.templates import templates
from serverlessapp.errors import OperatorError

MORE = """
  python -m pipeline --delivery FILE --output build
                                       for another delivery.toml
  python -m pipeline artifacts -h    collect the files that the pipeline delivers
  python -m pipeline upload -h       upload packages to the code buckets
  python -m pipeline prune -h        delete packages that are no longer needed
  python -m pipeline docs -h         write the generated parts of docs/
"""
BY_HAND = """\
  Changed. Before the next delivery, update its stack in each account:
  aws cloudformation deploy --template-file {path} \
--capabilities CAPABILITY_NAMED_IAM --stack-name NAME\
"""
# What has a boundary that a lane's permissions.py can make wider.
LAUNCHED = (*(f"{deploy_role.file(each)}.yaml" for each in Edition), "taskcat-role.yaml")
DOCS = """\
examples:
  python -m pipeline docs          write the generated parts
  python -m pipeline docs --check  exit 1 if one is stale

exit codes: 0 written or up to date, 1 stale, 2 wrong usage, or a page lacks the markers
"""


def main(argv: list[str] | None = None) -> int:
    arguments = sys.argv[1:] if argv is None else argv
    name, *rest = arguments or [""]
    try:
        if name in COMMANDS:
            return COMMANDS[name](rest)
        if name == "docs":
            return docs(rest)
        other = argparse.ArgumentParser(add_help=False)
        other.add_argument(
            "--delivery", type=Path, metavar="FILE", help="default: pipeline/delivery.toml"
        )
        chosen, _ = other.parse_known_args(arguments)
        return run(
            arguments,
            package="pipeline",
            make=lambda lanes: files(lanes, chosen.delivery),
            owned=lambda name: not owned(name),
            more=MORE,
            by_hand=dict.fromkeys(LAUNCHED, BY_HAND),
            parents=[other],
        )
    except (OperatorError, OSError, ValueError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2


def files(lanes: Sequence[Lane], path: Path | None = None) -> dict[str, bytes]:
    """Return the content of all that is generated, by its way from ``templates/``."""
    delivery.check(lanes, path)
    known = delivery.load(path)
    return {**templates(lanes, known), f"../{CONFIG}": configuration(lanes, known)}


def docs(argv: list[str]) -> int:
    """Write the generated parts of the pages, or check them, and return the exit code."""
    names = ", ".join(path.name for path in page.PAGES)
    parser = subcommand("docs", f"Write the generated parts of {names}.", DOCS)
    parser.add_argument(
        "--check", action="store_true", help="check that the pages are up to date; write nothing"
    )
    stale = page.update(page.PAGES, check=parser.parse_args(argv).check)
    for path in stale:
        print(f"stale: {path}; run: python -m pipeline docs", file=sys.stderr)
    if not stale:
        print(f"{names}: up to date")
    return 1 if stale else 0
