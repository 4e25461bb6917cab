"""What AWS wants to be said in a template is asked for, by cfn-lint and cloudformation-validate."""

import json
import re
import sys
from pathlib import Path

import pytest
from cloudformation_validate import RegoEngine

from generators.context import KEY
from serverlessapp.template.reading import load
from tests.analyzers.offline import run

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = sorted((ROOT / "templates").glob("*.yaml"))
CONFIGURATION = ROOT / ".cfnlintrc"
MISSING, WITHOUT_REASON, AGAINST_THE_SCHEMA = "I4010", "W4011", "W4012"
# What cloudformation-validate says and we keep.
KEPT = {
    # It takes the defaults of parameters without the conditions that guard them.
    "W1030",
    # It says of each property which replaces its resource that it does; Context says so too, and
    # tests/unit/generators/test_context.py checks that it does.
    "I9001",
}


@pytest.fixture(scope="module")
def engine() -> RegoEngine:
    return RegoEngine()


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.stem)
def test_cloudformation_validate_finds_nothing(path: Path, engine: RegoEngine) -> None:
    found = engine.validate_template(str(path)).diagnostics
    assert not [(item.rule_id, item.message) for item in found if item.rule_id not in KEPT]


def test_both_look_at_the_context(engine: RegoEngine, tmp_path: Path) -> None:
    """cfn-lint only if ``.cfnlintrc`` asks for it: these rules are experimental there."""
    template = load((ROOT / "templates/deploy-role.yaml").read_bytes())
    first, second, third, *_ = (item["Metadata"] for item in template["Resources"].values())
    del first[KEY], second[KEY]["why"]
    third[KEY]["mutable"] = "sometimes"
    path = tmp_path / "spoiled.json"
    path.write_text(json.dumps(template), encoding="utf-8")
    found = {item.rule_id for item in engine.validate_template(str(path)).diagnostics}
    assert {MISSING, WITHOUT_REASON, AGAINST_THE_SCHEMA} <= found
    program = Path(sys.executable).with_name("cfn-lint")
    said = run(program, "--config-file", CONFIGURATION, "--format", "json", path, folder=tmp_path)
    found = {match["Rule"]["Id"] for match in json.loads(said)}
    assert found == {MISSING, WITHOUT_REASON, AGAINST_THE_SCHEMA}


def test_cfn_lint_looks_in_every_partition() -> None:
    wanted = {"us-west-2", "us-east-1", "eu-west-1", "us-gov-west-1", "cn-north-1"}
    assert wanted <= set(re.findall(r"^  - (\S+)$", CONFIGURATION.read_text(), re.MULTILINE))
