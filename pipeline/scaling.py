"""What ``docs/scaling.md`` has from the model of capacity: quotas, limits, bursts, costs."""

from collections.abc import Mapping

from generators.tables import table
from serverlessapp.capacity import costs
from serverlessapp.capacity.quotas import quotas, values
from serverlessapp.capacity.report import PARTS, Capacity, burst_rows, capacity, part_rows
from serverlessapp.capacity.workload import BATCH, Pollers, Workload
from serverlessapp.cli.capacity import BURSTS as SIZES

REGION = "us-east-1"
FILE = {"seconds": 2.0}  # waits for services
BUSY = {"seconds": 2.0, "side_by_side": 1.0}  # computes
MORE = {"lambda-concurrency": "20000"}
# What differs from the form as it comes, and what of the account's quotas.
SETTINGS: tuple[tuple[Mapping[str, object], Mapping[str, str]], ...] = (
    (FILE, {}),
    ({**FILE, "concurrency": 800}, {}),
    ({**FILE, "concurrency": 800, "prefixes": 10}, {}),
    ({**FILE, "concurrency": 1000, "prefixes": 10}, {}),
    ({**FILE, "pollers": Pollers(20, 700), "prefixes": 10, "warm_throughput": 40_000}, MORE),
    ({**BUSY, "concurrency": 800, "prefixes": 10}, {}),
    ({**BUSY, "concurrency": 1000, "prefixes": 10, "lanes": 4}, MORE),
)
PLOTTED = (0, 4)  # of these, in the picture


def found(number: int) -> Capacity:
    """Return what the workload of a setting comes to."""
    workload, changed = SETTINGS[number]
    return capacity(Workload(**workload), values(REGION, changed), SIZES)  # type: ignore[arg-type]


def options(number: int) -> str:
    """Return a setting as ``serverlessapp capacity`` takes it."""
    workload, changed = SETTINGS[number]
    words = []
    for name, value in workload.items():
        text = f"{value:g}" if isinstance(value, float | int) else str(value)
        words.append(f"--{name.replace('_', '-')} {text}")
    return " ".join([*words, *(f"--quota {name}={value}" for name, value in changed.items())])


def limits() -> str:
    """Return what saturates in which order, as the form comes."""
    rows = [(*row[:3], f"`{row[-1]}`") for row in part_rows(found(0))]
    return table((*PARTS[:3], PARTS[-1]), rows)


def bursts() -> str:
    """Return how long bursts take, by setting."""
    rows = []
    for number in range(len(SETTINGS)):
        result = found(number)
        cells = []
        for row, each in zip(burst_rows(result), result.bursts):
            refused = " (!)" if result.refusing & each.limited_by.keys() else ""
            expires = " (expires)" if each.last_waits > result.retention else ""
            cells.append(f"{row[3]}{refused}{expires}<br>{row[4]}")
        # Each by itself, so that a narrow column has a line for each.
        given = options(number).replace(" --", "` `--")
        rows.append((f"`{given}`", *cells))
    return table(("`serverlessapp capacity`", *(f"{size:,.0f} files" for size in SIZES)), rows)


def costs_of_files() -> str:
    """Return what a million files cost, by what they are."""
    kinds = (
        ("small, quick", Workload(seconds=0.1, size=0.1)),
        ("2 s of waiting, 1 MB", Workload(seconds=2)),
        ("2 s of computing, 1 MB", Workload(seconds=2, side_by_side=1)),
        ("20 s of computing, 100 MB", Workload(seconds=20, side_by_side=1, size=100, memory=1769)),
    )
    rows = []
    for kind, work in kinds:
        for how, batch in (("sequential", 1), ("in a burst", BATCH)):
            paid = costs.of_files(1e6, work, batch=batch)
            dollars = (f"{value:,.2f}" for value in (*paid.values(), sum(paid.values())))
            rows.append((kind, f"{work.memory} MB", how, *dollars))
    return table(("a million files", "memory", "arrival", *paid, "dollars"), rows)


def of_aws() -> str:
    """Return every quota, with where and when it was read."""
    rows = []
    for name, quota in quotas().items():
        by_value: dict[float, list[str]] = {}
        for region, value in quota.regions.items():
            by_value.setdefault(value, []).append(region)
        elsewhere = [f"{', '.join(where)}: {value:,.0f}" for value, where in by_value.items()]
        allowed = "; ".join([f"{quota.value:,.0f} {quota.unit}", *elsewhere])
        account = "yes" if quota.adjustable else ""
        source = f"{quota.page} ({quota.read})"
        rows.append((f"`{name}`", f"{quota.what}. {quota.note}".strip(), allowed, account, source))
    return table(("name", "quota", "value", "adjustable", "source (read on)"), rows)
