"""Whole runs of ``reconcile`` and ``reprocess``: what is planned, for whom, and what is sent."""

import json
import os
import tracemalloc
from contextlib import redirect_stdout
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from serverlessapp.operations import reconcile, reprocess
from serverlessapp.operations.events import sequencer_after
from serverlessapp.operations.spool import Spool
from serverlessapp.operations.stack import Stack
from serverlessapp.report import Report

from .world import KEPT, NOW, World

REPORT = Report(as_json=True, yes=True)


@pytest.fixture
def world() -> Any:
    world = World()
    names = ("a.txt", "reports/a.csv", "reports/b.csv", "reports/c.CSV")
    world.files = {f"uploads/{name}": NOW - timedelta(days=3) for name in names}
    world.ledgers["csv-t"]["uploads/reports/a.csv"] = NOW - timedelta(days=2)
    return world


def reconciled(stack: Stack, world: Any, capsys: Any, **options: Any) -> tuple[int, Any]:
    options = {**options}
    capsys.readouterr()
    code = reconcile.run(REPORT, stack, world, world, world, **options)
    return code, json.loads(capsys.readouterr().out)


def reprocessed(stack: Stack, world: Any, capsys: Any, **options: Any) -> tuple[int, Any]:
    options = {"keys": (), "prefix": None, "since": None, "until": None, **options}
    capsys.readouterr()
    code = reprocess.run(REPORT, stack, world, world, world, **options)
    return code, json.loads(capsys.readouterr().out)


def test_each_file_goes_to_the_processor_that_takes_it(
    two_lanes: Stack, world: Any, capsys: Any
) -> None:
    code, document = reconciled(two_lanes, world, capsys)
    assert (code, document["sent"]) == (0, 2)
    assert world.sent("ingest") == {"uploads/a.txt": "0"}
    assert world.sent("csv-ingest") == {"uploads/reports/b.csv": "0"}
    assert [row["processor"] for row in document["planned"]] == ["csv", "receipts"]
    (stray,) = document["untaken"]
    assert stray == {"key": "uploads/reports/c.CSV", "hint": "csv is case-sensitive"}


def test_one_processor_alone(two_lanes: Stack, world: Any, capsys: Any) -> None:
    _, document = reconciled(replace(two_lanes, processor="csv"), world, capsys)
    assert world.sent("csv-ingest").keys() == {"uploads/reports/b.csv"}
    assert not world.sent("ingest")
    assert len(document["untaken"]) == 1


def test_what_is_parked_for_a_processor_is_left_to_redrive(
    two_lanes: Stack, world: Any, capsys: Any
) -> None:
    reconciled(two_lanes, world, capsys)
    (body,) = (message["Body"] for message in world.queues["csv-ingest"].values())
    world.queues["csv-ingest"].clear()
    world.put(body.replace("uploads/", r"\ud800"), queue="csv-dlq")  # no such key can be
    world.put(body, queue="csv-dlq")
    _, document = reconciled(replace(two_lanes, processor="csv"), world, capsys)
    assert [file["key"] for file in document["parked"]] == ["uploads/reports/b.csv"]
    assert not world.sent("csv-ingest")


def test_a_file_whose_entry_may_have_expired_is_no_new_one_unless_asked(
    stack: Stack, world: Any, capsys: Any
) -> None:
    world.files = {"uploads/old": NOW - timedelta(days=400), "uploads/new": NOW}
    _, document = reconciled(stack, world, capsys)
    assert document["expired"] == 1
    assert world.sent("ingest").keys() == {"uploads/new"}
    _, document = reconciled(stack, world, capsys, since=NOW - timedelta(days=401))
    assert document["expired"] == 0
    assert world.sent("ingest").keys() == {"uploads/new", "uploads/old"}


def test_the_screen_has_the_first_of_many_strays(two_lanes: Stack, capsys: Any) -> None:
    world: Any = World()
    world.files = {f"uploads/{number:03}": NOW for number in range(25)}
    _, document = reconciled(two_lanes, world, capsys)
    assert len(document["untaken"]) == 25
    reconcile.run(Report(), two_lanes, world, world, world)
    told = capsys.readouterr().err.splitlines()
    assert told[0].startswith("25 files ")
    assert len(told) == 12


