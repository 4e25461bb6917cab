"""The handler on recorded events."""

import asyncio
import hashlib
import io
import json
import os
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any, cast

import botocore.session
import pytest
from botocore.awsrequest import AWSResponse
from botocore.compat import HTTPHeaders
from botocore.exceptions import ClientError
from botocore.retries.standard import ExponentialBackoff
from urllib3 import HTTPResponse

from generators.processing import BATCH_SIZE
from serverlessapp.operations.ledger import LEDGER_DAYS
from serverlessapp.processors.declaration import TIMEOUTS
from tests.lambda_code import loaded, log_lines

from .conftest import BUCKET, MINUTE, PASSWORD, World, environment, error, recorded


def test_a_file_becomes_a_receipt(world: World) -> None:
    assert world.handle(recorded("put")) == []
    row = world.dynamodb.rows["uploads/readings.txt"]
    digest = hashlib.sha256(b"hello").hexdigest()
    assert row["receipt"] == {"M": {"sha256": {"S": digest}, "type": {"S": "text/plain"}}}
    assert row["size"] == {"N": "5"}
    assert row["processor"] == {"S": "receipts"}
    assert int(row["expires_at"]["N"]) - int(row["processed_at"]["N"]) == LEDGER_DAYS * 86400
    assert world.metrics() == {"ProcessedFileSize": 5}
    assert 0 <= world.logged("processed")["milliseconds"] < MINUTE


def test_reads_exactly_the_version_of_the_event(world: World) -> None:
    world.handle(recorded("put"))
    assert world.s3.requests == [
        {
            "Bucket": BUCKET,
            "Key": "uploads/readings.txt",
            "VersionId": "096fKKXTRTtl3on89fVO.nfljtsv6qko",
        }
    ]


@pytest.mark.parametrize("name", ["put", "copy", "multipart"])
def test_every_way_to_create_an_object_counts(world: World, name: str) -> None:
    key = json.loads(recorded(name))["Records"][0]["s3"]["object"]["key"]
    world.s3.objects[key] = b"hello"
    assert world.handle(recorded(name)) == []
    assert key in world.dynamodb.rows


def test_keys_arrive_url_encoded(world: World) -> None:
    world.s3.objects["uploads/Zürich + Ærø/100% & more.txt"] = b"hello"
    assert world.handle(recorded("odd-key")) == []
    assert "uploads/Zürich + Ærø/100% & more.txt" in world.dynamodb.rows


@pytest.mark.parametrize("name", ["s3-test", "folder-marker"])
def test_what_is_no_file_is_skipped_and_counted(world: World, name: str) -> None:
    assert world.handle(recorded(name)) == []
    assert world.metrics() == {"SkippedObjects": 1}
    assert not world.s3.requests
    assert not world.sqs.parked


def test_an_empty_file_is_a_file(world: World) -> None:
    world.s3.objects["uploads/readings.txt"] = b""
    assert world.handle(recorded("put", size=0)) == []
    assert "uploads/readings.txt" in world.dynamodb.rows


def test_a_second_delivery_has_no_second_effect(world: World) -> None:
    world.handle(recorded("put"))
    before = dict(world.dynamodb.rows)
    assert world.handle(recorded("put")) == []
    assert world.dynamodb.rows == before
    assert world.metrics()["DuplicateEvents"] == 1


def test_an_older_event_is_superseded(world: World) -> None:
    world.handle(recorded("put"))
    assert world.handle(recorded("put", sequencer="0055AED6DCD90281E4")) == []
    assert world.metrics()["SupersededEvents"] == 1


@pytest.mark.parametrize(
    ("first", "second", "wins"),
    [
        ("0055AED6DCD90281E5", "0055AED6DCD90281E6", "second"),
        ("0055AED6", "0055AED6DCD90281E5", "second"),
        ("0055AED7", "0055AED6DCD90281E5", "first"),
        ("0055AED6DCD90281E5", "0055AED7", "second"),
        ("0055aed6dcd90281e5", "0055AED6DCD90281E6", "second"),
    ],
)
def test_sequencers_are_padded_on_the_right(
    world: World, first: str, second: str, wins: str
) -> None:
    """Amazon S3 User Guide, "Event message structure"."""
    world.handle(recorded("put", sequencer=first, versionId="first"))
    world.handle(recorded("put", sequencer=second, versionId="second"))
    assert world.dynamodb.rows["uploads/readings.txt"]["version_id"] == {"S": wins}


