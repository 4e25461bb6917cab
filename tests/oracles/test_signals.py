"""Dashboard, alarms and saved queries, against what the function of the template really writes.

A graph of a metric that nobody sends is empty, and an alarm on it never goes off; neither
CloudFormation nor CloudWatch says so. What only AWS can show: that CloudWatch takes the metrics
out of the log, and that its own services send theirs as they are documented.
"""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

import pytest

from serverlessapp.template.reading import Json

from . import emf, insights
from .emf import MetricIdentity
from .invocations import Invocation, about, again, message, run
from .mistakes import Change, property_of, text
from .resolved import ResolvedStack, template

# Name in the second saved query, which people change; here it finds a file of that name.
SEARCHED = "uploads/part+of+its+name.txt"
COUNTED = {"Sum", "SampleCount"}
MEASURED = {"Average", "Maximum", "Minimum", "SampleCount", "Sum"}
LEVEL = {"Average", "Maximum", "Minimum"}  # of what is looked at now and then
PERCENTILE = re.compile(r"p\d{1,2}(\.\d+)?")
# What AWS's services send: namespace and name -> the dimension that it is asked by here, what that
# has to be the name of, and which statistics say something.
# Sources: AWS Lambda Developer Guide, "Types of metrics for Lambda functions"; Amazon SQS Developer
# Guide, "Available CloudWatch metrics for Amazon SQS".
OF_FUNCTIONS = ("FunctionName", "AWS::Lambda::Function")
OF_QUEUES = ("QueueName", "AWS::SQS::Queue")
DOCUMENTED = {
    ("AWS/Lambda", "Invocations"): (*OF_FUNCTIONS, COUNTED),
    ("AWS/Lambda", "Errors"): (*OF_FUNCTIONS, COUNTED),
    ("AWS/Lambda", "Throttles"): (*OF_FUNCTIONS, COUNTED),
    ("AWS/Lambda", "Duration"): (*OF_FUNCTIONS, LEVEL),
    ("AWS/SQS", "ApproximateAgeOfOldestMessage"): (*OF_QUEUES, LEVEL),
    ("AWS/SQS", "ApproximateNumberOfMessagesVisible"): (*OF_QUEUES, LEVEL),
    ("AWS/SQS", "ApproximateNumberOfMessagesNotVisible"): (*OF_QUEUES, LEVEL),
}
# What the function sends and no graph shows, and why.
NOT_SHOWN = {"InvocationCount": "as many as Invocations of AWS/Lambda, which costs nothing"}
# What Lambda writes into the same log: an error at import, a time-out, and a crash.
# Sources: AWS Lambda Developer Guide, "Lambda Telemetry API Event schema reference",
# platform.report; its Python runtime (aws-lambda-python-runtime-interface-client, bootstrap.py).
LAMBDA_LINES: list[Json] = [
    {
        "timestamp": "2026-11-23T05:55:35Z",
        "log_level": "ERROR",
        "errorMessage": "Unable to import module 'index': No module named 'thumbnails'",
        "errorType": "Runtime.ImportModuleError",
        "requestId": "",
        "stackTrace": [],
    },
    {
        "time": "2026-11-23T05:56:35.000Z",
        "type": "platform.report",
        "record": {
            "requestId": "6d68ca91-49c9-448d-89b8-7ca3e6dc66aa",
            "metrics": {"durationMs": 60000, "billedDurationMs": 60000, "memorySizeMB": 256},
            "status": "timeout",
        },
    },
    {
        "time": "2026-11-23T05:57:35.000Z",
        "type": "platform.report",
        "record": {
            "requestId": "6d68ca91-49c9-448d-89b8-7ca3e6dc66aa",
            "metrics": {"durationMs": 20, "billedDurationMs": 20, "memorySizeMB": 256},
            "status": "error",
            "errorType": "Runtime.ExitError",
        },
    },
]

Check = Callable[[ResolvedStack], None]


@dataclass(frozen=True, kw_only=True)
class Shown:
    """A metric as an alarm or a graph asks for it."""

    where: str
    identity: MetricIdentity
    statistic: str


def lines_of(stack: ResolvedStack) -> list[Json]:
    """Return every kind of line that the function of a stack writes."""
    first = [message("put", "x"), message("s3-test"), message("folder-marker")]
    searched = message(about("copy", key=SEARCHED), "x")
    damaged = message(about("copy", key=SEARCHED), "x", sha256="0" * 64)
    ran = run(
        stack,
        Invocation(messages=[*first, searched]),
        Invocation(messages=[again(0, 0)]),  # a duplicate
        Invocation(messages=[message(about("put", sequencer="00"), "x")]),  # superseded
        Invocation(messages=[damaged]),
        Invocation(event={"by": "hand"}),
        Invocation(messages=[message("odd-key", "x")], milliseconds=0),  # out of time
        Invocation(messages=[message("put", "x")], refused={"s3.GetObject": "AccessDenied"}),
    )
    return ran.lines


