"""The function's metrics are in its log, where CloudWatch takes them from."""

from serverlessapp.operations import metrics
from tests.acceptance.checks import samples
from tests.acceptance.checks.expectations import Broken, wait
from tests.acceptance.checks.processing import COUNTED
from tests.acceptance.checks.subject import Subject

NAMESPACE = "ServerlessApp/Lambda"


def check(subject: Subject) -> None:
    """Wait for the sums of the metrics to be what was uploaded.

    At least: SQS may deliver an event twice, and that is counted as well.

    Raises:
        Broken: They are less.
    """
    wanted = {
        "InvocationCount": 1.0,
        "ProcessedFileSize": float(sum(map(len, samples.PROCESSED.values()))),
        "ProcessingErrors": 1.0,
    }
    if subject.parameters["Processor"] == COUNTED:
        wanted["Words"] = float(sum(len(text.split()) for text in samples.PROCESSED.values()))
    seen: dict[str, float] = {}

    def look() -> bool:
        seen.update(sums(subject))
        return all(seen.get(name, 0) >= value for name, value in wanted.items())

    try:
        wait("metrics", look, subject.seconds)
    except Broken as broken:
        raise Broken(f"the log's metrics are {seen}, not {wanted}") from broken


def sums(subject: Subject) -> dict[str, float]:
    """Return the sum of each of the stack's metrics so far."""
    lines = metrics.log_lines(subject.client("logs"), subject.stack.log_group)
    dimensions = {"StackName": subject.stack.name, "Processor": "receipts"}
    found: dict[str, float] = {}
    for metric in metrics.extract(lines):
        if (metric.namespace, metric.dimensions) == (NAMESPACE, dimensions):
            found[metric.name] = found.get(metric.name, 0.0) + sum(metric.values)
    return found