def test_reprocessing_comes_after_the_ledger_and_takes_what_is_not_in_it(
    two_lanes: Stack, world: Any, capsys: Any
) -> None:
    code, document = reprocessed(two_lanes, world, capsys, prefix="uploads/reports/")
    assert (code, document["sent"], document["left"]) == (0, 2, [])
    assert world.sent("csv-ingest") == {
        "uploads/reports/a.csv": sequencer_after(KEPT),
        "uploads/reports/b.csv": "0",
    }
    assert not world.sent("ingest")
    assert len(document["untaken"]) == 1


def test_a_period_is_about_when_files_were_processed(
    two_lanes: Stack, world: Any, capsys: Any
) -> None:
    reprocessed(two_lanes, world, capsys, since=NOW - timedelta(days=2.5))
    assert world.sent("csv-ingest").keys() == {"uploads/reports/a.csv"}
    world.ledgers["csv-t"]["uploads/reports/a.csv"] = NOW  # processed again meanwhile
    world.queues["csv-ingest"].clear()
    since, until = NOW - timedelta(days=2.5), NOW - timedelta(days=1)
    _, document = reprocessed(two_lanes, world, capsys, since=since, until=until)
    assert document["planned"] == []


def test_keys_by_name(two_lanes: Stack, world: Any, capsys: Any) -> None:
    keys = ("uploads/a.txt", "uploads/a.txt", "uploads/none.txt", "uploads/reports/c.CSV")
    code, document = reprocessed(two_lanes, world, capsys, keys=keys)
    assert (code, document["sent"]) == (1, 1)
    assert document["left"] == ["uploads/none.txt", "uploads/reports/c.CSV"]
    assert world.sent("ingest").keys() == {"uploads/a.txt"}


def test_a_damaged_entry_or_a_refused_key_is_named_and_the_others_are_sent(
    two_lanes: Stack, world: Any, capsys: Any
) -> None:
    world.kept, damaged = "damaged", "uploads/reports/a.csv"
    code, document = reconciled(two_lanes, world, capsys)
    assert (code, document["sent"]) == (1, 2)
    (row,) = document["damaged"]
    assert (row["key"], "damaged" in row["hint"]) == (damaged, True)
    world.ledgers["csv-t"].clear()  # as the hint says
    _, document = reconciled(two_lanes, world, capsys)
    assert [row["upload"]["key"] for row in document["planned"]] == [damaged], "it was not sent yet"
    world.ledgers["csv-t"][damaged] = NOW - timedelta(days=2)
    too_long = "uploads/" + "x" * 1024
    keys = (too_long, damaged, "uploads/a.txt")
    code, document = reprocessed(two_lanes, world, capsys, keys=keys)
    assert (code, document["sent"], document["left"]) == (1, 1, [damaged, too_long])


def test_nothing_is_sent_before_somebody_agrees(two_lanes: Stack, world: Any, capsys: Any) -> None:
    options: Any = {"keys": (), "prefix": "uploads/", "since": None, "until": None}
    assert reprocess.run(Report(), two_lanes, world, world, world, **options) == 2
    assert not world.sent("ingest")
    assert "uploads/reports/b.csv" in capsys.readouterr().out


@pytest.mark.once
def test_memory_does_not_grow_with_the_plan(stack: Stack) -> None:
    """The plan is on disk until somebody agrees, and the document is written as it is read."""

    class Endless(World):
        number = 0

        def paginate(self, **request: str) -> Any:
            for start in range(0, self.number, 1000):
                self.files = {f"uploads/{start + more:09}": NOW for more in range(1000)}
                yield from super().paginate(**request)

        def send_message(self, **request: Any) -> None:
            pass

    def peak(number: int) -> int:
        world: Any = Endless()
        world.number = number
        another = replace(stack, name=f"files-{number}")
        with Path(os.devnull).open("w") as nowhere, redirect_stdout(nowhere):
            tracemalloc.start()
            assert reconcile.run(REPORT, another, world, world, world) == 0
            _, most = tracemalloc.get_traced_memory()
            tracemalloc.stop()
        return most

    peak(1000)
    assert peak(8000) - peak(2000) < 500_000, "6,000 files in memory take 6 MB"


def test_a_spool_is_read_as_often_as_wanted() -> None:
    with Spool() as spool:
        for number in range(3):
            spool.append({"key": f"ä\n{number}"})
        assert len(spool) == 3
        assert list(spool) == list(spool) == [{"key": f"ä\n{number}"} for number in range(3)]
