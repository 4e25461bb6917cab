"""A reconciliation that takes long: it stops anywhere, goes on there, and sends nothing twice."""

import json
import time
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from serverlessapp.errors import OperatorError
from serverlessapp.operations import comparison, enqueue, reconcile
from serverlessapp.operations.plan import SendPlan
from serverlessapp.operations.stack import Stack
from serverlessapp.report import Report

from .world import NOW, World

REPORT = Report(as_json=True, yes=True)
EXPIRED = ClientError({"Error": {"Code": "ExpiredToken", "Message": "expired"}}, "Operation")
BUSY = {"SenderFault": False, "Code": "InternalError"}
WRONG = {"SenderFault": True, "Code": "InvalidMessageContents"}


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setattr(enqueue, "PAUSE_SECONDS", 0)
    world = World()
    world.files = {f"uploads/{number:04}": NOW - timedelta(days=3) for number in range(450)}
    return world


def run(stack: Stack, world: Any, report: Report = REPORT, **options: Any) -> int:
    return reconcile.run(report, stack, world, world, world, **options)


def raiser(error: Exception) -> Any:
    def call(*_: Any) -> Any:
        raise error

    return call


def sent_keys(world: Any) -> list[str]:
    return [
        json.loads(message["Body"])["Records"][0]["s3"]["object"]["key"]
        for message in world.queues["ingest"].values()
    ]


def stop(world: Any, operation: str, calls: int, error: BaseException) -> None:
    """Let an operation raise, once, after some calls."""
    original = getattr(world, operation)
    left = calls

    def call(**request: Any) -> Any:
        nonlocal left
        left -= 1
        if left == -1:
            raise error
        return original(**request)

    setattr(world, operation, call)


@pytest.mark.parametrize(
    ("operation", "calls"),
    [("batch_get_item", 2), ("send_message_batch", 0), ("send_message_batch", 17)],
)
@pytest.mark.parametrize("error", [EXPIRED, KeyboardInterrupt()])
def test_it_goes_on_where_it_was_stopped(
    stack: Stack,
    world: Any,
    capsys: Any,
    monkeypatch: pytest.MonkeyPatch,
    operation: str,
    calls: int,
    error: BaseException,
) -> None:
    monkeypatch.setattr(comparison, "THREADS", 1)  # or any of them may come third
    stop(world, operation, calls, error)
    options: Any = {"since": NOW - timedelta(days=30)}
    kind = KeyboardInterrupt if isinstance(error, KeyboardInterrupt) else OperatorError
    with pytest.raises(kind) as raised:
        run(stack, world, **options)
    told = capsys.readouterr().err + str(raised.value)
    (words,) = (line for line in told.splitlines() if "resumes where it stopped" in line)
    assert f"--since {options['since'].isoformat()}" in words
    assert ".sqlite" in words
    assert ("sign in again" in words) is (error is EXPIRED), "advice, as of any command"
    assert run(stack, world, **options) == 0
    document = json.loads(capsys.readouterr().out)
    assert sent_keys(world) == sorted(world.files), "each once, in order"
    assert document["sent"] == len(document["planned"]) == 450
    if operation == "batch_get_item":
        assert world.listed[1]["KeyMarker"] == "uploads/0199"
    else:
        assert len(world.listed) == 1


def test_other_options_are_another_run(stack: Stack, world: Any, state: Path) -> None:
    stop(world, "send_message_batch", 3, EXPIRED)
    with pytest.raises(OperatorError):
        run(stack, world)
    for others in ({"prefixes": ["uploads/01"]}, {"since": NOW - timedelta(days=9)}):
        world.listed.clear()
        run(stack, world, Report(), **others)
        assert world.listed, "it does not go on with the plan of other options"
    run(replace(stack, secret="of a stack of the same name"), world, Report())
    assert len(list(state.glob("*.sqlite"))) == 1, "a plan that nobody agreed to is deleted"


def test_a_second_run_leaves_what_waits(stack: Stack, world: Any, capsys: Any) -> None:
    assert run(stack, world) == 0
    world.files["uploads/new"] = NOW
    for new in (1, 0, 0):
        capsys.readouterr()
        assert run(stack, world) == 0
        document = json.loads(capsys.readouterr().out)
        assert (document["sent"], len(document["planned"])) == (new, new)
        assert len(document["enqueued"]) == 451 - new
    assert len(sent_keys(world)) == 451


