"""The code in the template, on the events that AWS documents, with moto for AWS.

Nothing of it is imported here: it is taken out of the template, with handler, environment, table,
bucket, queues and secret as the template has them. What only AWS can show: that S3 sends events
like these, and how its own Lambda, with its own version of botocore, runs the code.
"""

import hashlib
import json
import time
from collections.abc import Callable

import pytest

from serverlessapp.template.reading import Json
from tests.entries import signature

from .invocations import Invocation, Ran, about, again, function_of, key_in, message, recorded, run
from .mistakes import Change, both, property_of, text
from .resolved import ACCOUNT, ResolvedStack, template

# With everything that a condition adds, and with nothing of it.
GIVEN = {
    "plain": {},
    "conditions": {
        "Encryption": "CustomerManaged",
        "AlarmEmail": "on-call@example.com",
        "PermissionsBoundaryArn": f"arn:aws:iam::{ACCOUNT}:policy/limit",
    },
}
UPLOADS = ("put", "copy", "multipart", "odd-key", "put-2.5")
NOTHING_FAILED: Json = {"batchItemFailures": []}

Check = Callable[[ResolvedStack], None]


def uploads_are_signed(stack: ResolvedStack) -> None:
    """Each upload gets an entry under its key, whose signature can be computed.

    Source of the events: Amazon S3 User Guide, "Event message structure", with "red+flower.jpg";
    fields of later minor versions have to be ignored.
    """
    contents = [f"content of {name}" for name in UPLOADS]
    ran = run(stack, Invocation(messages=list(map(message, UPLOADS, contents))))
    assert ran.outcomes[0].get("answer") == NOTHING_FAILED, ran.outcomes
    bodies = {key_in(body): body for body in ran.outcomes[0]["bodies"]}
    content_of = dict(zip(bodies, contents, strict=True))
    assert {"uploads/red flower.jpg", "uploads/Zürich + Ærø/100% & more.txt"} <= bodies.keys()
    (table,) = stack.of_type("AWS::DynamoDB::Table").values()
    expiry = table["Properties"]["TimeToLiveSpecification"]["AttributeName"]
    assert {entry["object_key"]["S"] for entry in ran.entries} == bodies.keys(), ran.lines
    for entry in ran.entries:
        key, receipt = entry["object_key"]["S"], entry["receipt"]["M"]
        item = json.loads(bodies[key])["Records"][0]["s3"]
        content = content_of[key].encode()
        assert entry["version_id"]["S"] == item["object"]["versionId"]
        assert entry["etag"]["S"] == item["object"]["eTag"]
        assert entry["size"]["N"] == str(len(content))
        assert expiry in entry, "DynamoDB would never expire it"
        assert float(entry[expiry]["N"]) > time.time(), "DynamoDB would expire it at once"
        assert receipt["sha256"]["S"] == hashlib.sha256(content).hexdigest()
        signed = signature(entry, ran.password, item["bucket"]["name"])
        assert entry["signature"]["S"] == signed
    assert not any(ran.messages.values())


def order_is_kept(stack: ResolvedStack) -> None:
    """A second delivery changes nothing, nor does an event from before; a later one does.

    Source: Amazon S3 User Guide, "Event message structure": the shorter sequencer is padded on
    the right with zeros.
    """
    ran = run(
        stack,
        Invocation(messages=[message("put", "first")]),
        Invocation(messages=[again(0, 0)]),
        Invocation(messages=[message(about("put", sequencer="0055AED6"), "older")]),
    )
    entry = only_entry(ran)
    first = json.loads(ran.outcomes[0]["bodies"][0])["Records"][0]["s3"]["object"]
    assert entry["version_id"]["S"] == first["versionId"]
    assert [each.get("answer") for each in ran.outcomes] == [NOTHING_FAILED] * 3
    ran = run(
        stack,
        Invocation(messages=[message(about("put", sequencer="0055AED6DC"), "older")]),
        Invocation(messages=[message(about("put", sequencer="0055AED7"), "the newer")]),
    )
    assert only_entry(ran)["size"]["N"] == str(len("the newer"))


def the_version_of_the_event_is_read(stack: ResolvedStack) -> None:
    """An upload that was replaced before its event came is processed as it was."""
    both_uploads = [message("put", "first"), message(about("put", sequencer="0055AED7"), "second")]
    ran = run(
        stack,
        Invocation(messages=both_uploads, event={"Records": []}),
        Invocation(messages=[again(0, 0)]),
    )
    entry = only_entry(ran)
    assert entry["receipt"]["M"]["sha256"]["S"] == hashlib.sha256(b"first").hexdigest()
    assert not any(ran.messages.values())


def what_is_no_file_is_skipped(stack: ResolvedStack) -> None:
    """S3's test message, folder markers and deletions leave nothing behind."""
    deleted = recorded("eventbridge-object-created") | {"detail-type": "Object Deleted"}
    messages = [message("s3-test"), message("folder-marker"), message(deleted)]
    ran = run(stack, Invocation(messages=messages))
    assert ran.outcomes[0].get("answer") == NOTHING_FAILED, ran.outcomes
    assert not ran.entries
    assert not any(ran.messages.values())


