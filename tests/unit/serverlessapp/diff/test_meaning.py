"""What is compared is what a template means: conditions, exports, policies, lists without order."""

from typing import Any

import pytest

from serverlessapp.diff.model import Risk

from .comparing import TemplateDict, compare, risk

SAFE, REVIEW, DATA = Risk
TOPIC = {"Topic": {"Type": "AWS::SNS::Topic"}}
PARAMETERS = {"P": {"Type": "String", "Default": "Retain"}, "Q": {"Type": "String"}}


def equals(name: str, text: Any) -> TemplateDict:
    return {"Fn::Equals": [{"Ref": name}, text]}


CONDITIONS = {
    "C": equals("P", "Retain"),
    "Renamed": {"Fn::Equals": ["Retain", {"Ref": "P"}]},
    "Opposite": {"Fn::Not": [{"Condition": "C"}]},
    "Other": equals("P", "Delete"),
}


def stack(resources: TemplateDict = TOPIC, **sections: Any) -> TemplateDict:
    base = {"Parameters": PARAMETERS, "Conditions": CONDITIONS, "Resources": resources}
    return {**base, **sections}


def output(**definition: Any) -> TemplateDict:
    return stack(Outputs={"O": {"Value": "a", "Export": {"Name": "n"}, **definition}})


WHERE = {"Ref": "AWS::StackName"}


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ({}, {"Value": "b"}, REVIEW),
        ({"Value": 1}, {"Value": "1"}, SAFE),
        ({}, {"Export": {"Name": "m"}}, REVIEW),
        ({}, {"Condition": "C"}, REVIEW),
        ({"Condition": "C"}, {"Condition": "Renamed"}, SAFE),
        ({"Condition": "C"}, {"Condition": "Other"}, REVIEW),
        ({"Condition": "C"}, {"Condition": "Opposite"}, REVIEW),
        ({"Condition": "C"}, {}, SAFE),
        (
            {"Export": {"Name": {"Fn::Sub": "${AWS::StackName}-x"}}},
            {"Export": {"Name": {"Fn::Join": ["-", [WHERE, "x"]]}}},
            SAFE,
        ),
        (
            {"Value": {"Fn::If": ["C", "a", "b"]}},
            {"Value": {"Fn::If": ["Opposite", "b", "a"]}},
            SAFE,
        ),
        (
            {"Value": {"Fn::If": ["C", "a", "b"]}},
            {"Value": {"Fn::If": ["Other", "a", "b"]}},
            REVIEW,
        ),
    ],
)
def test_exports(old: TemplateDict, new: TemplateDict, expected: Risk) -> None:
    assert risk(compare(output(**old), output(**new))) == expected


def test_a_new_output_that_shows_a_secret() -> None:
    parameters = {"R": {"Type": "String", "NoEcho": True}, "S": {"Type": "String"}}
    for name, expected in (("R", REVIEW), ("S", SAFE)):
        shown = {"O": {"Value": {"Fn::Sub": f"a-${{{name}}}"}}}
        before = stack(Parameters=parameters)
        assert risk(compare(before, stack(Parameters=parameters, Outputs=shown))) is expected


def test_outputs_that_a_stack_does_not_have() -> None:
    conditional = output(Condition="Other")
    assert compare(conditional, stack(), {"P": "Retain"}).findings == ()
    assert risk(compare(conditional, stack(), {"P": "Delete"})) == REVIEW
    assert risk(compare(conditional, conditional, {"P": "Delete"}, {"P": "x"})) == REVIEW


