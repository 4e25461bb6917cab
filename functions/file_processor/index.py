"""What Lambda runs: a batch of S3 upload events in, one signed ledger entry per file out.

The events come from S3 itself, through EventBridge or through SNS. Each file costs two AWS
calls: GET the object version the event names, then one conditional write to the ledger. There is
no lock. A crash before the write is processed again on redelivery; after it, the redelivery is a
duplicate.

An error decides what happens to its message, never to the batch mates:
PermanentError parks the message in the dead-letter queue at once, anything else is
retried by SQS and ends there after the last receive.

A processor of your own: ``process(file, context) -> Mapping | None`` in a module
beside this one, named by the stack parameter ``Processor=module:function``.
"""

from __future__ import annotations

import base64
import codecs
import decimal
import hashlib
import hmac
import importlib
import io
import json
import os
import sys
import threading
import time
import traceback
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from functools import cache
from typing import Any, Never
from urllib.parse import unquote_plus

import botocore.session
from botocore.config import Config
from botocore.exceptions import ClientError

NAMESPACE = "ServerlessApp/Lambda"
BUFFER = 64 * 1024  # bytes of a download that are read ahead
THREADS = 10  # one for each file of a batch: none waits for another that takes its time
HANGING = 500  # threads that never came back end the environment; Lambda allows 1,024
ATTEMPTS = 3  # of a call to AWS
PAUSES = 3  # seconds; between three attempts, the SDK's standard mode waits up to 1 and up to 2
SECRET_SECONDS = 300  # how long a fetched secret is fresh
REFRESH_SECONDS = 1  # how long one file waits for a new secret; the others use the old one
STALE_SECONDS = 30  # how long an old one is used before asking again, after a failure
LEDGER_DAYS = 365  # an entry outlives every possible redelivery (SQS keeps 14 days)
SEQUENCER_WIDTH = 64  # S3 documents no maximum; today's have 16 to 18 digits
GRACE_MS = 1500  # kept back to report unfinished files before Lambda's own timeout
EMF_LIMIT = 100  # metrics per document, and values per metric (CloudWatch EMF specification)
AMOUNTS = (
    *("Count", "Bytes", "Kilobytes", "Megabytes", "Gigabytes", "Terabytes"),
    *("Bits", "Kilobits", "Megabits", "Gigabits", "Terabits"),
)
# Amazon CloudWatch API Reference, "MetricDatum", which also has the limits of name and value.
UNITS = {*AMOUNTS, *(f"{amount}/Second" for amount in AMOUNTS)}
UNITS |= {"Seconds", "Milliseconds", "Microseconds", "Percent", "None"}
# Characters of a value in a log line, where error and traceback may be long: a line may have 1 MB
# (Amazon CloudWatch Logs API Reference, "PutLogEvents"). A text of quotes is twice as long.
LONGEST = 100_000
JSON = json.JSONEncoder(default=str, allow_nan=False)
FORM = "1"  # of what is signed
SIGNED = (
    *("etag", "form", "object_key", "processor", "receipt", "sequencer", "size", "version_id"),
)
CANONICAL = json.JSONEncoder(
    sort_keys=True, separators=(",", ":"), default=lambda data: base64.b64encode(data).decode()
)
# The numbers of DynamoDB (Amazon DynamoDB Developer Guide, "Supported data types"): all others
# raise, since what is rounded would no longer be what was signed.
NUMBERS = decimal.Context(
    prec=38, Emin=-130, Emax=125, traps=[decimal.Inexact, decimal.Overflow, decimal.Subnormal]
)
# What S3 answers when no retry will ever return this version, and what it means (Amazon S3 API
# Reference, "GetObject"). Denied it says only without s3:ListBucket. Where an answer quotes a key
# with control characters, it is no XML, and botocore's code is the HTTP status.
UNREADABLE = {
    "NoSuchVersion": "is gone",
    "404": "is gone",
    "MethodNotAllowed": "is a delete marker",
    "405": "is a delete marker",
    "InvalidObjectState": "is archived",
}
# To a request that names no version. To one that does, S3 may say so of a version that is there
# for 15 minutes after versioning was turned on (its User Guide, "Enabling versioning on buckets").
GONE = {"NoSuchKey": "is gone"}
REPLACED = ("PreconditionFailed", "412")  # likewise: it is there, but with another ETag
# Of what S3 sends: what says that a file can be read, and what has no new content (Amazon S3 User
# Guide, "Supported event types for SQS, SNS, and Lambda" and "Using EventBridge"; names begin so).
# The rest is parked: nobody knows what it means, or, as of a lost object, a person has to.
UPLOADED = ("ObjectCreated:", "Object Created")
RESTORED = ("ObjectRestore:Completed", "Object Restore Completed")
NO_UPLOAD = (
    *("s3:TestEvent", "ObjectRemoved:", "ObjectRestore:", "ObjectTagging:", "ObjectAcl:"),
    *("ObjectAnnotation:", "ObjectRetention:", "LifecycleExpiration:", "LifecycleTransition"),
    *("IntelligentTiering", "Replication:", "Object Deleted", "Object Restore ", "Object Tags "),
    *("Object ACL ", "Object Storage Class ", "Object Access Tier "),
)
MAGIC = {
    b"\x89PNG\r\n\x1a\n": "image/png",
    b"\xff\xd8\xff": "image/jpeg",
    b"GIF8": "image/gif",
    b"%PDF-": "application/pdf",
    b"PK\x03\x04": "application/zip",
    b"\x1f\x8b": "application/gzip",
}


