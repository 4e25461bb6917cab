"""Seeded mistakes are caught, and the templates as they are have none."""

import pytest

from serverlessapp.template.reading import Template
from tests.oracles import oracle, validators
from tests.oracles.seeds import SEEDS, Seed, of
from tests.oracles.templates import TEMPLATES, possible

ORACLES = ("calls", "validators")


def test_there_are_enough_and_each_is_one_of_its_own() -> None:
    assert len(SEEDS) >= 30
    assert len({seed.name for seed in SEEDS}) == len(SEEDS)
    assert {seed.oracle for seed in SEEDS} <= set(ORACLES)


@pytest.mark.parametrize("seed", of("calls"), ids=lambda seed: seed.name)
def test_a_call_shows_it(seed: Seed) -> None:
    assert any(oracle.refusals(possible(seed.template, seed.spoiled())))


@pytest.mark.parametrize("template", TEMPLATES.values(), ids=TEMPLATES)
def test_the_validator_finds_nothing(template: Template) -> None:
    assert validators.findings(template) == set()


@pytest.mark.parametrize("seed", of("validators"), ids=lambda seed: seed.name)
def test_the_validator_finds_it(seed: Seed) -> None:
    assert validators.findings(seed.spoiled()) != set()
