"""The dashboard."""

import json
import re
from collections.abc import Sequence
from typing import Any

from troposphere import Sub, Template, cloudwatch

from generators.context import FREE, explained
from generators.lane_resources import LaneRefs
from generators.lanes import Lane
from generators.monitoring import NAMESPACE

# Of a lane: its last dimension's value is NAME, or the kind of resource that has the name.
NAME = "name"
RUNTIME = (NAMESPACE, "StackName", "${AWS::StackName}", "Processor", NAME)
FUNCTION = ("AWS/Lambda", "FunctionName", "Function")
INGEST = ("AWS/SQS", "QueueName", "IngestQueue")
DEAD_LETTER = ("AWS/SQS", "QueueName", "DeadLetterQueue")

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
    ("Mean latency (ms)", "Average", ((FUNCTION, "Duration"),)),
    ("p99 latency (ms)", "p99", ((FUNCTION, "Duration"),)),
    ("Queue age (s)", "Maximum", ((INGEST, "ApproximateAgeOfOldestMessage"),)),
    (
        "Waiting and parked messages",
        "Maximum",
        (
            (INGEST, "ApproximateNumberOfMessagesVisible"),
            (DEAD_LETTER, "ApproximateNumberOfMessagesVisible"),
        ),
    ),
)


def add_to(template: Template, lanes: Sequence[LaneRefs]) -> cloudwatch.Dashboard:
    """Add the dashboard, with the lines of all lanes, and return it."""
    names = [refs.lane for refs in lanes]
    body = {"widgets": [graph(title, kind, lines, names) for title, kind, lines in GRAPHS]}
    variables: dict[str, Any] = {}
    for refs in lanes:
        variables |= {
            refs.lane.logical_id("Function"): refs.processing.function.ref(),
            refs.lane.logical_id("IngestQueue"): refs.queues.ingest.get_att("QueueName"),
            refs.lane.logical_id("DeadLetterQueue"): refs.queues.dead_letter.get_att("QueueName"),
        }
    return template.add_resource(
        cloudwatch.Dashboard(
            "Dashboard",
            Metadata=explained(
                "Throughput, latency, errors and backlog on one page. Graphs use the same "
                "periods as the alarms.",
                mutable=FREE,
            ),
            DashboardBody=Sub(written(body), **variables),
        )
    )


def graph(
    title: str, statistic: str, lines: Sequence[Line], lanes: Sequence[Lane]
) -> dict[str, Any]:
    """Return one graph (CloudWatch API Reference, "Dashboard body structure and syntax").

    The period stays at CloudWatch's default of five minutes.
    """
    return {
        "type": "metric",
        "properties": {
            "title": title,
            "region": "${AWS::Region}",
            "stat": statistic,
            "metrics": [
                [namespace, name, *dimensions, lane.name if last == NAME else variable(lane, last)]
                for lane in lanes
                for (namespace, *dimensions, last), name in lines
            ],
        },
    }


def written(body: dict[str, Any]) -> str:
    """Return JSON as people read it, with each metric in a line of its own."""
    return re.sub(
        r"\[\s+([^\[\]]+?)\s+\]",
        lambda metric: "[" + " ".join(metric[1].split()) + "]",
        json.dumps(body, indent=2),
    )


def variable(lane: Lane, kind: str) -> str:
    """Return what stands in the body for the name of a resource of a lane."""
    return f"${{{lane.logical_id(kind)}}}"
