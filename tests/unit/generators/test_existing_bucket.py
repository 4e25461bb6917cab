"""A bucket that is there already: what differs, and that nothing of it is taken for ours."""

import re
from typing import Any

import pytest
from awacs import s3 as s3_actions
from awacs.aws import Allow, Statement
from troposphere import Sub, encode_to_dict

from generators import results
from generators.application import build
from generators.buckets import objects
from generators.extension import ExtensionError
from generators.lanes import Lane
from generators.outputs import LANES
from generators.render import render
from generators.retention import Retention
from generators.source import UploadSource
from serverlessapp.template.parameters import accepts
from serverlessapp.template.reading import load
from tests.fixture_lanes import lane

TemplateDict = dict[str, Any]
FED_BY_RULE = [lane(source="eventbridge")]
BUCKETS = {f"{name}{end}" for name in ("UploadBucket", "AccessLogBucket") for end in ("", "Policy")}


def existing(*lanes: Lane) -> TemplateDict:
    return load(
        render(build(Retention.RETAINED, lanes or None, source=UploadSource.EXISTING_BUCKET))
    )


def test_it_differs_only_in_where_files_come_from() -> None:
    """From the template that keeps its data, with a lane that a rule feeds."""
    own, other = load(render(build(Retention.RETAINED, FED_BY_RULE))), existing(*FED_BY_RULE)
    resources, others = own["Resources"], other["Resources"]
    assert resources.keys() - others.keys() == BUCKETS
    assert others.keys() - resources.keys() == {"EventBusPolicy", "FileProcessorSourceKeyPolicy"}
    changed = {
        title for title in resources.keys() & others.keys() if resources[title] != others[title]
    }
    assert changed == {"CompletionEventPipe", "FileProcessor", "FileProcessorPolicy", "UploadRule"}
    form, its = own["Parameters"], other["Parameters"]
    assert form.keys() - its.keys() == {"VersionRetentionDays"}
    assert its.keys() - form.keys() == {"SourceBucket", "SourceKeyArn", "SourceAccount"}
    assert {name for name in form.keys() & its.keys() if form[name] != its[name]} == {
        "EnvironmentSuffix"  # which names no bucket
    }
    assert other["Conditions"].keys() - own["Conditions"].keys() == {
        "HasSourceAccount",
        "HasSourceKey",
    }
    assert {name for name, value in own["Outputs"].items() if value != other["Outputs"][name]} == {
        "UploadBucketName"
    }
    assert other["Outputs"].keys() == own["Outputs"].keys()
    assert other["Outputs"]["UploadBucketName"]["Value"] == {"Ref": "SourceBucket"}
    assert {section for section in own if own[section] != other[section]} <= {
        *("Resources", "Parameters", "Conditions", "Outputs", "Metadata", "Rules")
    }


@pytest.mark.parametrize("retention", Retention)
def test_nothing_in_the_bucket_can_go_with_the_stack(retention: Retention) -> None:
    content = build(retention, source=UploadSource.EXISTING_BUCKET).to_dict()
    types = {each["Type"] for each in content["Resources"].values()}
    assert not {each for each in types if "S3" in each or each.startswith("Custom::")}
    text = str(encode_to_dict(content))
    assert not re.findall(r"s3:(?:Delete|Put|Abort|Bypass|\*)\w*", text)


def test_each_lane_has_a_rule_of_its_own_files_alone_whatever_it_says() -> None:
    lanes = (lane("csv", folder="reports/", suffixes=[".csv", ".tsv"]), lane("all"))
    content = existing(*lanes)
    rules = {n: r for n, r in content["Resources"].items() if r["Type"] == "AWS::Events::Rule"}
    keys = {
        "CsvUploadRule": [
            {"wildcard": {"Fn::Sub": f"${{UploadPrefix}}reports/*{end}"}}
            for end in (".csv", ".tsv")
        ],
        "AllUploadRule": [{"prefix": {"Ref": "UploadPrefix"}}],
    }
    assert rules.keys() == keys.keys()
    for title, rule in rules.items():
        pattern = rule["Properties"]["EventPattern"]
        assert pattern["source"] == ["aws.s3"]
        assert pattern["detail-type"] == ["Object Created"]
        assert pattern["detail"] == {
            "bucket": {"name": [{"Ref": "SourceBucket"}]},
            "object": {"key": keys[title]},
        }
    assert '"source": "eventbridge"' in str(content["Outputs"][LANES]["Value"])
    assert '"source": "notification"' not in str(content["Outputs"][LANES]["Value"])


