"""Measurements take turns."""

from tests.benchmarks.processes import Sample
from tests.benchmarks.rounds import interleave


def test_everybody_has_a_turn_in_each_round() -> None:
    order: list[str] = []

    def sample(name: str) -> Sample:
        order.append(name)
        return Sample(len(order), 1)

    samples = interleave({"a": "A", "b": "B", "c": "C"}, 2, sample)
    assert order == ["A", "B", "C", "A", "B", "C"]
    assert [taken.seconds for taken in samples["b"]] == [2, 5]