class PermanentError(Exception):
    """Retrying cannot help. The message goes to the dead-letter queue at once."""


class SupersededError(Exception):
    """The file was overwritten before it was read. The event of what it is now comes later."""


class SkippedError(Exception):
    """Not a file, and nothing wrong either. Arguments: what it is, and the key if there is one."""


class ConfigurationError(Exception):
    """The stack is set up wrongly. Messages wait in the queue for the repair."""


@dataclass(frozen=True, kw_only=True)
class File:
    """One object version, as the S3 event describes it. Size in bytes.

    In a bucket without versions, ``version_id`` is "null", and ``etag`` says which content it is.
    """

    bucket: str
    key: str
    version_id: str
    size: int
    etag: str
    sequencer: str
    event_time: str


@dataclass(frozen=True, kw_only=True)
class Secret:
    """The stack's secret. Its values are left out of ``repr``, so out of every log."""

    version_id: str
    values: Mapping[str, str] = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class Context:
    """What a processor may use while it handles one file.

    Attributes:
        file: The file.
        log: ``log(level, message, **fields)`` writes a line that names the file.
        metric: ``metric(name, value=1, unit="Count")`` records a CloudWatch metric.
        secret: ``secret(refresh=False)`` returns the stack's Secret.
        remaining_ms: ``remaining_ms()`` returns the milliseconds left.
        s3: The client behind ``open``.
    """

    file: File
    log: Callable[..., None]
    metric: Callable[..., None]
    secret: Callable[..., Secret]
    remaining_ms: Callable[[], int]
    s3: Any

    def open(self) -> Download:
        """Open the version the event names, not whatever is newest by now.

        Without one, the file has to have the event's ETag still. VersionId="null" would return
        what overwrote it, and takes s3:GetObjectVersion (Amazon S3 API Reference, "GetObject").

        Raises:
            PermanentError: The version is gone, archived, or not the size the event says.
            SupersededError: There are no versions, and the file was overwritten. Let it pass.
            ClientError: S3 failed in another way; a retry may help.
        """
        file = self.file
        which, unreadable = {"VersionId": file.version_id}, UNREADABLE
        if file.version_id == "null":
            which, unreadable = {"IfMatch": f'"{file.etag}"'}, UNREADABLE | GONE
        try:
            response = self.s3.get_object(Bucket=file.bucket, Key=file.key, **which)
        except ClientError as error:
            if code_of(error) in REPLACED:
                raise SupersededError(f"overwritten before it was read: {error}") from error
            if meaning := unreadable.get(code_of(error)):
                raise PermanentError(f"this version {meaning}: {error}") from error
            raise
        length = response["ContentLength"]
        if length != file.size:
            response["Body"].close()
            raise PermanentError(f"the event says {file.size} bytes, S3 has {length}")
        return Download(response)


class Download(io.BufferedReader):
    """The bytes of one object version, as any binary file: read once from front to back.

    A body that ends early raises (botocore compares it with Content-Length), so
    reading to the end proves that everything arrived.

    Attributes:
        metadata: What the uploader said about the object, by lower-case names.
    """

    def __init__(self, response: Mapping[str, Any]) -> None:
        super().__init__(Body(response["Body"]), BUFFER)
        self.metadata: Mapping[str, str] = response["Metadata"]

    def seek(self, *_: object) -> Never:
        """Refuse: there is no way back in an answer of S3."""
        raise io.UnsupportedOperation(
            "a download has no seek: copy it to a tempfile.TemporaryFile() first"
        )


