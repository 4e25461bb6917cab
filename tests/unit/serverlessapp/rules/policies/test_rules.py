"""Each rule finds what it is for, and leaves its neighbour alone."""

from typing import Any

import pytest

from .samples import GOOD_ROLE, messages, objected, template, with_statement

QUEUE = "arn:aws:sqs:us-west-2:123456789012:sample"
ROLE = "arn:aws:iam::123456789012:role/x"
TABLE = {"Type": "AWS::DynamoDB::Table", "Properties": {}}
GROUP = {"Type": "AWS::Logs::LogGroup", "Properties": {}}
GOOD_SOURCE = {
    "ArnLike": {"aws:SourceArn": {"Fn::Sub": "arn:aws:s3:::${AWS::StackName}-x"}},
    "StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}},
}
ALARM = {"Fn::Sub": "arn:aws:cloudwatch:${AWS::Region}:${AWS::AccountId}:alarm:${AWS::StackName}-*"}


@pytest.mark.parametrize(
    ("statement", "rule"),
    [
        ({"Action": ["sqs:SendMesage"], "Resource": [QUEUE]}, "action-exists"),
        ({"Action": "nosuch:Action", "Resource": "*"}, "action-exists"),
        ({"Action": ["sqs:*"], "Resource": [QUEUE]}, "action-exact"),
        ({"Action": ["sqs:Send*"], "Resource": [QUEUE]}, "action-exact"),
        ({"NotAction": ["sqs:SendMessage"], "Resource": [QUEUE]}, "action-exact"),
        ({"Action": ["sqs:SendMessage"], "Resource": "*"}, "resource-exact"),
        ({"Action": ["sqs:SendMessage"], "NotResource": [QUEUE]}, "resource-exact"),
        (
            {"Action": ["s3:GetObject"], "Resource": [{"Fn::If": ["A", "arn:aws:s3:::b/*", "*"]}]},
            "resource-exact",
        ),
        ({"Action": ["sqs:SendMessage"], "Resource": ["arn:aws:s3:::b/*"]}, "resource-fits"),
        ({"Action": ["s3:GetObject"], "Resource": ["arn:aws:s3:::bucket"]}, "resource-fits"),
        ({"Action": ["s3:ListBucket"], "Resource": ["arn:aws:s3:::bucket/*"]}, "resource-fits"),
        (
            {"Action": ["sqs:SendMessage"], "Resource": [QUEUE, "arn:aws:sns:r:1:t"]},
            "resource-fits",
        ),
        (
            {"Action": ["sqs:SendMessage"], "Resource": [{"Fn::GetAtt": ["Ledger", "Arn"]}]},
            "resource-fits",
        ),
        (
            {
                "Action": ["sqs:SendMessage"],
                "Resource": [QUEUE],
                "Condition": {"StringEqual": {"aws:SourceArn": "x"}},
            },
            "condition-known",
        ),
        ({"Action": ["iam:PutRolePolicy"], "Resource": [ROLE]}, "escalation"),
        ({"Action": ["iam:DeleteRolePermissionsBoundary"], "Resource": [ROLE]}, "escalation"),
        ({"Action": ["iam:CreateAccessKey"], "Resource": ["arn:aws:iam::1:user/x"]}, "escalation"),
        (
            {
                "Action": ["iam:GetGroup"],  # of a kind that has no condition keys at all
                "Resource": ["arn:aws:iam::1:group/x"],
                "Condition": {"StringEquals": {"iam:PassedToService": "x"}},
            },
            "condition-known",
        ),
        (
            {
                "Action": ["kms:DescribeKey"],
                "Resource": ["arn:aws:kms:r:1:key/x"],
                "Condition": {"StringEquals": {"kms:EncryptionContext:a": "b"}},
            },
            "condition-known",
        ),
    ],
)
def test_a_grant_that_does_not_mean_what_it_says(statement: dict[str, Any], rule: str) -> None:
    assert objected(with_statement("identity", statement, Ledger=TABLE)) - {
        ("Ledger", "tls-only")
    } == {("Carrier", rule)}


