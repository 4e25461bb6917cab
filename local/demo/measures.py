"""The stack's metrics and alarms."""

from collections import defaultdict
from typing import Any

from rich.table import Table

from local.demo import samples
from local.demo.stage import DemoStage
from serverlessapp.operations import metrics


def show_metrics(stage: DemoStage, log_group: str) -> None:
    """Show the metrics in the function's log, and hand them to CloudWatch.

    On AWS, CloudWatch takes them from there by itself. The emulator does not; then the alarms see
    them there too.
    """
    cloudwatch = stage.session.client("cloudwatch")
    values: dict[tuple[str, str], list[float]] = defaultdict(list)
    for metric in metrics.extract(metrics.log_lines(stage.session.client("logs"), log_group)):
        values[metric.name, metric.unit] += metric.values
        datum: Any = {
            "MetricName": metric.name,
            "Unit": metric.unit,
            "Dimensions": [{"Name": k, "Value": v} for k, v in metric.dimensions.items()],
            "Values": list(metric.values),
        }
        cloudwatch.put_metric_data(Namespace=metric.namespace, MetricData=[datum])
    table = Table("metric", "unit", "values", "sum", title="from the EMF lines in the log")
    for (name, unit), each in sorted(values.items()):
        stage.record.metrics[name] = {"values": len(each), "sum": sum(each)}
        table.add_row(name, unit, f"{len(each):,}", f"{sum(each):,.0f}")
    stage.console.print(table)
    sizes = [len(sample.content) for sample in samples.processed()]
    expected = {
        "ProcessedFileSize": {"values": len(sizes), "sum": sum(sizes)},
        # The folder marker, and the message S3 sends to test a new notification.
        "SkippedObjects": {"values": 2, "sum": 2},
        "ProcessingErrors": {"values": 1, "sum": 1},
    }
    stage.check(
        "the metrics count every file, byte, skip and error",
        expected.items() <= stage.record.metrics.items(),
    )


def show_alarms(stage: DemoStage) -> None:
    """Show the state of every alarm of the stack."""
    table = Table("alarm", "state", "what to do when it is on")
    for alarm in stage.session.client("cloudwatch").describe_alarms()["MetricAlarms"]:
        name = next(part for part in alarm["AlarmName"].split("-") if part.endswith("Alarm"))
        stage.record.alarms[name] = alarm["StateValue"]
        is_on = alarm["StateValue"] == "ALARM"
        advice = alarm["AlarmDescription"] if is_on else ""
        table.add_row(name, alarm["StateValue"], advice, style="red" if is_on else "")
    stage.console.print(table)
    stage.console.print("  [dim]the emulator measures neither queues nor Lambda itself[/]")
    stage.check(
        "the alarm for failed files is on",
        stage.record.alarms.get("ProcessingErrorsAlarm") == "ALARM",
    )