def test_a_declared_digest_is_compared(world: World) -> None:
    world.s3.metadata = {"sha256": hashlib.sha256(b"hello").hexdigest().upper()}
    assert world.handle(recorded("put")) == []
    assert world.dynamodb.rows


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"metadata": {"sha256": "0" * 64}}, "declared SHA-256 is 000"),
        ({"failure": error("NoSuchVersion")}, "this version is gone"),
        ({"failure": error("InvalidObjectState")}, "this version is archived"),
        ({"failure": error("405")}, "this version is a delete marker"),
        ({"objects": {"uploads/readings.txt": b"hello!"}}, "the event says 5 bytes, S3 has 6"),
    ],
)
def test_what_no_retry_can_help_is_parked_at_once(
    world: World, change: dict[str, Any], reason: str
) -> None:
    vars(world.s3).update(change)
    assert world.handle(recorded("put")) == []
    (parked,) = world.sqs.parked
    assert parked["QueueUrl"] == "https://sqs/dead"
    assert parked["MessageBody"] == recorded("put")
    assert reason in parked["MessageAttributes"]["Reason"]["StringValue"]
    assert world.metrics() == {"ProcessingErrors": 1}
    assert not world.dynamodb.rows, "a redrive after the repair must not be a duplicate"
    assert world.logged("cannot be processed")["key"] == "uploads/readings.txt"


def test_a_version_that_s3_does_not_find_yet_is_tried_again(world: World) -> None:
    """Amazon S3 User Guide, "Enabling versioning on buckets": for up to 15 minutes after that."""
    world.s3.failure = error("NoSuchKey", "GetObject")
    assert world.handle(recorded("put")) == ["0"]
    assert not world.sqs.parked
    world.s3.failure = None
    assert world.handle(recorded("put")) == []
    assert world.dynamodb.rows


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("not JSON", "not an S3 event: a message is not JSON"),
        ("[]", "not an S3 event: JSON that is a list"),
        ("{}", "not an S3 event: JSON with nothing in it"),
        ('{"Records": []}', "it has no records"),
        ('{"Records": 1}', "not an S3 event: JSON with Records"),
        ('{"Records": [{}]}', "not an S3 upload event: JSON with nothing in it"),
        (recorded("put").replace('"s3":', '"S3":'), "not an S3 upload event: KeyError('s3')"),
        (recorded("put").replace("aws:s3", "minio:s3"), "ObjectCreated:Put from minio:s3"),
        (recorded("put", eTag=""), "not an S3 upload event: ValueError('no ETag')"),
        (recorded("put", key="%ff"), "not an S3 upload event"),
        (recorded("put", sequencer="xyz"), "not an S3 upload event"),
        (recorded("put").replace('"size": 5', '"size": Infinity'), "not an S3 upload event"),
        ("[" * 100_000, "is not JSON: RecursionError"),
        (recorded("put").replace(BUCKET, "somebody-elses"), "another bucket: somebody-elses"),
    ],
)
def test_malformed_messages_are_parked_with_the_reason(
    world: World, body: str, reason: str
) -> None:
    assert world.handle(body) == []
    (parked,) = world.sqs.parked
    assert parked["MessageBody"] == body
    assert reason in parked["MessageAttributes"]["Reason"]["StringValue"]