class Body(io.RawIOBase):
    """botocore's stream, as the standard library's buffers take it."""

    def __init__(self, stream: Any) -> None:
        self._stream = stream

    def readable(self) -> bool:
        """Say so: a RawIOBase is not."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Fill the buffer, and return how many bytes it got; 0 at the end."""
        data = self._stream.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)

    def tell(self) -> int:
        """Return how many bytes have come."""
        return int(self._stream.tell())

    def close(self) -> None:
        """Give the connection back."""
        self._stream.close()
        super().close()


class Metrics:
    """Metrics of one invocation, written as CloudWatch EMF lines.

    Adding never raises and calls nothing, so no metric can delay or fail a file.
    """

    def __init__(self, dimensions: Mapping[str, str]) -> None:
        self._dimensions = dict(dimensions)
        self._taken = {"_aws", "timestamp", "level", *dimensions}
        self._values: dict[str, tuple[str, list[float]]] = {}
        self._lock = threading.Lock()

    def add(self, name: str, value: float = 1, unit: str = "Count") -> None:
        """Record one value; ``unit`` is a CloudWatch unit such as Count, Bytes or Seconds.

        What CloudWatch would refuse, and a whole line of metrics with it, is logged instead.
        """
        try:
            value = float(value)
            named = isinstance(name, str) and 0 < len(name) <= 255 and name not in self._taken
            good = named and unit in UNITS and abs(value) <= 2**360
        except Exception:
            good = False
        if not good:
            what = {"metric": name, "value": value, "unit": unit}
            log("WARN", "metric ignored: invalid name, value or unit", **what)
            return
        with self._lock:
            if name in self._values and self._values[name][0] != unit:
                self._write()  # a document has one unit for each name
            _, values = self._values.setdefault(name, (unit, []))
            values.append(value)
            if EMF_LIMIT in (len(values), len(self._values)):
                self._write()

    def flush(self) -> None:
        """Write what is left."""
        with self._lock:
            if self._values:
                self._write()

    def _write(self) -> None:
        directive = {
            "Namespace": NAMESPACE,
            "Dimensions": [list(self._dimensions)],
            "Metrics": [{"Name": name, "Unit": unit} for name, (unit, _) in self._values.items()],
        }
        emf = {"Timestamp": int(time.time() * 1000), "CloudWatchMetrics": [directive]}
        recorded = {name: values for name, (_, values) in self._values.items()}
        write({"level": "INFO", "_aws": emf, **self._dimensions}, recorded)
        self._values = {}


class SecretCache:
    """Fetches the secret once, keeps it, and survives an outage with the old value.

    A thread of its own asks, for all files together. While Secrets Manager fails or says
    nothing, the old value is used at once.
    """

    def __init__(self, client: Any, arn: str) -> None:
        self._client = client
        self._arn = arn
        self._lock = threading.Lock()
        self._thread = ThreadPoolExecutor(1)
        self._asked: Future[Secret] | None = None  # while there is no answer yet
        self._secret: Secret | None = None
        self._fresh_until = 0.0

    def get(self, refresh: bool = False) -> Secret:
        """Return the secret, from the cache while it is fresh and ``refresh`` is false.

        Raises:
            ConfigurationError: The secret is not a JSON object with a password.
            ClientError: Secrets Manager refused, and there is no earlier value.
        """
        with self._lock:
            old, asked = self._secret, self._asked
            if old and not refresh and (asked or time.monotonic() <= self._fresh_until):
                return old
            if not asked:
                asked = self._asked = self._thread.submit(self._refresh)
        try:
            return asked.result(REFRESH_SECONDS if old else None)
        except Exception as error:
            if not old:
                raise
            log("WARN", "secret not refreshed; the previous one is used", **cause(error))
            return old

    def _refresh(self) -> Secret:
        secret, seconds = self._secret, STALE_SECONDS
        try:
            secret, seconds = self._fetch(), SECRET_SECONDS
            return secret
        finally:
            with self._lock:
                self._secret, self._asked = secret, None
                self._fresh_until = time.monotonic() + seconds

    def _fetch(self) -> Secret:
        response = self._client.get_secret_value(SecretId=self._arn)
        try:
            values = json.loads(response["SecretString"])
            good = bool(values["password"].encode())
        except (AttributeError, LookupError, RecursionError, TypeError, ValueError):
            good = False  # and nothing of the error, which carries the whole secret
        if not good:
            raise ConfigurationError(
                f'secret {self._arn} must be a JSON object with a string "password"'
            )
        return Secret(values=values, version_id=response["VersionId"])


