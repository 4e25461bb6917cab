"""Changes somebody may make without thinking of the stacks that exist, and what is said of them.

Each takes a template as it is, changes it in one respect, and names the finding that must come
of it. Nothing worse may be found.
"""

from collections.abc import Callable
from typing import Any

import pytest

from serverlessapp.diff.model import Bump, Comparison, Risk

from .comparing import compare

TemplateDict = dict[str, Any]
Change = Callable[[TemplateDict], None]

SAFE, REVIEW, DATA = Risk
NONE, PATCH, MINOR, MAJOR = Bump
CASES: list[Any] = []


def case(risk: Risk, bump: Bump, kind: str, subject: str) -> Callable[[Change], Change]:
    """Register a change, with the finding that must come of it."""

    def register(change: Change) -> Change:
        CASES.append(pytest.param(change, (risk, bump, kind, subject), id=change.__name__))
        return change

    return register


def properties(template: TemplateDict, name: str) -> dict[str, Any]:
    return template["Resources"][name]["Properties"]  # type: ignore[no-any-return]


def statement(template: TemplateDict, resource: str, sid: str) -> dict[str, Any]:
    document = properties(template, resource)
    document = document.get("PolicyDocument") or document["KeyPolicy"]
    (chosen,) = (item for item in document["Statement"] if item["Sid"] == sid)
    return chosen  # type: ignore[no-any-return]


@case(DATA, MAJOR, "removed", "Ledger")
def rename_a_table(template: TemplateDict) -> None:
    template["Resources"]["Receipts"] = template["Resources"].pop("Ledger")


@case(DATA, MAJOR, "removed", "AccessLogBucket")
def remove_a_bucket(template: TemplateDict) -> None:
    del template["Resources"]["AccessLogBucket"]


@case(DATA, MAJOR, "may be replaced", "Ledger")
def change_a_key_schema(template: TemplateDict) -> None:
    properties(template, "Ledger")["KeySchema"][0]["AttributeName"] = "other"


@case(DATA, MAJOR, "replaced", "UploadBucket")
def change_a_bucket_name_in_an_intrinsic(template: TemplateDict) -> None:
    properties(template, "UploadBucket")["BucketName"]["Fn::Sub"][0] += "-x"


@case(DATA, MAJOR, "replaced", "Secret")
def name_a_secret(template: TemplateDict) -> None:
    properties(template, "Secret")["Name"] = "mine"


@case(DATA, MAJOR, "replaced", "DeadLetterQueue")
def make_a_queue_fifo(template: TemplateDict) -> None:
    properties(template, "DeadLetterQueue")["FifoQueue"] = True


@case(DATA, MAJOR, "new value", "Secret")
def generate_another_secret(template: TemplateDict) -> None:
    properties(template, "Secret")["GenerateSecretString"]["PasswordLength"] = 40


@case(DATA, MAJOR, "less protected", "UploadBucket")
def delete_a_bucket_with_the_stack(template: TemplateDict) -> None:
    template["Resources"]["UploadBucket"]["DeletionPolicy"] = "Delete"


@case(DATA, MAJOR, "less protected", "Ledger")
def drop_the_policy_for_replacement(template: TemplateDict) -> None:
    del template["Resources"]["Ledger"]["UpdateReplacePolicy"]


@case(DATA, MAJOR, "may be removed", "FileProcessorLogs")
def make_a_log_group_optional(template: TemplateDict) -> None:
    template["Resources"]["FileProcessorLogs"]["Condition"] = "HasAlarmEmail"


@case(DATA, MAJOR, "replaced", "Ledger")
def change_a_type(template: TemplateDict) -> None:
    template["Resources"]["Ledger"]["Type"] = "AWS::SNS::Topic"


@case(REVIEW, MINOR, "replaced", "FileProcessor")
def name_a_function(template: TemplateDict) -> None:
    properties(template, "FileProcessor")["FunctionName"] = "processor"


@case(REVIEW, MINOR, "replaced", "IngestMapping")
def rename_what_another_is_fed_by(template: TemplateDict) -> None:
    """A new queue beside the old one: only what reads from it is replaced."""
    template["Resources"]["Ingest2"] = template["Resources"]["IngestQueue"]
    properties(template, "IngestMapping")["EventSourceArn"]["Fn::GetAtt"][0] = "Ingest2"


