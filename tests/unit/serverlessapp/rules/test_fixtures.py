"""Each rule of ours has a template without and one with its mistake, as cfn-lint sees them."""

from pathlib import Path
from typing import Any

import pytest

from serverlessapp.rules.rule import Rule
from serverlessapp.template.reading import read
from serverlessapp.validation import classes, configured, lint

pytestmark = pytest.mark.once

FOLDER = Path(__file__).parent / "fixtures"
RULES = classes()


@pytest.fixture(scope="module")
def runner(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Return cfn-lint without .cfnlintrc: it looks in one Region, for errors and warnings."""
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(tmp_path_factory.mktemp("empty"))
        return configured(FOLDER / f"good/{RULES[0].id}.yaml")


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_the_good_template_has_no_mistake_at_all(rule: type[Rule], runner: Any) -> None:
    assert lint(read(FOLDER / f"good/{rule.id}.yaml"), runner) == []


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_the_bad_template_has_that_mistake_alone(rule: type[Rule], runner: Any) -> None:
    violations = lint(read(FOLDER / f"bad/{rule.id}.yaml"), runner)
    assert {violation.rule for violation in violations} == {rule.id}
    assert all(violation.line > 1 for violation in violations)


@pytest.mark.parametrize("kind", ["good", "bad"])
def test_each_template_is_of_a_rule(kind: str) -> None:
    assert {path.stem for path in (FOLDER / kind).iterdir()} == {rule.id for rule in RULES}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_each_rule_says_what_it_is_for_and_where_that_is_from(rule: type[Rule]) -> None:
    assert rule.id[0] in "EW"
    assert rule.id[1:3] in ("92", "93")
    assert 10 < len(rule.shortdesc) < 80
    assert len(rule.description) > 20
    assert rule.source_url.startswith("https://docs.aws.amazon.com/")


def test_an_id_is_of_one_rule() -> None:
    assert len({rule.id for rule in RULES}) == len(RULES) > 10
