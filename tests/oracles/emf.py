"""What CloudWatch takes out of a document in its embedded metric format, and what it would not.

Source: Amazon CloudWatch User Guide, "Specification: Embedded metric format"; units and the number
of dimensions as botocore's model of PutMetricData has them.
"""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

import botocore.session

from serverlessapp.template.reading import Json

MOST = 100  # metrics in a document, and values of a metric
FORTNIGHT, TWO_HOURS = 14 * 86400, 2 * 3600  # seconds: how old or new CloudWatch takes data


@dataclass(frozen=True)
class MetricIdentity:
    """What CloudWatch tells metrics apart by: the dimensions' names and values, too."""

    namespace: str
    name: str
    dimensions: frozenset[tuple[str, str]]


@cache
def limits() -> tuple[frozenset[str], int]:
    """Return CloudWatch's units, and how many dimensions a metric may have."""
    model: Any = botocore.session.get_session().get_service_model("cloudwatch")
    most = model.shape_for("Dimensions").metadata["max"]
    return frozenset(model.shape_for("StandardUnit").enum), int(most)


def metrics(line: Json) -> Iterator[tuple[MetricIdentity, str]]:
    """Yield each metric of a log line with its unit.

    Raises:
        AssertionError: CloudWatch would not take the document as it is meant.
    """
    if "_aws" not in line:
        return
    units, most = limits()
    metadata = line["_aws"]
    milliseconds = metadata.get("Timestamp")
    assert isinstance(milliseconds, int), "Timestamp is a number of milliseconds"
    age = time.time() - milliseconds / 1000
    assert -TWO_HOURS < age < FORTNIGHT, "Timestamp is too old or too new"
    for directive in metadata["CloudWatchMetrics"]:
        assert directive.keys() == {"Namespace", "Dimensions", "Metrics"}, directive
        assert 0 < len(directive["Namespace"]) < 256
        assert not directive["Namespace"].startswith("AWS/"), "reserved for AWS"
        assert 0 < len(directive["Metrics"]) <= MOST
        assert directive["Dimensions"], "without a set of dimensions nothing is extracted"
        for names in directive["Dimensions"]:
            assert len(names) <= most
            dimensions = frozenset((name, target(line, name)) for name in names)
            for metric in directive["Metrics"]:
                assert metric.keys() <= {"Name", "Unit", "StorageResolution"}, metric
                check_values(metric["Name"], line.get(metric["Name"]))
                unit = metric.get("Unit", "None")
                assert unit in units, f"CloudWatch has no unit {unit}"
                identity = MetricIdentity(directive["Namespace"], metric["Name"], dimensions)
                yield identity, unit


def target(line: Json, name: str) -> str:
    """Return the value of a dimension."""
    value = line.get(name)
    assert isinstance(value, str), f"dimension {name} is {value!r}"
    assert 0 < len(value) <= 1024, f"dimension {name} is {value!r}"
    return value


def check_values(name: str, value: Any) -> None:
    """Refuse what is no number and no list of numbers."""
    values = value if isinstance(value, list) else [value]
    assert 0 < len(values) <= MOST, name
    assert all(type(each) in (int, float) for each in values), f"{name} is {value!r}"