@case(REVIEW, MINOR, "removed", "FunctionErrorsAlarm")
def remove_an_alarm(template: TemplateDict) -> None:
    del template["Resources"]["FunctionErrorsAlarm"]


@case(REVIEW, MINOR, "kept differently", "UploadBucket")
def expire_files(template: TemplateDict) -> None:
    rules = properties(template, "UploadBucket")["LifecycleConfiguration"]["Rules"]
    rules.append({"Id": "Expire", "Status": "Enabled", "ExpirationInDays": 30})


@case(REVIEW, MINOR, "kept differently", "Ledger")
def give_up_recovery(template: TemplateDict) -> None:
    del properties(template, "Ledger")["PointInTimeRecoverySpecification"]


@case(REVIEW, MAJOR, "parameter removed", "FunctionMemory")
def drop_a_parameter(template: TemplateDict) -> None:
    del template["Parameters"]["FunctionMemory"]
    properties(template, "FileProcessor")["MemorySize"] = 256


@case(REVIEW, MAJOR, "parameter added", "CostCenter")
def demand_a_parameter(template: TemplateDict) -> None:
    template["Parameters"]["CostCenter"] = {"Type": "String"}


@case(SAFE, MINOR, "parameter added", "CostCenter")
def offer_a_parameter(template: TemplateDict) -> None:
    template["Parameters"]["CostCenter"] = {"Type": "String", "Default": ""}


@case(SAFE, MINOR, "default changed", "FunctionMemory")
def change_a_default(template: TemplateDict) -> None:
    template["Parameters"]["FunctionMemory"]["Default"] = "512"


@case(REVIEW, MAJOR, "parameter stricter", "Encryption")
def forbid_a_value(template: TemplateDict) -> None:
    template["Parameters"]["Encryption"]["AllowedValues"].remove("CustomerManaged")


@case(REVIEW, MAJOR, "parameter stricter", "FunctionMemory")
def lower_a_maximum(template: TemplateDict) -> None:
    template["Parameters"]["FunctionMemory"]["MaxValue"] = 1024


@case(SAFE, MINOR, "parameter wider", "MaximumConcurrency")
def raise_a_maximum(template: TemplateDict) -> None:
    template["Parameters"]["MaximumConcurrency"]["MaxValue"] = 2000


@case(REVIEW, MAJOR, "rule added", "NeedsEmail")
def add_a_rule(template: TemplateDict) -> None:
    assertion = {"Assert": {"Fn::Not": [{"Fn::Equals": [{"Ref": "AlarmEmail"}, ""]}]}}
    template["Rules"]["NeedsEmail"] = {"Assertions": [assertion]}


@case(REVIEW, MAJOR, "output removed", "SecretArn")
def drop_an_output(template: TemplateDict) -> None:
    del template["Outputs"]["SecretArn"]


@case(REVIEW, MAJOR, "output changed", "SecretArn")
def rename_an_export(template: TemplateDict) -> None:
    template["Outputs"]["SecretArn"]["Export"]["Name"]["Fn::Sub"] += "2"


@case(REVIEW, MINOR, "output changed", "FunctionArn")
def answer_something_else(template: TemplateDict) -> None:
    template["Outputs"]["FunctionArn"]["Value"] = {"Ref": "FileProcessor"}


@case(REVIEW, MINOR, "IAM widened", "FileProcessorPolicy")
def widen_an_action(template: TemplateDict) -> None:
    statement(template, "FileProcessorPolicy", "WriteLedger")["Action"] = ["dynamodb:*"]


@case(REVIEW, MINOR, "IAM widened", "FileProcessorPolicy")
def widen_a_resource(template: TemplateDict) -> None:
    reading = statement(template, "FileProcessorPolicy", "ReadUploads")
    reading["Resource"] = [{"Fn::Sub": "${UploadBucket.Arn}/*"}]


@case(SAFE, MINOR, "IAM narrowed", "FileProcessorPolicy")
def narrow_a_resource(template: TemplateDict) -> None:
    reading = statement(template, "FileProcessorPolicy", "ReadUploads")
    reading["Resource"] = [{"Fn::Sub": "${UploadBucket.Arn}/${UploadPrefix}*.csv"}]


@case(REVIEW, MINOR, "IAM widened", "IngestQueuePolicy")
def drop_a_condition(template: TemplateDict) -> None:
    del statement(template, "IngestQueuePolicy", "AcceptUploadEvents")["Condition"]["ArnEquals"]


