"""What the command shows, and how it ends."""

import json
from typing import Any

import pytest

from serverlessapp.capacity import costs
from serverlessapp.capacity.report import duration
from serverlessapp.capacity.workload import Pollers, Workload
from serverlessapp.cli.main import main


def ran(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    code = main(["capacity", *arguments])
    captured = capsys.readouterr()
    return code, captured.out, captured.err


def as_document(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, Any]:
    code, out, _ = ran(capsys, *arguments, "--json")
    return code, json.loads(out)


def test_a_burst(capsys: pytest.CaptureFixture[str]) -> None:
    code, found = as_document(capsys, "--seconds", "2", "--files", "1e6")
    assert code == 0
    assert (found["problems"], found["warnings"]) == ([], [])
    assert found["parts"][0]["part"] == "MaximumConcurrency"
    (burst,) = found["bursts"]
    assert burst["uploaded"] == pytest.approx(1e6 / 3500)
    assert burst["done"] == pytest.approx(1e6 / 50, rel=0.001)
    assert next(iter(burst["limited_by"])) == "MaximumConcurrency"


def test_the_same_as_a_table(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = ran(capsys, "--seconds", "2", "--files", "1e6")
    assert (code, err) == (0, "")
    assert out.splitlines()[1].startswith("MaximumConcurrency\t50\t50\t0%")
    assert "1,000,000\t4.8 min\t985,727\t5.6 h\tMaximumConcurrency" in out


def test_more_come_than_go(capsys: pytest.CaptureFixture[str]) -> None:
    code, found = as_document(capsys, "--seconds", "20", "--per-hour", "36000", "--files", "10")
    assert code == 1
    assert found["problems"] == ["MaximumConcurrency: 10 files/s come, 5 get through"]
    assert found["parts"][0]["used"] == pytest.approx(2)
    assert found["bursts"][0]["done"] is None


def test_sqs_forgets(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = ran(capsys, "--seconds", "2")
    assert code == 1
    assert "23 days" in out
    assert err.startswith("error: 100,000,000 files: SQS forgets")
    assert err.count("\n") == 1


def test_sqs_forgets_nothing_that_waits_less(capsys: pytest.CaptureFixture[str]) -> None:
    """The last of 20 million waits 4.6 days, since what comes all the time waits behind it."""
    code, out, err = ran(capsys, "--seconds", "2", "--per-hour", "144000", "--files", "2e7")
    assert (code, err) == (0, "")
    assert "23 days" in out, "until nothing waits"


def test_what_refuses_calls_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    options = ("--seconds", "2", "--prefixes", "9", "--files", "1e6", "--concurrency")
    code, _, err = ran(capsys, *options, "1000")
    assert code == 0
    assert "DynamoDB writes refuses more" in err
    assert ran(capsys, *options, "800")[2] == ""


def test_log_lines_may_be_lost(capsys: pytest.CaptureFixture[str]) -> None:
    options = ("--seconds", "0.1", "--concurrency", "1000", "--files", "1e6")
    code, _, err = ran(capsys, *options, "--quota", "logs-writes=100")
    assert (code, err.split(":")[0]) == (0, "warning")
    code, _, err = ran(capsys, *options, "--quota", "logs-writes=1", "--per-hour", "72000")
    assert (code, err.split(":")[0]) == (0, "warning"), "no file waits for that"


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("--seconds", "x"),
        ("--seconds", "2", "--pollers", "3"),
        ("--seconds", "2", "--files", "0"),
        ("--seconds", "2", "--files", "nan"),
        ("--seconds", "2", "--quota", "lambda-concurrency"),
    ],
)
def test_wrong_usage(capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...]) -> None:
    code, out, err = ran(capsys, *arguments)
    assert (code, out) == (2, "")
    assert "Traceback" not in err


def test_what_files_cost() -> None:
    work = Workload(seconds=2, size=2, memory=512, kms=True)
    alone = costs.of_files(1e6, work, batch=1)
    # 1e6 requests at 20 cents a million; 1e6 x 2 s x 0.5 GB = 1e6 GB-seconds.
    assert alone["Lambda"] == pytest.approx(0.20 + 1e6 * 0.0000133334)
    assert alone["KMS"] == pytest.approx(1e6 * 0.03 / 10_000)
    assert alone["S3"] == pytest.approx(5.00 + 0.40 + 2000 * 0.023)
    # Ten at a time share their seconds, where they wait.
    full = costs.of_files(1e6, work, batch=10)
    assert full["Lambda"] == pytest.approx(0.02 + 1e5 * 0.0000133334)
    busy = Workload(seconds=2, side_by_side=1, memory=512)
    assert costs.of_files(1e6, busy, batch=10)["Lambda"] == pytest.approx(0.02 + 13.3334)
    assert costs.of_pollers(Workload(seconds=1, pollers=Pollers(20, 30), lanes=2)) == pytest.approx(
        40 * 730 * 0.00925
    )


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0.2, "0 s"), (89, "89 s"), (90, "1.5 min"), (20_000, "5.6 h"), (2e6, "23 days")],
)
def test_durations(seconds: float, text: str) -> None:
    assert duration(seconds) == text
