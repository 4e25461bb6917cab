"""The alarm that a pipeline watches after a deployment."""

from .conftest import Deploy


def test_health_follows_its_symptoms_and_goes_with_the_stack(deploy: Deploy) -> None:
    stack = deploy()
    cloudwatch = stack.client("cloudwatch")

    def health() -> list[str]:
        found = cloudwatch.describe_alarms(
            AlarmNames=[f"{stack.name}-health"], AlarmTypes=["CompositeAlarm"]
        )
        return [alarm["StateValue"] for alarm in found["CompositeAlarms"]]

    def put(symptom: str, state: str) -> None:
        alarms = cloudwatch.describe_alarms(AlarmNamePrefix=f"{stack.name}-{symptom}")
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
