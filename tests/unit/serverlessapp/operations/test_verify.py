"""Whole runs of ``verify`` and ``receipt``: no finding is lost, no lane is forgotten."""

import hmac
import io
import json
import os
import tracemalloc
from contextlib import redirect_stdout
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError
from botocore.response import StreamingBody

from serverlessapp.operations import receipt, verify
from serverlessapp.operations.checker import Checker, ReceiptStatus
from serverlessapp.operations.stack import Stack
from serverlessapp.report import Report

from .entries import PASSWORD, signed

REPORT = Report(as_json=True)
CLEAN = dict.fromkeys(ReceiptStatus, 0)


def refused(code: str, operation: str = "Operation") -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": f"{code}!"}}, operation)


class World:
    """Everything that is asked. ``ledgers`` has the entries of each table by key."""

    def __init__(self, *names: str) -> None:
        self.ledgers: dict[str, dict[str, Any]] = {"t": {}, "csv-t": {}}
        self.names, self.broken, self.listing = names, "", True
        self.uploaded = datetime.now(UTC) - timedelta(days=3)

    def enter(self, table: str, **changes: Any) -> None:
        item = signed({"rows": {"N": "1"}}, **changes)
        self.ledgers[table][item["object_key"]["S"]] = item

    def head_object(self, **request: str) -> Any:
        if request["Key"] == self.broken:
            raise refused("KMS.DisabledException")
        return {"ContentLength": 5, "ETag": '"e"'}

    def get_object(self, **request: str) -> Any:
        return {"Body": StreamingBody(io.BytesIO(b"hello"), 5)}

    def get_secret_value(self, **request: str) -> Any:
        return {"SecretString": json.dumps({"password": PASSWORD})}

    def get_item(self, **request: Any) -> Any:
        item = self.ledgers[request["TableName"]].get(request["Key"]["object_key"]["S"])
        return {"Item": item} if item else {}

    def batch_get_item(self, **request: Any) -> Any:
        ((table, wanted),) = request["RequestItems"].items()
        keys = [key["object_key"]["S"] for key in wanted["Keys"]]
        entries = self.ledgers[table]
        return {"Responses": {table: [entries[name] for name in keys if name in entries]}}

    def get_paginator(self, operation: str) -> Any:
        self.operation = operation
        return self

    def paginate(self, **request: Any) -> Any:
        if self.operation == "scan":
            yield {"Items": list(self.ledgers[request["TableName"]].values())}
            if self.broken == "scan":
                raise refused("ExpiredTokenException")
            return
        if not self.listing:
            raise refused("AccessDenied")
        common = {"VersionId": "v1", "IsLatest": True, "Size": 5, "ETag": '"e"'}
        when = {"LastModified": self.uploaded}
        yield {"Versions": [{"Key": name, **common, **when} for name in self.names]}


def key(name: str) -> dict[str, Any]:
    return {"object_key": {"S": f"uploads/{name}"}}


@pytest.fixture
def world() -> Any:
    world = World("uploads/a.txt", "uploads/reports/a.CSV", "uploads/reports/a.csv", "uploads/b")
    world.enter("t", **key("a.txt"), processor={"S": "receipts"})
    world.enter("csv-t", **key("reports/a.csv"))
    world.enter("csv-t", **key("reports/b.csv"))
    return world


def checker(stack: Stack, world: Any) -> Checker:
    return Checker(stack=stack, s3=world, secrets=world)


def run(stack: Stack, world: Any, capsys: Any, **options: Any) -> tuple[int, Any]:
    options = {"key": None, "strict": False, **options}
    code = verify.run(REPORT, checker(stack, world), world, **options)
    return code, json.loads(capsys.readouterr().out)


def test_all_lanes_are_verified(two_lanes: Stack, world: Any, capsys: Any) -> None:
    code, document = run(two_lanes, world, capsys)
    assert (code, document["counts"]["verified"], document["findings"]) == (0, 3, [])
    code, document = run(replace(two_lanes, processor="csv"), world, capsys)
    assert document["counts"]["verified"] == 2


