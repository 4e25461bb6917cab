"""What AWS documents and no service model says: quotas, and rules between parameters."""

import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from typing import Any

from tests.oracles.calls import Call
from tests.oracles.checks import CHECKS, nothing

# Operation, member, at most this many characters or bytes. Texts without white space are counted.
LENGTHS = (
    # AWS KMS Developer Guide, "Quotas", key policy document size: 32 KiB.
    ("kms.CreateKey", "Policy", 32_768),
    # Amazon SQS Developer Guide, "Amazon SQS policy quotas".
    ("sqs.SetQueueAttributes", "Attributes.Policy", 8_192),
    # Amazon SNS Developer Guide, "Amazon SNS API permissions", policy quotas: 30 KB.
    ("sns.SetTopicAttributes", "AttributeValue", 30_720),
    # Amazon S3 User Guide, "Bucket policies and user policies": 20 KB.
    ("s3.PutBucketPolicy", "Policy", 20_480),
    # Amazon DynamoDB Developer Guide, "Resource-based policy considerations": 20 KB.
    ("dynamodb.CreateTable", "ResourcePolicy", 20_480),
    # IAM User Guide, "IAM and AWS STS quotas"; the trust policy without an increase.
    ("iam.CreatePolicy", "PolicyDocument", 6_144),
    ("iam.CreateRole", "AssumeRolePolicyDocument", 2_048),
    # CloudFormation Template Reference, "AWS::Lambda::Function Code": inline code of 4 MB.
    ("lambda.CreateFunction", "Code.ZipFile", 4_194_304),
    # RFC 5321, 4.5.3.1: an address that mail can reach.
    ("sns.Subscribe", "Endpoint", 254),
)
# How members look of which the models are silent, as the operation's API Reference says.
POSITIVE = "[1-9][0-9]*"
RULE = "s3.PutBucketLifecycleConfiguration.LifecycleConfiguration.Rules[]"
FILTER = "NotificationConfiguration.QueueConfigurations[].Filter.Key.FilterRules[]"
PATTERNS = {
    "cloudwatch.PutDashboard.DashboardName": "[A-Za-z0-9_-]{1,255}",
    "logs.PutRetentionPolicy.retentionInDays": "1|3|5|7|14|30|60|90|120|150|180|365|400|545|731|"
    "1096|1827|2192|2557|2922|3288|3653",
    f"{RULE}.AbortIncompleteMultipartUpload.DaysAfterInitiation": POSITIVE,
    f"{RULE}.Expiration.Days": POSITIVE,
    f"{RULE}.ID": ".{1,255}",
    f"{RULE}.NoncurrentVersionExpiration.NoncurrentDays": POSITIVE,
    f"{RULE}.Transitions[].Days": "[0-9]+",
    f"s3.PutBucketNotificationConfiguration.{FILTER}.Value": ".{0,1024}",
    "sns.CreateTopic.Name": "[A-Za-z0-9_-]{1,256}",
    "sns.Subscribe.Protocol": "https?|email|email-json|sms|sqs|application|lambda|firehose",
    "sqs.CreateQueue.QueueName": "[A-Za-z0-9_-]{1,80}",
}

VERSIONS = {"2008-10-17", "2012-10-17"}


def problems(call: Call) -> Iterator[str]:
    """Yield what is wrong with a call, as AWS documents it."""
    for operation, member, longest in LENGTHS:
        if call.operation == operation and (value := inside(call.parameters, member)):
            size = len(value if isinstance(value, bytes) else value.encode())
            if size > longest:
                yield f".{member}: {size:,} bytes, of {longest:,} at most"
    yield from CHECKS.get(call.operation, nothing)(call.parameters)
    for place, value in leaves(call.parameters, call.operation):
        if place in PATTERNS and not re.fullmatch(PATTERNS[place], str(value)):
            yield f"{place}: {value} does not match {PATTERNS[place]}"
        if isinstance(value, str) and '"Statement":' in value:
            yield from policy(call, json.loads(value))


def inside(value: Any, member: str) -> Any:
    """Return a member of parameters, at any depth; None where there is none."""
    for name in member.split("."):
        value = value.get(name) if isinstance(value, dict) else None
    return value


def leaves(value: Any, place: str) -> Iterator[tuple[str, Any]]:
    """Yield each scalar in parameters, and where it is: names, and ``[]`` for an item."""
    if isinstance(value, dict):
        for name, item in value.items():
            yield from leaves(item, f"{place}.{name}")
    elif isinstance(value, list):
        for item in value:
            yield from leaves(item, f"{place}[]")
    else:
        yield place, value


def policy(call: Call, document: Any) -> Iterator[str]:
    """Look at a policy: IAM User Guide, "IAM JSON policy elements: Sid", "... Version"."""
    if document.get("Version") not in VERSIONS:
        yield f"policy: no Version {document.get('Version')}"
    statements = document["Statement"]
    names = [statement["Sid"] for statement in statements if "Sid" in statement]
    for name, times in Counter(names).items():
        if times > 1 or not re.fullmatch("[A-Za-z0-9]+", name):
            yield f"policy: Sid {name} is there {times} times, or has more than letters and digits"
    if call.operation.startswith("sqs.") and (
        len(statements) > 20 or any(len(statement["Action"]) > 7 for statement in statements)
    ):
        yield "policy: more than 20 statements, or than 7 actions in one"
    # Amazon SNS Developer Guide, "Amazon SNS API permissions: Actions and resources reference".
    if call.operation.startswith("sns.") and any("*" in str(each["Action"]) for each in statements):
        yield "policy: a topic's names its actions one by one"
    for statement in statements:
        if statement.get("Effect") not in ("Allow", "Deny"):
            yield f"policy: no Effect {statement.get('Effect')}"


def together(calls: Iterable[Call]) -> Iterator[str]:
    """Yield what is wrong with all calls of a stack together."""
    inline: dict[str, int] = defaultdict(int)
    attached: Counter[str] = Counter()
    timeouts: dict[str, int] = {}
    visible: dict[str, int] = {}
    mappings: list[Any] = []
    for call in calls:
        given = call.parameters
        match call.operation:
            case "iam.PutRolePolicy":
                inline[given["RoleName"]] += len(given["PolicyDocument"])
            case "iam.AttachRolePolicy":
                attached[given["RoleName"]] += 1
            case "lambda.CreateFunction":
                timeouts[given["FunctionName"]] = given.get("Timeout", 3)
            case "sqs.CreateQueue":
                visible[given["QueueName"]] = int(given["Attributes"].get("VisibilityTimeout", 30))
            case "lambda.CreateEventSourceMapping":
                mappings.append(given)
    # IAM User Guide, "IAM and AWS STS quotas"; attached policies without an increase.
    yield from (f"{role}: {size:,} of 10,240" for role, size in inline.items() if size > 10_240)
    yield from (
        f"{role}: {number} policies of 10" for role, number in attached.items() if number > 10
    )
    # AWS Lambda Developer Guide, "Creating and configuring an Amazon SQS event source mapping".
    for given in mappings:
        queue_name = given["EventSourceArn"].rpartition(":")[2]
        if visible.get(queue_name, 0) < timeouts.get(given["FunctionName"], 0):
            yield f"{queue_name}: its visibility timeout is shorter than the function's"
