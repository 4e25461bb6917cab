"""Condition keys of requests that ministack leaves empty, and policies here ask for.

Service Authorization Reference, "Actions, resources, and condition keys" for Amazon S3
(``s3:if-none-match``, ``s3:x-amz-server-side-encryption-aws-kms-key-id``), and for AWS
CloudFormation (``cloudformation:ChangeSetName``, ``cloudformation:ImportResourceTypes``,
``cloudformation:RoleArn``).
"""

import re
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import parse_qs

from local.replacements import around

Context = dict[str, Any]
UNLESS_THERE, KEY = "if-none-match", "x-amz-server-side-encryption-aws-kms-key-id"
IMPORTED = re.compile(r"ResourcesToImport\.member\.\d+\.ResourceType")


@around("core.iam_actions", "_s3_object_context")
def of_objects(
    original: Callable[..., Context],
    action: str,
    parameters: Mapping[str, Any],
    path: str,
    headers: Mapping[str, str],
) -> Context:
    """Return the keys of a request for an object, with what its writing depends on."""
    context = original(action, parameters, path, headers)
    if action == "s3:PutObject":
        given = {f"s3:{name}": headers[name] for name in (UNLESS_THERE, KEY) if name in headers}
        context.update(given)
    return context


@around("core.iam_actions", "request_tag_context")
def of_stacks(
    original: Callable[..., Context], service: str, action: str, body: bytes, parameters: Any
) -> Context:
    """Return the keys of a request, with the change set and the role that CloudFormation gets."""
    context = original(service, action, body, parameters)
    if service != "cloudformation":
        return context
    sent = {**parse_qs(body.decode(errors="replace")), **parameters}
    for name, key in (("ChangeSetName", "ChangeSetName"), ("RoleARN", "RoleArn")):
        if given := sent.get(name):
            text = given[0] if isinstance(given, list) else given
            if ":changeSet/" in text:  # its ARN
                text = text.split("/")[1]
            context[f"cloudformation:{key}"] = text
    imported = [given[0] for name, given in sent.items() if IMPORTED.fullmatch(name)]
    if imported:
        context["cloudformation:ImportResourceTypes"] = imported
    return context


@around("core.iam_evaluator", "_names_condition_key")
def of_resources(*_: Any) -> bool:
    """Tell that tags of the resource are asked for: ministack forgets who asks in a boundary."""
    return True