def test_an_answer_that_is_no_xml_says_gone_by_its_status(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """S3 quotes the key, and XML 1.0 has no control characters, not even as references."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_DEFAULT_REGION"):
        monkeypatch.setenv(name, "us-west-2")
    body = b"<Error><Code>NoSuchVersion</Code><Key>uploads/bell&#x7;.txt</Key></Error>"

    def answer(request: Any, **_: object) -> AWSResponse:
        raw = HTTPResponse(io.BytesIO(body), status=404, preload_content=False)
        return AWSResponse(request.url, 404, HTTPHeaders(), raw)

    client: Any = botocore.session.get_session().create_client("s3")
    client.meta.events.register("before-send.s3.GetObject", answer)
    world.runtime.s3 = client
    assert world.handle(recorded("put", key="uploads/bell%07.txt")) == []
    (parked,) = world.sqs.parked
    assert "this version is gone" in parked["MessageAttributes"]["Reason"]["StringValue"]


def test_a_reason_is_something_sqs_takes(world: World) -> None:
    world.s3.metadata = {"sha256": "\x00\n" * 2000}
    world.handle(recorded("put"))
    text = world.sqs.parked[0]["MessageAttributes"]["Reason"]["StringValue"]
    assert text.isprintable()
    assert 0 < len(text) <= 1000


def test_a_message_that_cannot_be_parked_is_delivered_again(world: World) -> None:
    world.sqs.failure = error("ServiceUnavailable")
    assert world.handle("not JSON") == ["0"]


@pytest.mark.parametrize(
    ("client", "code"),
    [
        ("s3", "AccessDenied"),
        ("secrets", "AccessDeniedException"),
        ("dynamodb", "KMSAccessDeniedException"),
    ],
)
def test_what_aws_denies_is_counted_by_itself(world: World, client: str, code: str) -> None:
    getattr(world, client).failure = error(code)
    assert world.handle(recorded("put")) == ["0"]
    assert world.metrics() == {"ProcessingErrors": 1, "AccessDenied": 1}


def test_denied_parking_is_counted_too(world: World) -> None:
    world.sqs.failure = error("AccessDenied")
    assert world.handle("not JSON") == ["0"]
    assert world.metrics() == {"ProcessingErrors": 2, "AccessDenied": 1}


@pytest.mark.parametrize("client", ["s3", "secrets", "dynamodb"])
def test_other_failures_are_retried(world: World, client: str) -> None:
    getattr(world, client).failure = error("ServiceUnavailable")
    assert world.handle(recorded("put")) == ["0"]
    assert not world.sqs.parked
    assert world.metrics() == {"ProcessingErrors": 1}
    line = world.logged("SQS delivers it again")
    assert line["key"] == "uploads/readings.txt"
    assert line["level"] == "ERROR"
    assert "ServiceUnavailable" in line["error"]
    assert "Traceback" in line["trace"]


def test_a_receipt_that_is_too_large_is_parked(world: World) -> None:
    world.dynamodb.failure = error("ValidationException")
    assert world.handle(recorded("put")) == []
    assert world.sqs.parked


def test_one_bad_file_does_not_harm_its_batch_mates(world: World) -> None:
    batch = [recorded("put", sequencer=f"{number:016X}") for number in range(8)]
    batch[2] = "not JSON"
    world.s3.objects["uploads/broken"] = b"hello"
    batch[5] = recorded("put", key="uploads/missing")
    assert world.handle(*batch) == ["5"]
    assert len(world.sqs.parked) == 1
    kept = world.dynamodb.rows["uploads/readings.txt"]["sequencer"]["S"]
    assert kept.startswith(f"{7:016X}")


def test_a_message_with_several_records_is_retried_as_a_whole(world: World) -> None:
    good, missing = json.loads(recorded("put")), json.loads(recorded("put", key="uploads/missing"))
    both = json.dumps({"Records": good["Records"] + missing["Records"]})
    assert world.handle(both) == ["0"]
    assert "uploads/readings.txt" in world.dynamodb.rows


def test_unfinished_files_are_reported_before_lambda_times_out(world: World) -> None:
    release = threading.Event()

    def slow(file: Any, context: Any) -> None:
        if file.key == "uploads/slow":
            release.wait(30)

    world.runtime.processor = slow
    try:
        late = world.handle(recorded("put", key="uploads/slow"), recorded("put"), remaining_ms=2000)
    finally:
        release.set()
    assert late == ["0"]
    assert "uploads/readings.txt" in world.dynamodb.rows
    assert world.logged("out of time")["message_id"] == "0"
    assert world.metrics()["ProcessingErrors"] == 1


def test_files_that_hang_take_no_thread_from_the_next_batch(world: World) -> None:
    release = threading.Event()

    def hang(file: Any, context: Any) -> None:
        if "hang" in file.key:
            release.wait(30)

    world.runtime.processor = hang
    full = [recorded("put", key=f"uploads/hang{number}") for number in range(BATCH_SIZE - 1)]
    pools = []
    try:
        for number in range(3):
            pools.append(world.runtime.pool)
            mate = recorded("put", key=f"uploads/mate{number}")
            late = world.handle(*full, mate, remaining_ms=2000)
            assert late == [str(number) for number in range(len(full))]
    finally:
        release.set()
        for pool in pools:
            pool.shutdown()


def test_an_environment_full_of_threads_that_hang_ends(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """AWS Lambda Developer Guide, "Lambda quotas": 1,024 processes and threads."""
    ended: list[int] = []
    monkeypatch.setattr(world.index.os, "_exit", ended.append)
    world.handle()
    assert not ended
    monkeypatch.setattr(world.index, "HANGING", 0)
    world.handle()
    assert ended == [1]
    assert world.logged("too many stuck threads")["level"] == "ERROR"


def test_each_file_of_a_batch_has_a_thread(index: ModuleType) -> None:
    assert index.THREADS >= BATCH_SIZE


@pytest.mark.parametrize("seconds", TIMEOUTS)
def test_a_silent_call_ends_before_its_file_is_out_of_time(index: ModuleType, seconds: int) -> None:
    connect, read = index.sdk_timeouts(seconds)
    assert 0.5 <= connect <= 2
    assert 1 <= read <= 20, "a service that works answers sooner"
    call = index.ATTEMPTS * (connect + read) + index.PAUSES
    assert call <= 0.75 * seconds < seconds - index.GRACE_MS / 1000


def test_the_pauses_between_attempts_are_those_of_the_sdk(index: ModuleType) -> None:
    backoff: Any = ExponentialBackoff(random=lambda: 1)
    attempts: Any = [SimpleNamespace(attempt_number=n) for n in range(1, index.ATTEMPTS)]
    assert sum(map(backoff.delay_amount, attempts)) <= index.PAUSES


@pytest.mark.parametrize(("variable", "seconds"), [({}, 10), ({"FUNCTION_TIMEOUT": "60"}, 60)])
def test_clients_know_the_time_the_function_has(
    index: ModuleType, monkeypatch: pytest.MonkeyPatch, variable: dict[str, str], seconds: int
) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-west-2")
    runtime = index.Runtime(environment() | variable)
    for client in (runtime.s3, runtime.sqs, runtime.dynamodb):
        config = client.meta.config
        assert (config.connect_timeout, config.read_timeout) == index.sdk_timeouts(seconds)
        assert config.retries == {"mode": "standard", "total_max_attempts": index.ATTEMPTS}


@pytest.mark.parametrize("event", [{}, [], None, {"Records": [{}]}, {"Records": 1}])
def test_an_invocation_by_hand_is_refused_in_words(world: World, event: Any) -> None:
    with pytest.raises(ValueError, match="send S3 events to the queue"):
        world.runtime.handle(event, lambda: MINUTE)
    world.read_lines()
    assert world.metrics() == {"LambdaErrors": 1}


def test_the_secret_is_fetched_once(world: World) -> None:
    world.handle(*[recorded("put", sequencer=f"{number:016X}") for number in range(10)])
    assert world.secrets.calls == 1


def test_the_secret_is_fetched_again_when_it_is_old(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = 1000.0
    monkeypatch.setattr(world.index.time, "monotonic", lambda: now)
    assert world.runtime.secret.get().version_id == "version-1"
    now += world.index.SECRET_SECONDS - 1
    assert world.runtime.secret.get().version_id == "version-1"
    now += 2
    assert world.runtime.secret.get().version_id == "version-2"
    assert world.runtime.secret.get(refresh=True).version_id == "version-3"


def test_an_old_secret_bridges_an_outage(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    now = 1000.0
    monkeypatch.setattr(world.index.time, "monotonic", lambda: now)
    world.runtime.secret.get()
    world.secrets.failure = error("InternalServiceError")
    now += world.index.SECRET_SECONDS + 1
    assert world.runtime.secret.get().version_id == "version-1"
    assert world.runtime.secret.get().version_id == "version-1"
    assert world.secrets.calls == 2, "a failing service is left alone for a while"
    world.read_lines()
    assert world.logged("the previous one is used")["error_type"] == "ClientError"
    now += world.index.STALE_SECONDS + 1
    world.secrets.failure = None
    assert world.runtime.secret.get().version_id == "version-3"


def test_an_old_secret_is_used_while_secrets_manager_says_nothing(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = 1000.0
    monkeypatch.setattr(world.index.time, "monotonic", lambda: now)
    monkeypatch.setattr(world.index, "REFRESH_SECONDS", 0.01)
    world.runtime.secret.get()
    world.secrets.answers.clear()
    now += world.index.SECRET_SECONDS + 1
    world.handle(*[recorded("put", sequencer=f"{number:016X}") for number in range(BATCH_SIZE)])
    assert world.dynamodb.rows["uploads/readings.txt"]["secret_version"] == {"S": "version-1"}
    assert world.logged("the previous one is used")["error_type"] == "TimeoutError"
    assert world.secrets.calls == 2, "one asks for all"
    world.secrets.answers.set()
    monkeypatch.setattr(world.index, "REFRESH_SECONDS", 30)
    assert world.runtime.secret.get(refresh=True).version_id != "version-1"


def test_nobody_else_waits_for_a_new_secret(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(world.index, "SECRET_SECONDS", -1)
    monkeypatch.setattr(world.index, "REFRESH_SECONDS", 30)
    cache = world.runtime.secret
    cache.get()
    world.secrets.answers.clear()
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(cache.get)
        while world.secrets.calls < 2:
            time.sleep(0.001)
        assert cache.get().version_id == "version-1"
        world.secrets.answers.set()
        assert first.result().version_id == "version-2"


def test_a_first_secret_is_waited_for(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(world.index, "REFRESH_SECONDS", 0.01)
    world.secrets.answers.clear()
    threading.Timer(0.2, world.secrets.answers.set).start()
    assert world.runtime.secret.get().version_id == "version-1"


def test_a_first_secret_is_asked_for_once_by_a_whole_batch(world: World) -> None:
    world.secrets.failure = error("InternalServiceError")
    world.secrets.answers.clear()
    threading.Timer(0.2, world.secrets.answers.set).start()
    batch = [recorded("put", sequencer=f"{number:016X}") for number in range(BATCH_SIZE)]
    assert len(world.handle(*batch)) == BATCH_SIZE
    assert world.secrets.calls == 1
    world.secrets.failure = None
    assert world.handle(*batch) == []


@pytest.mark.parametrize(
    "value",
    [
        *("hunter2-not-json", '"hunter2"', "[1]", "{}", '{"Password": "hunter2"}'),
        *('{"password": 12345}', '{"password": null}', '{"password": ""}'),
        *('{"password": "hunter2\\ud800"}', "[" * 60_000),
    ],
    ids=lambda value: value[:24],
)
def test_a_secret_that_cannot_sign_is_named_but_not_shown(world: World, value: str) -> None:
    world.secrets.value = value
    assert world.handle(recorded("put")) == ["0"]
    line = world.logged("SQS delivers it again")
    assert line["error_type"] == "ConfigurationError"
    assert line["error"].startswith(
        'secret arn:secret must be a JSON object with a string "password"'
    )
    assert "hunter2" not in json.dumps(world.lines)
    assert not world.dynamodb.rows
    assert not world.sqs.parked
    with pytest.raises(world.index.ConfigurationError) as caught:
        world.runtime.secret.get()
    assert caught.value.__context__ is None, "the parser's error carries the secret"


def test_the_secret_is_never_logged(world: World) -> None:
    def careless(file: Any, context: Any) -> None:
        secret = context.secret()
        context.log("INFO", f"the secret is {secret}", secret=secret)
        raise ValueError(secret)

    world.runtime.processor = careless
    world.handle(recorded("put"))
    assert PASSWORD not in json.dumps(world.lines)


def test_a_processor_of_ones_own(world: World) -> None:
    def count_words(file: Any, context: Any) -> dict[str, object]:
        with context.open() as download:
            words = len(download.read(1000).split())
        context.metric("Words", words)
        context.log("INFO", "counted", words=words)
        assert 0 < context.remaining_ms() <= MINUTE
        return {"words": words, "share": 0.5, "tags": ["a", None, True], "raw": b"\0"}

    world.runtime.processor = count_words
    assert world.handle(recorded("put")) == []
    assert world.dynamodb.rows["uploads/readings.txt"]["receipt"] == {
        "M": {
            "words": {"N": "1"},
            "share": {"N": "0.5"},
            "tags": {"L": [{"S": "a"}, {"NULL": True}, {"BOOL": True}]},
            "raw": {"B": b"\0"},
        }
    }
    assert world.metrics()["Words"] == 1
    assert world.logged("counted")["key"] == "uploads/readings.txt"


def test_a_processor_may_return_nothing(world: World) -> None:
    world.runtime.processor = lambda file, context: None
    assert world.handle(recorded("put")) == []
    assert world.dynamodb.rows["uploads/readings.txt"]["receipt"] == {"M": {}}


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("thumbnails:make", "No module named 'thumbnails'"),
        ("index:make", "no attribute 'make'"),
        ("index", "Processor=index cannot be loaded"),
        ("", "Processor= cannot be loaded"),
    ],
)
def test_an_unknown_processor_is_one_clear_error(index: ModuleType, name: str, words: str) -> None:
    with pytest.raises(index.ConfigurationError, match=words):
        index.load_processor(name)


def test_metrics_stay_within_the_limits_of_the_format(
    index: ModuleType, capsys: pytest.CaptureFixture[str]
) -> None:
    """CloudWatch EMF specification: 100 values per metric, 100 metrics per document."""
    metrics = index.Metrics({"StackName": "files"})
    for number in range(250):
        metrics.add("Size", number, "Bytes")
        metrics.add(f"Metric{number}")
    metrics.flush()
    total: Counter[str] = Counter()
    for line in capsys.readouterr().out.splitlines():
        document = json.loads(line)
        (directive,) = document["_aws"]["CloudWatchMetrics"]
        assert len(directive["Metrics"]) <= 100
        for definition in directive["Metrics"]:
            assert len(document[definition["Name"]]) <= 100
            total[definition["Name"]] += len(document[definition["Name"]])
    assert total["Size"] == 250
    assert len(total) == 251


def test_metric_documents_are_emf(index: ModuleType, capsys: pytest.CaptureFixture[str]) -> None:
    metrics = index.Metrics({"StackName": "files", "Processor": "receipts"})
    metrics.add("ProcessedFileSize", 5, "Bytes")
    metrics.add("ProcessedFileSize", 7, "Bytes")
    metrics.flush()
    (document,) = log_lines(capsys.readouterr().out)
    timestamp = document["_aws"].pop("Timestamp")
    assert timestamp > 1_700_000_000_000
    del document["timestamp"]
    assert document == {
        "level": "INFO",
        "StackName": "files",
        "Processor": "receipts",
        "ProcessedFileSize": [5, 7],
        "_aws": {
            "CloudWatchMetrics": [
                {
                    "Namespace": "ServerlessApp/Lambda",
                    "Dimensions": [["StackName", "Processor"]],
                    "Metrics": [{"Name": "ProcessedFileSize", "Unit": "Bytes"}],
                }
            ]
        },
    }


class Unprintable:
    """What some library may hand to a processor."""

    def __str__(self) -> str:
        raise RuntimeError

    __repr__ = __str__
    __float__: Any = __str__


@pytest.mark.parametrize(
    "metric",
    [
        *[("Odd", value) for value in (float("nan"), float("inf"), "many", None, Unprintable())],
        *[("Odd", value) for value in (10**400, -(10**200), 1j)],
        *[(name, 1) for name in ("", "x" * 256, None, ("a",), ["a"], Unprintable())],
        *[(name, 1) for name in ("StackName", "_aws", "timestamp", "level")],
        *[("Odd", 1, unit) for unit in ("ms", "", None, ["Count"], Unprintable())],
    ],
)
def test_a_bad_metric_never_fails_a_file_nor_other_metrics(
    index: ModuleType, capsys: pytest.CaptureFixture[str], metric: tuple[Any, ...]
) -> None:
    metrics = index.Metrics({"StackName": "files"})
    metrics.add("Good")
    metrics.add(*metric)
    metrics.flush()
    warning, document = log_lines(capsys.readouterr().out)
    assert warning["level"] == "WARN"
    assert "metric ignored" in warning["message"]
    assert document["_aws"]["CloudWatchMetrics"][0]["Metrics"] == [
        {"Name": "Good", "Unit": "Count"}
    ]
    assert document["StackName"] == "files"


def test_a_document_has_one_unit_for_each_metric(
    index: ModuleType, capsys: pytest.CaptureFixture[str]
) -> None:
    metrics = index.Metrics({"StackName": "files"})
    metrics.add("Size", True, "Bytes")
    metrics.add("Size", 3, "Kilobytes")
    metrics.flush()
    documents = log_lines(capsys.readouterr().out)
    assert [document["Size"] for document in documents] == [[1.0], [3.0]]
    assert type(documents[0]["Size"][0]) is float, "EMF takes numbers only"


def test_units_are_those_of_cloudwatch(index: ModuleType) -> None:
    model = botocore.session.get_session().get_service_model("cloudwatch")
    unit: Any = model.shape_for("StandardUnit")
    assert set(unit.enum) == index.UNITS


CIRCLE: dict[str, Any] = {}
CIRCLE["self"] = CIRCLE
DEEP: list[Any] = []
for _ in range(100_000):
    DEEP = [DEEP]


@pytest.mark.parametrize(
    "field",
    [
        *(float("nan"), float("-inf"), {"a": [float("nan")]}, {("a", "b"): 1}, {1: 2}, b"\0"),
        *(object(), Unprintable(), [Unprintable()], {"a": Unprintable()}, CIRCLE, DEEP, 10**5000),
        *("\ud800", "\n\u2028", ValueError("x"), {1, 2}, None),
    ],
    ids=lambda field: type(field).__name__,
)
def test_whatever_is_logged_is_a_line_of_json(world: World, field: Any) -> None:
    """A line that is no JSON is one that nobody finds, or the file's failure."""

    def talk(file: Any, context: Any) -> None:
        context.log("INFO", "note", field=field, fine=5)

    world.runtime.processor = talk
    assert world.handle(recorded("put")) == []
    line = world.logged("note")
    assert line["fine"] == 5
    assert not isinstance(field, float) or line["field"] == repr(field)


def test_a_line_keeps_what_is_the_runtimes_own(world: World) -> None:
    own = ("timestamp", "level", "message", "key", "version_id", "message_id")

    def talk(file: Any, context: Any) -> None:
        context.log("INFO", "note", **dict.fromkeys(own, "mine"))

    world.runtime.processor = talk
    assert world.handle(recorded("put")) == []
    line = world.logged("note")
    assert "mine" not in line.values()
    assert line["key"] == "uploads/readings.txt"


class Panic(BaseException):
    """What pyo3 raises when Rust code panics, and no "except Exception" catches."""


class TwistedError(Exception):
    """An error that ends whoever looks for its cause."""

    def __getattribute__(self, name: str) -> Any:
        if name == "__cause__":
            raise SystemExit(1)
        return super().__getattribute__(name)


@pytest.mark.parametrize(
    "raised",
    [
        SystemExit(1),
        KeyboardInterrupt(),
        asyncio.CancelledError(),
        Panic("x"),
        ClientError({}, "x"),
        SyntaxError("x", cast("Any", ("rules.txt", "one", 3, 7))),  # no traceback can be made of it
        TwistedError("x"),
    ],
    ids=lambda raised: type(raised).__name__,
)
def test_whatever_a_processor_raises_is_one_files_failure(
    world: World, raised: BaseException
) -> None:
    def fail(file: Any, context: Any) -> None:
        if file.size == 6:
            raise raised

    world.runtime.processor = fail
    assert world.handle(recorded("put", size=6), recorded("put", key="uploads/b")) == ["0"]
    line = world.logged("SQS delivers it again")
    assert (line["message_id"], line["key"]) == ("0", "uploads/readings.txt")
    assert line["error_type"] == type(raised).__name__
    assert world.metrics()["ProcessingErrors"] == 1
    assert "uploads/b" in world.dynamodb.rows


@pytest.mark.parametrize("permanent", [True, False])
def test_an_error_that_is_too_long_for_the_log_is_cut(world: World, permanent: bool) -> None:
    """Amazon CloudWatch Logs API Reference, "PutLogEvents": a log event may have 1 MB."""

    def fail(file: Any, context: Any) -> None:
        raise (world.index.PermanentError if permanent else ValueError)('"row"' * 1_000_000)

    world.runtime.processor = fail
    assert world.handle(recorded("put")) == ([] if permanent else ["0"])
    (line,) = [line for line in world.lines if line.get("error_type")]
    assert line["key"] == "uploads/readings.txt"
    assert "row" in line["error"]
    assert len(json.dumps(line)) < 1_000_000


def test_a_processor_can_change_its_environment(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the runtime needs of it was read before."""
    for name, value in environment().items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-west-2")
    runtime = world.index.Runtime(os.environ)
    monkeypatch.setenv("BUCKET_NAME", "other")
    monkeypatch.delenv("LEDGER_TABLE")
    assert runtime.environ == {**runtime.environ, **environment()}
    runtime.pool.shutdown()


def test_a_permanent_error_that_cannot_be_shown_is_parked(world: World) -> None:
    class OddError(world.index.PermanentError):  # type: ignore[name-defined,misc]
        __str__ = __repr__ = Unprintable.__str__

    def fail(file: Any, context: Any) -> None:
        if file.size == 6:
            raise OddError

    world.runtime.processor = fail
    assert world.handle(recorded("put", size=6), recorded("put", key="uploads/b")) == []
    (parked,) = world.sqs.parked
    assert "OddError" in parked["MessageAttributes"]["Reason"]["StringValue"]


def test_what_nobody_foresaw_is_one_files_failure(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not even when the runtime itself fails with it."""
    park = world.index.Batch.park

    def fail(batch: Any, message_id: str, *rest: Any) -> bool:
        if message_id == "0":
            raise MemoryError("no room")
        return bool(park(batch, message_id, *rest))

    monkeypatch.setattr(world.index.Batch, "park", fail)
    assert world.handle("not JSON", recorded("put"), "not JSON") == ["0"]
    line = world.logged("SQS delivers it again")
    assert (line["message_id"], line["error_type"]) == ("0", "MemoryError")
    assert len(world.sqs.parked) == 1


def test_an_error_that_cannot_be_shown_is_one_files_failure(world: World) -> None:
    class OddError(Exception):
        __str__ = Unprintable.__str__

    def fail(file: Any, context: Any) -> None:
        if file.size == 6:
            raise OddError

    world.runtime.processor = fail
    assert world.handle(recorded("put", size=6), recorded("put", key="uploads/b")) == ["0"]
    assert world.logged("SQS delivers it again")["error_type"] == "OddError"


@pytest.mark.parametrize(
    ("content", "media_type"),
    [
        (b"\x89PNG\r\n\x1a\n\0\0", "image/png"),
        (b"\xff\xd8\xff\xe0", "image/jpeg"),
        (b"GIF89a", "image/gif"),
        (b"%PDF-1.7", "application/pdf"),
        (b"PK\x03\x04", "application/zip"),
        (b"\x1f\x8b\x08", "application/gzip"),
        (b' \n{"a": 1}', "application/json"),
        (b"[1]", "application/json"),
        ("größer".encode(), "text/plain"),
        (("x" * 511 + "ü").encode()[:512], "text/plain"),
        (b"\xff\xfe\x00", "application/octet-stream"),
        (b"", "text/plain"),
    ],
)
def test_types_are_read_from_the_content(
    index: ModuleType, content: bytes, media_type: str
) -> None:
    assert index.detect_type(content) == media_type


def test_code_that_is_newer_than_the_template_says_so(
    index: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-west-2")
    older = environment()
    del older["STACK_NAME"]
    with pytest.raises(index.ConfigurationError, match="no variable 'STACK_NAME': update"):
        index.Runtime(older)


@pytest.mark.parametrize(
    ("variables", "message", "trace"),
    [
        pytest.param({"STACK_NAME": None}, "no variable 'STACK_NAME': update", "", id="old stack"),
        pytest.param(
            {"PROCESSOR": "misses:make"},
            "Processor=misses:make cannot be loaded: KeyError('RATES')",
            'misses.py", line 2',
            id="processor that misses a variable",
        ),
        pytest.param(
            {"PROCESSOR": "leaves:make"},
            "Processor=leaves:make cannot be loaded: SystemExit(0)",
            'leaves.py", line 2',
            id="processor that is a script",
        ),
    ],
)
def test_an_environment_that_cannot_start_says_why_in_its_log(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    variables: dict[str, str | None],
    message: str,
    trace: str,
) -> None:
    monkeypatch.syspath_prepend(tmp_path)
    (tmp_path / "misses.py").write_text('import os\nos.environ["RATES"]')
    (tmp_path / "leaves.py").write_text("import sys\nsys.exit(0)")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-west-2")
    monkeypatch.setenv("AWS_LAMBDA_FUNCTION_NAME", "files-FileProcessor")
    for name, value in (environment() | variables).items():
        if value is not None:
            monkeypatch.setenv(name, value)
    with loaded("file_processor"):
        (line,) = log_lines(capsys.readouterr().out)
    assert line["level"] == "ERROR"
    assert message in line["message"]
    assert trace in line["trace"]