@pytest.mark.parametrize(
    ("value", "exported", "told"),
    [
        ({"Ref": "Group"}, True, True),
        ({"Ref": "Group"}, False, True),
        ({"Fn::Sub": "id-${Group.GroupId}"}, True, True),
        ({"Fn::If": ["Never", {"Ref": "Group"}, "x"]}, True, False),
        ("x", True, False),
    ],
)
def test_outputs_about_what_is_replaced(value: Any, exported: bool, told: bool) -> None:
    def template(description: str) -> TemplateDict:
        group = {
            "Type": "AWS::EC2::SecurityGroup",
            "Properties": {"GroupDescription": description},
        }
        export = {"Export": {"Name": "n"}} if exported else {}
        never = {"Never": {"Fn::Equals": ["a", "b"]}}
        return stack({"Group": group}, Conditions=never, Outputs={"O": {"Value": value, **export}})

    findings = compare(template("a"), template("b")).findings
    assert told is any(finding.subject == "O" for finding in findings)


def test_an_attribute_that_may_change_with_its_resource_counts_if_it_is_exported() -> None:
    def template(view: str, **export: Any) -> TemplateDict:
        properties = {"StreamSpecification": {"StreamViewType": view}}
        value = {"Fn::GetAtt": ["Table", "StreamArn"]}
        return stack(
            {"Table": {"Type": "AWS::DynamoDB::Table", "Properties": properties}},
            Outputs={"O": {"Value": value, **export}},
        )

    for export, told in (({"Export": {"Name": "n"}}, True), ({}, False)):
        findings = compare(template("a", **export), template("b", **export)).findings
        assert told is any(finding.subject == "O" for finding in findings)


FUNCTIONS = [
    {"Ref": "P"},
    {"Fn::If": ["C", "Retain", "Delete"]},
    {"Fn::FindInMap": ["M", {"Ref": "P"}, "x"]},
]


def kept(policy: Any) -> TemplateDict:
    queue = {"Type": "AWS::SQS::Queue", "DeletionPolicy": policy, "UpdateReplacePolicy": "Retain"}
    mappings = {"M": {"Retain": {"x": "Retain"}, "Delete": {"x": "Delete"}}}
    return stack({"Queue": queue}, Mappings=mappings)


@pytest.mark.parametrize("policy", FUNCTIONS)
def test_policies_that_functions_give(policy: Any) -> None:
    """CloudFormation User Guide, "Intrinsic function references in DeletionPolicy ..."."""
    assert compare(kept(policy), kept(policy)).findings == ()
    assert risk(compare(kept("Retain"), kept(policy))) >= REVIEW
    assert risk(compare(kept("Retain"), kept(policy), {"P": "Retain"})) == SAFE
    assert risk(compare(kept("Retain"), kept(policy), {"P": "Delete"})) == DATA
    assert risk(compare(kept(policy), kept(policy), {"P": "Retain"}, {"P": "Delete"})) == DATA
    assert risk(compare(kept(policy), stack())) == DATA


@pytest.mark.parametrize(
    ("kind", "name", "items"),
    [
        ("S3::Bucket", "Tags", [{"Key": "a", "Value": "1"}, {"Key": "b", "Value": "2"}]),
        ("RDS::DBSubnetGroup", "SubnetIds", ["a", "b"]),
        ("ECS::TaskDefinition", "RequiresCompatibilities", ["EC2", "FARGATE"]),  # create-only
    ],
)
def test_another_order_of_a_list_that_has_none(kind: str, name: str, items: list[Any]) -> None:
    """A change set may list it, so it is told; but it replaces nothing."""

    def template(value: Any) -> TemplateDict:
        return stack({"X": {"Type": f"AWS::{kind}", "Properties": {name: value}}})

    def finding(old: Any, new: Any) -> tuple[str, Risk]:
        (only,) = compare(template(old), template(new)).findings
        return only.kind, only.risk

    assert finding(items, items[::-1]) == ("modified", SAFE)
    either = [{"Fn::If": ["C", value, {"Ref": "AWS::NoValue"}]} for value in (items, items[::-1])]
    assert finding(*either) == ("modified", SAFE)


