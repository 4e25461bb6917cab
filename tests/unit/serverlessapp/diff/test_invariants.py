"""What holds for any templates: found by trying many."""

import copy
from collections import Counter
from typing import Any

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from generators.application import build
from generators.render import render
from generators.retention import Retention
from serverlessapp.diff.model import Comparison, Difference, Risk
from serverlessapp.template.reading import load

from .comparing import change_set, compare
from .test_seeded_changes import CASES

TemplateDict = dict[str, Any]
GENERATED: TemplateDict = load(render(build(Retention.RETAINED)))

names = st.sampled_from(["A", "B", "C"])
intrinsics = st.one_of(
    st.builds(lambda name: {"Ref": name}, names),
    st.builds(lambda name: {"Fn::GetAtt": [name, "Arn"]}, names),
    st.builds(lambda name: {"Fn::GetAtt": f"{name}.StreamArn"}, names),
    st.builds(lambda name: {"Fn::Sub": f"x-${{{name}}}-${{AWS::Region}}-${{{name}.Id}}"}, names),
    st.builds(lambda name: {"Fn::FindInMap": ["M", {"Ref": "P"}, name]}, names),
)
values = st.recursive(
    st.one_of(st.text("ab", max_size=2), st.integers(0, 3), st.booleans(), intrinsics),
    lambda inner: st.one_of(
        st.lists(inner, max_size=2),
        st.dictionaries(names, inner, max_size=2),
        st.builds(lambda a, b: {"Fn::If": ["Yes", a, b]}, inner, inner),
    ),
    max_leaves=4,
)
statements = st.fixed_dictionaries(
    {
        "Effect": st.sampled_from(["Allow", "Deny"]),
        "Action": st.sampled_from(["s3:*", "s3:Get*", ["s3:GetObject", "s3:PutObject"]]),
        "Resource": st.sampled_from(["*", "a/*", {"Ref": "A"}]),
    },
    optional={
        "Condition": st.sampled_from(
            [{"Bool": {"aws:SecureTransport": "true"}}, {"StringNotEquals": {"k": ["a", "b"]}}]
        )
    },
)
resources = st.fixed_dictionaries(
    {
        "Type": st.sampled_from(
            ["AWS::S3::Bucket", "AWS::DynamoDB::Table", "AWS::SQS::QueuePolicy", "Custom::Thing"]
        ),
        "Properties": st.fixed_dictionaries(
            {},
            optional={
                "BucketName": values,
                "KeySchema": values,
                "Tags": values,
                "PolicyDocument": st.fixed_dictionaries(
                    {"Statement": st.lists(statements, max_size=2)}
                ),
            },
        ),
    },
    optional={
        "Condition": st.just("Yes"),
        "DeletionPolicy": st.sampled_from(["Delete", "Retain", "RetainExceptOnCreate"]),
    },
)
templates = st.fixed_dictionaries(
    {
        "Parameters": st.just({"P": {"Type": "String", "Default": "a"}}),
        "Conditions": st.sampled_from(
            [
                {"Yes": {"Fn::Equals": [{"Ref": "P"}, "a"]}},
                {"Yes": {"Fn::Not": [{"Fn::Equals": ["b", {"Ref": "P"}]}]}},
            ]
        ),
        "Mappings": st.just({"M": {row: {"A": "1", "B": "2", "C": "3"} for row in "ab"}}),
        "Resources": st.dictionaries(names, resources, min_size=1, max_size=3),
    }
)
cases = st.lists(
    st.sampled_from(CASES), min_size=1, max_size=4, unique_by=lambda case: case.values[1][3]
)


def risk(comparison: Comparison) -> Risk:
    return Difference(before="", after="", comparisons=(comparison,)).risk


def access(comparison: Comparison, kind: str) -> Counter[str]:
    return Counter(finding.subject for finding in comparison.findings if finding.kind == kind)


@given(templates)
@settings(max_examples=40)
def test_nothing_changes_between_a_template_and_itself(template: TemplateDict) -> None:
    same = copy.deepcopy(template)
    assert compare(template, same).findings == ()
    assert compare(template, same, {"P": "b"}).findings == ()
    assert change_set(template, same, {"P": "a"}) == {}


@given(templates, templates)
@settings(max_examples=50)
def test_what_one_way_widens_the_other_way_narrows(
    first: TemplateDict, second: TemplateDict
) -> None:
    there, back = compare(first, second), compare(second, first)
    for kind, opposite in (("IAM widened", "IAM narrowed"), ("IAM narrowed", "IAM widened")):
        assert access(there, kind) == access(back, opposite)


@given(templates, templates)
@settings(max_examples=40)
def test_resources_that_differ_are_found(first: TemplateDict, second: TemplateDict) -> None:
    """For a stack whose parameters are known, nothing that exists changes unnoticed."""
    changed = {change.logical_id for change in change_set(first, second, {"P": "b"}).values()}
    assert changed <= first["Resources"].keys() | second["Resources"].keys()
    gone = first["Resources"].keys() - second["Resources"].keys()
    exist = {name for name in gone if "Condition" not in first["Resources"][name]}
    assert exist <= changed


@given(cases)
@settings(max_examples=25)
def test_several_changes_are_as_risky_as_the_worst(chosen: list[Any]) -> None:
    """The exit code is the worst risk: no change hides another."""
    template = copy.deepcopy(GENERATED)
    try:
        for case in chosen:
            case.values[0](template)
    except (KeyError, ValueError):  # one change took away what another one changes
        assume(False)
    comparison = compare(GENERATED, template)
    assert int(risk(comparison)) == max(int(case.values[1][0]) for case in chosen)