def hopeless_events_are_parked(stack: ResolvedStack) -> None:
    """What no retry can help is in the queue where SQS parks, too, with a reason in words.

    Among it what EventBridge sends from others than S3 (Amazon S3 User Guide, "EventBridge event
    message structure"); and an event without a version, as of a bucket that has none, in both
    forms in which "otherwise null" can be read.
    """
    strange = recorded("eventbridge-object-created") | {"source": "com.example"}
    without = about("put")
    del without["Records"][0]["s3"]["object"]["versionId"]
    expected = {
        "strange": (message(strange), "Object Created from com.example"),
        "another bucket": (message(of_bucket("amzn-s3-demo-bucket")), "another bucket"),
        "gone": (message("put"), "is gone"),
        "no version": (message(without), "is gone"),
        "null": (message(about("copy", versionId=None)), "is gone"),
        "damaged": (message("multipart", "x", sha256="0" * 64), "SHA-256"),
    }
    ran = run(stack, Invocation(messages=[sent for sent, _ in expected.values()]))
    assert ran.outcomes[0].get("answer") == NOTHING_FAILED, ran.lines
    assert not ran.entries
    reasons = {
        each["Body"]: each["MessageAttributes"]["Reason"]["StringValue"]
        for each in parked(stack, ran)
    }
    bodies = dict(zip(expected, ran.outcomes[0]["bodies"], strict=True))
    for name, (_, words) in expected.items():
        assert words in reasons.get(bodies[name], "it is not parked"), name
    assert len(reasons) == len(expected)


def failures_are_retried(stack: ResolvedStack) -> None:
    """What AWS refuses is reported for its message alone, and is not parked."""
    batch = [message("s3-test"), message("put", "x"), message("folder-marker")]
    ran = run(stack, Invocation(messages=batch, refused={"s3.GetObject": "SlowDown"}))
    assert ran.outcomes[0].get("answer") == {"batchItemFailures": [{"itemIdentifier": "1"}]}
    assert not ran.entries
    assert not any(ran.messages.values())


CHECKS: list[Check] = [
    uploads_are_signed,
    order_is_kept,
    the_version_of_the_event_is_read,
    what_is_no_file_is_skipped,
    hopeless_events_are_parked,
    failures_are_retried,
]


def only_entry(ran: Ran) -> Json:
    assert len(ran.entries) == 1, ran.lines
    return ran.entries[0]


def of_bucket(name: str) -> Json:
    event = recorded("put")
    event["Records"][0]["s3"]["bucket"]["name"] = name
    return event


def parked(stack: ResolvedStack, ran: Ran) -> list[Json]:
    """Return what is in the queue into which SQS moves what was received too often."""
    queues = stack.of_type("AWS::SQS::Queue")
    (target,) = (
        each["Properties"]["RedrivePolicy"]["deadLetterTargetArn"]
        for each in queues.values()
        if "RedrivePolicy" in each["Properties"]
    )
    (name,) = (
        each["Name"] for title, each in queues.items() if stack.attribute(title, "Arn") == target
    )
    assert all(not found for queue, found in ran.messages.items() if queue != name)
    return ran.messages[name]


@pytest.mark.parametrize("given", GIVEN)
@pytest.mark.parametrize("name", ["application", "application-ephemeral"])
@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_the_code_of_the_template(check: Check, name: str, given: str) -> None:
    check(ResolvedStack(template=template(name), given=GIVEN[given]))


VARIABLES = "Environment/Variables/"
SEEDS: dict[str, tuple[Change, Check]] = {
    "the handler has another name": (
        property_of("FileProcessor", "Handler", "index.main"),
        uploads_are_signed,
    ),
    "a variable is given the queue of uploads": (
        property_of("FileProcessor", f"{VARIABLES}DEAD_LETTER_QUEUE_URL", {"Ref": "IngestQueue"}),
        hopeless_events_are_parked,
    ),
    "a variable is given an ARN in place of a name": (
        property_of(
            "FileProcessor", f"{VARIABLES}BUCKET_NAME", {"Fn::GetAtt": ["UploadBucket", "Arn"]}
        ),
        uploads_are_signed,
    ),
    "the table has another key": (
        both(
            property_of("Ledger", "AttributeDefinitions/0/AttributeName", "key"),
            property_of("Ledger", "KeySchema/0/AttributeName", "key"),
        ),
        uploads_are_signed,
    ),
    "rows expire by another attribute": (
        property_of("Ledger", "TimeToLiveSpecification/AttributeName", "expiry"),
        uploads_are_signed,
    ),
    "the secret's password has another name": (
        property_of("Secret", "GenerateSecretString/GenerateStringKey", "key"),
        uploads_are_signed,
    ),
    "the bucket keeps no versions": (
        property_of("UploadBucket", "VersioningConfiguration/Status", "Suspended"),
        the_version_of_the_event_is_read,
    ),
    "a plus in a key stays a plus": (
        text("FileProcessor", r"unquote_plus\(", "__import__('urllib.parse').parse.unquote("),
        uploads_are_signed,
    ),
    "sequencers are padded on the left": (
        text("FileProcessor", r"\.ljust\(", ".rjust("),
        order_is_kept,
    ),
    "a refusal parks at once": (
        text("FileProcessor", r"(UNREADABLE = \{)", r'\1"SlowDown": "waits",'),
        failures_are_retried,
    ),
    "the test message is an error": (
        text("FileProcessor", "s3:TestEvent", "s3:Trial"),
        what_is_no_file_is_skipped,
    ),
}


@pytest.mark.parametrize("name", SEEDS)
def test_a_seeded_mistake_is_caught(name: str) -> None:
    change, check = SEEDS[name]
    content = template("application")
    change(content)
    stack = ResolvedStack(template=content)
    assert function_of(stack)
    with pytest.raises(AssertionError):
        check(stack)