def test_an_object_that_is_refused_hides_nothing(two_lanes: Stack, world: Any, capsys: Any) -> None:
    world.broken = "uploads/reports/a.csv"
    world.ledgers["csv-t"]["uploads/reports/b.csv"]["signature"] = {"S": "0" * 64}
    code, document = run(two_lanes, world, capsys)
    assert (code, document["counts"]) == (
        1,
        CLEAN | {"verified": 1, "failed": 1, "unverifiable": 1},
    )
    assert "KMS.DisabledException" in document["findings"][0]["reason"]
    assert {finding["processor"] for finding in document["findings"]} == {"csv"}


def test_an_entry_whose_signature_was_taken_away_is_a_failure_if_strict(
    two_lanes: Stack, world: Any, capsys: Any
) -> None:
    """It looks like one that a processor of one's own wrote in 0.x."""
    for name in ("form", "signature"):
        del world.ledgers["t"]["uploads/a.txt"][name]
    code, document = run(two_lanes, world, capsys)
    assert (code, document["counts"]["skipped"]) == (0, 1)
    assert run(two_lanes, world, capsys, strict=True)[0] == 1
    subject = checker(two_lanes, world)
    for strict in (False, True):
        code = receipt.run(REPORT, subject, world, key="uploads/a.txt", strict=strict)
        assert code == int(strict)


def test_what_was_found_before_aws_ended_it_is_shown(
    two_lanes: Stack, world: Any, capsys: Any
) -> None:
    world.broken = "scan"
    world.ledgers["csv-t"]["uploads/reports/b.csv"]["signature"] = {"S": "0" * 64}
    with pytest.raises(ClientError):
        run(two_lanes, world, capsys)
    assert "uploads/reports/b.csv" in capsys.readouterr().err


def test_files_that_no_processor_takes_are_told(two_lanes: Stack, world: Any, capsys: Any) -> None:
    code, document = run(two_lanes, world, capsys)
    assert code == 0
    strays = {row["key"]: row["hint"] for row in document["untaken"]}
    assert strays == {
        "uploads/reports/a.CSV": "csv is case-sensitive",
        "uploads/b": "",
    }


@pytest.mark.parametrize(
    ("age", "code", "count"),
    [(timedelta(days=3), 6, 1), (timedelta(minutes=50), 0, 0), (timedelta(days=400), 0, 0)],
    ids=["missing", "on its way", "expired"],
)
def test_a_file_without_an_entry_is_missing(
    two_lanes: Stack, world: Any, capsys: Any, age: timedelta, code: int, count: int
) -> None:
    del world.ledgers["t"]["uploads/a.txt"]
    world.uploaded = datetime.now(UTC) - age
    ended, document = run(two_lanes, world, capsys)
    assert (ended, document["counts"]["missing"]) == (code, count)
    assert [row["key"] for row in document["findings"]] == ["uploads/a.txt"][:count]
    ended, document = run(replace(two_lanes, processor="csv"), world, capsys)
    assert ended == 0, "that is another processor's"


def test_what_is_wrong_comes_before_what_is_missing_and_that_before_what_is_unverifiable(
    two_lanes: Stack, world: Any, capsys: Any
) -> None:
    world.broken = "uploads/reports/a.csv"
    assert run(two_lanes, world, capsys)[0] == 7
    entry = world.ledgers["t"].pop("uploads/a.txt")
    assert run(two_lanes, world, capsys)[0] == 6
    world.ledgers["t"]["uploads/a.txt"] = {**entry, "sequencer": {"S": "damaged"}}
    code, document = run(two_lanes, world, capsys)
    assert (code, document["counts"]["missing"]) == (1, 0), "it has an entry, of a sort"


def test_without_leave_to_list_the_bucket_nobody_knows_what_is_missing(
    two_lanes: Stack, world: Any, capsys: Any
) -> None:
    world.listing = False
    code, document = run(two_lanes, world, capsys)
    assert (code, document["counts"]["verified"], document["untaken"]) == (7, 3, [])
    (finding,) = document["findings"]
    assert "did not look for" in finding["reason"]


