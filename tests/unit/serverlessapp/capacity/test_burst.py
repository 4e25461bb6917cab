"""What comes of a burst: properties, and the same second by second."""

import math

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from serverlessapp.capacity.burst import Burst, Piece, burst
from serverlessapp.capacity.throughput import Throughput, throughputs
from serverlessapp.capacity.workload import Pollers, Workload

from .workloads import QUOTA, simulate, workloads

FILES = st.floats(1, 1e9)
# Of the times, more is longer. Fewer and larger pollers are not quicker: fewer of them call SQS.
# All others let more through.
NOT_MORE = {"dynamodb-doubling", "sqs-retention", "lambda-duration", "pollers-concurrency"}


def drained(work: Workload, files: float, **raised: float) -> Burst:
    quota = {**QUOTA, **{name.replace("_", "-"): value for name, value in raised.items()}}
    return burst(files, work.per_hour / 3600, throughputs(work, quota))


def no_later(moment: float, than: float) -> bool:
    return moment <= than * (1 + 1e-6) + 1e-6


def processed(piece: Piece) -> float:
    seconds = piece.end - piece.begin
    return seconds * (piece.rate + piece.growth * seconds / 2 if not piece.idle else piece.arriving)


@given(workloads(), FILES)
def test_what_was_processed_is_what_came(work: Workload, files: float) -> None:
    result = drained(work, files)
    assume(result.done < math.inf)
    came = files + work.per_hour / 3600 * result.done
    assert sum(map(processed, result.pieces)) == pytest.approx(came, rel=1e-6)
    assert result.waiting(result.done) == pytest.approx(0, abs=1e-6 * files)


@given(workloads(), FILES)
def test_pieces_follow_each_other(work: Workload, files: float) -> None:
    now, waiting = 0.0, 0.0
    for piece in drained(work, files).pieces:
        assert piece.begin == now
        assert piece.waiting == pytest.approx(waiting, rel=1e-6, abs=1e-6 * files)
        now, waiting = piece.end, piece.at(piece.end)


@given(workloads(), FILES)
def test_no_part_lets_more_through_than_it_can(work: Workload, files: float) -> None:
    parts = throughputs(work, QUOTA)
    steady = work.per_hour / 3600
    result = burst(files, steady, parts)
    least = min(part.last for part in parts if part.limits in ("queue", "calls"))
    assert result.fastest <= least * (1 + 1e-6)
    known = {part.part: part for part in parts}
    for piece in result.pieces:
        assert piece.idle or known[piece.part].first <= least * (1 + 1e-6), "never the lowest"
    arrival = min(part.last for part in parts if part.limits == "arrival")
    assert (result.done < math.inf) == (steady < min(least, arrival)) or steady == least


@given(workloads(), FILES, st.sampled_from(sorted(QUOTA.keys() - NOT_MORE)), st.floats(1, 100))
def test_more_quota_is_never_slower(work: Workload, files: float, name: str, factor: float) -> None:
    raised = {name: QUOTA[name] * factor}
    assert no_later(drained(work, files, **raised).done, than=drained(work, files).done)


@given(workloads(), FILES, st.floats(1, 10), st.floats(0.1, 1))
def test_more_files_and_slower_ones_take_longer(
    work: Workload, files: float, factor: float, faster: float
) -> None:
    result = drained(work, files)
    assert no_later(result.done, than=drained(work, files * factor).done)
    values = {**vars(work), "seconds": max(0.001, work.seconds * faster)}
    assert no_later(drained(Workload(**values), files).done, than=result.done)


@settings(deadline=None, max_examples=60)
@given(workloads(), st.floats(3, 8).map(lambda digits: 10.0**digits))
@example(Workload(seconds=2, concurrency=1000, prefixes=10), 1e7)
@example(Workload(seconds=0.1, pollers=Pollers(2, 2000), prefixes=50, warm_throughput=10_000), 1e8)
@example(Workload(seconds=9, pollers=Pollers(2, 2000), prefixes=50, lanes=3, per_hour=1e6), 3e7)
def test_it_agrees_with_what_happens_second_by_second(work: Workload, files: float) -> None:
    result = drained(work, files)
    assume(result.done < 15_000)
    done, most_waiting = simulate(work, QUOTA, files)
    assert done == pytest.approx(result.done, rel=0.01, abs=3)
    # A second's files wait in a simulation that takes them second by second.
    fastest = max((piece.arriving for piece in result.pieces), default=0)
    assert most_waiting == pytest.approx(result.most_waiting, rel=0.02, abs=3 * fastest)


def test_what_nothing_limits_is_done_when_it_is_uploaded() -> None:
    quick = Workload(seconds=0.001, concurrency=1000)
    result = drained(quick, 1e5)
    assert result.done == result.uploaded == pytest.approx(1e5 / 3500)
    assert result.most_waiting == 0
    assert result.limited_by == {"S3 writes": result.done}


def constant(part: str, rate: float, limits: str = "calls") -> Throughput:
    return Throughput(part=part, quota="", first=rate, last=rate, limits=limits)  # type: ignore[arg-type]


def test_a_burst_by_hand() -> None:
    """100 files come in 10 s; 1 to 5 files a second go, one more each second: 4 s of 1 to 5."""
    ramp = Throughput(part="ramp", quota="", first=1, last=20, growth=1)
    parts = [constant("uploads", 10, "arrival"), ramp, constant("wall", 5)]
    result = burst(100, 0, parts)
    assert result.uploaded == 10
    # 12 in the first 4 s, then 5 a second: the other 88 take 17.6 s.
    assert result.done == pytest.approx(4 + 88 / 5)
    assert result.limited_by == pytest.approx({"wall": 17.6, "ramp": 4})
    assert result.most_waiting == pytest.approx(100 - 12 - 6 * 5)
    assert result.waiting(2) == pytest.approx(20 - (2 + 2))


def test_lines_that_cross_twice() -> None:
    """First 1, 3, 5 ... files a second, then 5 and one more each second, then 8."""
    steep = Throughput(part="steep", quota="", first=1, last=90, growth=2)
    slow = Throughput(part="slow", quota="", first=3, last=90, growth=1)
    result = burst(500, 0, [constant("uploads", 99, "arrival"), steep, slow, constant("wall", 8)])
    # 1 to 5 for 2 s are 6 files, 5 to 8 for 3 s are 19.5; the others take 8 a second.
    assert result.done == pytest.approx(5 + (500 - 6 - 19.5) / 8)
    assert result.limited_by == pytest.approx({"wall": 474.5 / 8, "slow": 3, "steep": 2})


def test_what_comes_all_the_time_keeps_a_burst_waiting() -> None:
    parts = [constant("uploads", 10, "arrival"), constant("wall", 5)]
    assert burst(60, 4, parts).done == pytest.approx(60 / (5 - 4))
    # 36 wait after 60 / (10 - 4) s, and go 5 a second before what came after them.
    assert burst(60, 4, parts).last_waits == pytest.approx((10 - 5) * 10 / 5)
    assert burst(60, 5, parts).done == math.inf
    assert burst(60, 10, parts).uploaded == math.inf


def test_a_table_doubles() -> None:
    table = Throughput(part="table", quota="", first=10, last=35, doubling=100)
    result = burst(10_000, 0, [constant("uploads", 1000, "arrival"), table])
    # 1,000 at 10, 2,000 at 20, and then 35 a second.
    assert result.done == pytest.approx(200 + 7000 / 35)
