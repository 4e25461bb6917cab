"""What AWS documents about whole calls: rules between parameters, and texts with a meaning."""

import json
import re
from collections.abc import Callable, Iterable, Iterator
from itertools import combinations
from typing import Any

from local.validation.notifications import overlap

# Amazon SQS API Reference, "SetQueueAttributes": seconds.
PERMISSIONS = {"allowAll", "denyAll", "byQueue"}
QUEUE_RANGES = {"MessageRetentionPeriod": (60, 1_209_600), "VisibilityTimeout": (0, 43_200)}
WIDGETS = {"alarm", "custom", "explorer", "log", "metric", "text"}
# Amazon S3 User Guide, "Constraints and considerations for transitions": days.
SOONEST = {"ONEZONE_IA": 30, "STANDARD_IA": 30}
# Amazon S3 User Guide, "General purpose bucket naming rules".
BUCKET_NAME = re.compile(
    r"(?!xn--|sthree-|amzn-s3-demo-|\d+\.\d+\.\d+\.\d+$)(?!.*\.\.)[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]"
    r"(?<!-s3alias)(?<!--ol-s3)(?<!\.mrap)(?<!--x-s3)(?<!--table-s3)"
)


def nothing(_: Any) -> Iterable[str]:
    """Find nothing."""
    return ()


def bucket(parameters: Any) -> Iterator[str]:
    """Look at a bucket's name."""
    if not BUCKET_NAME.fullmatch(parameters["Bucket"]):
        yield f".Bucket: {parameters['Bucket']} is no name of a bucket"


def alarm(parameters: Any) -> Iterator[str]:
    """Look at times: CloudWatch API Reference, "PutMetricAlarm", Period and EvaluationPeriods."""
    period, periods = parameters.get("Period", 60), parameters.get("EvaluationPeriods", 1)
    if period not in (10, 20, 30) and period % 60:
        yield f".Period: {period} seconds are neither 10, 20, 30 nor whole minutes"
    if period * periods > (86_400 if period < 3_600 else 604_800):
        yield f".EvaluationPeriods: it would look back {period * periods:,} seconds"
    if parameters.get("DatapointsToAlarm", periods) > periods:
        yield ".DatapointsToAlarm: more than EvaluationPeriods"


def dashboard(parameters: Any) -> Iterator[str]:
    """Count: Amazon CloudWatch User Guide, "CloudWatch service quotas".

    Types: CloudWatch API Reference, "Dashboard body structure and syntax".
    """
    try:
        widgets = json.loads(parameters["DashboardBody"])["widgets"]
    except (ValueError, KeyError) as error:
        yield f".DashboardBody: no dashboard: {error}"
        return
    for kind in {widget.get("type") for widget in widgets} - WIDGETS:
        yield f".DashboardBody: no widget is of type {kind}"
    metrics = [len(widget["properties"].get("metrics", ())) for widget in widgets]
    if len(widgets) > 500 or max(metrics) > 500 or sum(metrics) > 2_500:
        yield f".DashboardBody: {len(widgets)} widgets with {sum(metrics)} metrics"


def function(parameters: Any) -> Iterator[str]:
    """Measure environment, memory and /tmp: AWS Lambda Developer Guide, "Lambda quotas".

    The models let more through. Lambda measures the environment as JSON
    (github-aws-runners/terraform-aws-github-runner#3594).
    """
    variables = parameters.get("Environment", {}).get("Variables", {})
    size = len(json.dumps(variables, separators=(",", ":"), ensure_ascii=False).encode())
    if size > 4_096:
        yield f".Environment: {size:,} bytes, of 4,096 at most"
    if parameters.get("MemorySize", 128) > 10_240:
        yield f".MemorySize: {parameters['MemorySize']} MB, of 10,240 at most"
    if (storage := parameters.get("EphemeralStorage", {}).get("Size", 512)) > 10_240:
        yield f".EphemeralStorage: {storage} MB, of 10,240 at most"


def lifecycle(parameters: Any) -> Iterator[str]:
    """Look at rules together: S3 API Reference, "LifecycleRule", ID: a unique identifier."""
    rules = parameters["LifecycleConfiguration"]["Rules"]
    names = [rule["ID"] for rule in rules if "ID" in rule]
    if len(names) > len(set(names)):
        yield f".Rules: two have one ID, of {', '.join(names)}"
    for transition in (each for rule in rules for each in rule.get("Transitions", ())):
        kind, days = transition.get("StorageClass"), transition.get("Days")
        if isinstance(days, int) and days < SOONEST.get(kind, 0):
            yield f".Rules[].Transitions[]: {kind} after fewer than {SOONEST[kind]} days"