def test_a_plan_that_nobody_agreed_to_forgets_nothing(stack: Stack, world: Any) -> None:
    run(stack, world)
    world.files["uploads/new"] = NOW
    assert run(stack, world, Report()) == 2
    assert run(stack, world) == 0
    assert len(sent_keys(world)) == 451


def test_what_was_sent_of_a_plan_is_not_forgotten(stack: Stack, world: Any) -> None:
    stop(world, "send_message_batch", 3, EXPIRED)
    with pytest.raises(OperatorError):
        run(stack, world)
    assert run(stack, world, Report()) == 2, "nobody agrees to the rest"
    assert run(stack, world) == 0
    assert sent_keys(world) == sorted(world.files)


def test_what_waits_no_more_is_judged_by_the_ledger(
    stack: Stack, world: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(stack, world)
    world.queues["ingest"].clear()
    world.ledgers["t"] = dict.fromkeys(list(world.files)[5:], NOW)
    run(stack, world)
    assert not sent_keys(world), "SQS may not have counted yet what was just sent"
    later = time.time() + reconcile.SETTLED_SECONDS + 1
    monkeypatch.setattr("serverlessapp.operations.reconcile.time.time", lambda: later)
    run(stack, world)
    assert sent_keys(world) == list(world.files)[:5]


def test_what_sqs_did_not_take_of_a_batch_is_sent_again(stack: Stack, world: Any) -> None:
    world.failed = [[{"Id": "3", **BUSY}, {"Id": "7", **BUSY}], [{"Id": "7", **BUSY}]]
    assert run(stack, world) == 0
    assert sorted(sent_keys(world)) == sorted(world.files)
    assert world.calls.count("send batch") == 45 + 2


def test_what_sqs_refuses_is_said_and_found_again(stack: Stack, world: Any, capsys: Any) -> None:
    world.failed = [[{"Id": "3", **WRONG}]]
    assert run(stack, world) == 1
    document = json.loads(capsys.readouterr().out)
    assert [file["key"] for file in document["refused"]] == ["uploads/0003"]
    assert document["sent"] == 449
    assert run(stack, world) == 0
    assert sent_keys(world)[-1] == "uploads/0003"


def test_it_stops_while_sqs_takes_nothing(stack: Stack, world: Any) -> None:
    world.failed = [[]] + [[{"Id": "0", **BUSY}]] * enqueue.ATTEMPTS
    with pytest.raises(OperatorError, match=r"InternalError.*resumes where it stopped"):
        run(stack, world)
    assert len(sent_keys(world)) == 19
    assert run(stack, world) == 1, "one file was refused"
    assert run(stack, world) == 0
    assert sorted(sent_keys(world)) == sorted(world.files)


def test_no_more_than_so_many_files_a_second(
    stack: Stack, world: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    now, slept = 0.0, []

    def sleep(seconds: float) -> None:
        nonlocal now
        slept.append(seconds)
        now += seconds

    monkeypatch.setattr("serverlessapp.operations.enqueue.time.monotonic", lambda: now)
    monkeypatch.setattr("serverlessapp.operations.enqueue.time.sleep", sleep)
    assert run(stack, world, rate=20) == 0
    assert sum(slept) == pytest.approx(440 / 20), "the last batch needs no wait after it"


def test_a_long_plan_is_shown_in_part_and_says_what_waits_already(
    stack: Stack, world: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    world.put("visible", queue="ingest")
    world.hidden[world.put("hidden", queue="ingest")] = 30
    assert run(stack, world, Report(yes=True)) == 0
    output = capsys.readouterr()
    assert "and 350 rows more" in output.out
    assert "about 2 messages still in the ingest queue" in output.err


def test_several_prefixes(stack: Stack, world: Any) -> None:
    assert run(stack, world, prefixes=["uploads/02", "uploads/01", "uploads/019"]) == 0
    assert [request["Prefix"] for request in world.listed] == ["uploads/01", "uploads/02"]
    assert sent_keys(world) == [key for key in world.files if key[8:10] in ("01", "02")]


def test_multipart_uploads_count_until_they_must_be_complete(stack: Stack, world: Any) -> None:
    """LastModified is when they began."""
    since = NOW - timedelta(days=10)
    world.files = {
        "uploads/long": since - timedelta(days=6.9),
        "uploads/longer": since - timedelta(days=7.1),
        "uploads/at-once": since - timedelta(days=6.9),
        "uploads/after": since,
    }
    world.etags = {"uploads/long": "e-3", "uploads/longer": "e-3"}
    assert run(stack, world, since=since) == 0
    assert sent_keys(world) == ["uploads/after", "uploads/long"]


def test_without_versions_etag_and_time_decide(stack: Stack, world: Any) -> None:
    world.versioned = False
    world.files = {f"uploads/{name}": NOW for name in ("new", "other", "same")}
    world.etags = {"uploads/other": "f"}
    world.ledgers["t"] = {"uploads/other": NOW, "uploads/same": NOW}
    original = world.batch_get_item

    def null_versions(**request: Any) -> Any:
        answer = original(**request)
        for item in answer["Responses"]["t"]:
            item["version_id"] = {"S": "null"}
        return answer

    world.batch_get_item = null_versions
    assert run(stack, world) == 0
    assert sent_keys(world) == ["uploads/new", "uploads/other"]


def test_one_command_at_a_time_works_with_a_plan(stack: Stack, world: Any, state: Path) -> None:
    stop(world, "send_message_batch", 3, EXPIRED)
    with pytest.raises(OperatorError):
        run(stack, world)
    (path,) = state.glob("*.sqlite")
    with SendPlan(path), pytest.raises(OperatorError, match="another command uses it"):
        run(stack, world)
    path.write_text("no database")
    with pytest.raises(OperatorError, match="delete it"):
        run(stack, world)


def test_a_plan_that_is_damaged_in_the_middle(stack: Stack, world: Any, state: Path) -> None:
    stop(world, "send_message_batch", 3, EXPIRED)
    with pytest.raises(OperatorError):
        run(stack, world)
    (path,) = state.glob("*.sqlite")
    content = path.read_bytes()
    path.write_bytes(content[:8192] + b"\xff" * (len(content) - 8192))
    with pytest.raises(OperatorError, match="damaged: delete it"):
        run(stack, world)
    path.unlink()
    assert run(stack, world) == 0
    assert set(sent_keys(world)) == set(world.files)


def test_where_no_plan_can_be_kept(
    stack: Stack, world: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "file"
    file.touch()
    monkeypatch.setenv("XDG_STATE_HOME", str(file))
    with pytest.raises(OperatorError, match="set XDG_STATE_HOME to another folder"):
        run(stack, world)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    with monkeypatch.context() as read_only:
        read_only.setattr("os.access", lambda *_: False)
        with pytest.raises(OperatorError, match="XDG_STATE_HOME"):
            run(stack, world)
    monkeypatch.delenv("XDG_STATE_HOME")
    monkeypatch.setattr(Path, "home", raiser(RuntimeError("no home")))
    with pytest.raises(OperatorError, match="XDG_STATE_HOME"):
        run(stack, world)


def test_another_command_may_end_meanwhile(
    stack: Stack, world: Any, state: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = state / "reconcile-other-0.sqlite-wal"
    monkeypatch.setattr(Path, "glob", lambda *_: [gone])
    assert run(stack, world) == 0


def test_plans_that_are_of_no_use_any_more_are_deleted(
    stack: Stack, world: Any, state: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(stack, world)
    (path,) = state.glob("*.sqlite")
    later = path.stat().st_mtime + 14 * 24 * 3600 + 1
    monkeypatch.setattr("serverlessapp.operations.state.time.time", lambda: later)
    run(replace(stack, name="another"), world, Report())
    assert not path.exists()


def test_the_screen_has_the_first_rows_and_the_number(
    stack: Stack, world: Any, capsys: Any
) -> None:
    run(stack, world, Report(yes=True))
    told = capsys.readouterr().out
    assert told.count("uploads/") == 100
    assert "and 350 rows more" in told
    assert "450 files: never processed" in told