def sign_receipt(_: File, context: Context) -> Mapping[str, object]:
    """Read the file once and return its SHA-256 and media type; the runtime signs them.

    An uploader who sets the object metadata ``sha256`` gets it compared.

    Raises:
        PermanentError: The content is not what the uploader declared.
    """
    digest = hashlib.sha256()
    with context.open() as download:
        head = download.peek(512)[:512]
        while chunk := download.read1(BUFFER):
            digest.update(chunk)
    sha256 = digest.hexdigest()
    declared = download.metadata.get("sha256", sha256)
    if declared.lower() != sha256:
        raise PermanentError(f"declared SHA-256 is {declared}, the content has {sha256}")
    return {"sha256": sha256, "type": detect_type(head)}


def detect_type(head: bytes) -> str:
    """Return the media type of a file's first bytes; its name proves nothing."""
    for magic, media_type in MAGIC.items():
        if head.startswith(magic):
            return media_type
    try:
        text = codecs.getincrementaldecoder("utf-8")().decode(head)  # may end inside a letter
    except UnicodeDecodeError:
        return "application/octet-stream"
    return "application/json" if text.lstrip()[:1] in ("{", "[") else "text/plain"


def upload_records(body: str) -> list[Any]:
    """Return the events in one queue message, also when SNS brought it.

    Source: Amazon SNS Developer Guide, "Amazon SNS raw message delivery": without it, what was
    published is a text in JSON of SNS.

    Raises:
        PermanentError: It is no message from S3; what it is.
    """
    event = parsed(body, "a message")
    if isinstance(event, dict) and event.get("Type") == "Notification":
        event = parsed(event.get("Message"), "an SNS message")
    match event:
        case {"detail-type": _} | {"Event": _}:  # of EventBridge, or S3's own test
            return [event]
        case {"Records": [_, *_] as records}:
            return list(records)
    raise PermanentError(f"not an S3 event: {described(event)}")


def parsed(text: Any, what: str) -> Any:
    """Return what is in a JSON text.

    Raises:
        PermanentError: It is none.
    """
    try:
        return json.loads(text)
    except (RecursionError, TypeError, ValueError) as error:
        raise PermanentError(f"not an S3 event: {what} is not JSON: {error!r}") from error


def described(event: Any) -> str:
    """Return in words what came in place of an event of S3."""
    match event:
        case {"detail-type": kind, "source": source, "detail": {"eventName": name}}:
            return f"{kind} from {source}: {name}"  # by way of CloudTrail
        case {"detail-type": kind, "source": source} | {"eventName": kind, "eventSource": source}:
            return f"{kind} from {source}"
        case {"Type": kind, "TopicArn": topic}:
            return f"{kind} from {topic}"
        case {"job": _, "tasks": _}:
            return "a task of S3 Batch Operations, which needs a function of its own"
        case {"Records": []}:
            return "it has no records"
        case dict():
            return f"JSON with {', '.join(event) or 'nothing in it'}"
    return f"JSON that is a {type(event).__name__}"


def event_name(event: Any) -> str:
    """Return what S3 says has happened.

    Raises:
        PermanentError: The event is not from S3, or of a kind that nobody knows; what it is.
    """
    match event:
        case (
            {"detail-type": str(name), "source": "aws.s3"}
            | {"eventName": str(name), "eventSource": "aws:s3"}
            | {"Event": str(name), "Service": "Amazon S3"}
        ) if name.startswith((*UPLOADED, *RESTORED, *NO_UPLOAD)):
            return name
    raise PermanentError(f"not an S3 upload event: {described(event)}")


