"""The alarm that a pipeline watches after a deployment."""

from collections.abc import Callable

from generators.retention import Retention
from local.emulator import Emulator

from .conftest import Deployment


def test_health_follows_its_symptoms_and_goes_with_the_stack(
    emulator: Emulator, template: Callable[[Retention], str]
) -> None:
    # A Region of its own: alarms of this emulator see the metrics of every stack around them.
    stack = Deployment(emulator.session("eu-west-1"), "health", {})
    stack.update(template(Retention.EPHEMERAL))
    cloudwatch = stack.client("cloudwatch")

    def health() -> list[str]:
        found = cloudwatch.describe_alarms(
            AlarmNames=["health-health"], AlarmTypes=["CompositeAlarm"]
        )
        return [alarm["StateValue"] for alarm in found["CompositeAlarms"]]

    def put(symptom: str, state: str) -> None:
        alarms = cloudwatch.describe_alarms(AlarmNamePrefix=f"health-{symptom}")
        cloudwatch.set_alarm_state(
            AlarmName=alarms["MetricAlarms"][0]["AlarmName"], StateValue=state, StateReason="test"
        )

    put("DeadLetterAlarm", "ALARM")
    assert health() != ["ALARM"], "what was parked before says nothing about the new version"
    put("ProcessingErrorsAlarm", "ALARM")
    assert health() == ["ALARM"]
    put("ProcessingErrorsAlarm", "OK")
    assert health() != ["ALARM"]
    stack.delete()
    assert health() == []
