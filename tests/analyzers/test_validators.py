"""What AWS wants to be said in a template is asked for, by cfn-lint and cloudformation-validate."""

import json
import sys
from pathlib import Path

from cloudformation_validate import RegoEngine

from generators.context import KEY
from serverlessapp.template.reading import load
from tests.analyzers.offline import run

ROOT = Path(__file__).resolve().parents[2]
CONFIGURATION = ROOT / ".cfnlintrc"
MISSING, WITHOUT_REASON, AGAINST_THE_SCHEMA = "I4010", "W4011", "W4012"


def test_both_look_at_the_context(tmp_path: Path) -> None:
    """cfn-lint only if ``.cfnlintrc`` asks for it: these rules are experimental there."""
    template = load((ROOT / "templates/deploy-role.yaml").read_bytes())
    first, second, third, *_ = (item["Metadata"] for item in template["Resources"].values())
    del first[KEY], second[KEY]["why"]
    third[KEY]["mutable"] = "sometimes"
    path = tmp_path / "spoiled.json"
    path.write_text(json.dumps(template), encoding="utf-8")
    found = {item.rule_id for item in RegoEngine().validate_template(str(path)).diagnostics}
    assert {MISSING, WITHOUT_REASON, AGAINST_THE_SCHEMA} <= found
    program = Path(sys.executable).with_name("cfn-lint")
    said = run(program, "--config-file", CONFIGURATION, "--format", "json", path, folder=tmp_path)
    found = {match["Rule"]["Id"] for match in json.loads(said)}
    assert found == {MISSING, WITHOUT_REASON, AGAINST_THE_SCHEMA}
