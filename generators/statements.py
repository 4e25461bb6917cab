"""What IAM would refuse of a processor's statements, found before a stack fails on it.

AWS Identity and Access Management User Guide, "Grammar of the IAM JSON policy language" and "IAM
JSON policy elements: Sid" and "... Principal".
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from awacs.aws import Statement
from troposphere import encode_to_dict

SID = re.compile(r"[A-Za-z0-9]+")
ARN = re.compile(r"arn:[^:]*:[^:]+:[^:]*:[^:]*:.+|\*", re.DOTALL)


def errors(statements: Sequence[Statement]) -> Iterator[str]:
    contents = [encode_to_dict(statement) for statement in statements]
    for content in contents:
        sid = content.get("Sid")
        name = sid or "a statement"
        if sid is not None and not (isinstance(sid, str) and SID.fullmatch(sid)):
            yield f"the Sid {sid} must be letters and digits"
        if not content.keys() & {"Action", "NotAction"}:
            yield f"{name} has no Action"
        if not content.keys() & {"Resource", "NotResource"}:
            yield f"{name} has no Resource"
        if content.keys() & {"Principal", "NotPrincipal"}:
            yield f"{name} has a Principal: remove it; the principal is always the processor's role"
        for resource in resources(content):
            if not isinstance(resource, dict) and not ARN.fullmatch(str(resource)):
                yield f"{name} has the Resource {resource!r}: it must be an ARN, or *"
    for sid, count in Counter(sids(contents)).items():
        if count > 1:
            yield f"{count} statements have the Sid {sid}: give each its own"


def resources(content: dict[str, Any]) -> list[Any]:
    """Return the resources of a statement, functions of CloudFormation among them."""
    given = content.get("Resource", content.get("NotResource", []))
    return given if isinstance(given, list) else [given]


def sids(contents: Sequence[dict[str, Any]]) -> list[str]:
    return [str(content["Sid"]) for content in contents if "Sid" in content]
