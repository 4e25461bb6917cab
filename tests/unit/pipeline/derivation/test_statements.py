"""Statements: few, narrow, and no longer than IAM takes."""

import json
from itertools import pairwise
from typing import Any

import pytest
from awacs.aws import Action, Allow, Statement
from troposphere import Sub, encode_to_dict

from generators.policies import document
from pipeline.derivation import statements
from pipeline.derivation.scopes import Scope

ONE, OTHER = "arn:${AWS::Partition}:sqs:*:${AWS::AccountId}:one", "arn:aws-x:sqs:::other"
TAG = ("StringEquals", "aws:ResourceTag/Project", "P")
VIA = ("StringLike", "kms:ViaService", "s3.*")


def rendered(granted: dict[str, set[Scope]]) -> list[dict[str, Any]]:
    content: list[dict[str, Any]] = encode_to_dict(statements.statements(granted))
    return content


def test_actions_with_the_same_scope_are_one_statement() -> None:
    (statement,) = rendered({"sqs:TagQueue": {Scope((ONE,))}, "sqs:CreateQueue": {Scope((ONE,))}})
    assert statement["Action"] == ["sqs:CreateQueue", "sqs:TagQueue"]
    assert statement["Resource"] == [{"Fn::Sub": ONE}]
    assert "Condition" not in statement


def test_resources_of_one_action_come_together() -> None:
    (statement,) = rendered({"sqs:CreateQueue": {Scope((ONE,)), Scope((OTHER,))}})
    assert statement["Resource"] == [{"Fn::Sub": ONE}, {"Fn::Sub": OTHER}]


def test_services_and_different_scopes_stay_apart() -> None:
    listed = rendered(
        {
            "sns:CreateTopic": {Scope((ONE,))},
            "sqs:CreateQueue": {Scope((ONE,))},
            "sqs:TagQueue": {Scope((OTHER,))},
        }
    )
    assert [statement["Sid"] for statement in listed] == ["SnsA", "SqsA", "SqsB"]


def test_what_is_allowed_without_a_condition_is_not_allowed_again_with_one() -> None:
    (statement,) = rendered({"kms:DescribeKey": {Scope((ONE,), (TAG,)), Scope((ONE,), (VIA, TAG))}})
    assert statement["Condition"] == {"StringEquals": {"aws:ResourceTag/Project": "P"}}


def test_an_operator_is_given_once_with_all_its_keys() -> None:
    by_environment = ("StringEquals", "aws:ResourceTag/Environment", "${EnvironmentSuffix}")
    (statement,) = rendered({"kms:PutKeyPolicy": {Scope((ONE,), (by_environment, TAG, VIA))}})
    assert statement["Condition"] == {
        "StringEquals": {
            "aws:ResourceTag/Environment": {"Ref": "EnvironmentSuffix"},
            "aws:ResourceTag/Project": "P",
        },
        "StringLike": {"kms:ViaService": "s3.*"},
    }


def test_an_operator_takes_several_values_of_a_key() -> None:
    about = [("ArnLike", "lambda:FunctionArn", name) for name in ("one", "${AWS::Region}:other")]
    (statement,) = rendered({"lambda:GetEventSourceMapping": {Scope((ONE,), tuple(about))}})
    assert statement["Condition"] == {
        "ArnLike": {"lambda:FunctionArn": ["one", {"Fn::Sub": "${AWS::Region}:other"}]}
    }


def test_a_pattern_that_another_covers_is_left_out() -> None:
    granted = {"sqs:CreateQueue": {Scope(("arn:a-*",)), Scope(("arn:a-b-*",)), Scope(("arn:b",))}}
    (statement,) = rendered(granted)
    assert statement["Resource"] == [{"Fn::Sub": "arn:a-*"}, {"Fn::Sub": "arn:b"}]


@pytest.mark.parametrize(
    ("pattern", "other", "covers"),
    [
        ("bucket-??/*", "bucket-??/*reports/*", True),
        ("bucket-?/*", "bucket-a/b", True),
        ("bucket-?/*", "bucket-*/b", False),  # the star may be more letters
        ("bucket-?/*", "bucket-${Name}/b", False),
        ("bucket-*", "bucket-*", False),  # the same
    ],
)
def test_what_a_pattern_covers(pattern: str, other: str, covers: bool) -> None:
    assert statements.covers(pattern, other) is covers


@pytest.mark.parametrize("length", [100, 3000, 6000])
def test_policies_are_as_full_as_iam_takes(length: int) -> None:
    many = [
        Statement(Sid=f"S{n}", Effect=Allow, Action=[Action("s3", "GetObject")], Resource=[name])
        for n, name in enumerate(["x" * length] * 5)
    ]
    policies = statements.policies(many)
    sids = [statement.Sid for policy in policies for statement in policy.Statement]
    assert sids == ["S0", "S1", "S2", "S3", "S4"]
    assert all(statements.size(policy) <= statements.POLICY_SIZE for policy in policies)
    for policy, following in pairwise(policies):
        more = document(*policy.Statement, following.Statement[0])
        assert statements.size(more) > statements.POLICY_SIZE


def test_expressions_count_with_their_longest_value() -> None:
    policy = document(
        Statement(Sid="S", Effect=Allow, Action=[Action("sqs", "CreateQueue")], Resource=[Sub(ONE)])
    )
    longest = json.loads(json.dumps(encode_to_dict(policy)))
    longest["Statement"][0]["Resource"] = [f"arn:{'x' * 10}:sqs:*:{'x' * 12}:one"]
    assert statements.size(policy) == len(json.dumps(longest, separators=(",", ":")))
