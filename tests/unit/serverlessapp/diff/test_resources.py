"""What a change to one resource does to others, and what a change set says about it."""

from typing import Any

import pytest

from serverlessapp.diff.model import ChangeAction, Replaced
from serverlessapp.diff.reaction import Reaction
from serverlessapp.template.values import Choice, Kind, Unknown

from .comparing import change_set, compare

TemplateDict = dict[str, Any]
NO, MAYBE, YES = Replaced


def stack(**resources: tuple[str, TemplateDict]) -> TemplateDict:
    return {
        "Parameters": {"Name": {"Type": "String", "Default": "a"}},
        "Resources": {
            name: {"Type": f"AWS::{kind}", "Properties": properties}
            for name, (kind, properties) in resources.items()
        },
    }


def queue_and_mapping(queue: TemplateDict) -> TemplateDict:
    arn = {"Fn::GetAtt": ["Queue", "Arn"]}
    return stack(
        Queue=("SQS::Queue", queue),
        Mapping=("Lambda::EventSourceMapping", {"EventSourceArn": arn, "FunctionName": "f"}),
        Alarm=("CloudWatch::Alarm", {"Dimensions": [{"Value": {"Ref": "Queue"}}]}),
    )


def findings(before: TemplateDict, after: TemplateDict) -> dict[str, str]:
    kinds = ("modified", "replaced", "may be replaced")
    findings = compare(before, after).findings
    return {finding.subject: finding.kind for finding in findings if finding.kind in kinds}


def replacements(before: TemplateDict, after: TemplateDict) -> dict[str, Replaced]:
    changes = change_set(before, after, {"Name": "a"})
    assert {change.action for change in changes.values()} == {ChangeAction.MODIFY}
    return {name: change.replacement for name, change in changes.items()}


def test_what_refers_to_a_replaced_resource_in_a_create_only_property_is_replaced_too() -> None:
    before, after = queue_and_mapping({}), queue_and_mapping({"QueueName": "q"})
    expected = {"Queue": "replaced", "Mapping": "replaced", "Alarm": "modified"}
    assert findings(before, after) == expected
    assert replacements(before, after) == {"Queue": YES, "Mapping": YES, "Alarm": NO}


def test_what_refers_to_a_resource_that_may_be_replaced_may_be_replaced() -> None:
    def table(key: str) -> TemplateDict:
        arn = {"Fn::GetAtt": ["Table", "StreamArn"]}
        return stack(
            Table=("DynamoDB::Table", {"KeySchema": [{"AttributeName": key}]}),
            Mapping=("Lambda::EventSourceMapping", {"EventSourceArn": arn}),
        )

    assert findings(table("a"), table("b")) == {
        "Table": "may be replaced",
        "Mapping": "may be replaced",
    }


def test_an_arn_stays_when_its_resource_changes_in_place_but_a_change_set_cannot_tell() -> None:
    before, after = queue_and_mapping({}), queue_and_mapping({"DelaySeconds": 1})
    assert findings(before, after) == {"Queue": "modified"}
    assert replacements(before, after) == {"Queue": NO, "Mapping": MAYBE}


def test_another_attribute_may_change_with_its_resource() -> None:
    def table(stream: str) -> TemplateDict:
        arn = {"Fn::Sub": "${Table.StreamArn}"}
        return stack(
            Table=("DynamoDB::Table", {"StreamSpecification": {"StreamViewType": stream}}),
            Mapping=("Lambda::EventSourceMapping", {"EventSourceArn": arn}),
        )

    kinds = findings(table("KEYS_ONLY"), table("NEW_IMAGE"))
    assert kinds == {"Table": "modified", "Mapping": "may be replaced"}


def test_a_chain_is_followed_to_its_end() -> None:
    def chain(name: str) -> TemplateDict:
        return stack(
            Bucket=("S3::Bucket", {"BucketName": name}),
            Policy=("S3::BucketPolicy", {"Bucket": {"Ref": "Bucket"}}),
            Last=("CloudWatch::Dashboard", {"DashboardName": {"Ref": "Policy"}}),
        )

    assert set(findings(chain("a"), chain("b")).values()) == {"replaced"}
    assert set(findings(chain("a"), chain("b"))) == {"Bucket", "Policy", "Last"}


def test_resources_that_refer_to_each_other_do_not_hang() -> None:
    def ring(size: int) -> TemplateDict:
        return stack(
            One=("X::Y::One", {"P": {"Ref": "Two"}, "Size": size}),
            Two=("X::Y::Two", {"P": {"Fn::GetAtt": ["One", "Arn"]}}),
        )

    kinds = findings(ring(1), ring(2))
    assert kinds == {"One": "may be replaced", "Two": "may be replaced"}


def test_a_custom_resource_decides_by_itself() -> None:
    assert Reaction().replaces("Custom::Thing", "P", 1, 2) is MAYBE


@pytest.mark.parametrize(
    ("kind", "name", "old", "new", "expected"),
    [
        ("AWS::S3::Bucket", "BucketName", "a", "b", YES),
        ("AWS::S3::Bucket", "BucketName", None, Unknown(Kind.PARAMETER, "Name"), YES),
        ("AWS::S3::Bucket", "BucketName", "a", "a", NO),
        ("AWS::S3::Bucket", "Tags", [], [1], NO),
        ("AWS::DynamoDB::Table", "KeySchema", [1], [2], MAYBE),
        # Only a part of the property is create-only.
        ("AWS::EC2::LaunchTemplate", "LaunchTemplateName", "a", "b", YES),
        ("AWS::Cognito::UserPoolClient", "GenerateSecret", True, False, YES),
    ],
)
def test_replacement_by_the_published_schema(
    kind: str, name: str, old: Any, new: Any, expected: Replaced
) -> None:
    assert Reaction().replaces(kind, name, old, new) is expected


