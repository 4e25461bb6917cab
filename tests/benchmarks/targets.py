"""What generation has to reach."""

from dataclasses import dataclass

from tests.benchmarks.results import Result

FASTER_THAN_CDK = 30
TIMES_FLOOR = 5
PEAK_MB = 40


@dataclass(frozen=True)
class Verdict:
    """Whether one target is reached."""

    statement: str
    holds: bool


def judge(ours: Result, cdk: Result, floor: Result) -> list[Verdict]:
    """Compare the figures with the targets, unrounded."""
    faster = cdk.median / ours.median
    above = ours.median / floor.median
    return [
        Verdict(
            f"{faster:.2f} x faster than CDK (must be at least {FASTER_THAN_CDK})",
            faster >= FASTER_THAN_CDK,
        ),
        Verdict(f"{above:.2f} x the floor (must be at most {TIMES_FLOOR})", above <= TIMES_FLOOR),
        Verdict(f"peak {ours.peak_mb:.2f} MB (must be under {PEAK_MB})", ours.peak_mb < PEAK_MB),
    ]
