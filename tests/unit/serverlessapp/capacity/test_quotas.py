"""Each quota has a page and a date, is used, and can be another where AWS says so."""

from collections.abc import Iterator, Mapping
from datetime import date

import pytest

from serverlessapp.capacity.quotas import quotas, values
from serverlessapp.capacity.report import capacity
from serverlessapp.capacity.workload import Pollers, Workload
from serverlessapp.errors import OperatorError
from serverlessapp.partitions import supported

from .workloads import QUOTA


class Noticed(Mapping[str, float]):
    """Values that know which of them were asked for."""

    def __init__(self) -> None:
        self.asked: set[str] = set()

    def __getitem__(self, name: str) -> float:
        self.asked.add(name)
        return QUOTA[name]

    def __iter__(self) -> Iterator[str]:
        return iter(QUOTA)

    def __len__(self) -> int:
        return len(QUOTA)


def test_each_says_what_where_and_when() -> None:
    for name, quota in quotas().items():
        guide, comma, page = quota.page.partition(", ")
        assert guide.startswith(("Amazon ", "AWS ")), name
        assert comma and page and quota.what and quota.unit, name
        assert date(2026, 11, 1) <= quota.read <= date.today(), name
        assert quota.value > 0
        assert quota.regions.keys() <= {*supported()}, name
        assert quota.value not in quota.regions.values(), f"{name}: what others have anyway"


def test_each_is_used() -> None:
    noticed = Noticed()
    everything = {"seconds": 1, "busiest_key": 0.1, "eventbridge": True, "kms": True}
    for pollers in (None, Pollers(2, 200)):
        capacity(Workload(**everything, pollers=pollers), noticed, [1])  # type: ignore[arg-type]
    assert noticed.asked == quotas().keys()


def test_the_value_of_a_region() -> None:
    assert values("eu-west-1")["kms-requests"] == 100_000
    assert values("eu-central-2")["kms-requests"] == 10_000
    assert values("eu-west-1")["eventbridge-invocations"] == 18_750


def test_an_account_may_have_another() -> None:
    changed = values("us-east-1", {"lambda-concurrency": "10"})
    assert changed == {**QUOTA, "lambda-concurrency": 10}


@pytest.mark.parametrize(
    ("region", "changed", "reason"),
    [
        ("mars-1", {}, "unknown Region mars-1"),
        ("cn-north-1", {}, "unknown Region cn-north-1"),
        ("us-east-1", {"lambda": "1"}, "lambda is no quota; .*lambda-concurrency"),
        ("us-east-1", {"s3-reads": "9000"}, "s3-reads is the same for every account"),
        ("us-east-1", {"lambda-concurrency": "many"}, "must be a number from 1 to .*, not many"),
        ("us-east-1", {"lambda-concurrency": "0"}, "must be a number from 1 to .*, not 0"),
        ("us-east-1", {"lambda-concurrency": "inf"}, "must be a number from 1"),
        ("us-east-1", {"lambda-concurrency": "1e-300"}, "must be a number from 1"),
    ],
)
def test_what_is_none_is_refused(region: str, changed: dict[str, str], reason: str) -> None:
    with pytest.raises(OperatorError, match=reason):
        values(region, changed)