def sent(stack: ResolvedStack) -> dict[MetricIdentity, str]:
    """Return the metrics that CloudWatch takes from the lines, with their units."""
    found = dict(pair for line in lines_of(stack) for pair in emf.metrics(line))
    assert found, "the function sends nothing"
    return found


def shown(stack: ResolvedStack) -> Iterator[Shown]:
    """Yield what alarms and graphs ask for."""
    for title, alarm in stack.of_type("AWS::CloudWatch::Alarm").items():
        asked = alarm["Properties"]
        dimensions = frozenset((each["Name"], each["Value"]) for each in asked["Dimensions"])
        yield Shown(
            where=title,
            identity=MetricIdentity(asked["Namespace"], asked["MetricName"], dimensions),
            statistic=asked.get("Statistic") or asked["ExtendedStatistic"],
        )
    for title, dashboard in stack.of_type("AWS::CloudWatch::Dashboard").items():
        for widget in json.loads(dashboard["Properties"]["DashboardBody"])["widgets"]:
            assert widget["type"] == "metric", f"{title}: nothing here judges a {widget['type']}"
            yield from graphed(stack, f"{title}, {widget['properties']['title']}", widget)


def graphed(stack: ResolvedStack, where: str, widget: Json) -> Iterator[Shown]:
    """Yield what a graph asks for.

    Source: Amazon CloudWatch API Reference, "Dashboard body structure and syntax".
    """
    properties = widget["properties"]
    assert properties["region"] == stack.region, where
    for namespace, name, *rest in properties["metrics"]:
        options = rest.pop() if rest and isinstance(rest[-1], dict) else {}
        dimensions = frozenset(zip(rest[::2], rest[1::2], strict=True))
        yield Shown(
            where=where,
            identity=MetricIdentity(namespace, name, dimensions),
            statistic=options.get("stat", properties.get("stat", "Average")),
        )


def what_is_shown_is_sent(stack: ResolvedStack) -> None:
    """Each metric of ours has the very dimensions, and a statistic that suits its unit."""
    metrics = sent(stack)
    for each in shown(stack):
        if not each.identity.namespace.startswith("AWS/"):
            unit = metrics.get(each.identity)
            assert unit, f"{each.where}: nobody sends {each.identity}"
            meaningful = COUNTED if unit == "Count" else MEASURED
            assert each.statistic in meaningful or (
                unit != "Count" and PERCENTILE.fullmatch(each.statistic)
            ), f"{each.where}: {each.statistic} of {unit}"


def what_is_sent_is_shown(stack: ResolvedStack) -> None:
    """Each metric is on the dashboard or in an alarm, or it is said why it is not."""
    looked_at = {each.identity for each in shown(stack)}
    unseen = {metric.name for metric in sent(stack) if metric not in looked_at}
    assert unseen == NOT_SHOWN.keys()


def metrics_of_aws_exist(stack: ResolvedStack) -> None:
    """What is asked of AWS's services is documented, and about a resource of the stack."""
    for each in shown(stack):
        namespace, name = each.identity.namespace, each.identity.name
        if namespace.startswith("AWS/"):
            assert (namespace, name) in DOCUMENTED, f"{each.where}: AWS documents no {name}"
            dimension, kind, statistics = DOCUMENTED[namespace, name]
            names = {resource["Name"] for resource in stack.of_type(kind).values()}
            ((asked, value),) = each.identity.dimensions
            assert asked == dimension, each.where
            assert value in names, f"{each.where}: {value} is no name of a {kind}"
            assert each.statistic in statistics or (
                statistics is LEVEL and PERCENTILE.fullmatch(each.statistic)
            ), f"{each.where}: {each.statistic} of {name}"


def log_lines_have_time_and_level(stack: ResolvedStack) -> None:
    """Without both, Lambda takes a line of JSON for INFO.

    Source: AWS Lambda Developer Guide, "Configuring advanced logging controls", log-level
    filtering: ``level``, and ``timestamp`` in RFC 3339.
    """
    for line in lines_of(stack):
        if "_aws" not in line:
            assert line.get("level") in {
                "TRACE",
                "DEBUG",
                "INFO",
                "WARN",
                "WARNING",
                "ERROR",
                "FATAL",
            }
            moment = datetime.fromisoformat(line.get("timestamp", ""))
            assert moment.tzinfo, line