def uploaded_file(event: Any) -> File:
    """Return the file that a record of S3 or an event of EventBridge is about.

    Source: Amazon S3 User Guide, "Event message structure", where keys are URL-encoded, and
    "EventBridge event message structure", where they are not, and times have no milliseconds.
    An event about a restored file has no sequencer there, so it comes before all others: it
    enters a file that the ledger does not have, and changes nothing else.

    Raises:
        SkippedError: S3 tells of something that is no upload.
        PermanentError: A field is missing or malformed; the message names it.
    """
    name = event_name(event)
    if "Event" in event:
        raise SkippedError(name, None)
    try:
        if "detail-type" in event:
            place, key = event["detail"], event["detail"]["object"]["key"]
            version, etag = "version-id", "etag"
            created = event["time"]
        else:
            place, key = event["s3"], unquote_plus(event["s3"]["object"]["key"], errors="strict")
            version, etag, created = "versionId", "eTag", event["eventTime"]
        item = place["object"]
        if not name.startswith((*UPLOADED, *RESTORED)):
            raise SkippedError(name, text(key))
        sequencer = "0" if name.startswith(RESTORED) else item["sequencer"].upper()
        # Whatever else is in it could be greater than any that S3 sends, for ever.
        if sequencer.strip("0123456789ABCDEF") or not 0 < len(sequencer) <= SEQUENCER_WIDTH:
            raise ValueError(f"sequencer {sequencer}")
        if not item[etag]:
            raise ValueError("no ETag")  # which would match nothing
        size, version_id = int(item["size"]), item.get(version) or "null"
        # What is no text, AWS would refuse like a mistake of this code, which is tried again.
        if not all(map(text, (key, item[etag], version_id))) or size < 0:
            raise ValueError("no key, or a negative size")
        return File(
            bucket=place["bucket"]["name"],
            key=key,
            version_id=version_id,
            size=size,
            etag=item[etag],
            sequencer=sequencer,
            event_time=rfc_3339(datetime.fromisoformat(created)),
        )
    except (AttributeError, KeyError, OverflowError, TypeError, ValueError) as error:
        raise PermanentError(f"not an S3 upload event: {error!r}") from error


def attribute(value: object) -> dict[str, Any]:
    """Return ``value`` as a DynamoDB attribute, the way DynamoDB gives it back.

    Raises:
        PermanentError: The ledger cannot hold it.
        RecursionError: It contains itself.
        ValueError: A number is none of DynamoDB's, or a text is no Unicode.
    """
    match value:
        case None:
            return {"NULL": True}
        case bool():  # before int, which it is too
            return {"BOOL": value}
        case int() | float() | Decimal():
            return {"N": number(value)}
        case str():
            return {"S": text(value)}
        case bytes():
            return {"B": value}
        case Mapping():
            content = {text(str(name)): attribute(item) for name, item in value.items()}
            if len(content) < len(value):
                raise PermanentError("a receipt cannot hold two names that become the same")
            return {"M": content}
        case list() | tuple():
            return {"L": [attribute(item) for item in value]}
    raise PermanentError(
        f"a receipt cannot hold a {type(value).__name__}, only None and what is a bool, int, "
        "float, Decimal, str, bytes, list, tuple or mapping"
    )


def text(value: str) -> str:
    """Return a text, unless half a surrogate pair is in it: that raises a ValueError."""
    value.encode()
    return value


def number(value: float | Decimal) -> str:
    """Return a number without exponent, and without zeros that say nothing.

    Raises:
        ValueError: It is none, or one that DynamoDB cannot hold.
    """
    exact = Decimal(float.__repr__(value) if isinstance(value, float) else value)
    if not exact.is_finite():
        raise ValueError(f"the number {exact}")
    try:
        return f"{exact.normalize(NUMBERS):f}" if exact else "0"
    except ArithmeticError as error:
        limits = "more than 38 digits, or not between 1E-130 and 9.9E+125"
        raise ValueError(f"a number with {limits}") from error


def signed_entry(file: File, receipt: object, processor: str, secret: Secret) -> dict[str, Any]:
    """Return a file's ledger entry as DynamoDB's attributes, with a signature.

    Signed are the attributes SIGNED and the bucket, as JSON with sorted names, without spaces
    and in ASCII: HMAC-SHA256 under the secret's ``password``.

    Raises:
        PermanentError: The processor returned what the ledger cannot hold.
    """
    if not isinstance(receipt, Mapping | None):
        raise PermanentError(
            f"the processor returned a {type(receipt).__name__}, and not a mapping or None"
        )
    now = int(time.time())
    try:
        entry = {
            "object_key": {"S": file.key},
            "sequencer": {"S": file.sequencer.ljust(SEQUENCER_WIDTH, "0")},
            "version_id": {"S": file.version_id},
            "size": {"N": str(file.size)},
            "etag": {"S": file.etag},
            "event_time": {"S": file.event_time},
            "processed_at": {"N": str(now)},
            "expires_at": {"N": str(now + LEDGER_DAYS * 86400)},
            "processor": {"S": processor},
            "receipt": attribute(receipt or {}),
            "form": {"N": FORM},
            "secret_version": {"S": secret.version_id},
        }
        signed = {name: entry[name] for name in SIGNED} | {"bucket": {"S": file.bucket}}
        statement = CANONICAL.encode(signed).encode()
    except (RecursionError, ValueError) as error:
        raise PermanentError(f"a receipt cannot hold that: {error}") from error
    signature = hmac.digest(secret.values["password"].encode(), statement, "sha256").hex()
    return entry | {"signature": {"S": signature}}