@case(REVIEW, MINOR, "IAM widened", "UploadBucketPolicy")
def allow_plain_http(template: TemplateDict) -> None:
    properties(template, "UploadBucketPolicy")["PolicyDocument"]["Statement"] = []


@case(SAFE, MINOR, "IAM narrowed", "UploadBucketPolicy")
def deny_more(template: TemplateDict) -> None:
    denial = statement(template, "UploadBucketPolicy", "DenyInsecureTransport")
    properties(template, "UploadBucketPolicy")["PolicyDocument"]["Statement"].append(
        {**denial, "Sid": "DenyAll", "Condition": {}}
    )


@case(REVIEW, MINOR, "IAM widened", "FileProcessorRole")
def trust_somebody_else(template: TemplateDict) -> None:
    trust = properties(template, "FileProcessorRole")["AssumeRolePolicyDocument"]
    trust["Statement"][0]["Principal"] = {"Service": ["lambda.amazonaws.com", "ec2.amazonaws.com"]}


@case(REVIEW, MINOR, "IAM widened", "FileProcessorRole")
def give_up_the_boundary(template: TemplateDict) -> None:
    del properties(template, "FileProcessorRole")["PermissionsBoundary"]


@case(REVIEW, MINOR, "IAM widened", "FileProcessorRole")
def attach_a_managed_policy(template: TemplateDict) -> None:
    arn = {"Fn::Sub": "arn:${AWS::Partition}:iam::aws:policy/ReadOnlyAccess"}
    properties(template, "FileProcessorRole")["ManagedPolicyArns"] = [arn]


@case(REVIEW, MINOR, "IAM widened", "FileProcessor")
def run_as_another_role(template: TemplateDict) -> None:
    properties(template, "FileProcessor")["Role"] = {"Fn::Sub": "arn:${AWS::Partition}:iam::1:r"}


@case(REVIEW, MINOR, "access widened", "UploadBucket")
def open_a_bucket_to_the_public(template: TemplateDict) -> None:
    blocks = properties(template, "UploadBucket")["PublicAccessBlockConfiguration"]
    blocks["BlockPublicPolicy"] = False


@case(SAFE, PATCH, "modified", "FileProcessor")
def change_the_code(template: TemplateDict) -> None:
    properties(template, "FileProcessor")["Code"]["Fn::If"][2]["ZipFile"] += "\n"


@case(SAFE, PATCH, "modified", "IngestQueue")
def change_a_mapping(template: TemplateDict) -> None:
    template["Mappings"]["Timeouts"]["60"]["Visibility"] = "400"


@case(SAFE, PATCH, "modified", "FileProcessor")
def change_a_condition(template: TemplateDict) -> None:
    condition = {"Fn::Not": [{"Fn::Equals": [{"Ref": "CodeKey"}, ""]}]}
    template["Conditions"]["HasCodePackage"] = condition


@case(SAFE, PATCH, "order", "FileProcessor")
def change_the_order(template: TemplateDict) -> None:
    template["Resources"]["FileProcessor"]["DependsOn"] = ["Ledger"]


@case(SAFE, MINOR, "added", "SecondTable")
def add_a_table(template: TemplateDict) -> None:
    template["Resources"]["SecondTable"] = template["Resources"]["Ledger"]


@case(SAFE, PATCH, "text", "Description")
def change_the_description(template: TemplateDict) -> None:
    template["Description"] = "Something else."


def classified(comparison: Comparison) -> set[tuple[Risk, Bump, str, str]]:
    return {
        (finding.risk, finding.bump, finding.kind, finding.subject)
        for finding in comparison.findings
    }


@pytest.mark.parametrize(("change", "expected"), CASES)
def test_is_classified(
    retained: TemplateDict,
    changed: TemplateDict,
    change: Change,
    expected: tuple[Risk, Bump, str, str],
) -> None:
    change(changed)
    comparison = compare(retained, changed)
    assert expected in classified(comparison)
    assert max(finding.risk for finding in comparison.findings) == expected[0]


def test_reasons_alone_change_nothing_but_are_listed(
    retained: TemplateDict, changed: TemplateDict
) -> None:
    for resource in changed["Resources"].values():
        resource["Metadata"] = {"Why": "Another one."}
    compared = compare(retained, changed, {})
    assert compared.findings == ()
    assert len(compared.change_set) > len(retained["Resources"]) / 2


def test_there_are_enough() -> None:
    assert len(CASES) >= 40