def queries_find_what_they_name(stack: ResolvedStack) -> None:
    """Each saved query gives something, and something for each of its fields."""
    lines = [*lines_of(stack), *LAMBDA_LINES]
    queries = stack.of_type("AWS::Logs::QueryDefinition")
    assert queries
    for title, query in queries.items():
        found = insights.rows(query["Properties"]["QueryString"], lines)
        assert found, f"{title} finds nothing"
        for name in found[0]:
            assert any(row[name] is not None for row in found), f"{title}: {name} is always empty"
    assert not stack.of_type("AWS::Logs::MetricFilter"), "nothing here judges a metric filter"


def failures_are_found(stack: ResolvedStack) -> None:
    """The first of the saved queries gives all failures, those that only Lambda tells too."""
    query = stack.resources["FailuresQuery"]["Properties"]["QueryString"]
    lines = [*lines_of(stack), *LAMBDA_LINES]
    failures = [number for number, line in enumerate(lines) if is_failure(line)]
    assert len(failures) > len(LAMBDA_LINES)
    assert {row["@timestamp"] for row in insights.rows(query, lines)} == set(failures)


def is_failure(line: Json) -> bool:
    return "ERROR" in (line.get("level"), line.get("log_level")) or line in LAMBDA_LINES


CHECKS: list[Check] = [
    what_is_shown_is_sent,
    what_is_sent_is_shown,
    metrics_of_aws_exist,
    log_lines_have_time_and_level,
    queries_find_what_they_name,
    failures_are_found,
]


@pytest.mark.parametrize("name", ["application", "application-ephemeral"])
@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_signals(check: Check, name: str) -> None:
    check(ResolvedStack(template=template(name)))


PROCESSOR = "Environment/Variables/PROCESSOR_NAME"
SEEDS: dict[str, tuple[Change, Check]] = {
    "an alarm asks for another processor": (
        property_of("ProcessingErrorsAlarm", "Dimensions/1/Value", "receipt"),
        what_is_shown_is_sent,
    ),
    "the function is told another name than the alarms": (
        property_of("FileProcessor", PROCESSOR, "files"),
        what_is_shown_is_sent,
    ),
    "an alarm asks for one dimension less": (
        property_of(
            "AccessDeniedAlarm", "Dimensions", [{"Name": "Processor", "Value": "receipts"}]
        ),
        what_is_shown_is_sent,
    ),
    "a graph asks for a metric that nobody sends": (
        text("Dashboard", "ProcessedFileSize", "ProcessedFilesSize"),
        what_is_shown_is_sent,
    ),
    "a graph shows the mean of a count": (
        text("Dashboard", '"stat": "Sum"', '"stat": "Average"'),
        what_is_shown_is_sent,
    ),
    "a metric has a unit that CloudWatch has not": (
        text("FileProcessor", '"Bytes"', '"Byte"'),
        what_is_shown_is_sent,
    ),
    "the values of dimensions are left out": (
        text("FileProcessor", r"(\| |\*\*)self\._dimensions", r"\1{}"),
        what_is_shown_is_sent,
    ),
    "metrics have seconds for milliseconds": (
        text("FileProcessor", r"int\(time\.time\(\) \* 1000\)", "int(time.time())"),
        what_is_shown_is_sent,
    ),
    "a new metric is shown nowhere": (
        text("FileProcessor", '"SkippedObjects"', '"SkippedFiles"'),
        what_is_sent_is_shown,
    ),
    "an alarm names a queue by its URL": (
        property_of("DeadLetterAlarm", "Dimensions/0/Value", {"Ref": "DeadLetterQueue"}),
        metrics_of_aws_exist,
    ),
    "an alarm misspells a metric of Lambda": (
        property_of("FunctionErrorsAlarm", "MetricName", "Error"),
        metrics_of_aws_exist,
    ),
    "an alarm adds up ages": (
        property_of("BacklogAlarm", "Statistic", "Sum"),
        metrics_of_aws_exist,
    ),
    "a line has no level": (
        text("FileProcessor", r'"level": level', '"severity": level'),
        log_lines_have_time_and_level,
    ),
    "a query asks for a field that no line has": (
        text("SlowestQuery", "milliseconds", "duration"),
        queries_find_what_they_name,
    ),
    "a query looks for a level that no line has": (
        text("FailuresQuery", "ERROR", "error"),
        failures_are_found,
    ),
}


@pytest.mark.parametrize("name", SEEDS)
def test_a_seeded_mistake_is_caught(name: str) -> None:
    change, check = SEEDS[name]
    content = template("application")
    change(content)
    with pytest.raises(AssertionError):
        check(ResolvedStack(template=content))