def enter(client: Any, table: str, entry: Mapping[str, Any]) -> str:
    """Write a file's ledger entry unless there is one of this event or a later one.

    S3 sequencers order the events of one key: pad the shorter one on the right with
    zeros, then compare as strings (Amazon S3 User Guide, "Event message structure").

    Returns:
        ``"processed"``, ``"duplicate"`` or ``"superseded"``.

    Raises:
        PermanentError: The receipt is more, or nested deeper, than DynamoDB can store.
        ClientError: DynamoDB failed in another way; a retry may help.
    """
    try:
        client.put_item(
            TableName=table,
            Item=entry,
            ConditionExpression="attribute_not_exists(object_key) OR sequencer < :sequencer",
            ExpressionAttributeValues={":sequencer": entry["sequencer"]},
            ReturnValuesOnConditionCheckFailure="ALL_OLD",
        )
    except ClientError as error:
        if code_of(error) == "ConditionalCheckFailedException":
            response: dict[str, Any] = dict(error.response)  # with the row that stays
            same = response["Item"]["sequencer"] == entry["sequencer"]
            return "duplicate" if same else "superseded"
        if code_of(error) == "ValidationException":
            raise PermanentError(f"the ledger refused the receipt: {error}") from error
        raise
    except RecursionError as error:  # the SDK's; DynamoDB takes 32 levels
        raise PermanentError(f"the receipt is nested too deeply: {error}") from error
    return "processed"


def load_processor(name: str) -> Callable[[File, Context], object]:
    """Import ``module:function``.

    Raises:
        ConfigurationError: There is none, or its module fails; the message says how.
    """
    module, _, function = name.partition(":")
    try:
        process = getattr(importlib.import_module(module), function)
    except BaseException as error:  # whatever a module does, sys.exit() included
        raise ConfigurationError(f"Processor={name} cannot be loaded: {error!r}") from error
    return process  # type: ignore[no-any-return]


def queue_messages(event: Any) -> dict[str, str]:
    """Return the bodies of the messages of an SQS batch, by their IDs.

    Raises:
        ValueError: The function was invoked with something else.
    """
    try:
        return {record["messageId"]: record["body"] for record in event["Records"]}
    except (KeyError, TypeError) as error:
        raise ValueError("expected a batch from SQS; send S3 events to the queue") from error


def log(level: str, message: str, /, **fields: object) -> None:
    """Log a message; fields are whatever helps to find it again."""
    write({"level": level, "message": message}, fields)


def write(line: Mapping[str, object], fields: Mapping[str, object]) -> None:
    """Write one JSON line, which Lambda passes on to CloudWatch as it is.

    Of equal names in ``fields``, those of the line stay. Without an RFC 3339 ``timestamp``,
    Lambda takes any line for INFO (AWS Lambda Developer Guide, "Log-level filtering").
    """
    line = {"timestamp": rfc_3339(datetime.now(UTC)), **line}
    items = {**line, **fields, **line}.items()
    # In one piece: print() would write the newline separately, and threads would mix.
    text = ", ".join(f"{json.dumps(name)}: {shortened(as_json(value))}" for name, value in items)
    sys.stdout.write(f"{{{text}}}\n")


def shortened(text: str) -> str:
    """Return JSON that is too long as a text that begins like it; a line cut off is none."""
    return text if len(text) <= LONGEST else as_json(f"{text[:LONGEST]}...")


