"""A rule's pattern is one that EventBridge understands, and few rules of a bus have wildcards.

* Amazon EventBridge User Guide, "Creating event patterns", "Comparison operators", and EventBridge
  API Reference, "PutRule", InvalidEventPatternException. ministack's PutRule asks; where
  CloudFormation makes a rule, it does not, and the rule then matches nothing.
* User Guide, "Amazon EventBridge quotas": the size of a pattern, and rules containing wildcards,
  which cannot be raised; API Reference, "PutRule", LimitExceededException. The words are ours.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from ministack.core.responses import error_response_json
from ministack.services import eventbridge

from local.replacements import around
from local.validation.resources import Properties, refuses

WITH_WILDCARDS = 30  # rules of a bus
LARGEST = 2048  # characters of a pattern
WILDCARD = '"wildcard"'  # an operator, also within another
EXCEEDED = "The requested resource exceeds the maximum number allowed."


@refuses("AWS::Events::Rule", of="EventPattern")
def pattern(_: str, properties: Properties) -> Iterator[str]:
    """Refuse a pattern that EventBridge does not take."""
    given = properties.get("EventPattern", "")
    text = given if isinstance(given, str) else json.dumps(given, separators=(",", ":"))
    if mistake := eventbridge._event_pattern_error(text):
        yield f"Event pattern is not valid. Reason: {mistake}"
    yield from quotas({**properties, "EventPattern": text})


@around("services.eventbridge", "_put_rule")
def put(original: Callable[..., Any], request: Mapping[str, Any]) -> Any:
    """Answer PutRule."""
    for problem in quotas(request):
        return error_response_json("LimitExceededException", problem, 400)
    return original(request)


def quotas(rule: Mapping[str, Any]) -> Iterator[str]:
    """Yield which quotas a rule would exceed; it is described as PutRule does."""
    text, bus = rule.get("EventPattern", ""), rule.get("EventBusName", "default")
    if len(text) > LARGEST:
        yield f"{EXCEEDED} Event pattern size: {LARGEST}"
    others = (
        other
        for other in eventbridge._rules.values()
        if other["EventBusName"] == bus and other["Name"] != rule.get("Name")
    )
    used = sum(WILDCARD in other["EventPattern"] for other in others)
    if WILDCARD in text and used >= WITH_WILDCARDS:
        yield f"{EXCEEDED} Rules containing wildcards: {WITH_WILDCARDS}"
