"""The stack's metrics and alarms."""

from collections import defaultdict
from typing import Any

from rich.table import Table

from local.demo.stage import DemoStage
from serverlessapp.operations import ledger, metrics
from serverlessapp.operations.stack import Stack, StackLane

ALARM = "ProcessingErrorsAlarm"


def show_metrics(stage: DemoStage, stack: Stack, troubled: str | None) -> None:
    """Show the metrics in the functions' logs, and hand them to CloudWatch, for the alarms.

    On AWS, CloudWatch takes them from there by itself. ``troubled`` is the processor that got a
    folder marker and a damaged file, if one did.
    """
    table = Table("processor", "metric", "values", "sum", title="from the EMF lines in the logs")
    held = True
    for lane in stack.lanes:
        logged = stage.record.metrics[lane.processor] = publish(stage, lane)
        for name, values in sorted(logged.items()):
            table.add_row(lane.processor, name, f"{values['values']:,.0f}", f"{values['sum']:,.0f}")
        special = int(lane.processor == troubled)
        # S3 sends a message to test each new notification, of which each suffix is one.
        notified = lane.uploads.source == "notification"
        skipped = special + (max(1, len(lane.uploads.suffixes)) if notified else 0)
        expected = {
            "ProcessedFileSize": entered(stage, lane),
            "SkippedObjects": {"values": skipped, "sum": skipped},
            "ProcessingErrors": {"values": special, "sum": special},
        }
        nothing = {"values": 0, "sum": 0}
        held &= all(logged.get(name, nothing) == value for name, value in expected.items())
    stage.console.print(table)
    stage.check("the metrics count every file, byte, skip and error", held)


def entered(stage: DemoStage, lane: StackLane) -> dict[str, float]:
    """Return how many files are in a lane's ledger, and their size in bytes."""
    pages = ledger.pages(stage.session.client("dynamodb"), lane.ledger)
    sizes = [int(item["size"]["N"]) for page in pages for item in page]
    return {"values": len(sizes), "sum": sum(sizes)}


def publish(stage: DemoStage, lane: StackLane) -> dict[str, dict[str, float]]:
    """Put the metrics of a lane's log into CloudWatch; return their numbers and sums."""
    cloudwatch = stage.session.client("cloudwatch")
    seen: dict[str, dict[str, float]] = defaultdict(lambda: {"values": 0, "sum": 0})
    for metric in metrics.extract(metrics.log_lines(stage.session.client("logs"), lane.log_group)):
        seen[metric.name]["values"] += len(metric.values)
        seen[metric.name]["sum"] += sum(metric.values)
        datum: Any = {
            "MetricName": metric.name,
            "Unit": metric.unit,
            "Dimensions": [{"Name": k, "Value": v} for k, v in metric.dimensions.items()],
            "Values": list(metric.values),
        }
        cloudwatch.put_metric_data(Namespace=metric.namespace, MetricData=[datum])
    return dict(seen)


def show_alarms(stage: DemoStage, troubled: str | None) -> None:
    """Show the state of every alarm of the stack; see ``show_metrics``."""
    table = Table("alarm", "state", "what to do when it is in alarm")
    for alarm in stage.session.client("cloudwatch").describe_alarms()["MetricAlarms"]:
        name = next(part for part in alarm["AlarmName"].split("-") if part.endswith("Alarm"))
        stage.record.alarms[name] = alarm["StateValue"]
        is_on = alarm["StateValue"] == "ALARM"
        advice = alarm["AlarmDescription"] if is_on else ""
        table.add_row(name, alarm["StateValue"], advice, style="red" if is_on else "")
    stage.console.print(table)
    stage.console.print("  [dim]the emulator has no metrics of queues and of Lambda itself[/]")
    states = stage.record.alarms.items()
    on = [name for name, state in states if name.endswith(ALARM) and state == "ALARM"]
    if troubled:
        stage.check(f"only the alarm for failed files of {troubled} is in alarm", on == [ALARM])
    else:
        stage.check("no alarm for failed files is in alarm", not on)
