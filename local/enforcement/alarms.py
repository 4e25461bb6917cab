"""CloudWatch may publish to a topic only if the topic's policy says so.

Amazon SNS Developer Guide, "Example cases for Amazon SNS access control".
"""

from collections.abc import Callable, Mapping
from typing import Any

from ministack.core.responses import get_account_id

PUBLISHER = "cloudwatch.amazonaws.com"
# State of an alarm -> where its actions are.
ACTIONS = {
    "ALARM": "AlarmActions",
    "OK": "OKActions",
    "INSUFFICIENT_DATA": "InsufficientDataActions",
}


def with_topic_policy(dispatch: Callable[..., None]) -> Callable[..., None]:
    """Wrap ``cloudwatch._dispatch_alarm_actions``: drop the topics that refuse."""

    def checked(alarm: Mapping[str, Any], old_state: str, new_state: str, reason: str) -> None:
        from ministack.services import sns

        kind = ACTIONS.get(new_state, "")
        accepted = [
            topic
            for topic in alarm.get(kind) or []
            if sns.topic_policy_allows(topic, PUBLISHER, alarm["AlarmArn"], get_account_id())
        ]
        dispatch({**alarm, kind: accepted}, old_state, new_state, reason)

    return checked