def rfc_3339(moment: datetime) -> str:
    """Return a moment as S3 writes it: in UTC, with milliseconds, so that texts sort by time."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def as_json(value: object) -> str:
    """Return a value as JSON, or else its text: of NaN, of an object in a circle, of anything."""
    try:
        return JSON.encode(value)
    except BaseException:
        try:
            return JSON.encode(repr(value))
        except BaseException:
            return JSON.encode(f"{type(value).__name__} that cannot be shown")


def cause(error: BaseException) -> dict[str, object]:
    """Return log fields that name an error."""
    return {"error": error, "error_type": type(error).__name__}


def code_of(error: ClientError) -> str:
    """Return the AWS error code."""
    return str(error.response.get("Error", {}).get("Code", ""))


def sdk_timeouts(function_timeout: float) -> tuple[float, float]:
    """Return how long the SDK waits for a connection and for each read, in seconds.

    All attempts of a call, with the pauses between them, end within three quarters of the
    function's time: a silent service costs its file alone. Each read begins anew, so a
    download may take longer; and so does each address of a service, of which S3 has several,
    so where nothing connects, the file is out of time, and its thread ends a little later.
    10 seconds are the shortest time that the stack's form offers.
    """
    attempt = (0.75 * max(10, function_timeout) - PAUSES) / ATTEMPTS
    connect = min(2, attempt / 3)  # more than 2, or 20 for a read, no service needs that works
    return connect, min(20, attempt - connect)


class Runtime:
    """What lives as long as the execution environment: clients, secret, processor."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        # One botocore session costs about three quarters of boto3's import. A stack that is
        # older than this code does not say its timeout.
        connect, read = sdk_timeouts(float(environ.get("FUNCTION_TIMEOUT", 0)))
        config = Config(
            connect_timeout=connect,
            read_timeout=read,
            retries={"mode": "standard", "total_max_attempts": ATTEMPTS},
            max_pool_connections=THREADS,
            user_agent="ServerlessApp",  # composing the SDK's own takes 7 % of a file's time
            account_id_endpoint_mode="disabled",
        )
        session: Any = botocore.session.get_session()
        self.s3 = session.create_client("s3", config=config)  # the one that processors use, too
        # The others send what this file composes; checking it again takes time for each file.
        unchecked = config.merge(Config(parameter_validation=False))
        self.sqs = session.create_client("sqs", config=unchecked)
        self.dynamodb = session.create_client("dynamodb", config=unchecked)
        secrets_manager = session.create_client("secretsmanager", config=unchecked)
        self.environ = dict(environ)  # the rest of it is the processor's to change
        try:
            self.dimensions = {
                "StackName": environ["STACK_NAME"],
                "Processor": environ["PROCESSOR_NAME"],
            }
            self.secret = SecretCache(secrets_manager, environ["SECRET_ARN"])
            processor = environ["PROCESSOR"]
        except KeyError as error:
            raise ConfigurationError(
                f"the function has no variable {error}: update the stack to this code's version"
            ) from error
        self.processor = load_processor(processor)
        self.pool = ThreadPoolExecutor(THREADS)

    def handle(self, event: Any, remaining_ms: Callable[[], int]) -> dict[str, Any]:
        """Process one batch and name the messages that SQS must deliver again."""
        if threading.active_count() > HANGING:
            log("ERROR", "too many stuck threads: Lambda must start a new environment")
            os._exit(1)  # sys.exit would wait for them
        metrics = Metrics(self.dimensions)
        metrics.add("InvocationCount")
        try:
            batch = Batch(self, metrics, remaining_ms)
            pending = {
                message_id: self.pool.submit(batch.settle, message_id, body)
                for message_id, body in queue_messages(event).items()
            }
            _, late = wait(pending.values(), timeout=max(0, remaining_ms() - GRACE_MS) / 1000)
            if late:  # nobody can end a thread; the next batch gets others
                self.pool.shutdown(wait=False, cancel_futures=True)
                self.pool = ThreadPoolExecutor(THREADS)
            failures = []
            for message_id, future in pending.items():
                try:
                    done = future.result(0)
                except BaseException as error:  # what nobody foresaw is one file's failure, too
                    done, what = False, "out of time" if future in late else "failed"
                    metrics.add("ProcessingErrors")
                    fields = {"message_id": message_id, **cause(error)}
                    log("ERROR", f"{what}; SQS delivers it again", **fields)
                if not done:
                    failures.append({"itemIdentifier": message_id})
            return {"batchItemFailures": failures}
        except Exception as error:
            metrics.add("LambdaErrors")
            log("ERROR", "the invocation failed", **cause(error))
            raise
        finally:
            metrics.flush()


