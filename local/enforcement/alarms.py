"""CloudWatch may publish to a topic only if the topic's policy says so, and its key's.

Amazon SNS Developer Guide, "Example cases for Amazon SNS access control" and "Key management".
"""

from collections.abc import Callable, Mapping
from typing import Any

from ministack.core.responses import get_account_id
from ministack.services import sns

from local.enforcement.encryption import service_may_use
from local.replacements import around

PUBLISHER = "cloudwatch.amazonaws.com"
KEY_NEEDS = ("kms:Decrypt", "kms:GenerateDataKey")
# State of an alarm -> where its actions are.
ACTIONS = {
    "ALARM": "AlarmActions",
    "OK": "OKActions",
    "INSUFFICIENT_DATA": "InsufficientDataActions",
}


@around("services.cloudwatch", "_dispatch_alarm_actions")
def with_topic_policy(
    dispatch: Callable[..., None], alarm: Mapping[str, Any], old: str, new: str, reason: str
) -> None:
    """Publish the new state of an alarm, but not to the topics that refuse."""
    kind = ACTIONS.get(new, "")
    accepted = [topic for topic in alarm.get(kind) or [] if accepts(topic, alarm["AlarmArn"])]
    dispatch({**alarm, kind: accepted}, old, new, reason)


def accepts(topic: str, alarm: str) -> bool:
    """Tell whether an alarm may publish to a topic; both are ARNs."""
    if not sns.topic_policy_allows(topic, PUBLISHER, alarm, get_account_id()):
        return False
    key = sns._topics[topic]["attributes"].get("KmsMasterKeyId")
    return service_may_use(PUBLISHER, KEY_NEEDS, key, {"aws:sns:topicArn": topic})
