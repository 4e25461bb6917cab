"""Writes the templates of the delivery, or checks that they are fresh."""

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

from generators import extension, freshness
from generators.command import TEMPLATES, owned
from generators.extension import ExtensionError
from generators.render import TemplateTooLargeError

EXAMPLES = """\
examples:
  python -m pipeline                 write the templates of the delivery
  python -m pipeline --check         exit 1 and show a diff if they are not up to date
  python -m pipeline --output build  write them somewhere else
  python -m pipeline --output build --processor examples/thumbnails
                                     a deploy role that allows what this processor declares

  python -m pipeline artifacts -h    collect what the pipeline delivers
  python -m pipeline docs            write the generated parts of docs/pipeline.md

exit codes: 0 done or fresh, 1 stale, missing or orphaned templates, 2 wrong usage
"""


def main(argv: list[str] | None = None) -> int:
    """Run the command and return its exit code."""
    given = sys.argv[1:] if argv is None else argv
    if given[:1] in (["artifacts"], ["docs"]):
        return command(given[0])(given[1:])
    parser = argparse.ArgumentParser(
        prog="python -m pipeline",
        description="Generate the CloudFormation templates of the delivery.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--check", action="store_true", help="verify instead of writing")
    parser.add_argument(
        "--output", type=Path, default=TEMPLATES, metavar="DIR", help="default: templates/"
    )
    parser.add_argument(
        "--processor", type=Path, metavar="FOLDER", help="allow what its permissions.py grants"
    )
    arguments = parser.parse_args(given)
    folder = arguments.processor
    if folder and arguments.output.resolve() == TEMPLATES:
        parser.error("--processor needs an --output of its own; templates/ stays generic")
    # Not before: the other commands need neither the templates nor what IAM publishes.
    from pipeline.derivation.limits import LimitError
    from pipeline.templates import templates

    try:
        content = templates(extension.grants_of(folder) if folder else extension.no_grants)
    except (ExtensionError, LimitError, TemplateTooLargeError) as error:
        print(error, file=sys.stderr)
        return 2
    if arguments.check:
        return freshness.check(
            arguments.output, content, lambda name: not owned(name), package="pipeline"
        )
    return freshness.write(arguments.output, content)


def command(name: str) -> Callable[[list[str]], int]:
    """Return another command. Imported here: each needs something else."""
    if name == "artifacts":
        from pipeline.artifacts_command import main as artifacts

        return artifacts
    from pipeline.page import main as docs

    return docs