@pytest.mark.once
def test_memory_does_not_grow_with_what_is_missing(stack: Stack) -> None:
    class Endless(World):
        number = 0

        def paginate(self, **request: Any) -> Any:
            if self.operation == "list_object_versions":
                for start in range(0, self.number, 1000):
                    self.names = tuple(f"uploads/{start + more:09}" for more in range(1000))
                    yield from super().paginate(**request)

    def peak(number: int) -> int:
        world: Any = Endless()
        world.number = number
        with Path(os.devnull).open("w") as nowhere, redirect_stdout(nowhere):
            tracemalloc.start()
            assert verify.run(REPORT, checker(stack, world), world, key=None, strict=False) == 6
            _, most = tracemalloc.get_traced_memory()
            tracemalloc.stop()
        return most

    peak(1000)
    assert peak(8000) - peak(2000) < 500_000, "6,000 findings in memory take 3 MB"


@pytest.mark.parametrize(
    ("name", "code", "processors"),
    [
        ("reports/a.csv", 0, ["csv"]),
        ("both.txt", 0, ["csv", "receipts"]),  # EventBridge told both
        ("none.txt", 6, []),
    ],
)
def test_the_receipt_of_a_file(
    two_lanes: Stack, world: Any, capsys: Any, name: str, code: int, processors: list[str]
) -> None:
    world.enter("t", **key("both.txt"), processor={"S": "receipts"})
    world.enter("csv-t", **key("both.txt"))
    subject = checker(two_lanes, world)
    assert receipt.run(REPORT, subject, world, key=f"uploads/{name}", strict=False) == code
    document = json.loads(capsys.readouterr().out)
    assert [entry["processor"] for entry in document["entries"]] == processors
    for entry in document["entries"]:
        expected = hmac.new(PASSWORD.encode(), entry["signed"].encode(), "sha256").hexdigest()
        assert entry["signature"] == expected
        assert entry["item"]["receipt"] == {"M": {"rows": {"N": "1"}}}


def test_the_entries_of_two_processors_are_told_apart(
    two_lanes: Stack, world: Any, capsys: Any
) -> None:
    world.enter("t", **key("both.txt"), processor={"S": "receipts"})
    world.enter("csv-t", **key("both.txt"))
    subject = checker(two_lanes, world)
    assert receipt.run(Report(), subject, world, key="uploads/both.txt", strict=False) == 0
    one, other = capsys.readouterr().out.split("\n\n")
    assert {"processor: receipts", "processor: csv"} <= {*one.splitlines(), *other.splitlines()}


def test_a_receipt_that_is_not_true_is_shown_with_the_reason(
    two_lanes: Stack, world: Any, capsys: Any
) -> None:
    world.ledgers["csv-t"]["uploads/reports/a.csv"]["size"] = {"N": "6"}
    subject = checker(two_lanes, world)
    name = "uploads/reports/a.csv"
    assert receipt.run(Report(), subject, world, key=name, strict=False) == 1
    shown = capsys.readouterr().out
    assert "failed: the signature does not match" in shown
    assert "version s1 of the secret" in shown


@pytest.mark.parametrize("as_json", [False, True])
@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"size": None}, 1),
        ({"receipt": None}, 1),
        ({"receipt": {"S": "text"}}, 1),
        ({"receipt": {"M": {"a": {"BS": [b"a"]}}}}, 1),
        ({"processed_at": None}, 0),  # it proves nothing, so it is not signed
        ({"processed_at": {"N": "9" * 20}}, 0),
        ({"processed_at": {"L": []}}, 0),
        ({"more": {"BS": [b"a"]}}, 0),
    ],
)
def test_a_damaged_entry_is_shown_all_the_same(
    two_lanes: Stack, world: Any, changes: dict[str, Any], code: int, as_json: bool
) -> None:
    item = {**world.ledgers["csv-t"]["uploads/reports/a.csv"], **changes}
    world.ledgers["csv-t"]["uploads/reports/a.csv"] = {k: v for k, v in item.items() if v}
    report, name = Report(as_json=as_json), "uploads/reports/a.csv"
    assert receipt.run(report, checker(two_lanes, world), world, key=name, strict=False) == code
