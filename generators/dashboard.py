"""The dashboard."""

import json
from typing import Any

from troposphere import Sub, Template, cloudwatch

from generators.context import FREE, explained
from generators.monitoring import NAMESPACE
from generators.processing import PROCESSOR_NAME, ProcessingRefs
from generators.queues import QueueRefs

RUNTIME = (NAMESPACE, "StackName", "${AWS::StackName}", "Processor", PROCESSOR_NAME)
FUNCTION = ("AWS/Lambda", "FunctionName", "${Function}")
INGEST = ("AWS/SQS", "QueueName", "${IngestQueue}")
DEAD_LETTER = ("AWS/SQS", "QueueName", "${DeadLetterQueue}")

Line = tuple[tuple[str, ...], str]  # namespace and dimensions, and the metric's name

# Title, statistic, lines: two rows of four graphs, which is what CloudWatch makes of
# graphs without a place and a size.
GRAPHS: tuple[tuple[str, str, tuple[Line, ...]], ...] = (
    ("Files", "SampleCount", ((RUNTIME, "ProcessedFileSize"),)),
    ("Bytes", "Sum", ((RUNTIME, "ProcessedFileSize"),)),
    (
        "Errors",
        "Sum",
        (
            (RUNTIME, "ProcessingErrors"),
            (RUNTIME, "AccessDenied"),
            (RUNTIME, "LambdaErrors"),
            (FUNCTION, "Errors"),
            (FUNCTION, "Throttles"),
        ),
    ),
    (
        "Duplicates and skipped",
        "Sum",
        ((RUNTIME, "DuplicateEvents"), (RUNTIME, "SupersededEvents"), (RUNTIME, "SkippedObjects")),
    ),
    ("Latency, mean (ms)", "Average", ((FUNCTION, "Duration"),)),
    ("Latency, slowest 1 % (ms)", "p99", ((FUNCTION, "Duration"),)),
    ("Queue age (s)", "Maximum", ((INGEST, "ApproximateAgeOfOldestMessage"),)),
    (
        "Waiting and parked files",
        "Maximum",
        (
            (INGEST, "ApproximateNumberOfMessagesVisible"),
            (DEAD_LETTER, "ApproximateNumberOfMessagesVisible"),
        ),
    ),
)


def add_to(
    template: Template,
    *,
    processing: ProcessingRefs,
    queues: QueueRefs,
) -> cloudwatch.Dashboard:
    """Add the dashboard and return it."""
    body = {"widgets": [graph(*values) for values in GRAPHS]}
    return template.add_resource(
        cloudwatch.Dashboard(
            "Dashboard",
            Metadata=explained(
                "One page that answers: how much, how fast, what failed, what waits. Graphs over "
                "the periods that the alarms look at, so both show the same.",
                mutable=FREE,
            ),
            DashboardBody=Sub(
                json.dumps(body, indent=2),
                Function=processing.function.ref(),
                IngestQueue=queues.ingest.get_att("QueueName"),
                DeadLetterQueue=queues.dead_letter.get_att("QueueName"),
            ),
        )
    )


def graph(title: str, statistic: str, lines: tuple[Line, ...]) -> dict[str, Any]:
    """Return one graph (CloudWatch API Reference, "Dashboard body structure and syntax").

    The period stays at CloudWatch's default of five minutes.
    """
    return {
        "type": "metric",
        "properties": {
            "title": title,
            "region": "${AWS::Region}",
            "stat": statistic,
            "metrics": [[namespace, name, *dimension] for (namespace, *dimension), name in lines],
        },
    }
