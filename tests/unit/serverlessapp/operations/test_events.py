"""S3 events as we read and write them, held against the runtime that processes them."""

import importlib.util
import itertools
import json
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from botocore.exceptions import ClientError

from serverlessapp.operations.events import Upload, message_about, sequencer_after, uploads_in
from serverlessapp.operations.ledger import LEDGER_DAYS
from serverlessapp.operations.receipts import Receipt

ROOT = Path(__file__).resolve().parents[4]
EVENTS = sorted((ROOT / "tests" / "events").glob("*.json"))
BRIDGED = (ROOT / "tests/events/eventbridge-object-created.json").read_text(encoding="utf-8")
PUT = (ROOT / "tests/events/put.json").read_text(encoding="utf-8")
FROM_S3 = ("0055AED6DCD90281E5", "0055AED6DCD90281E6", "0055AED6DCD902820", "00660000000000AA")
RESULT = {"rows": 12, "mean": 0.50, "raw": b"\x00\xff", "all": [None, True, {"deep": 1e-7}, "ä😀"]}
UPLOAD = Upload(
    key="uploads/Zürich/a+b %=&?#\n.txt",
    version_id="v1",
    size=5,
    etag="e",
    uploaded="2026-11-01T10:00:00.000Z",
)


@pytest.fixture(scope="module")
def runtime() -> ModuleType:
    path = ROOT / "functions" / "file_processor" / "index.py"
    spec = importlib.util.spec_from_file_location("runtime_for_operations", path)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(sys.modules, spec.name, module)  # dataclasses look there
        spec.loader.exec_module(module)
    return module


class Ledger:
    """One row under the runtime's own condition."""

    row: Any = None

    def put_item(self, **request: Any) -> None:
        assert "sequencer < :sequencer" in request["ConditionExpression"]
        new = request["ExpressionAttributeValues"][":sequencer"]["S"]
        if self.row and not self.row["sequencer"]["S"] < new:
            response: Any = {
                "Error": {"Code": "ConditionalCheckFailedException"},
                "Item": self.row,
            }
            raise ClientError(response, "PutItem")
        self.row = request["Item"]


def event(sequencer: str, upload: Upload = UPLOAD) -> str:
    return message_about(
        upload,
        bucket="b",
        region="eu-west-1",
        partition="aws-cn",
        sequencer=sequencer,
        command="reconcile",
    )


def enter(runtime: ModuleType, ledger: Ledger, sequencer: str) -> str:
    (record,) = runtime.upload_records(event(sequencer))
    secret = runtime.Secret(version_id="s1", values={"password": "pass-word"})
    entry = runtime.signed_entry(runtime.uploaded_file(record), RESULT, "csv", secret)
    return str(runtime.enter(ledger, "table", entry))


def test_the_runtime_reads_our_event_as_we_meant_it(runtime: ModuleType) -> None:
    (record,) = runtime.upload_records(event("0"))
    file = runtime.uploaded_file(record)
    assert (file.bucket, file.key, file.version_id) == ("b", UPLOAD.key, "v1")
    assert (file.size, file.etag, file.event_time) == (5, "e", "2026-11-01T10:00:00.000Z")
    assert uploads_in(event("0")) == [UPLOAD]
    assert record["s3"]["bucket"]["arn"] == "arn:aws-cn:s3:::b"


def test_what_the_runtime_signs_we_verify(runtime: ModuleType) -> None:
    """Two programs by one description: neither imports the other."""
    ledger = Ledger()
    enter(runtime, ledger, FROM_S3[0])
    receipt = Receipt.from_item(ledger.row)
    assert receipt.is_signed_by("pass-word", "b")
    assert not receipt.is_signed_by("pass-word", "c")
    assert (receipt.key, receipt.processor, receipt.secret_version) == (UPLOAD.key, "csv", "s1")