def test_a_create_only_list_with_order_replaces() -> None:
    def template(value: Any) -> TemplateDict:
        properties = {"AttributeDefinitions": [], "KeySchema": value}
        return stack({"X": {"Type": "AWS::DynamoDB::Table", "Properties": properties}})

    keys = [{"AttributeName": name, "KeyType": kind} for name, kind in ("aH", "bR")]
    assert risk(compare(template(keys), template(keys[:1]))) == DATA


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ({"Fn::And": [equals("P", 1), equals("Q", True)]}, "And"),
        ({"Fn::Or": [equals("P", 1), equals("Q", True)]}, "Or"),
    ],
)
def test_conditions_of_resources(old: TemplateDict, new: str) -> None:
    def template(condition: TemplateDict) -> TemplateDict:
        queue = {"Type": "AWS::SQS::Queue", "Condition": "X"}
        return stack({"Queue": queue, **TOPIC}, Conditions={"X": condition})

    swapped = {f"Fn::{new}": [equals("Q", "true"), equals("P", "1")]}
    assert compare(template(old), template(swapped)).findings == ()
    others = {"And": "Or", "Or": "And"}
    other = {f"Fn::{others[new]}": swapped[f"Fn::{new}"]}
    assert risk(compare(template(old), template(other))) == DATA


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"Ref": "Topic"}, {"Fn::Sub": "${Topic}"}),
        ({"Fn::GetAtt": ["Topic", "TopicName"]}, {"Fn::Sub": "${Topic.TopicName}"}),
        ({"Fn::Sub": "a-${P}"}, {"Fn::Join": ["-", ["a", {"Ref": "P"}]]}),
        ({"Ref": "AWS::NoValue"}, {"Fn::If": ["Never", "x", {"Ref": "AWS::NoValue"}]}),
        (True, "true"),
        (10, "10"),
        ({"Fn::GetAZs": ""}, {"Fn::GetAZs": {"Ref": "AWS::Region"}}),
        # Choices are the same wherever they are written.
        ({"a": {"Fn::If": ["C", 1, 2]}}, {"Fn::If": ["C", {"a": 1}, {"a": 2}]}),
        (
            [1, {"Fn::If": ["C", 2, {"Ref": "AWS::NoValue"}]}],
            {"Fn::If": ["C", [1, 2], [1]]},
        ),
        (
            {"Fn::Join": ["-", ["a", {"Fn::If": ["C", "b", "c"]}]]},
            {"Fn::If": ["C", "a-b", "a-c"]},
        ),
        (
            {"Fn::If": ["C", {"Fn::If": ["Opposite", 1, 2]}, 3]},
            {"Fn::If": ["Opposite", 3, 2]},
        ),
        (
            {"Fn::If": ["C", 1, {"Fn::If": ["D", 2, 3]}]},
            {"Fn::If": ["D", {"Fn::If": ["C", 1, 2]}, {"Fn::If": ["C", 1, 3]}]},
        ),
    ],
)
def test_values_that_are_the_same(one: Any, other: Any) -> None:
    def template(name: Any) -> TemplateDict:
        bucket = {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": name}}
        more = {"Never": {"Fn::Equals": ["a", "b"]}, "D": equals("Q", "x")}
        return stack({**TOPIC, "Bucket": bucket}, Conditions={**CONDITIONS, **more})

    assert compare(template(one), template(other)).findings == ()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"a": {"Fn::If": ["C", 1, 2]}}, {"Fn::If": ["C", {"a": 1}, {"a": 3}]}),
        ({"Fn::If": ["C", 1, 2]}, {"Fn::If": ["C", 2, 1]}),
        ({"Fn::If": ["C", 1, {"Ref": "AWS::NoValue"}]}, 1),
    ],
)
def test_choices_that_differ_in_some_case(one: Any, other: Any) -> None:
    def template(name: Any) -> TemplateDict:
        return stack({"X": {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": name}}})

    assert risk(compare(template(one), template(other))) == DATA


@pytest.mark.parametrize(
    ("kind", "name", "default"),
    [
        ("SQS::Queue", "DeletionPolicy", "Delete"),
        ("SQS::Queue", "UpdateReplacePolicy", "Delete"),
        ("RDS::DBCluster", "DeletionPolicy", "Snapshot"),
    ],
)
def test_a_policy_that_says_what_holds_without_it(kind: str, name: str, default: str) -> None:
    written, left_out = (
        stack({"X": {"Type": f"AWS::{kind}", **policy}}) for policy in ({name: default}, {})
    )
    assert compare(written, left_out).findings == ()
    assert compare(left_out, written).findings == ()


def test_metadata_that_programs_read_is_a_change() -> None:
    def template(key: str, value: int) -> TemplateDict:
        return stack({"X": {"Type": "AWS::EC2::Instance", "Metadata": {key: value}}})

    for key, count in (("Why", 0), ("AWS::CloudFormation::Init", 1)):
        assert len(compare(template(key, 1), template(key, 2)).findings) == count


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ({"AllowedValues": [1, 2]}, {"AllowedValues": ["2", "1"]}, SAFE),
        ({"AllowedValues": ["true"]}, {"AllowedValues": [True]}, SAFE),
        ({"AllowedValues": [1, 2]}, {"AllowedValues": ["2"]}, REVIEW),
        ({"MinValue": 1}, {"MinValue": "1"}, SAFE),
        ({"MinValue": 1}, {"MinValue": 1.0}, SAFE),
        ({"MaxLength": "5"}, {"MaxLength": 10}, SAFE),
        ({"MaxLength": "10"}, {"MaxLength": 5}, REVIEW),
        ({"MinValue": 1}, {"MinValue": "x"}, REVIEW),
        ({"Default": True}, {"Default": "true"}, SAFE),
        ({"NoEcho": True}, {"NoEcho": "true"}, SAFE),
        ({"NoEcho": "true"}, {}, REVIEW),
    ],
)
def test_parameters(old: TemplateDict, new: TemplateDict, expected: Risk) -> None:
    before, after = (
        stack(Parameters={**PARAMETERS, "R": {"Type": "String", **item}}) for item in (old, new)
    )
    assert risk(compare(before, after)) == expected


NETWORK = {"IpProtocol": "-1", "CidrIp": {"Ref": "R"}}


@pytest.mark.parametrize(
    ("kind", "properties", "expected"),
    [
        ("EC2::SecurityGroup", {"SecurityGroupIngress": [NETWORK]}, "access widened"),
        ("DynamoDB::Table", {"TableName": {"Ref": "R"}}, "replaced"),
        ("SNS::Topic", {"DisplayName": {"Ref": "R"}}, ""),
    ],
)
def test_an_update_may_take_a_new_default(
    kind: str, properties: TemplateDict, expected: str
) -> None:
    """CloudFormation API Reference, "Parameter": the default is used if no value is specified."""

    def template(default: str) -> TemplateDict:
        parameters = {**PARAMETERS, "R": {"Type": "String", "Default": default}}
        return stack(
            {"X": {"Type": f"AWS::{kind}", "Properties": properties}}, Parameters=parameters
        )

    before, after = template("10.0.0.0/8"), template("0.0.0.0/0")
    told = {finding.kind: finding.risk for finding in compare(before, after).findings}
    assert told.get(expected) is (REVIEW if expected else None)
    assert told["default changed"] is SAFE
    # A stack whose values are known keeps them.
    assert risk(compare(before, after, {"R": "10.0.0.0/8"})) is SAFE


def test_a_default_that_no_stack_can_have() -> None:
    """A parameter that everybody has to set, though it has a default."""

    def template(default: str) -> TemplateDict:
        name = {"Fn::FindInMap": ["M", {"Ref": "R"}, "x"]}
        return stack(
            {"X": {"Type": "AWS::SNS::Topic", "Properties": {"DisplayName": name}}},
            Parameters={"R": {"Type": "String", "Default": default}},
            Mappings={"M": {"dev": {"x": "1"}}},
            Conditions={},
        )

    for old, new in (("", "dev"), ("dev", "")):
        assert risk(compare(template(old), template(new))) is SAFE
