"""Statements are found wherever and however a policy is written."""

import json
from typing import Any

import pytest

from serverlessapp.template.evaluation import Evaluation
from serverlessapp.template.policies import PolicyKind, Statement, statements
from serverlessapp.template.reading import Template
from serverlessapp.template.values import Kind, Text, Unknown

STATEMENT = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:x"}
DOCUMENT = {"Version": "2012-10-17", "Statement": [STATEMENT]}
CONDITIONS = {"C": {"Fn::Equals": [{"Ref": "AWS::Region"}, "x"]}}


def found(properties: Any, resource_type: str = "AWS::S3::BucketPolicy") -> list[Statement]:
    content = {
        "Conditions": CONDITIONS,
        "Resources": {"R": {"Type": resource_type, "Properties": properties}},
    }
    (resource,) = Evaluation(template=Template(content=content)).resources()
    return list(statements(resource))


@pytest.mark.parametrize(
    "properties",
    [
        {"PolicyDocument": DOCUMENT},
        {"PolicyDocument": {**DOCUMENT, "Statement": STATEMENT}},
        {"PolicyDocument": json.dumps(DOCUMENT)},
        {"PolicyDocument": {"Fn::Sub": json.dumps(DOCUMENT)}},
        {"PolicyDocument": {"Fn::ToJsonString": DOCUMENT}},
        {"Policies": [{"PolicyDocument": DOCUMENT}]},
        {"PolicyDocument": {"Fn::If": ["C", DOCUMENT, {"Ref": "AWS::NoValue"}]}},
        {"PolicyDocument": {"Statement": [{"Fn::If": ["C", STATEMENT, {"Ref": "AWS::NoValue"}]}]}},
    ],
)
def test_statements_are_found_however_the_policy_is_written(properties: Any) -> None:
    (statement,) = found(properties)
    assert statement.content == STATEMENT
    assert bool(statement.guards) is ("Fn::If" in json.dumps(properties))


def test_a_text_with_holes_gives_a_statement_with_holes() -> None:
    text = json.dumps(DOCUMENT).replace("arn:x", "${R.Arn}/*")
    (statement,) = found({"PolicyDocument": {"Fn::Sub": text}})
    assert statement.content["Resource"] == Text((Unknown(Kind.ATTRIBUTE, "R", "Arn"), "/*"))


@pytest.mark.parametrize(
    ("resource_type", "name", "kind"),
    [
        ("AWS::IAM::Role", "AssumeRolePolicyDocument", PolicyKind.TRUST),
        ("AWS::IAM::ManagedPolicy", "PolicyDocument", PolicyKind.IDENTITY),
        ("AWS::SQS::QueuePolicy", "PolicyDocument", PolicyKind.RESOURCE),
    ],
)
def test_a_statement_knows_what_it_is_about(
    resource_type: str, name: str, kind: PolicyKind
) -> None:
    (statement,) = found({name: DOCUMENT}, resource_type)
    assert statement.kind is kind


def test_statements_that_are_no_policy_are_left_alone() -> None:
    rules = [{"Statement": {"RateBasedStatement": {"Limit": 100}}}]
    assert found({"Rules": rules}, "AWS::WAFv2::WebACL") == []
