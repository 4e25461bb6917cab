"""Knows resource types of which ministack's CloudFormation has never heard.

Nobody reads them back here, so what a template's ``Ref`` and ``Fn::GetAtt`` give is all there is. A
pipeline does not run: ``local.pipeline`` does that.
"""

import uuid
from collections.abc import Callable
from functools import partial
from typing import Any

from ministack.core.responses import get_account_id, get_region
from ministack.services.cloudformation import provisioners

from local.replacements import HANDLERS, replaces

Properties = dict[str, Any]
Name = Callable[[str, Properties, str], str]


@replaces(*HANDLERS)
def with_recorded_types(handlers: dict[str, Any]) -> dict[str, Any]:
    """Add the resource types to the table, which others hold as well."""
    for kind, (name, attribute) in RECORDED.items():
        handlers[kind] = {
            "create": partial(create, name, attribute),
            "update": partial(keep, attribute),
            "delete": lambda *_: None,
        }
    return handlers


def create(
    name: Name, attribute: str, title: str, properties: Properties, stack: str
) -> tuple[str, dict[str, str]]:
    """Return the physical ID of a new resource, and its attributes."""
    return keep(attribute, name(title, properties, stack))


def keep(attribute: str, physical_id: str, *_: Any) -> tuple[str, dict[str, str]]:
    """Return the physical ID of a resource, and its attributes."""
    return physical_id, {attribute: physical_id}


def pipeline(title: str, _: Properties, stack: str) -> str:
    """Return the name of a pipeline."""
    return str(provisioners._physical_name(stack, title, max_len=100))


def arn(service: str, resource: str) -> str:
    """Return an ARN in this account and Region."""
    return f"arn:aws:{service}:{get_region()}:{get_account_id()}:{resource}"


# Type -> what gives the physical ID, and the attribute that is the same.
RECORDED: dict[str, tuple[Name, str]] = {
    "AWS::CodeBuild::ReportGroup": (
        lambda _, given, __: arn("codebuild", f"report-group/{given['Name']}"),
        "Arn",
    ),
    "AWS::CodePipeline::Pipeline": (pipeline, "Name"),
    "AWS::CodeStarNotifications::NotificationRule": (
        lambda *_: arn("codestar-notifications", f"notificationrule/{uuid.uuid4().hex}"),
        "Arn",
    ),
    # Events of other accounts do not come here anyway.
    "AWS::Events::EventBusPolicy": (lambda title, _, stack: f"{stack}-{title}", "Id"),
    "AWS::Logs::QueryDefinition": (lambda *_: str(uuid.uuid4()), "QueryDefinitionId"),
}