@dataclass(frozen=True)
class Batch:
    """The messages of one invocation on their way through the runtime."""

    runtime: Runtime
    metrics: Metrics
    remaining_ms: Callable[[], int]

    def settle(self, message_id: str, body: str) -> bool:
        """Process a message; true when SQS may delete it."""
        try:
            records = upload_records(body)
        except PermanentError as error:
            return self.park(message_id, body, self.failed(error, message_id=message_id))
        failures = [
            failure
            for record in records
            if (failure := self.attempt(record, message_id)) is not None
        ]
        if any(not isinstance(failure, PermanentError) for failure in failures):
            return False  # a retry may help; the files that went well become duplicates
        return not failures or self.park(message_id, body, failures[0])

    def attempt(self, record: Any, message_id: str) -> BaseException | None:
        """Process the file of one S3 record; return what went wrong."""
        fields: dict[str, object] = {"message_id": message_id}

        def log_file(level: str, message: str, /, **more: object) -> None:
            write({"level": level, "message": message, **fields}, more)

        try:
            file = uploaded_file(record)
            fields |= {"key": file.key, "version_id": file.version_id}
            self.process(file, log_file)
        except SkippedError as skipped:
            self.metrics.add("SkippedObjects")
            what, key = skipped.args
            log_file("INFO", f"{what} skipped", key=key)
        except BaseException as error:  # sys.exit() ends a file here, not the batch
            return self.failed(error, **fields)
        return None

    def failed(self, error: BaseException, **fields: object) -> BaseException:
        """Count and log an error, and return it."""
        self.metrics.add("ProcessingErrors")
        if isinstance(error, PermanentError):
            log("ERROR", "cannot be processed", **fields, **cause(error))
        else:
            try:
                trace = "".join(traceback.format_exception(error))
            except BaseException as odd:  # an error can be as odd as what it is about
                trace = f"none: {type(odd).__name__}"
            log("ERROR", "failed; SQS delivers it again", **fields, **cause(error), trace=trace)
        if isinstance(error, ClientError) and "AccessDenied" in code_of(error):
            self.metrics.add("AccessDenied")  # some services end it in Exception, or begin with KMS
        return error

    def process(self, file: File, log_file: Callable[..., None]) -> None:
        """Run the processor on a file and enter what it returns in the ledger, signed."""
        runtime, started = self.runtime, time.monotonic()
        if file.bucket != runtime.environ["BUCKET_NAME"]:
            raise PermanentError(f"the event is for another bucket: {file.bucket}")
        if file.key.endswith("/") and not file.size:
            raise SkippedError("folder marker", file.key)
        context = Context(
            file=file,
            log=log_file,
            metric=self.metrics.add,
            secret=runtime.secret.get,
            remaining_ms=self.remaining_ms,
            s3=runtime.s3,
        )
        try:
            receipt = runtime.processor(file, context)
        except SupersededError:
            outcome = "superseded"
        else:
            name, secret = runtime.environ["PROCESSOR_NAME"], runtime.secret.get()
            entry = signed_entry(file, receipt, name, secret)
            outcome = enter(runtime.dynamodb, runtime.environ["LEDGER_TABLE"], entry)
        if outcome == "processed":
            self.metrics.add("ProcessedFileSize", file.size, "Bytes")
        else:
            self.metrics.add(f"{outcome.title()}Events")
        milliseconds = round((time.monotonic() - started) * 1000)
        log_file("INFO", outcome, size=file.size, milliseconds=milliseconds)

    def park(self, message_id: str, body: str, reason: BaseException) -> bool:
        """Send the message to the dead-letter queue; false (so retried) when that fails."""
        # SQS takes neither control characters nor an empty value; and not every error has a text.
        shown = f"{json.loads(as_json(reason))} "
        text = "".join(c if c.isprintable() else " " for c in shown)[:1000]
        try:
            self.runtime.sqs.send_message(
                QueueUrl=self.runtime.environ["DEAD_LETTER_QUEUE_URL"],
                MessageBody=body,
                MessageAttributes={"Reason": {"DataType": "String", "StringValue": text}},
            )
        except Exception as error:
            self.failed(error, message_id=message_id)
            return False
        return True


@cache
def runtime() -> Runtime:
    """Return the runtime, made once per execution environment."""
    return Runtime(os.environ)


def handler(event: Any, context: Any) -> dict[str, Any]:
    """Lambda's entry point: ``{"batchItemFailures": [{"itemIdentifier": ...}]}``."""
    return runtime().handle(event, context.get_remaining_time_in_millis)


if "AWS_LAMBDA_FUNCTION_NAME" in os.environ:
    try:
        runtime()  # during init, which Lambda runs at full CPU and before the first event
    except ConfigurationError as error:  # each invocation fails with it, until it is repaired
        log("ERROR", str(error), trace=traceback.format_exc())