@pytest.mark.parametrize("path", EVENTS, ids=lambda path: path.stem)
def test_we_read_recorded_events_as_the_runtime_does(path: Path, runtime: ModuleType) -> None:
    body = path.read_text(encoding="utf-8")
    if path.stem in ("s3-test", "sqs-message"):
        assert uploads_in(body) == []
        return
    files = [runtime.uploaded_file(record) for record in runtime.upload_records(body)]
    assert [(f.key, f.version_id, f.size) for f in files] == [
        (upload.key, upload.version_id, upload.size) for upload in uploads_in(body)
    ]
    assert files


def test_an_event_through_eventbridge_has_its_key_as_it_is() -> None:
    """Amazon S3 User Guide, "EventBridge event message structure"."""
    body = BRIDGED.replace("example-key", "uploads/a+b %2B.txt")
    assert uploads_in(body) == [
        Upload(
            key="uploads/a+b %2B.txt",
            version_id="IYV3p45BT0ac8hjHg1houSdS1a.Mro8e",
            size=5,
            etag="b1946ac92492d2347c6235b4d2611184",
            uploaded="2021-11-12T00:00:00Z",
        )
    ]


@pytest.mark.parametrize(
    "body",
    [
        "",
        "not JSON",
        "null",
        "[1]",
        '{"Records": 1}',
        '{"Records": [null]}',
        '{"detail-type": "Object Created", "source": "aws.s3", "detail": null}',
        BRIDGED.replace('"size": 5', '"size": 1e999'),
        BRIDGED.replace("Object Created", "Object Deleted"),
        PUT.replace("ObjectCreated:Put", "ObjectRemoved:Delete"),
        '{"Records": [{"eventTime": "", "s3": {"object": {"key": "%FF", "size": 1, "eTag": ""}}}]}',
        "[" * 100_000,
    ],
)
def test_what_is_not_an_s3_event_has_no_files(body: str) -> None:
    assert uploads_in(body) == []


@pytest.mark.parametrize("later", FROM_S3)
def test_a_file_without_entry_is_entered_and_any_event_of_s3_wins(
    runtime: ModuleType, later: str
) -> None:
    ledger = Ledger()
    assert enter(runtime, ledger, sequencer_after(None)) == "processed"
    assert enter(runtime, ledger, later) == "processed"
    assert enter(runtime, ledger, sequencer_after(None)) == "superseded"


@pytest.mark.parametrize(("earlier", "later"), list(itertools.combinations(FROM_S3, 2)))
def test_a_newer_version_comes_after_the_ledger_and_before_s3s_next_event(
    runtime: ModuleType, earlier: str, later: str
) -> None:
    ledger = Ledger()
    enter(runtime, ledger, earlier)
    for _ in range(20):  # reconciled again and again, without a word from S3
        assert enter(runtime, ledger, sequencer_after(ledger.row["sequencer"]["S"])) == "processed"
    assert enter(runtime, ledger, earlier) == "superseded"
    assert enter(runtime, ledger, later) == "processed"


def test_a_second_reconciliation_comes_after_the_first(runtime: ModuleType) -> None:
    ledger = Ledger()
    enter(runtime, ledger, sequencer_after(None))
    assert enter(runtime, ledger, sequencer_after(ledger.row["sequencer"]["S"])) == "processed"
    assert enter(runtime, ledger, FROM_S3[0]) == "processed"


def test_width_and_expiry_are_the_runtimes(runtime: ModuleType) -> None:
    assert len(sequencer_after("1")) == runtime.SEQUENCER_WIDTH
    assert runtime.LEDGER_DAYS == LEDGER_DAYS


def test_events_are_small_enough_for_a_batch() -> None:
    longest = Upload(key="ÿ" * 512, version_id="v" * 1024, size=1, etag="e" * 64, uploaded="z" * 24)
    assert len(event("F" * 64, longest)) * 10 < 256 * 1024
    assert json.loads(event("0"))["Records"][0]["s3"]["configurationId"] == "reconcile"
