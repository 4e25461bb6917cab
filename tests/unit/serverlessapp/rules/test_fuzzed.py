"""No rule of ours crashes on a spoiled template, and the command has no traceback.

``FUZZED=200 pytest tests/unit/serverlessapp/rules/test_fuzzed.py`` tries more of them.
"""

import json
import os
from pathlib import Path
from random import Random
from types import SimpleNamespace
from typing import Any

import pytest

from serverlessapp.cli.main import main
from serverlessapp.template.reading import read
from serverlessapp.validation import classes

pytestmark = pytest.mark.once

HERE = Path(__file__).parent
# Through the whole command; through the rules alone, fifty times as many.
FUZZED = int(os.environ.get("FUZZED", "4"))
PATHS = [*(HERE.parents[3] / "templates").glob("*.yaml"), *HERE.glob("fixtures/*/*.yaml")]
SOURCES = [read(path).content for path in sorted(PATHS)]
ODD: tuple[Any, ...] = (
    *(None, True, 0, -1, 1.5, "", "*", "arn:", "x" * 300, "${", "${A}", "{{resolve:ssm:x}}"),
    *([], {}, [[]], [None], {"": {}}, {"Statement": 1}, '{"Statement": [1]}', {"Ref": 1}),
    *({"Ref": "Nope"}, {"Fn::If": ["Nope", 1, 2]}, {"Fn::If": []}, {"Fn::Sub": ["${A}", None]}),
    *({"Fn::GetAtt": "A"}, {"Fn::Join": ["", [{}]]}, {"Fn::Select": [9, ["a"]]}),
    *({"Fn::Transform": {"Name": "AWS::Include"}}, {"Fn::ForEach::A": ["B", ["c"], {}]}),
)  # fmt: skip
WORDS = ("Fn::Sub", "Ref", "Statement", "Type", "Properties", "x")


class Read(SimpleNamespace):
    """What a rule asks of cfn-lint about a template."""

    context = SimpleNamespace(parameter_sets=None)
    __hash__ = object.__hash__  # type: ignore[assignment]


def copied(value: Any) -> Any:
    return json.loads(json.dumps(value))


def places(value: Any) -> list[tuple[Any, Any]]:
    """Return every object or list, with a key or an index of it."""
    found: list[tuple[Any, Any]] = []
    items = value.items() if isinstance(value, dict) else enumerate(value)
    for key, item in list(items):
        found.append((value, key))
        if isinstance(item, dict | list):
            found += places(item)
    return found


def spoiled(seed: int) -> dict[str, Any]:
    """Return a template with a few resources, and a few things wrong with it."""
    random = Random(seed)
    content: dict[str, Any] = copied(random.choice(SOURCES))
    titles = random.sample(sorted(content["Resources"]), min(6, len(content["Resources"])))
    content["Resources"] = {title: content["Resources"][title] for title in titles}
    for _ in range(random.randint(1, 4)):
        everywhere = places(content)
        if not everywhere:
            break
        around, key = random.choice(everywhere)
        match random.randint(0, 4):
            case 0:
                del around[key]
            case 1 if isinstance(around, dict):
                around[random.choice(("Fn::Sub", "Ref", "Statement", "Type", "x"))] = around.pop(
                    key
                )
            case 2:
                other, its_key = random.choice(everywhere)
                around[key] = copied(other[its_key])
            case _:
                around[key] = copied(random.choice(ODD))
    return content


def test_no_rule_crashes() -> None:
    found = 0
    for seed in range(FUZZED * 50):
        cfn = Read(template=spoiled(seed))
        for rule in classes():
            try:
                found += len(rule().match(cfn))
            except Exception as error:
                raise AssertionError(f"{rule.id} crashes on seed {seed}") from error
    assert found > FUZZED, "they find something"


@pytest.mark.timeout(60 + 5 * FUZZED)
def test_the_command_has_no_traceback(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    for seed in range(FUZZED):
        Path("template.json").write_text(json.dumps(spoiled(seed)), encoding="utf-8")
        code = main(["validate", "template.json", "--json"])
        said = capsys.readouterr()
        if code == 2:
            assert said.err.startswith("error: "), seed
            assert said.err.count("\n") == 1, seed
        else:
            messages = [finding["message"] for finding in json.loads(said.out)["findings"]]
            crashed = [text for text in messages if "processing rule" in text]
            assert not [text for text in crashed if "W9" in text or "E9" in text], seed
