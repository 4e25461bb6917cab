"""Links that open the console's form for a template, filled in.

Source: CloudFormation User Guide, "Create quick-create links for CloudFormation stacks". The
template has to be in a bucket that whoever follows the link may read.
"""

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlencode

from serverlessapp.partitions import CLOSED, CONSOLES, PARTITIONS, SUFFIXES
from serverlessapp.template.schemas import regions

PROJECT_FOLDER = (
    "serverlessapp"  # where ``python -m serverlessapp.operations publish`` puts releases
)


class LinkError(ValueError):
    """No such link would work; the message says what to change."""


def partition(region: str) -> str:
    """Return the partition of a Region.

    Raises:
        LinkError: There is no such Region, or none with a public console.
    """
    if region not in open_regions():
        raise LinkError(f"no console for a Region {region}; there are {', '.join(open_regions())}")
    return next((found for start, found in PARTITIONS.items() if region.startswith(start)), "aws")


def open_regions() -> list[str]:
    """Return the Regions with a public console."""
    return [region for region in regions() if not region.startswith(CLOSED)]


def template_url(bucket: str, region: str, version: str, file: str) -> str:
    """Return the address of a released template in the bucket that releases were published to."""
    suffix = SUFFIXES.get(partition(region), "amazonaws.com")
    key = f"{PROJECT_FOLDER}/{version}/{file}"
    return f"https://{bucket}.s3.{region}.{suffix}/{quote(key)}"


def quick_create(
    region: str, url: str, stack: str, parameters: Mapping[str, str], form: Mapping[str, Any]
) -> str:
    """Return the link that opens the form in one Region.

    Args:
        region: Where the stack will be.
        url: Address of the template in S3.
        stack: The name that is proposed for the stack.
        parameters: Values that are filled in.
        form: ``Parameters`` of the template.

    Raises:
        LinkError: A Region, stack name or value that CloudFormation would refuse.
    """
    if not re.fullmatch(r"[A-Za-z][A-Za-z0-9-]{0,127}", stack):
        raise LinkError(
            f"{stack!r} is no name for a stack: letters, digits, hyphens, a letter first"
        )
    for name, value in parameters.items():
        check(name, value, form)
    host = CONSOLES[partition(region)]
    values = {"templateURL": url, "stackName": stack}
    values |= {f"param_{name}": value for name, value in parameters.items()}
    query = urlencode(values, quote_via=quote, safe="")
    return f"https://{host}/cloudformation/home?region={region}#/stacks/create/review?{query}"


def check(name: str, value: str, form: Mapping[str, Any]) -> None:
    """Refuse a value that the form would refuse.

    Raises:
        LinkError: See there.
    """
    if name not in form:
        raise LinkError(f"the template has no parameter {name}; it has {', '.join(form)}")
    parameter = form[name]
    if not fits(parameter, value):
        raise LinkError(f"{name}={value}: {parameter['ConstraintDescription']}")


def fits(parameter: Mapping[str, Any], value: str) -> bool:
    """Tell whether CloudFormation takes a value for a parameter."""
    if parameter["Type"] == "Number" and "AllowedValues" not in parameter:
        return value.isdigit() and parameter["MinValue"] <= int(value) <= parameter["MaxValue"]
    is_allowed = value in parameter.get("AllowedValues", [value])
    is_short = len(value) <= parameter.get("MaxLength", len(value))
    is_alike = re.fullmatch(parameter.get("AllowedPattern", ".*"), value)
    return is_allowed and is_short and is_alike is not None