def notifications(parameters: Any) -> Iterator[str]:
    """Compare filters with each other; see ``local.validation.notifications``."""
    given = [
        {"filter_prefix": "", "filter_suffix": "", "events": each["Events"]}
        | {
            f"filter_{rule['Name'].lower()}": rule["Value"]
            for rule in each.get("Filter", {}).get("Key", {}).get("FilterRules", ())
        }
        for each in parameters["NotificationConfiguration"].get("QueueConfigurations", ())
    ]
    if any(overlap(*pair) for pair in combinations(given, 2)):
        yield ".QueueConfigurations: filters of one event type overlap"


def rule(parameters: Any) -> Iterator[str]:
    """Look at a pattern: EventBridge User Guide, "Comparison operators", "... quotas"."""
    text = parameters.get("EventPattern", "{}")
    if len(text) > 2_048:
        yield f".EventPattern: {len(text):,} characters, of 2,048 at most"
    for operator in operators(json.loads(text)):
        if len(operator) > 1:
            yield f".EventPattern: {', '.join(operator)} in one, which has to be each its own"
        if "**" in str(operator.get("wildcard")):
            yield ".EventPattern: two wildcards beside each other"


def operators(pattern: Any) -> Iterator[Any]:
    """Yield what is compared otherwise than by equality."""
    if isinstance(pattern, list):
        yield from (item for item in pattern if isinstance(item, dict))
    elif isinstance(pattern, dict):
        for below in pattern.values():
            yield from operators(below)


def mapping(parameters: Any) -> Iterator[str]:
    """Look at batches: Lambda API Reference, "CreateEventSourceMapping", BatchSize."""
    if parameters.get("BatchSize", 10) > 10 and not parameters.get(
        "MaximumBatchingWindowInSeconds"
    ):
        yield ".BatchSize: more than 10 messages need a MaximumBatchingWindowInSeconds"


def queue(parameters: Any) -> Iterator[str]:
    """Look at what attributes say, which are texts to the model."""
    attributes = parameters.get("Attributes", {})
    for name, (low, high) in QUEUE_RANGES.items():
        if name in attributes and not low <= int(attributes[name]) <= high:
            yield f".Attributes.{name}: {attributes[name]} seconds, not {low:,} to {high:,}"
    redrive = json.loads(attributes.get("RedrivePolicy", "{}"))
    # Amazon SQS API Reference, "SetQueueAttributes", RedrivePolicy.
    if redrive and not 1 <= int(redrive.get("maxReceiveCount", 0)) <= 1_000:
        yield ".Attributes.RedrivePolicy: maxReceiveCount is not 1 to 1,000"
    # The same, RedriveAllowPolicy.
    allow = json.loads(attributes.get("RedriveAllowPolicy", "{}"))
    permission, sources = allow.get("redrivePermission"), allow.get("sourceQueueArns", [])
    if allow and (permission not in PERMISSIONS or len(sources) > 10):
        yield f".Attributes.RedriveAllowPolicy: {permission} with {len(sources)} queues"
    if bool(sources) != (permission == "byQueue"):
        yield ".Attributes.RedriveAllowPolicy: byQueue, and nothing else, names queues"


def table(parameters: Any) -> Iterator[str]:
    """Compare attributes with keys: DynamoDB API Reference, "CreateTable"."""
    defined = {item["AttributeName"] for item in parameters.get("AttributeDefinitions", ())}
    if defined != {item["AttributeName"] for item in parameters.get("KeySchema", ())}:
        yield ".AttributeDefinitions: not those of the keys"


def pipeline(parameters: Any) -> Iterator[str]:
    """Read texts of JSON: CodePipeline User Guide, "AWS CloudFormation action reference"."""
    for stage in parameters["pipeline"].get("stages", ()):
        for action in stage["actions"]:
            for name in ("ParameterOverrides", "EnvironmentVariables"):
                try:
                    json.loads(action.get("configuration", {}).get(name, "{}"))
                except ValueError as error:
                    yield f".{stage['name']}.{action['name']}.{name}: no JSON: {error}"


CHECKS: dict[str, Callable[[Any], Iterable[str]]] = {
    "cloudwatch.PutDashboard": dashboard,
    "cloudwatch.PutMetricAlarm": alarm,
    "codepipeline.CreatePipeline": pipeline,
    "dynamodb.CreateTable": table,
    "events.PutRule": rule,
    "lambda.CreateEventSourceMapping": mapping,
    "lambda.CreateFunction": function,
    "s3.CreateBucket": bucket,
    "s3.PutBucketLifecycleConfiguration": lifecycle,
    "s3.PutBucketNotificationConfiguration": notifications,
    "sqs.CreateQueue": queue,
}
