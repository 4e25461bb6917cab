"""Links that open the console's form for a template, filled in.

Source: CloudFormation User Guide, "Create quick-create links for CloudFormation stacks". The
template has to be in a bucket that whoever follows the link may read.
"""

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlencode

from serverlessapp.errors import OperatorError
from serverlessapp.partitions import CONSOLE, supported
from serverlessapp.releases.archive import file_name, find_release, releases
from serverlessapp.releases.version import Version
from serverlessapp.template.parameters import check
from serverlessapp.template.reading import parse

# API Reference, CreateStack, TemplateURL: in a bucket, from https://; no static website.
IN_S3 = re.compile(r"https://([^/]+\.)?s3(?!-website)([.-][a-z0-9-]+)*\.amazonaws\.com/[^/]")
PROJECT_FOLDER = "serverlessapp"  # where ``serverlessapp publish`` puts releases


class LinkError(OperatorError):
    """No such link would work; the message says what to change."""


def check_region(region: str) -> None:
    """Raise a LinkError for a Region in which the templates are not supported."""
    if region not in supported():
        raise LinkError(f"unknown Region {region}; supported: {', '.join(supported())}")


def template_url(bucket: str, region: str, version: str, template: str) -> str:
    """Return the address of a released template in the bucket that releases were published to."""
    check_region(region)
    key = f"{PROJECT_FOLDER}/{version}/{file_name(template, Version.parse(version))}"
    return f"https://{bucket}.s3.{region}.amazonaws.com/{quote(key)}"


def form(version: str, template: str, *, is_needed: bool) -> tuple[str, Mapping[str, Any] | None]:
    """Return the version of a release, and ``Parameters`` of one of its templates.

    Args:
        version: The release's; empty for the last one.
        template: The template's name, without suffix.
        is_needed: Whether there has to be a version. Outside a checkout, only whoever runs the
            command knows it; the form is then None, and nobody's values are checked.

    Raises:
        OperatorError: There is no such release, or it has no such template.
    """
    if not releases() and (version or not is_needed):
        return version, None
    release = find_release(version)
    name = file_name(template, release.version)
    if name not in release.templates():
        raise LinkError(f"release {release.version} has no template {template}")
    return str(release.version), parse(release.templates()[name], name).section("Parameters")


def quick_create(
    region: str, url: str, stack: str, parameters: Mapping[str, str], form: Mapping[str, Any] | None
) -> str:
    """Return the link that opens the form in one Region, filled in.

    ``url`` is the template's address in S3, ``form`` its ``Parameters`` where they are known.

    Raises:
        OperatorError: A Region, address, stack name or value that CloudFormation would refuse.
    """
    check_region(region)
    if not IN_S3.match(url):
        raise LinkError(
            f"{url} is not an S3 URL such as https://BUCKET.s3.REGION.amazonaws.com/KEY, which "
            "CloudFormation requires"
        )
    if not re.fullmatch(r"[A-Za-z][A-Za-z0-9-]{0,127}", stack):
        raise LinkError(f"{stack!r} is not a valid stack name: use letters, digits, hyphens")
    if form is not None:
        check(form, parameters)
    values = {"templateURL": url, "stackName": stack}
    values |= {f"param_{name}": value for name, value in parameters.items()}
    query = urlencode(values, quote_via=quote, safe="")
    return f"https://{CONSOLE}/cloudformation/home?region={region}#/stacks/create/review?{query}"