@pytest.mark.parametrize(
    "statement",
    [
        {"Action": ["sqs:SendMessage"], "Resource": [QUEUE]},
        {"Action": "s3:GetObject", "Resource": {"Fn::Sub": "arn:aws:s3:::b/a/${AWS::Region}/*"}},
        {"Action": ["s3:GetObject", "s3:ListBucket"], "Resource": ["arn:aws:s3:::b*"]},
        {"Action": ["logs:PutLogEvents"], "Resource": [{"Fn::GetAtt": ["Group", "Arn"]}]},
        {"Action": ["s3:ListAllMyBuckets"], "Resource": "*"},
        {"Action": ["sqs:SendMessage"], "Resource": {"Ref": "QueueArn"}},
        {"Action": ["iam:DeleteRolePolicy", "iam:TagRole"], "Resource": [ROLE]},
        {
            "Action": ["iam:PutRolePolicy"],
            "Resource": [ROLE],
            "Condition": {"ArnEquals": {"iam:PermissionsBoundary": "arn:aws:iam::1:policy/b"}},
        },
        {"Effect": "Deny", "Action": ["s3:*"], "Resource": "*"},
        {
            "Action": ["kms:Decrypt"],
            "Resource": ["arn:aws:kms:r:1:key/x"],
            "Condition": {
                "ForAnyValue:StringLikeIfExists": {"kms:ResourceAliases": "alias/x"},
                "StringEquals": {"kms:EncryptionContext:a": "b", "aws:ResourceTag/c": "d"},
            },
        },
    ],
)
def test_a_grant_that_means_what_it_says(statement: dict[str, Any]) -> None:
    sample = with_statement("identity", statement, Group=GROUP)
    form = {"QueueArn": {"Type": "String"}}
    assert messages(template(dict(sample.resources), Parameters=form)) == []


@pytest.mark.parametrize(
    ("kind", "service", "condition", "words"),
    [
        ("resource", "s3", {}, "any source"),
        ("resource", "s3", {"ArnLike": GOOD_SOURCE["ArnLike"]}, "other accounts"),
        ("resource", "s3", {"StringEquals": GOOD_SOURCE["StringEquals"]}, "any source"),
        ("resource", "lambda", {}, "any source"),
        ("trust", "codebuild", {}, "any source"),
        (
            "resource",
            "s3",
            {**GOOD_SOURCE, "StringEquals": {"aws:SourceAccount": "999999999999"}},
            "other accounts",
        ),
    ],
)
def test_a_service_that_anybody_could_send(
    kind: str, service: str, condition: dict[str, Any], words: str
) -> None:
    (message,) = messages(deputy(kind, service, condition))
    assert words in message


@pytest.mark.parametrize(
    ("kind", "service", "condition"),
    [
        ("resource", "s3", GOOD_SOURCE),
        ("resource", "cloudwatch", {"ArnLike": {"aws:SourceArn": ALARM}}),
        ("trust", "lambda", {}),
    ],
)
def test_a_service_that_acts_for_us_only(
    kind: str, service: str, condition: dict[str, Any]
) -> None:
    assert messages(deputy(kind, service, condition)) == []


def deputy(kind: str, service: str, condition: dict[str, Any]) -> Any:
    action = {"Action": "sts:AssumeRole"} if kind == "trust" else {"Action": "sqs:SendMessage"}
    principal = {"Principal": {"Service": f"{service}.amazonaws.com"}}
    return with_statement(kind, {**action, **principal, "Condition": condition})


@pytest.mark.parametrize(
    "principal", [{"Principal": "*"}, {"Principal": {"AWS": ["*"]}}, {"NotPrincipal": {"AWS": "x"}}]
)
def test_nothing_is_for_everybody(principal: dict[str, Any]) -> None:
    sample = with_statement("resource", {"Action": "sqs:SendMessage", **principal})
    assert objected(sample) == {("Carrier", "principal-named")}


@pytest.mark.parametrize(
    "name", ["999999999999", "arn:aws:iam::999999999999:root", ["arn:aws:iam::999999999999:role/x"]]
)
@pytest.mark.parametrize("kind", ["trust", "resource", "key"])
def test_nothing_is_for_another_account(kind: str, name: Any) -> None:
    action = {"trust": "sts:AssumeRole", "key": "kms:Decrypt"}.get(kind, "sqs:SendMessage")
    sample = with_statement(kind, {"Action": action, "Principal": {"AWS": name}})
    assert objected(sample) == {("Carrier", "own-account")}


