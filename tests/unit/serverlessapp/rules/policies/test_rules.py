"""Each rule finds what it is for, and leaves its neighbour alone."""

import json
from pathlib import Path
from typing import Any

import pytest

from serverlessapp.rules.policies.statements import clauses
from serverlessapp.template.evaluation import Evaluation
from serverlessapp.template.reading import read

from .samples import GOOD_ROLE, messages, mistakes, objected, template, with_statement

QUEUE = "arn:aws:sqs:us-west-2:123456789012:sample"
ROLE = "arn:aws:iam::123456789012:role/x"
TABLE = {"Type": "AWS::DynamoDB::Table", "Properties": {}}
SECRET = "{{resolve:secretsmanager:x:SecretString:y}}"
GROUP = {"Type": "AWS::Logs::LogGroup", "Properties": {}}
GOOD_SOURCE = {
    "ArnLike": {"aws:SourceArn": {"Fn::Sub": "arn:aws:s3:::${AWS::StackName}-x"}},
    "StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}},
}
ALARM = {"Fn::Sub": "arn:aws:cloudwatch:${AWS::Region}:${AWS::AccountId}:alarm:${AWS::StackName}-*"}


@pytest.mark.parametrize(
    ("statement", "rule"),
    [
        ({"Action": ["sqs:*"], "Resource": [QUEUE]}, "W9301"),
        ({"Action": ["sqs:Send*"], "Resource": [QUEUE]}, "W9301"),
        ({"Action": ["sqs:SendMessag?"], "Resource": [QUEUE]}, "W9301"),
        ({"NotAction": ["sqs:SendMessage"], "Resource": [QUEUE]}, "W9301"),
        ({"Action": ["sqs:SendMessage"], "Resource": "*"}, "W9303"),
        ({"Action": ["sqs:SendMessage"], "NotResource": [QUEUE]}, "W9303"),
        (
            {"Action": ["s3:GetObject"], "Resource": [{"Fn::If": ["A", "arn:aws:s3:::b/*", "*"]}]},
            "W9303",
        ),
        ({"Action": ["sqs:SendMessage"], "Resource": ["arn:aws:s3:::b/*"]}, "W9304"),
        ({"Action": ["s3:GetObject"], "Resource": ["arn:aws:s3:::bucket"]}, "W9304"),
        ({"Action": ["s3:ListBucket"], "Resource": ["arn:aws:s3:::bucket/*"]}, "W9304"),
        (
            {"Action": ["sqs:SendMessage"], "Resource": [QUEUE, "arn:aws:sns:r:1:t"]},
            "W9304",
        ),
        (
            {"Action": ["sqs:SendMessage"], "Resource": [{"Fn::GetAtt": ["Ledger", "Arn"]}]},
            "W9304",
        ),
        ({"Action": ["iam:PutRolePolicy"], "Resource": [ROLE]}, "W9302"),
        ({"Action": ["iam:DeleteRolePermissionsBoundary"], "Resource": [ROLE]}, "W9302"),
        ({"Action": ["iam:CreateAccessKey"], "Resource": ["arn:aws:iam::1:user/x"]}, "W9302"),
        (
            {
                "Action": ["iam:GetGroup"],  # of a kind that has no condition keys at all
                "Resource": ["arn:aws:iam::1:group/x"],
                "Condition": {"StringEquals": {"iam:PassedToService": "x"}},
            },
            "W9305",
        ),
        (
            {
                "Action": ["kms:DescribeKey"],
                "Resource": ["arn:aws:kms:r:1:key/x"],
                "Condition": {"StringEquals": {"kms:EncryptionContext:a": "b"}},
            },
            "W9305",
        ),
    ],
)
def test_a_grant_that_does_not_mean_what_it_says(statement: dict[str, Any], rule: str) -> None:
    assert objected(with_statement("identity", statement, Ledger=TABLE)) - {
        ("Ledger", "W9309")
    } == {("Carrier", rule)}


def test_what_applies_to_nothing_is_said_once() -> None:
    statement = {"Action": "sqs:SendMessage", "Resource": ["arn:aws:s3:::a", "arn:aws:s3:::b"]}
    assert len(messages(with_statement("identity", statement))) == 1


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
    assert messages({**sample, "Parameters": {"QueueArn": {"Type": "String"}}}) == []


@pytest.mark.parametrize(
    ("kind", "service", "condition", "words"),
    [
        ("resource", "s3", {}, "any source"),
        ("resource", "s3", {"ArnLike": GOOD_SOURCE["ArnLike"]}, "other accounts"),
        ("resource", "s3", {"StringEquals": GOOD_SOURCE["StringEquals"]}, "any source"),
        ("resource", "lambda", {}, "any source"),
        ("trust", "codebuild", {}, "any source"),
    ],
)
def test_a_service_that_anybody_could_send(
    kind: str, service: str, condition: dict[str, Any], words: str
) -> None:
    (message,) = messages(deputy(kind, service, condition))
    assert words in message


