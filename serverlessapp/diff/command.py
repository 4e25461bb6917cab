"""``python -m serverlessapp.diff``."""

import argparse
import json
import os
import sys
from pathlib import Path

from serverlessapp.diff import report
from serverlessapp.diff.difference import difference
from serverlessapp.diff.model import ComparisonError, Difference
from serverlessapp.diff.sources import Source, released, source, working_tree
from serverlessapp.releases import changelog, policy
from serverlessapp.releases.archive import RELEASES, TEMPLATES
from serverlessapp.releases.changelog import CHANGELOG
from serverlessapp.releases.version import Version, VersionError
from serverlessapp.template.schemas import SchemasMissingError

EXAMPLES = """\
FROM and TO are versions, template files or stack:NAME, a deployed stack (its Region, credentials
and endpoint from the usual AWS environment).

examples:
  python -m serverlessapp.diff                        since the last release
  python -m serverlessapp.diff 0.1.0 0.2.0            from one version to another
  python -m serverlessapp.diff stack:files 0.2.0      what an update would do to this very stack
  python -m serverlessapp.diff stack:files 0.1.0      and what going back would do
  python -m serverlessapp.diff old.json new.json --json | jq '.templates[].findings[]'

exit codes: 0 safe
            3 needs review: wider access, a parameter or output gone, a resource replaced
            4 data at risk: a resource that holds data is replaced or removed
            2 wrong usage, or something cannot be read
"""


def parser() -> argparse.ArgumentParser:
    """Return the parser of the command line."""
    made = argparse.ArgumentParser(
        prog="python -m serverlessapp.diff",
        description="Tell what an update does to a stack and to its data.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    made.add_argument("before", nargs="?", metavar="FROM", help="default: the last release")
    made.add_argument("after", nargs="?", metavar="TO", help="default: what is generated now")
    made.add_argument("--template", default="", metavar="NAME", help="only this one: application")
    made.add_argument("--json", action="store_true", help="one JSON document on stdout")
    made.add_argument("--templates", type=Path, default=TEMPLATES, metavar="DIR")
    made.add_argument("--releases", type=Path, default=RELEASES, metavar="DIR")
    made.add_argument("--changelog", type=Path, default=CHANGELOG, metavar="FILE")
    return made


def main(argv: list[str] | None = None) -> int:
    """Run the command and return its exit code."""
    arguments = parser().parse_args(argv)
    folder = arguments.releases
    try:
        before = source(arguments.before, folder) if arguments.before else released("", folder)
        after = (
            source(arguments.after, folder)
            if arguments.after
            else working_tree(arguments.templates)
        )
        found = difference(before, after, arguments.template)
        silent = unannounced(found, before, after, arguments.changelog)
    except (ComparisonError, SchemasMissingError, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    try:
        show(found, silent, as_json=arguments.json)
    except BrokenPipeError:  # whoever reads has seen enough, "head" for example
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return int(found.risk)


def unannounced(found: Difference, before: Source, after: Source, path: Path) -> list[str]:
    """Return the resources whose danger the changelog does not mention on the way."""
    try:
        old, new = Version.parse(before.version), Version.parse(after.version)
    except VersionError:
        return policy.unannounced(found, [])
    return policy.unannounced(found, changelog.between(changelog.read(path), old, new))


def show(found: Difference, silent: list[str], *, as_json: bool) -> None:
    """Print the report, for people or for scripts."""
    if as_json:
        print(json.dumps(report.document(found, silent), indent=2), flush=True)
        return
    for line in report.table(found):
        print(line)
    if lines := report.changelog(found):
        print("\nfor the changelog:")
        print("\n".join(lines))
    for name in silent:
        print(f"error: the changelog does not announce it: resource {name}", file=sys.stderr)
    sys.stdout.flush()