@pytest.mark.parametrize(
    ("name", "value", "accepted"),
    [
        ("UploadPrefix", "", False),
        ("UploadPrefix", "results/", False),
        ("UploadPrefix", "in/eu/", True),
        ("SourceBucket", "", False),
        ("SourceBucket", "company-*", False),
        ("SourceBucket", "company.files-1", True),
        ("SourceKeyArn", "", True),
        ("SourceKeyArn", "arn:aws:kms:eu-west-1:123456789012:alias/files", False),
        ("SourceKeyArn", "arn:aws:kms:eu-west-1:123456789012:key/mrk-0f", True),
        ("SourceAccount", "", True),
        ("SourceAccount", "12345", False),
    ],
)
def test_the_form_takes_what_can_be(name: str, value: str, accepted: bool) -> None:
    definition = existing()["Parameters"][name]
    assert accepts(definition, value) is accepted


def test_a_key_and_another_account_are_let_in_only_when_they_are_named() -> None:
    resources = existing()["Resources"]
    key, bus = resources["FileProcessorSourceKeyPolicy"], resources["EventBusPolicy"]
    assert (key["Condition"], bus["Condition"]) == ("HasSourceKey", "HasSourceAccount")
    (statement,) = key["Properties"]["PolicyDocument"]["Statement"]
    assert statement["Resource"] == [{"Ref": "SourceKeyArn"}]
    accepted = bus["Properties"]["Statement"]
    assert "EventBusName" not in bus["Properties"], "S3 sends to the default bus alone"
    assert accepted["Principal"] == {
        "AWS": {"Fn::Sub": "arn:${AWS::Partition}:iam::${SourceAccount}:root"}
    }
    (source,) = accepted["Condition"]["ArnLike"].values()
    assert source["Fn::Sub"].endswith("events:${AWS::Region}:${SourceAccount}:rule/*")


def test_results_go_below_results_under_the_buckets_own_key() -> None:
    content = existing(lane("csv", source="eventbridge", grants=results.grants))
    (statements,) = (
        each["Properties"]["PolicyDocument"]["Statement"]
        for each in content["Resources"].values()
        if each["Properties"].get("PolicyName") == "ProcessFiles"
    )
    by_sid = {each["Sid"]: each for each in statements}
    (written,) = by_sid["PutResults"]["Resource"]
    assert written == {"Fn::Sub": "arn:${AWS::Partition}:s3:::${SourceBucket}/results/*"}
    (key,) = by_sid["EncryptResults"]["Resource"]
    assert key["Fn::If"][:2] == ["HasSourceKey", {"Ref": "SourceKeyArn"}]


@pytest.mark.parametrize(
    ("resource", "source", "accepted"),
    [
        ("elsewhere/*", "elsewhere", False),
        ("elsewhere/*", "elsewhere-too", True),
        ("else*", "elsewhere", False),
        ("else.where-?/in/*", "else.where-1", False),
        ("elsewhere/results/*", "elsewhere", True),
        ("elsewhere/*.json", "elsewhere", True),  # which no lane takes
    ],
)
def test_files_come_from_no_bucket_that_a_processor_writes_to(
    resource: str, source: str, accepted: bool
) -> None:
    def grants(**_: Any) -> list[Statement]:
        place = Sub(f"arn:${{AWS::Partition}}:s3:::{resource}")
        return [Statement(Effect=Allow, Action=[s3_actions.PutObject], Resource=[place])]

    content = existing(lane("csv", suffixes=[".csv"], grants=grants))
    assert accepts(content["Parameters"]["SourceBucket"], source) is accepted


@pytest.mark.parametrize("prefix", ["${UploadPrefix}", "", "in/"])
def test_no_processor_writes_what_starts_it(prefix: str) -> None:
    def grants(*, bucket: Any, **_: Any) -> list[Statement]:
        actions, place = [s3_actions.PutObject], objects(bucket, prefix)
        return [Statement(Sid="WriteThere", Effect=Allow, Action=actions, Resource=[place])]

    with pytest.raises(ExtensionError, match="WriteThere allows writing"):
        existing(lane("csv", grants=grants))