@pytest.mark.parametrize(
    ("condition", "words"),
    [
        ({"Fn::If": ["A", GOOD_SOURCE, {"Ref": "AWS::NoValue"}]}, ["any source"]),
        ({"Fn::If": ["A", GOOD_SOURCE, GOOD_SOURCE]}, []),
        ({"Fn::FindInMap": ["M", {"Ref": "AWS::Region"}, "condition"]}, []),  # nobody knows
        ({"ArnLike": {"aws:SourceArn": {"Ref": "QueueArn"}}}, []),
        ({"ArnLike": {"aws:SourceArn": "arn:aws:events:*:*:rule/x"}}, ["other accounts"]),
    ],
)
def test_a_condition_that_a_choice_may_take_away(
    condition: dict[str, Any], words: list[str]
) -> None:
    sample = deputy("resource", "events", condition)
    found = messages({**sample, "Parameters": {"QueueArn": {"Type": "String"}}})
    assert [word in message for word, message in zip(words, found, strict=True)] == [True] * len(
        words
    )


def test_another_account_is_no_source() -> None:
    condition = {**GOOD_SOURCE, "StringEquals": {"aws:SourceAccount": "999999999999"}}
    assert objected(deputy("resource", "s3", condition)) == {("Carrier", "W9307")}


@pytest.mark.parametrize(
    ("kind", "service", "condition"),
    [
        ("resource", "s3", GOOD_SOURCE),
        ("trust", "ec2", {}),  # documents no source, and a condition would lock it out
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
    assert objected(sample) == {("Carrier", "W9306")}


@pytest.mark.parametrize(
    "name", ["999999999999", "arn:aws:iam::999999999999:root", ["arn:aws:iam::999999999999:role/x"]]
)
@pytest.mark.parametrize("kind", ["trust", "resource", "key"])
def test_nothing_is_for_another_account(kind: str, name: Any) -> None:
    action = {"trust": "sts:AssumeRole", "key": "kms:Decrypt"}.get(kind, "sqs:SendMessage")
    sample = with_statement(kind, {"Action": action, "Principal": {"AWS": name}})
    assert objected(sample) == {("Carrier", "W9307")}


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
    assert not objected({**sample, "Parameters": {"Partner": {"Type": "String"}}})


@pytest.mark.parametrize(
    "kind", ["AWS::S3::Bucket", "AWS::SQS::Queue", "AWS::SNS::Topic", "AWS::DynamoDB::Table"]
)
def test_whatever_answers_plain_http_refuses_it(kind: str) -> None:
    assert objected(template({"Store": {"Type": kind}})) == {("Store", "W9309")}


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
    sample["Resources"]["Carrier"]["Properties"]["Queues"].append({"Ref": "Queue"})
    assert (("Queue", "W9309") in objected(sample)) is bool(change)


def test_roles_have_a_boundary_and_policies_of_their_own() -> None:
    role: dict[str, Any] = {"Type": "AWS::IAM::Role", "Properties": {}}
    assert objected(template({"Role": role})) == {("Role", "W9310")}
    managed = {"Fn::Sub": "arn:${AWS::Partition}:iam::aws:policy/ReadOnlyAccess"}
    role = {**role, "Properties": {**GOOD_ROLE, "ManagedPolicyArns": [managed]}}
    assert objected(template({"Role": role})) == {("Role", "W9311")}
    service = "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"
    role["Properties"]["ManagedPolicyArns"] = [{"Ref": "Own"}, service]
    assert not objected(template({"Role": role}))


@pytest.mark.parametrize(
    ("name", "definition", "is_shown"),
    [
        ("DbPassword", {"Type": "String"}, True),
        ("GITHUBTOKEN", {"Type": "CommaDelimitedList"}, True),
        ("DbPassword", {"Type": "String", "NoEcho": "true"}, False),
        ("DbPassword", {"Type": "AWS::SSM::Parameter::Value<String>"}, False),
        ("UseSecret", {"Type": "String", "AllowedValues": ["yes", "no"]}, False),
        ("SecretArn", {"Type": "String"}, False),
        ("PasswordLength", {"Type": "Number"}, False),
        ("TokenUrl", {"Type": "String"}, False),
    ],
)
def test_parameters_with_secrets_are_not_shown(
    name: str, definition: dict[str, Any], is_shown: bool
) -> None:
    sample = template(Parameters={name: definition})
    assert objected(sample) == ({(name, "W9312")} if is_shown else set())


@pytest.mark.parametrize(
    ("kind", "properties"),
    [
        ("AWS::Lambda::Function", {"Environment": {"Variables": {"KEY": SECRET}}}),
        ("AWS::Lambda::Function", {"Environment": {"Variables": {"KEY": {"Ref": "Pin"}}}}),
        (
            "AWS::CodeBuild::Project",
            {"Environment": {"EnvironmentVariables": [{"Value": {"Fn::Sub": "a-${Pin}"}}]}},
        ),
        (
            "AWS::ECS::TaskDefinition",
            {"ContainerDefinitions": [{"Environment": {"Fn::If": ["A", [{"Value": SECRET}], []]}}]},
        ),
    ],
)
def test_nobody_gets_a_secret_in_the_environment(kind: str, properties: dict[str, Any]) -> None:
    form = {"Pin": {"Type": "String", "NoEcho": True}, "Plain": {"Type": "String"}}
    sample = template({"It": {"Type": kind, "Properties": properties}}, Parameters=form)
    assert objected(sample) == {("It", "W9313")}
    text = json.dumps(sample).replace(SECRET, "{{resolve:ssm:x}}").replace('"Pin"', '"Plain"')
    assert not objected(json.loads(text.replace("${Pin}", "${Plain}")))


def test_policies_as_other_people_write_them_have_no_mistakes() -> None:
    sample = read(Path(__file__).with_name("others.yaml"))
    assert len(clauses(Evaluation(template=sample))) == 28
    assert mistakes(sample.content) == []
