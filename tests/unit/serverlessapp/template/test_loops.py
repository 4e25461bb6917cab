"""Loops of AWS::LanguageExtensions are written out."""

from typing import Any

import pytest

from serverlessapp.template.evaluation import Evaluation
from serverlessapp.template.loops import written_out
from serverlessapp.template.reading import Template, TemplateError

QUEUE = {"Q&{Name}": {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": {"Ref": "Name"}}}}


def resources(loop: Any, transform: str = "AWS::LanguageExtensions", **given: Any) -> Any:
    content = {
        "Transform": transform,
        "Parameters": {"Names": {"Type": "CommaDelimitedList"}},
        "Resources": {"Fn::ForEach::Queues": loop, "Z": {"Type": "T"}},
    }
    return written_out(
        Evaluation(template=Template(content=content), given=given)
    ).content["Resources"]  # fmt: skip


def test_a_loop_over_a_list_is_written_out() -> None:
    found = resources(["Name", ["a-1", "b"], QUEUE])
    assert found.keys() == {"Qa1", "Qb", "Z"}
    assert found["Qa1"]["Properties"] == {"QueueName": "a-1"}


def test_a_loop_over_a_parameter_needs_its_value() -> None:
    assert "Qa" in resources(["Name", {"Ref": "Names"}, QUEUE], Names=["a"])
    with pytest.raises(TemplateError, match="give its parameter"):
        resources(["Name", {"Ref": "Names"}, QUEUE])


def test_loops_within_loops() -> None:
    inner = {"Fn::ForEach::Inner": ["Letter", ["x", "y"], {"${Name}${Letter}": {"Type": "T"}}]}
    assert resources(["Name", ["a", "b"], inner]).keys() == {"ax", "ay", "bx", "by", "Z"}


@pytest.mark.parametrize(
    ("loop", "words"),
    [
        (["Name", ["a", "a"], QUEUE], "produces Qa twice"),
        (["Name", ["a"], {"Z": {"Type": "T"}}], "Z, which already exists"),
        (["Name"], "must be"),
        (["Name", [f"n{n}" for n in range(10_001)], {"${Name}": {"Type": "T"}}], "more than"),
    ],
)
def test_loops_without_sense_are_refused(loop: Any, words: str) -> None:
    with pytest.raises(TemplateError, match=words):
        resources(loop)


def test_a_loop_without_its_transform_is_refused() -> None:
    with pytest.raises(TemplateError, match="requires the transform"):
        resources(["Name", ["a"], QUEUE], transform="Other")
