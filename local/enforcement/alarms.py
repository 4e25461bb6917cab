"""CloudWatch may publish to a topic only if the topic's policy says so, and its key's.

Amazon SNS Developer Guide, "Example cases for Amazon SNS access control" and "Key management".
"""

from collections.abc import Callable, Mapping
from typing import Any

from ministack.core.responses import get_account_id

from local.enforcement.encryption import service_may_use
from local.enforcement.trace import Trace

PUBLISHER = "cloudwatch.amazonaws.com"
KEY_NEEDS = ("kms:Decrypt", "kms:GenerateDataKey")
# State of an alarm -> where its actions are.
ACTIONS = {
    "ALARM": "AlarmActions",
    "OK": "OKActions",
    "INSUFFICIENT_DATA": "InsufficientDataActions",
}


def with_topic_policy(trace: Trace, dispatch: Callable[..., None]) -> Callable[..., None]:
    """Wrap ``cloudwatch._dispatch_alarm_actions``: drop the topics that refuse."""

    def checked(alarm: Mapping[str, Any], old_state: str, new_state: str, reason: str) -> None:
        kind = ACTIONS.get(new_state, "")
        topics = alarm.get(kind) or []
        accepted = [topic for topic in topics if accepts(trace, topic, alarm["AlarmArn"])]
        dispatch({**alarm, kind: accepted}, old_state, new_state, reason)

    return checked


def accepts(trace: Trace, topic: str, alarm: str) -> bool:
    """Tell whether an alarm may publish to a topic; both are ARNs."""
    from ministack.services import sns

    if not sns.topic_policy_allows(topic, PUBLISHER, alarm, get_account_id()):
        return False
    key = sns._topics[topic]["attributes"].get("KmsMasterKeyId")
    return service_may_use(trace, PUBLISHER, KEY_NEEDS, key, {"aws:sns:topicArn": topic})
