"""How a rule of ours reads what cfn-lint has read."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from cfnlint.context.parameters import ParameterSet
from cfnlint.decode import decode
from cfnlint.template import Template

from serverlessapp.rules.rule import Mistake, Rule, evaluated
from serverlessapp.template import reading
from serverlessapp.template.evaluation import Evaluation

LOOP = {"Fn::ForEach::Q": ["N", {"Ref": "Names"}, {"Q${N}": {"Type": "AWS::SQS::Queue"}}]}


class Named(Rule):
    """Objects to each resource and says what it knows of its name."""

    def mistakes(self, evaluation: Evaluation) -> Iterator[Mistake]:
        for resource in evaluation.resources():
            place = ("Resources", resource.title, "Properties", "Name")
            yield Mistake(place, str(resource.properties.get("Name")))


def said(content: dict[str, Any], path: Path, *sets: dict[str, Any]) -> list[tuple[str, str]]:
    """Return where the rule found something, and what, with these sets of parameters."""
    (path / "template.json").write_text(json.dumps(content), encoding="utf-8")
    read, errors = decode(str(path / "template.json"))
    assert not errors
    cfn = Template(None, read, ["us-west-2"], [ParameterSet(parameters=given) for given in sets])
    return [(match.path_string, match.message) for match in Named().match(cfn)]


def template(name: Any, **sections: Any) -> dict[str, Any]:
    resource = {"Type": "Some::Kind::Here", "Properties": {"Name": name}}
    return {
        "Resources": {"A": resource},
        "Parameters": {
            "N": {"Type": "String", "Default": "n"},
            "Names": {"Type": "CommaDelimitedList"},
            "Path": {"Type": "AWS::SSM::Parameter::Value<String>", "Default": "/a"},
        },
        **sections,
    }


@pytest.mark.parametrize(
    ("sets", "expected"),
    [
        ([], ["${N}"]),
        ([{}], ["n"]),
        ([{"Names": "a,b"}], ["n"]),
        ([{"N": "x"}, {"N": "y"}, {"N": "x", "Names": ["z"]}], ["x", "y"]),
        ([{"N": True}], ["true"]),
    ],
)
def test_parameters_are_those_given_to_cfn_lint(
    sets: list[dict[str, Any]], expected: list[str], tmp_path: Path
) -> None:
    found = said(template({"Ref": "N"}), tmp_path, *sets)
    assert found == [("Resources/A/Properties/Name", name) for name in expected]


def test_a_parameter_of_ssm_stays_unknown(tmp_path: Path) -> None:
    assert said(template({"Ref": "Path"}), tmp_path, {})[0][1] == "${Path}"


def test_loops_are_written_out(tmp_path: Path) -> None:
    looped = template("x", Transform="AWS::LanguageExtensions")
    looped["Resources"] |= LOOP
    assert said(looped, tmp_path) == []  # nobody knows what it goes through
    places = [place for place, _ in said(looped, tmp_path, {"Names": "a,b"})]
    assert places == [f"Resources/{title}/Properties/Name" for title in ("A", "Qa", "Qb")]


@pytest.mark.parametrize(
    "content",
    [
        {},
        {"Resources": []},
        {"Resources": {"A": None}},
        {"Resources": {"A": {"Type": ["x"]}}},
        template({"Fn::Sub": 1}),
        template({"Fn::If": ["Missing", 1, 2]}),
        template("x", Parameters={"N": None}),
        template("x", Parameters={"N": {"Type": "String", "Default": {"Ref": "N"}}}),
        {**template("x"), **LOOP},
    ],
)
@pytest.mark.parametrize("given", [[], [{}], [{"N": None}]])
def test_it_has_nothing_to_say_about_what_is_malformed(
    content: dict[str, Any], given: list[dict[str, Any]], tmp_path: Path
) -> None:
    for _, message in said(content, tmp_path, *given):
        assert message == "x"


def test_what_is_nested_without_end_is_refused() -> None:
    nested: dict[str, Any] = {}
    for _ in range(5000):
        nested = {"a": nested}
    with pytest.raises(reading.TemplateError, match="nested"):
        evaluated(reading.Template(content={"Resources": {}, "Metadata": nested}), [])
