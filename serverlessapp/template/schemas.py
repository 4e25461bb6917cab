"""What AWS publishes about each resource type: the schemas that cfn-lint carries.

cfn-lint downloads them from the CloudFormation registry and ships them, so they work offline and
change only with its pinned version. They are read as files, because importing cfn-lint takes two
seconds and a schema two milliseconds. ADR 0009.
"""

import importlib.util
import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

# The Region with all types that others have.
REGION = "us-east-1"

Schema = Mapping[str, Any]


class UnknownTypeError(LookupError):
    """CloudFormation has no resource type of this name in the Region."""


def schema(resource_type: str, region: str = REGION) -> Schema:
    """Return the published schema of a resource type, like ``AWS::S3::Bucket``.

    Its keys are those of CloudFormation's resource type definition schema: ``properties``,
    ``createOnlyProperties`` (JSON pointers), ``handlers`` (permissions of each operation) ...
    A type that is not in the registry's open part, such as ``AWS::CodeBuild::Project``, has a
    schema without ``handlers``.

    Raises:
        UnknownTypeError: There is no such type in this Region.
    """
    digest = digests(region).get(resource_type)
    if digest is None:
        raise UnknownTypeError(f"{region} does not have resource type {resource_type}")
    return read(f"resources/{digest}.json")


@cache
def digests(region: str) -> Mapping[str, str]:
    """Return, for each resource type of a Region, the name of the file with its schema."""
    try:
        return read(f"providers/{region}.json")
    except FileNotFoundError as error:
        raise UnknownTypeError(f"unknown Region {region}") from error


@cache
def regions() -> tuple[str, ...]:
    """Return the names of all Regions, of any partition, sorted."""
    files = (folder() / "providers").glob("*-*.json")  # one is no Region's: sam
    return tuple(sorted(path.stem for path in files))


@cache
def read(name: str) -> Schema:
    """Return the content of one of cfn-lint's files."""
    content: Schema = json.loads((folder() / name).read_text(encoding="utf-8"))
    return content


@cache
def folder() -> Path:
    """Return where cfn-lint keeps schemas, without importing it."""
    spec = importlib.util.find_spec("cfnlint")
    return Path(spec.origin).parent / "data" / "schemas"  # type: ignore[union-attr,arg-type]
