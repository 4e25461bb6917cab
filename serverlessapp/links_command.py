"""``python -m serverlessapp.links_command``: links that open the console's form in each Region."""

import argparse
import json
import sys

from generators import tables
from serverlessapp import links
from serverlessapp.links import LinkError
from serverlessapp.releases.archive import (
    RELEASES,
    Release,
    ReleaseError,
    parsed,
    releases,
    template_name,
)
from serverlessapp.template.schemas import SchemasMissingError

EXAMPLES = """\
examples:
  python -m serverlessapp.links_command --bucket my-releases --bucket-region eu-west-1
  python -m serverlessapp.links_command --template-url https://...  --region eu-west-1 \\
      --stack files --parameter AlarmEmail=on-call@example.com
  python -m serverlessapp.links_command --bucket my-releases --bucket-region eu-west-1 --markdown

The template has to be in a bucket: python -m serverlessapp.operations publish puts releases there.

exit codes: 0 done, 2 wrong usage, or a value that CloudFormation would refuse
"""


def main(argv: list[str]) -> int:
    """Print a link for each Region and return the exit code."""
    arguments = parser().parse_args(argv)
    try:
        given = dict(pair(text) for text in arguments.parameter)
        release = released(arguments.version)
        name, data = next(
            (file, data)
            for file, data in release.templates().items()
            if template_name(file) == arguments.template
        )
        url = arguments.template_url or links.template_url(
            arguments.bucket, home(arguments), str(release.version), name
        )
        form = parsed(name, data)["Parameters"]
        found = {
            region: links.quick_create(region, url, arguments.stack, given, form)
            for region in arguments.region or regions_of(arguments.bucket_region)
        }
    except (LinkError, ReleaseError, SchemasMissingError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    if arguments.json:
        print(json.dumps(found, indent=2))
    elif arguments.markdown:
        print(tables.table(("Region", ""), [(r, f"[launch]({u})") for r, u in found.items()]))
    else:
        for region, address in found.items():
            print(f"{region}\t{address}")
    return 0


def released(version: str) -> Release:
    """Return a release: the one asked for, or the newest.

    Raises:
        LinkError: There is none.
    """
    found = releases(RELEASES)
    for release in reversed(found):
        if version in ("", str(release.version)):
            return release
    known = ", ".join(str(release.version) for release in found) or "none at all"
    raise LinkError(f"there is no release {version}; there is {known}".replace("  ", " "))


def home(arguments: argparse.Namespace) -> str:
    """Return the Region of the bucket.

    Raises:
        LinkError: It was not said.
    """
    if not arguments.bucket_region:
        raise LinkError("say in which Region the bucket is: --bucket-region")
    return str(arguments.bucket_region)


def regions_of(bucket_region: str | None) -> list[str]:
    """Return the Regions whose console can read the template: those of the bucket's partition."""
    wanted = links.partition(bucket_region) if bucket_region else "aws"
    return [region for region in links.open_regions() if links.partition(region) == wanted]


def pair(text: str) -> tuple[str, str]:
    """Return name and value of ``NAME=VALUE``.

    Raises:
        LinkError: It is not that.
    """
    name, found, value = text.partition("=")
    if not found:
        raise LinkError(f"--parameter {text}: give NAME=VALUE")
    return name, value


def parser() -> argparse.ArgumentParser:
    """Return the parser of the command line."""
    found = argparse.ArgumentParser(
        prog="python -m serverlessapp.links_command",
        description="Print links that open the console's form for the application, filled in.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    where = found.add_mutually_exclusive_group(required=True)
    where.add_argument("--bucket", help="where releases were published")
    where.add_argument("--template-url", metavar="URL", help="address of the template in S3")
    add = found.add_argument
    add("--bucket-region", metavar="REGION", help="of the bucket")
    add("--version", default="", help="of the release (default: the newest)")
    add(
        "--template",
        default="application",
        choices=("application", "application-ephemeral"),
        help="default: %(default)s",
    )
    add("--stack", default="files", metavar="NAME", help="default: %(default)s")
    add("--region", action="append", help="only this one; repeatable")
    add("--parameter", action="append", default=[], metavar="NAME=VALUE", help="repeatable")
    add("--markdown", action="store_true", help="a table for a page")
    add("--json", action="store_true", help="one JSON document")
    return found