@pytest.mark.parametrize(
    "name",
    [
        "123456789012",
        {"Fn::Sub": "arn:${AWS::Partition}:iam::${AWS::AccountId}:root"},
        {"Fn::GetAtt": ["Carrier", "Arn"]},
        {"Ref": "Partner"},
        {"Fn::Sub": "arn:aws:iam::${Partner}:role/x"},
    ],
)
def test_our_account_is_let_in_and_whom_the_user_names(name: Any) -> None:
    sample = with_statement("trust", {"Action": "sts:AssumeRole", "Principal": {"AWS": name}})
    form = {"Partner": {"Type": "String"}}
    assert not objected(template(dict(sample.resources), Parameters=form))


@pytest.mark.parametrize(
    "kind", ["AWS::S3::Bucket", "AWS::SQS::Queue", "AWS::SNS::Topic", "AWS::DynamoDB::Table"]
)
def test_whatever_answers_plain_http_refuses_it(kind: str) -> None:
    assert objected(template({"Store": {"Type": kind}})) == {("Store", "tls-only")}


@pytest.mark.parametrize(
    "change",
    [
        {"Effect": "Allow"},
        {"Principal": {"AWS": "x"}},
        {"Action": ["sqs:SendMessage"]},
        {"Condition": {"Bool": {"aws:SecureTransport": "true"}}},
        {},
    ],
)
def test_a_refusal_has_to_be_one(change: dict[str, Any]) -> None:
    refusal = {
        "Effect": "Deny",
        "Principal": "*",
        "Action": "sqs:*",
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }
    sample = with_statement("resource", {**refusal, **change}, Queue={"Type": "AWS::SQS::Queue"})
    sample.resources["Carrier"]["Properties"]["Queues"].append({"Ref": "Queue"})
    assert (("Queue", "tls-only") in objected(sample)) is bool(change)


def test_roles_have_a_boundary_and_policies_of_their_own() -> None:
    role: dict[str, Any] = {"Type": "AWS::IAM::Role", "Properties": {}}
    assert objected(template({"Role": role})) == {("Role", "boundary")}
    managed = {"Fn::Sub": "arn:${AWS::Partition}:iam::aws:policy/ReadOnlyAccess"}
    role = {**role, "Properties": {**GOOD_ROLE, "ManagedPolicyArns": [managed]}}
    assert objected(template({"Role": role})) == {("Role", "own-policies")}
    role["Properties"]["ManagedPolicyArns"] = [{"Ref": "Own"}]
    assert not objected(template({"Role": role}))


@pytest.mark.parametrize(
    ("sections", "expected"),
    [
        ({"Parameters": {"DbPassword": {"Type": "String"}}}, ("DbPassword", "no-echo")),
        ({"Parameters": {"DbPassword": {"NoEcho": "true"}}}, None),
        (
            {"Outputs": {"Key": {"Value": "{{resolve:secretsmanager:x:SecretString:y}}"}}},
            ("Key", "no-disclosure"),
        ),
        (
            {
                "Parameters": {"Pin": {"NoEcho": True}},
                "Outputs": {"Pin": {"Value": {"Ref": "Pin"}}},
            },
            ("Pin", "no-disclosure"),
        ),
        ({"Outputs": {"Arn": {"Value": {"Ref": "Secret"}}}}, None),
    ],
)
def test_secrets_are_not_shown(sections: dict[str, Any], expected: tuple[str, str] | None) -> None:
    assert objected(template(**sections)) == ({expected} if expected else set())


def test_a_function_gets_no_secret_in_its_environment() -> None:
    variables = {"Variables": {"KEY": "{{resolve:secretsmanager:x}}"}}
    function = {"Type": "AWS::Lambda::Function", "Properties": {"Environment": variables}}
    assert objected(template({"Function": function})) == {("Function", "no-disclosure")}


def test_a_resource_skips_a_rule_for_itself_alone() -> None:
    skipping = {"serverlessapp": {"skip": [{"id": "tls-only", "comment": "nobody is there"}]}}
    queue = {"Type": "AWS::SQS::Queue"}
    sample = template({"Quiet": {**queue, "Metadata": skipping}, "Other": queue})
    assert objected(sample) == {("Other", "tls-only")}
    role = {"Type": "AWS::IAM::Role", "Properties": {}, "Metadata": skipping}
    assert objected(template({"Role": role})) == {("Role", "boundary")}
