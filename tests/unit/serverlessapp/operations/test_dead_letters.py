"""Listing leaves everything as it was; redriving can duplicate, never lose."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
from botocore.exceptions import ClientError

from serverlessapp.operations import (
    discard,
    failures,
    messages,
    parked,
    redrive,
    version_states,
)
from serverlessapp.operations.dead_letters import Selection
from serverlessapp.operations.messages import Message
from serverlessapp.operations.stack import Stack
from serverlessapp.report import Report

from .conftest import made_lane

EVENTS = Path(__file__).resolve().parents[3] / "events"
PUT = (EVENTS / "put.json").read_text(encoding="utf-8")
KEY = "uploads/readings.txt"
RUNNING = {"Status": "RUNNING", "StartedTimestamp": 2, "ApproximateNumberOfMessagesMoved": 1}
DONE = {"Status": "COMPLETED", "StartedTimestamp": 2, "ApproximateNumberOfMessagesMoved": 3}
LANE = made_lane("receipts")
REPORT = Report(as_json=True, yes=True)


class Bucket:
    """The versions of some keys, each an ID and an ETag, from new to old."""

    def __init__(self) -> None:
        self.versions: dict[str, list[tuple[str, str]]] = {}
        self.deleted: set[str] = set()  # keys with a delete marker on top
        self.error: Exception | None = None

    def get_paginator(self, operation: str) -> "Bucket":
        assert operation == "list_object_versions"
        return self

    def paginate(self, **request: str) -> Any:
        if self.error:
            raise self.error
        assert request["Bucket"] == "b"
        key = request["Prefix"]
        rows = enumerate(self.versions.get(key, []))
        yield {
            "Versions": [
                {
                    "Key": key,
                    "VersionId": version,
                    "ETag": f'"{etag}"',
                    "IsLatest": number == 0 and key not in self.deleted,
                    "Size": 5,
                    "LastModified": datetime.now(UTC),
                }
                for number, (version, etag) in rows
            ]
        }


@pytest.fixture
def s3() -> Any:
    return Bucket()


def refused(code: str) -> ClientError:
    response: Any = {"Error": {"Code": code, "Message": f"{code}!"}}
    return ClientError(response, "Operation")


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(redrive, "POLL_SECONDS", 0)


def ignore(_: str) -> None:
    pass


def held(sqs: Any) -> list[Message]:
    with messages.held(sqs, "dlq", ignore) as parked:
        assert len(sqs.hidden) == len(parked)
        return parked


def test_all_messages_are_seen_once_and_released(sqs: Any) -> None:
    for number in range(25):
        sqs.put(f"body {number}")
    assert len({message.message_id for message in held(sqs)}) == 25
    assert not sqs.hidden


def test_a_message_delivered_twice_is_listed_once_and_ends_the_reading(sqs: Any) -> None:
    sqs.put("body")
    sqs.forgetful = True
    assert len(held(sqs)) == 1


def test_messages_are_released_when_reading_fails(sqs: Any) -> None:
    sqs.put("body")
    with pytest.raises(KeyboardInterrupt), messages.held(sqs, "dlq", ignore):
        raise KeyboardInterrupt
    assert not sqs.hidden


@pytest.mark.parametrize(("number", "seconds"), [(1, 30), (600, 90)])
def test_longer_queues_are_held_longer(sqs: Any, number: int, seconds: int) -> None:
    for _ in range(number):
        sqs.put("body")
    with messages.held(sqs, "dlq", ignore):
        assert set(sqs.hidden.values()) == {seconds}


def test_the_reason_of_an_earlier_failure_is_not_shown(sqs: Any) -> None:
    sqs.put(PUT, reason="damaged ")
    sqs.put(PUT, reason="damaged", source="arn:ingest")
    assert [message.reason for message in held(sqs)] == ["damaged", ""]


def test_a_row_for_each_file_and_for_what_is_none(sqs: Any) -> None:
    record = json.loads(PUT)["Records"][0]
    sqs.put(json.dumps({"Records": [record, record]}), reason="r")
    sqs.put("x" * 200, reason="r")
    rows = [row.cells() for row in parked.files({LANE: held(sqs)})]
    assert [row[0] for row in rows] == [KEY, KEY, "(unreadable message m1) " + "x" * 60]
    assert rows[0][2:] == ("", 5, "2026-11-23T05:55:35.244Z", "0 d 0 h", "r")


def test_a_message_expires_by_the_time_it_was_first_sent(sqs: Any) -> None:
    """SQS keeps that time when it moves a message, so late ones have little left."""
    sqs.put(PUT, source="arn:ingest")
    (row,) = parked.files({LANE: held(sqs)})
    sent = datetime.fromtimestamp(1763877335.244, UTC)
    assert datetime.fromisoformat(row.expires) == (sent + timedelta(days=14)).replace(microsecond=0)


@pytest.mark.parametrize(
    ("hours", "text"), [(13 * 24 + 20.5, "13 d 20 h"), (0.5, "0 d 0 h"), (-5, "0 d 0 h")]
)
def test_how_long_is_left(hours: float, text: str) -> None:
    moment = datetime.now(UTC) + timedelta(hours=hours)
    assert parked.left(moment.isoformat()) == text


def test_the_log_gives_the_reason_by_message_or_by_key(sqs: Any) -> None:
    first, second, third = (sqs.put(body, source="arn") for body in (PUT, PUT, "unknown"))
    lines = [
        {"level": "ERROR", "message": "m", "message_id": first, "error": "e", "error_type": "T"},
        {"level": "ERROR", "message": "m", "key": KEY, "error": "earlier", "error_type": "T"},
        {"level": "ERROR", "message": "out of time", "key": KEY},
        {"level": "INFO", "message": "processed", "message_id": third},
    ]
    texts = ["START RequestId", "[1]", *map(json.dumps, lines)]

    class FakeLogs:
        def get_paginator(self, operation: str) -> "FakeLogs":
            assert operation == "filter_log_events"
            return self

        def paginate(self, **request: Any) -> Any:
            assert request["startTime"] == 1000
            assert request["logGroupName"] == "g"
            return [{"events": [{"message": text} for text in texts]}]

    logs: Any = FakeLogs()
    errors = failures.read(logs, "g", datetime.fromtimestamp(1, UTC), ignore)
    reasons = {
        row.message_id: row.reason for row in parked.files({LANE: held(sqs)}, {LANE: errors})
    }
    assert reasons == {
        first: "failed at every attempt; T: e",
        second: "failed at every attempt; out of time",
        third: "failed at every attempt; no log line about it",
    }


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (
            {
                "log_level": "ERROR",
                "errorType": "Runtime.ImportModuleError",
                "errorMessage": "no x",
            },
            "Runtime.ImportModuleError: no x",
        ),
        ({"level": "ERROR", "errorType": "KeyError", "errorMessage": "y"}, "KeyError: y"),
        ({"type": "platform.report", "record": {"status": "timeout"}}, "timeout"),
        (
            {"record": {"status": "error", "errorType": "Runtime.OutOfMemory"}},
            "error Runtime.OutOfMemory",
        ),
    ],
)
def test_what_lambda_says_is_a_reason_where_no_line_names_the_file(
    line: dict[str, Any], reason: str
) -> None:
    """A crash and a time-out say nothing about files."""
    errors = failures.Failures()
    for text in (line, {"record": {"status": "success"}}, {"record": "x"}, {"level": "INFO"}):
        errors.add(text)
    assert errors.of("unknown", "unknown").endswith(f"the function itself failed: {reason}")
    errors.add({"level": "ERROR", "message": "out of time", "message_id": "known"})
    assert errors.of("known", "unknown") == "out of time"


def test_the_log_is_asked_for_lambdas_own_lines_too() -> None:
    """CloudWatch Logs User Guide, "Using filter patterns to match terms in JSON log events"."""
    assert failures.ERRORS == (
        '{ $.level = "ERROR" || $.log_level = "ERROR" || $.record.status = "error"'
        ' || $.record.status = "failure" || $.record.status = "timeout" }'
    )


def test_only_the_chosen_keys_go_back(s3: Any, sqs: Any, stack: Stack) -> None:
    sqs.put(PUT, reason="r")
    sqs.put(PUT.replace("readings", "others"), reason="r")
    assert redrive.run(REPORT, stack, s3, sqs, Selection(keys={KEY})) == 0
    assert [message["Body"] for message in sqs.queues["ingest"].values()] == [PUT]
    assert len(sqs.queues["dlq"]) == 1
    assert not sqs.hidden
    assert redrive.run(REPORT, stack, s3, sqs, Selection(keys={KEY})) == 0
    assert len(sqs.queues["ingest"]) == 1


def test_nothing_is_deleted_before_it_is_sent(s3: Any, sqs: Any, stack: Stack) -> None:
    message_id = sqs.put(PUT)
    sqs.fail["send"] = refused("InternalError")
    assert redrive.move(sqs, LANE, {message_id}, ignore)[0] == 0
    assert redrive.run(REPORT, stack, s3, sqs, Selection(keys={KEY})) == 1
    assert len(sqs.queues["dlq"]) == 1
    assert "delete" not in sqs.calls
    sqs.fail = {"delete": refused("InternalError")}
    assert redrive.run(REPORT, stack, s3, sqs, Selection(keys={KEY})) == 1
    assert len(sqs.queues["ingest"]) == len(sqs.queues["dlq"]) == 1
    assert not sqs.hidden


def test_without_permission_it_stops_at_once(s3: Any, sqs: Any, stack: Stack) -> None:
    sqs.put(PUT)
    sqs.fail["send"] = refused("AccessDenied")
    with pytest.raises(ClientError):
        redrive.run(REPORT, stack, s3, sqs, Selection(keys={KEY}))
    assert not sqs.hidden


@pytest.mark.parametrize("ended", [refused("ExpiredToken"), KeyboardInterrupt()])
def test_what_ends_it_in_the_middle_leaves_word_of_what_is_done(
    s3: Any,
    sqs: Any,
    stack: Stack,
    capsys: pytest.CaptureFixture[str],
    ended: BaseException,
) -> None:
    for _ in range(20):
        sqs.put(PUT)
    delete = sqs.delete_message

    def delete_some(**request: Any) -> None:
        if len(sqs.queues["dlq"]) == 15:
            sqs.fail["delete"] = ended
        delete(**request)

    sqs.delete_message = delete_some
    with pytest.raises(type(ended)):
        discard.run(REPORT, stack, s3, sqs, Selection(keys={KEY}))
    assert sqs.calls.count("delete") == 6
    assert "5 of 20" in capsys.readouterr().err
    assert not sqs.hidden


def test_a_move_by_sqs_goes_on_without_us(
    s3: Any,
    sqs: Any,
    stack: Stack,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def interrupt(_: float) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("time.sleep", interrupt)
    sqs.put(PUT)
    sqs.tasks = [RUNNING, RUNNING]
    with pytest.raises(KeyboardInterrupt):
        redrive.run(REPORT, stack, s3, sqs, Selection())
    assert "by SQS, which goes on" in capsys.readouterr().err


def test_a_message_that_vanished_is_reported(sqs: Any, stack: Stack) -> None:
    moved, problem = redrive.move(sqs, LANE, {"m9"}, ignore)
    assert (moved, problem) == (0, "1 message of the plan not in the queue any more")


@pytest.mark.parametrize(
    "code", ["InvalidAction", "UnsupportedOperation", "AWS.SimpleQueueService.UnsupportedOperation"]
)
@pytest.mark.parametrize("operation", ["list tasks", "start task"])
def test_where_sqs_cannot_move_by_itself_we_do(
    s3: Any, sqs: Any, stack: Stack, code: str, operation: str
) -> None:
    sqs.put(PUT)
    sqs.put("not an event")
    sqs.fail[operation] = refused(code)
    assert redrive.run(REPORT, stack, s3, sqs, Selection()) == 0
    assert len(sqs.queues["ingest"]) == 2
    assert not sqs.queues["dlq"]


def test_sqs_moves_everything_where_it_can(sqs: Any, stack: Stack) -> None:
    """The task of an earlier move is listed until the new one appears."""
    sqs.put(PUT)
    earlier = {"Status": "FAILED", "StartedTimestamp": 1}
    sqs.tasks = [earlier, earlier, RUNNING, DONE]
    assert redrive.move_natively(sqs, LANE, ignore) == (3, "")
    assert sqs.calls.count("start task") == 1
    assert "send" not in sqs.calls


def test_a_move_that_runs_already_is_followed(sqs: Any, stack: Stack) -> None:
    sqs.tasks = [RUNNING, RUNNING, DONE]
    assert redrive.move_natively(sqs, LANE, ignore) == (3, "")
    assert "start task" not in sqs.calls


def test_a_move_that_fails_is_reported(s3: Any, sqs: Any, stack: Stack) -> None:
    sqs.put(PUT)
    failed = {**DONE, "Status": "FAILED", "FailureReason": "AccessDenied"}
    sqs.tasks = [{"Status": "COMPLETED", "StartedTimestamp": 1}, failed]
    assert redrive.run(REPORT, stack, s3, sqs, Selection()) == 1


def test_what_nobody_can_read_is_shown_and_can_be_discarded(
    s3: Any, sqs: Any, stack: Stack
) -> None:
    body = PUT.replace('"size": 5', '"size": 1e999')
    assert body != PUT
    message = sqs.put(body)
    (row,) = parked.files({LANE: held(sqs)})
    assert row.upload is None
    assert discard.run(REPORT, stack, s3, sqs, Selection(message_ids={message})) == 0
    assert not sqs.queues["dlq"]


def test_each_lane_has_its_own_queues(
    s3: Any, sqs: Any, two_lanes: Stack, capsys: pytest.CaptureFixture[str]
) -> None:
    sqs.fail["list tasks"] = refused("UnsupportedOperation")
    other = PUT.replace("readings.txt", "reports/a.csv")
    sqs.put(PUT, reason="r")
    sqs.put(other, reason="r", queue="csv-dlq")
    assert parked.run(Report(), two_lanes, s3, sqs, None) == 5
    lines = [line.split("\t") for line in capsys.readouterr().out.splitlines()]
    assert [line[0] for line in lines[:3]] == ["processor", "csv", "receipts"]

    only = replace(two_lanes, processor="receipts")
    assert parked.run(Report(), only, s3, sqs, None) == 5
    assert capsys.readouterr().out.startswith("key\t"), "no column where there is no selection"
    assert redrive.run(REPORT, only, s3, sqs, Selection()) == 0
    assert [message["Body"] for message in sqs.queues["ingest"].values()] == [PUT]
    assert sqs.queues["csv-dlq"]

    capsys.readouterr()
    assert redrive.run(REPORT, two_lanes, s3, sqs, Selection()) == 0
    assert [message["Body"] for message in sqs.queues["csv-ingest"].values()] == [other]
    document = json.loads(capsys.readouterr().out)
    assert [row["processor"] for row in document["planned"]] == ["csv"]
    assert document["moved"] == 1


def test_an_empty_queue_is_told_from_one_that_somebody_else_reads(
    s3: Any, sqs: Any, stack: Stack, capsys: pytest.CaptureFixture[str]
) -> None:
    assert parked.run(REPORT, stack, s3, sqs, None) == 0
    message = sqs.put(PUT)
    sqs.hidden[message] = 30
    capsys.readouterr()
    assert parked.run(REPORT, stack, s3, sqs, None) == 5
    assert json.loads(capsys.readouterr().out) == {"stack": "files", "parked": [], "hidden": 1}


OURS = ("096fKKXTRTtl3on89fVO.nfljtsv6qko", "5d41402abc4b2a76b9719d911017c592")  # of PUT
WITHOUT_VERSIONS = PUT.replace(OURS[0], "null")


@pytest.mark.parametrize(
    ("body", "versions", "deleted", "state"),
    [
        (PUT, [OURS, ("v0", "e")], False, "current"),
        (PUT, [("v2", OURS[1]), OURS], False, "superseded"),
        (PUT, [("v2", "e")], False, "superseded"),
        (PUT, [OURS], True, "deleted"),
        (PUT, [], False, "deleted"),
        (WITHOUT_VERSIONS, [("null", OURS[1])], False, "current"),
        (WITHOUT_VERSIONS, [("null", "e")], False, "superseded"),
    ],
)
def test_a_file_that_was_uploaded_again_is_marked(
    s3: Any,
    sqs: Any,
    stack: Stack,
    capsys: pytest.CaptureFixture[str],
    body: str,
    versions: list[tuple[str, str]],
    deleted: bool,
    state: str,
) -> None:
    sqs.put(body, reason="damaged")
    sqs.put("from a stranger")
    s3.versions[KEY] = versions
    s3.deleted = {KEY} if deleted else set()
    assert parked.run(REPORT, stack, s3, sqs, None) == 5
    rows = json.loads(capsys.readouterr().out)["parked"]
    assert [row["state"] for row in rows] == [state, ""]
    assert discard.run(REPORT, stack, s3, sqs, Selection(keys={KEY})) == 0
    (row,) = json.loads(capsys.readouterr().out)["planned"]
    assert row["state"] == state


@pytest.mark.parametrize("error", [refused("AccessDenied"), UnicodeEncodeError("a", "b", 0, 1, "")])
def test_who_may_not_list_versions_still_sees_what_is_parked(
    s3: Any, sqs: Any, stack: Stack, capsys: pytest.CaptureFixture[str], error: Exception
) -> None:
    sqs.put(PUT, reason="damaged")
    s3.error = error
    assert parked.run(REPORT, stack, s3, sqs, None) == 5
    output = capsys.readouterr()
    assert json.loads(output.out)["parked"][0]["state"] == "unknown"
    assert str(error) in output.err


def test_a_long_queue_is_not_looked_up_as_a_whole(
    s3: Any,
    sqs: Any,
    stack: Stack,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(version_states, "MAX_KEYS", 1)
    for name in ("first", "second"):
        sqs.put(PUT.replace("readings", name))
    parked.run(REPORT, stack, s3, sqs, None)
    output = capsys.readouterr()
    states = [row["state"] for row in json.loads(output.out)["parked"]]
    assert states == ["deleted", "unknown"]
    assert "first 1 files only" in output.err


def test_many_files_are_looked_up_at_the_same_time(
    s3: Any,
    sqs: Any,
    stack: Stack,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    both = Barrier(2, timeout=10)
    paginate = s3.paginate
    monkeypatch.setattr(s3, "paginate", lambda **request: (both.wait(), paginate(**request))[1])
    for name in ("first", "second"):
        sqs.put(PUT.replace("readings", name))
    parked.run(REPORT, stack, s3, sqs, None)
    rows = json.loads(capsys.readouterr().out)["parked"]
    assert [row["state"] for row in rows] == 2 * ["deleted"]


def test_looking_counts_as_nothing(
    s3: Any, sqs: Any, stack: Stack, capsys: pytest.CaptureFixture[str]
) -> None:
    """What SQS counts are receives, and each look is one."""
    message = sqs.put(PUT, reason="r")
    parked.run(REPORT, stack, s3, sqs, None)
    before = capsys.readouterr().out
    sqs.queues["dlq"][message]["Attributes"]["ApproximateReceiveCount"] = "5"
    parked.run(REPORT, stack, s3, sqs, None)
    assert capsys.readouterr().out == before


def test_what_nobody_can_read_is_left_or_sent_back_by_choice(
    s3: Any, sqs: Any, stack: Stack, capsys: pytest.CaptureFixture[str]
) -> None:
    sqs.put(PUT)
    stranger = sqs.put("from a stranger")
    assert redrive.run(REPORT, stack, s3, sqs, Selection(files=True)) == 0
    assert [message.message_id for message in held(sqs)] == [stranger]
    assert "start task" not in sqs.calls, "SQS can only move everything"
    assert redrive.run(REPORT, stack, s3, sqs, Selection(message_ids={stranger})) == 0
    assert "1 message cannot be read" in capsys.readouterr().err
    bodies = [message["Body"] for message in sqs.queues["ingest"].values()]
    assert bodies == [PUT, "from a stranger"]


def test_discarding_takes_what_was_named_and_leaves_the_rest(
    s3: Any, sqs: Any, stack: Stack, capsys: pytest.CaptureFixture[str]
) -> None:
    sqs.put(PUT, reason="damaged")
    stranger = sqs.put("from a stranger", reason="not an S3 event")
    other = sqs.put(PUT.replace("readings", "others"), reason="damaged")
    assert discard.run(REPORT, stack, s3, sqs, Selection(keys={KEY}, message_ids={stranger})) == 0
    document = json.loads(capsys.readouterr().out)
    assert (len(document["planned"]), document["discarded"], document["problem"]) == (2, 2, "")
    assert [message.message_id for message in held(sqs)] == [other]
    assert not sqs.queues["ingest"], "nothing goes back to the ingest queue"


def test_discarding_everything_and_then_nothing(
    s3: Any, sqs: Any, stack: Stack, capsys: pytest.CaptureFixture[str]
) -> None:
    sqs.put(PUT)
    sqs.put("anything")
    assert discard.run(REPORT, stack, s3, sqs, Selection()) == 0
    assert not held(sqs)
    capsys.readouterr()
    assert discard.run(REPORT, stack, s3, sqs, Selection(message_ids={"m1"})) == 0
    assert "no parked message is about m1" in capsys.readouterr().err


def test_nothing_is_discarded_before_somebody_agrees(s3: Any, sqs: Any, stack: Stack) -> None:
    sqs.put(PUT)
    assert discard.run(Report(as_json=True), stack, s3, sqs, Selection(keys={KEY})) == 2
    assert len(held(sqs)) == 1


def test_what_could_not_be_discarded_is_said(
    s3: Any, sqs: Any, stack: Stack, capsys: pytest.CaptureFixture[str]
) -> None:
    sqs.put(PUT)
    sqs.fail["delete"] = refused("ServiceUnavailable")
    assert discard.run(REPORT, stack, s3, sqs, Selection(keys={KEY})) == 1
    document = json.loads(capsys.readouterr().out)
    assert document["discarded"] == 0
    assert "ServiceUnavailable" in document["problem"]