@pytest.mark.parametrize(
    ("kind", "attribute", "expected"),
    [
        ("AWS::SQS::Queue", "Arn", True),
        ("AWS::SQS::Queue", "QueueUrl", True),
        ("AWS::SQS::Queue", "QueueName", True),
        ("AWS::DynamoDB::Table", "StreamArn", False),
        ("Custom::Thing", "Answer", False),
    ],
)
def test_what_stays_when_a_resource_changes_in_place(
    kind: str, attribute: str, expected: bool
) -> None:
    assert Reaction().keeps(kind, attribute) is expected


def test_a_nested_create_only_property() -> None:
    """AWS::Pipes::Pipe publishes /properties/SourceParameters/KinesisStreamParameters/..."""
    replaces = Reaction().replaces
    start = {"KinesisStreamParameters": {"StartingPosition": "LATEST", "BatchSize": 1}}
    bigger = {"KinesisStreamParameters": {"StartingPosition": "LATEST", "BatchSize": 2}}
    other = {"KinesisStreamParameters": {"StartingPosition": "TRIM_HORIZON", "BatchSize": 1}}
    hidden = Choice(("free", "C"), start, other)
    kind, name = "AWS::Pipes::Pipe", "SourceParameters"
    assert replaces(kind, name, start, bigger) is NO
    assert replaces(kind, name, start, other) is YES
    assert replaces(kind, name, start, hidden) is MAYBE


def test_a_create_only_property_in_every_item_of_a_list() -> None:
    """AWS::SSMQuickSetup::ConfigurationManager publishes .../ConfigurationDefinitions/*/Type."""
    kind, name = "AWS::SSMQuickSetup::ConfigurationManager", "ConfigurationDefinitions"
    old = [{"Type": "a", "Parameters": 1}, {"Type": "b", "Parameters": 1}]
    same = [{"Type": "a", "Parameters": 2}, {"Type": "b", "Parameters": 2}]
    other = [{"Type": "a", "Parameters": 1}, {"Type": "c", "Parameters": 1}]
    assert Reaction().replaces(kind, name, old, same) is NO
    assert Reaction().replaces(kind, name, old, other) is YES


def test_a_parameter_with_another_value_changes_what_refers_to_it() -> None:
    template = stack(Queue=("SQS::Queue", {"DelaySeconds": {"Ref": "Name"}}))
    wider = {**template, "Parameters": {"Name": {}, "New": {"Default": "x"}}}
    assert change_set(template, wider, {"Name": "a"}) == {}
    uses = {"Type": "AWS::SQS::Queue", "Properties": {"DelaySeconds": {"Ref": "New"}}}
    changes = change_set(template, {**wider, "Resources": {"Queue": uses}}, {"Name": "x"})
    assert changes["Queue"].properties == ("DelaySeconds",)


def test_a_stack_without_a_resource_has_nothing_to_lose() -> None:
    table = {"Type": "AWS::DynamoDB::Table", "Condition": "Yes"}
    before = {
        "Parameters": {"P": {"Type": "String"}},
        "Conditions": {"Yes": {"Fn::Equals": [{"Ref": "P"}, "y"]}},
        "Resources": {"Table": table, "Topic": {"Type": "AWS::SNS::Topic"}},
    }
    after = {**before, "Resources": {"Topic": {"Type": "AWS::SNS::Topic"}}}
    assert [finding.kind for finding in compare(before, after).findings] == ["removed"]
    assert [finding.kind for finding in compare(before, after, {"P": "y"}).findings] == ["removed"]
    assert compare(before, after, {"P": "n"}).findings == ()


DOMAIN, SHARDS = "OpenSearchService::Domain", "ElastiCache::ReplicationGroup"
MAYBE_ONLINE = {"UseOnlineResharding": {"Ref": "Name"}}


@pytest.mark.parametrize(
    ("kind", "name", "policy", "expected"),
    [
        (DOMAIN, "EngineVersion", None, "replaced"),
        (DOMAIN, "EngineVersion", {"EnableVersionUpgrade": False}, "replaced"),
        (DOMAIN, "EngineVersion", {"EnableVersionUpgrade": "true"}, "modified"),
        ("Elasticsearch::Domain", "ElasticsearchVersion", {}, "replaced"),
        (SHARDS, "NumNodeGroups", None, "replaced"),
        (SHARDS, "NumNodeGroups", {"UseOnlineResharding": True}, "modified"),
        (SHARDS, "NumNodeGroups", MAYBE_ONLINE, "may be replaced"),
        (SHARDS, "NumCacheClusters", None, "modified"),
        # Schemas have these as conditional; the page of the type says "some interruptions".
        ("RDS::DBInstance", "MultiAZ", None, "modified"),
        ("RDS::DBInstance", "BackupRetentionPeriod", None, "modified"),
        ("Neptune::DBInstance", "PreferredMaintenanceWindow", None, "modified"),
        ("RDS::DBInstance", "DBSnapshotIdentifier", None, "may be replaced"),
    ],
)
def test_what_pages_say_about_replacement_and_schemas_do_not(
    kind: str, name: str, policy: TemplateDict | None, expected: str
) -> None:
    """CloudFormation Template Reference, "UpdatePolicy attribute"."""

    def template(value: str) -> TemplateDict:
        written = stack(X=(kind, {name: value}))
        if policy is not None:
            written["Resources"]["X"]["UpdatePolicy"] = policy
        return written

    assert findings(template("1"), template("2")) == {"X": expected}
