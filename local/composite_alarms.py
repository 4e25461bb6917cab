"""Composite alarms in the emulator's CloudFormation, which knows only those of CloudWatch.

Its CloudWatch makes and evaluates them; what is missing is the resource type.
"""

import json
from typing import Any

TYPE = "AWS::CloudWatch::CompositeAlarm"

Properties = dict[str, Any]


class CompositeAlarmError(Exception):
    """CloudWatch refused the alarm; the message is its own."""


def create(logical_id: str, properties: Properties, stack_name: str) -> tuple[str, Properties]:
    """Create the alarm, or change the one of this name; return its name and attributes."""
    from ministack.services import cloudwatch

    name = properties.get("AlarmName") or f"{stack_name}-{logical_id}"
    request = {key: value for key, value in properties.items() if key != "Tags"}
    answer = cloudwatch._put_composite_alarm({}, {**request, "AlarmName": name}, False, True)
    refuse(answer)
    return name, {"Arn": cloudwatch._composite_alarms[name]["AlarmArn"]}


def update(
    physical_id: str, old: Properties, new: Properties, stack_name: str
) -> tuple[str, Properties]:
    """Change the alarm in place; with another name, it is another alarm."""
    made = create(physical_id, {"AlarmName": physical_id, **new}, stack_name)
    if made[0] != physical_id:
        delete(physical_id, old)
    return made


def delete(physical_id: str, _properties: Properties) -> None:
    """Delete the alarm, if it is there."""
    from ministack.services import cloudwatch

    refuse(cloudwatch._delete_alarms({}, {"AlarmNames": [physical_id]}, False, True))


def refuse(answer: tuple[int, Any, bytes]) -> None:
    """Raise what CloudWatch answered if that is an error.

    Raises:
        CompositeAlarmError: It is.
    """
    status, _, body = answer
    if status >= 400:
        raise CompositeAlarmError(json.loads(body).get("message") or body.decode())


HANDLERS = {"create": create, "update": update, "delete": delete}
