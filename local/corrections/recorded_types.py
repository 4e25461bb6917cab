"""Knows resource types of which ministack's CloudFormation has never heard.

Nobody reads them back here, so what a template's ``Ref`` gives is all there is. A pipeline does
not run: ``local.pipeline`` does that.
"""

import uuid
from collections.abc import Callable
from typing import Any

from ministack.core.responses import get_account_id, get_region

from local.replacements import HANDLERS, replaces

Create = Callable[[str, dict[str, Any], str], tuple[str, dict[str, str]]]


@replaces(*HANDLERS)
def with_recorded_types(handlers: dict[str, Any]) -> dict[str, Any]:
    """Add the resource types to the table, which others hold as well."""
    creates: dict[str, Create] = {
        "AWS::CodeBuild::ReportGroup": report_group,
        "AWS::CodePipeline::Pipeline": pipeline,
        "AWS::CodeStarNotifications::NotificationRule": notification_rule,
        "AWS::Logs::QueryDefinition": saved_query,
    }
    for kind, create in creates.items():
        handlers[kind] = {
            "create": create,
            "update": lambda physical_id, *_: (physical_id, {}),
            "delete": lambda *_: None,
        }
    return handlers


def saved_query(*_: Any) -> tuple[str, dict[str, str]]:
    """Return the ID of a saved log query and its attributes."""
    query_id = str(uuid.uuid4())
    return query_id, {"QueryDefinitionId": query_id}


def pipeline(title: str, _: dict[str, Any], stack: str) -> tuple[str, dict[str, str]]:
    """Return the name of a pipeline and its attributes."""
    from ministack.services.cloudformation import provisioners

    return provisioners._physical_name(stack, title, max_len=100), {"Version": "1"}


def report_group(_: str, properties: dict[str, Any], __: str) -> tuple[str, dict[str, str]]:
    """Return the ARN of a report group and its attributes."""
    arn = f"{account('codebuild')}:report-group/{properties['Name']}"
    return arn, {"Arn": arn}


def notification_rule(*_: Any) -> tuple[str, dict[str, str]]:
    """Return the ARN of a notification rule and its attributes."""
    arn = f"{account('codestar-notifications')}:notificationrule/{uuid.uuid4().hex}"
    return arn, {"Arn": arn}


def account(service: str) -> str:
    """Return how ARNs of a service begin."""
    return f"arn:aws:{service}:{get_region()}:{get_account_id()}"
