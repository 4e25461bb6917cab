"""What macros, includes, loops and other templates bring cannot be seen: it is never "safe"."""

from collections.abc import Callable
from typing import Any

import pytest

from serverlessapp.diff.model import ComparisonError, Risk

from .comparing import TemplateDict, compare, risk

SAFE, REVIEW, DATA = Risk
EXTENSIONS = "AWS::LanguageExtensions"
SAM = "AWS::Serverless-2016-10-31"
TOPIC = {"Topic": {"Type": "AWS::SNS::Topic"}}
NAMES = {"Names": {"Type": "CommaDelimitedList", "Default": "A,B"}}
QUEUE = {"Q${N}": {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": {"Fn::Sub": "x-${N}"}}}}
UNKNOWN = {"Ref": "Names"}


def include(key: str, name: str = "AWS::Include") -> TemplateDict:
    location = {"Location": f"s3://bucket/{key}"}
    return {"Fn::Transform": {"Name": name, "Parameters": location}}


def stack(resources: TemplateDict, **sections: Any) -> TemplateDict:
    return {"Resources": resources, **sections}


def bucket(**more: Any) -> TemplateDict:
    return stack({"Bucket": {"Type": "AWS::S3::Bucket", **more}})


@pytest.mark.parametrize(
    "template",
    [
        include,
        lambda key: {**stack(TOPIC), **include(key)},
        lambda key: stack({**TOPIC, **include(key)}),
        lambda key: stack({"Whole": include(key)}),
        lambda key: bucket(**include(key)),
        lambda key: bucket(Properties=include(key)),
        lambda key: bucket(Properties={"BucketName": "b", **include(key)}),
        lambda key: bucket(Properties={"Tags": include(key)}),
        lambda key: bucket(Properties={"Tags": [include(key)]}),
        lambda key: bucket(Metadata=include(key)),
        *(
            lambda key, section=section: stack(TOPIC, **{section: include(key)})
            for section in ("Conditions", "Mappings", "Outputs", "Parameters", "Rules")
        ),
        lambda key: stack(TOPIC, Mappings={"M": include(key)}),
        lambda key: stack(TOPIC, Transform=include(key)["Fn::Transform"]),
        lambda key: stack(TOPIC, Transform=[EXTENSIONS, include(key)["Fn::Transform"]]),
    ],
)
def test_an_include_from_elsewhere(template: Callable[[str], TemplateDict]) -> None:
    assert compare(template("a"), template("a")).findings == ()
    assert compare(template("a"), template("a"), {}).findings == ()
    assert risk(compare(template("a"), template("b"))) >= REVIEW


def test_an_include_by_a_parameter() -> None:
    location = {"Name": "AWS::Include", "Parameters": {"Location": {"Ref": "Where"}}}
    template = stack({**TOPIC, "Fn::Transform": location}, Parameters={"Where": {"Type": "String"}})
    assert compare(template, template, {"Where": "a"}, {"Where": "a"}).findings == ()
    assert risk(compare(template, template, {"Where": "a"}, {"Where": "b"})) == REVIEW


def test_a_macro_rewrites_what_is_beside_it_and_an_include_does_not() -> None:
    def resources(name: str, size: int) -> TemplateDict:
        topic = {"Type": "AWS::SNS::Topic", "Properties": {"DisplayName": size}}
        return stack({"Topic": topic, **include("a", name)})

    assert risk(compare(resources("AWS::Include", 1), resources("AWS::Include", 2))) == SAFE
    assert risk(compare(resources("Mine", 1), resources("Mine", 2))) == REVIEW


@pytest.mark.parametrize(
    ("transform", "old", "new", "expected"),
    [
        ("Mine", {"A": 1}, {"A": "1"}, SAFE),
        ("Mine", {"A": 1}, {"A": 2}, REVIEW),
        (["Mine", EXTENSIONS], {"A": 1}, {"A": 2}, REVIEW),
        (EXTENSIONS, {"A": 1}, {"A": 2}, SAFE),
        (SAM, {"A": 1}, {"A": 2}, SAFE),
    ],
)
def test_a_macro_for_the_whole_template(
    transform: Any, old: TemplateDict, new: TemplateDict, expected: Risk
) -> None:
    before, after = (
        stack({"Topic": {"Type": "AWS::SNS::Topic", "Properties": item}}, Transform=transform)
        for item in (old, new)
    )
    assert risk(compare(before, after)) == expected


def test_a_macro_is_given_the_parameters() -> None:
    template = stack(TOPIC, Transform="Mine", Parameters={"P": {"Type": "String"}})
    assert risk(compare(template, template, {"P": "a"}, {"P": "b"})) == REVIEW


def test_serverless_types_go_by_their_names() -> None:
    def template(timeout: int, **sections: Any) -> TemplateDict:
        function = {"Type": "AWS::Serverless::Function", "Properties": {"Timeout": timeout}}
        return stack({**TOPIC, "Function": function}, Transform=SAM, **sections)

    assert compare(template(1), template(1)).findings == ()
    assert risk(compare(template(1), template(2))) == REVIEW
    settings = ({"Function": {"Timeout": number}} for number in (1, 2))
    before, after = (template(1, Globals=item) for item in settings)
    assert risk(compare(before, after)) == REVIEW


@pytest.mark.parametrize(
    ("kind", "old", "new", "expected"),
    [
        ("CloudFormation::Stack", {"TemplateURL": "a"}, {"TemplateURL": "b"}, REVIEW),
        ("CloudFormation::Stack", {"Parameters": {"A": 1}}, {"Parameters": {"A": 2}}, REVIEW),
        ("CloudFormation::Stack", {"Parameters": {"A": 1}}, {"Parameters": {"A": "1"}}, SAFE),
        ("CloudFormation::Stack", {"Tags": []}, {"Tags": [{"Key": "a", "Value": "b"}]}, SAFE),
        ("CloudFormation::StackSet", {"TemplateBody": "a"}, {"TemplateBody": "b"}, REVIEW),
        ("CloudFormation::CustomResource", {"Size": 1}, {"Size": 2}, REVIEW),
        ("Mine::Own::Bucket::MODULE", {"Size": 1}, {"Size": 2}, REVIEW),
    ],
)
def test_what_another_template_or_program_decides(
    kind: str, old: TemplateDict, new: TemplateDict, expected: Risk
) -> None:
    before, after = (
        stack({"X": {"Type": f"AWS::{kind}", "Properties": item}}) for item in (old, new)
    )
    assert risk(compare(before, after)) == expected


def loop(names: Any, body: TemplateDict = QUEUE, **sections: Any) -> TemplateDict:
    resources = {**TOPIC, "Fn::ForEach::Queues": ["N", names, body]}
    return stack(resources, Transform=EXTENSIONS, Parameters=NAMES, **sections)


OTHER = {"Q${N}": {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": {"Ref": "N"}}}}
WRITTEN = {"QA": {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": "x-A"}}}


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (loop(["A"]), loop(["A"]), SAFE),
        (loop(["A", "B"]), loop(["B", "A"]), SAFE),
        (loop(["A"]), {**loop([]), "Resources": {**TOPIC, **WRITTEN}}, SAFE),
        (loop(["A"]), loop(["A", "B"]), SAFE),
        (loop(["A", "B"]), loop(["A"]), DATA),
        (loop(["A"]), loop(["A"], OTHER), DATA),
        # Of a loop over what nobody knows, each pass does the same.
        (loop(UNKNOWN), loop(UNKNOWN), SAFE),
        (loop(UNKNOWN), loop(UNKNOWN, OTHER), DATA),
        (loop(UNKNOWN), {**loop([]), "Resources": TOPIC}, DATA),
        (loop(UNKNOWN), loop({"Fn::Split": [",", {"Ref": "AWS::Region"}]}), REVIEW),
    ],
)
def test_loops(old: TemplateDict, new: TemplateDict, expected: Risk) -> None:
    assert risk(compare(old, new)) == expected


def test_a_loop_over_what_nobody_knows_may_look_up_and_ask_by_its_variable() -> None:
    name = {"Fn::FindInMap": ["M", "${N}", "&{N}"]}
    properties = {"QueueName": name, "KmsMasterKeyId": {"Fn::If": ["Is${N}", 1, 2]}}
    queue = {"Type": "AWS::SQS::Queue", "Condition": "Is${N}", "Properties": properties}
    conditions = {"Fn::ForEach::C": ["N", UNKNOWN, {"Is${N}": {"Fn::Equals": [{"Ref": "N"}, 1]}}]}

    def template(value: str) -> TemplateDict:
        mappings = {"M": {"A": {"A": value}}}
        return loop(UNKNOWN, {"Q${N}": queue}, Conditions=conditions, Mappings=mappings)

    assert compare(template("a"), template("a")).findings == ()
    assert risk(compare(template("a"), template("b"))) == DATA


@pytest.mark.parametrize(
    ("resources", "words"),
    [
        ({"Fn::ForEach::Q": ["N", ["A"], QUEUE]}, "requires the transform"),
        ({"Fn::ForEach::Q": "x"}, "requires the transform"),
    ],
)
def test_a_loop_without_its_transform(resources: TemplateDict, words: str) -> None:
    with pytest.raises(ComparisonError, match=words):
        compare(stack(resources), stack(TOPIC))


def test_a_section_that_nobody_here_knows() -> None:
    assert risk(compare(stack(TOPIC, Hooks={"A": 1}), stack(TOPIC, Hooks={"A": 2}))) == REVIEW
    assert risk(compare(stack(TOPIC, Hooks={"A": 1}), stack(TOPIC, Hooks={"A": "1"}))) == SAFE
