"""The configuration of each environment fits the template it is used with."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from generators.application import build
from generators.render import render
from generators.retention import Retention
from pipeline.artifacts import ENVIRONMENTS
from serverlessapp.template.reading import load

APPLICATION = load(render(build(Retention.RETAINED)))
FILES = sorted(ENVIRONMENTS.glob("*.json"))


@pytest.fixture(params=FILES, ids=lambda path: path.stem)
def environment(request: pytest.FixtureRequest) -> tuple[str, dict[str, Any]]:
    path: Path = request.param
    return path.stem, json.loads(path.read_text(encoding="utf-8"))


def test_the_default_environment_exists() -> None:
    assert "prod" in [path.stem for path in FILES]


def test_only_what_cloudformation_reads(environment: tuple[str, dict[str, Any]]) -> None:
    """CloudFormation User Guide, "CodePipeline artifacts", template configuration file."""
    assert environment[1].keys() == {"Parameters", "Tags", "StackPolicy"}


def test_parameters_exist_and_are_allowed(environment: tuple[str, dict[str, Any]]) -> None:
    name, content = environment
    for parameter, value in content["Parameters"].items():
        definition = APPLICATION["Parameters"][parameter]
        assert isinstance(value, str), parameter
        assert value in definition.get("AllowedValues", [value]), parameter
        assert re.search(definition.get("AllowedPattern", ""), value), parameter
    assert content["Parameters"]["EnvironmentSuffix"] == name


def test_tags_are_the_applications(environment: tuple[str, dict[str, Any]]) -> None:
    name, content = environment
    assert content["Tags"] == {"Project": "ServerlessApp", "Environment": name, "Owner": "TAP"}


def test_what_holds_data_is_neither_replaced_nor_deleted(
    environment: tuple[str, dict[str, Any]],
) -> None:
    allow, deny = environment[1]["StackPolicy"]["Statement"]
    assert (allow["Effect"], allow["Action"], allow["Resource"]) == ("Allow", "Update:*", "*")
    assert deny["Effect"] == "Deny"
    assert sorted(deny["Action"]) == ["Update:Delete", "Update:Replace"]
    kept = [name for name, r in APPLICATION["Resources"].items() if "DeletionPolicy" in r]
    assert sorted(deny["Resource"]) == sorted(f"LogicalResourceId/{name}" for name in kept)
