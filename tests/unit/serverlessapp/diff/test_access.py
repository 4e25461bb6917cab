"""Wider or narrower: statement by statement, however it is written."""

from typing import Any

import pytest

from .comparing import compare

TemplateDict = dict[str, Any]

READ = {"Sid": "Read", "Effect": "Allow", "Action": "s3:GetObject", "Resource": "a/*"}
TLS = {"StringEquals": {"aws:PrincipalOrgID": ["o-1", "o-2"]}}
NOBODY = {"Sid": "No", "Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*"}


def policy(*statements: Any) -> TemplateDict:
    properties = {"Roles": [{"Ref": "Role"}], "PolicyDocument": {"Statement": list(statements)}}
    return {
        "Parameters": {"P": {"Type": "String"}},
        "Conditions": {"C": {"Fn::Equals": [{"Ref": "P"}, "x"]}},
        "Resources": {"Policy": {"Type": "AWS::IAM::Policy", "Properties": properties}},
    }


def kinds(before: TemplateDict, after: TemplateDict) -> set[str]:
    findings = compare(before, after).findings
    return {
        finding.kind.removeprefix("IAM ") for finding in findings if finding.kind.startswith("IAM")
    }


def altered(statement: Any, **changes: Any) -> Any:
    return {**statement, **changes}


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ([READ], [altered(READ, Action=["s3:GetObject"])], set()),
        ([READ], [altered(READ, Sid="Other")], set()),
        ([READ], [altered(READ, Action="s3:getobject")], set()),
        ([READ], [altered(READ, Action="s3:Get*")], {"widened"}),
        ([altered(READ, Action="s3:Get*")], [READ], {"narrowed"}),
        ([READ], [altered(READ, Action="s3:PutObject")], {"widened", "narrowed"}),
        ([READ], [altered(READ, Resource="*")], {"widened"}),
        ([READ], [altered(READ, Resource="a/b/*")], {"narrowed"}),
        ([READ], [altered(READ, Condition=TLS)], {"narrowed"}),
        ([altered(READ, Condition=TLS)], [READ], {"widened"}),
        (
            [altered(READ, Condition=TLS)],
            [altered(READ, Condition={"StringEquals": {"aws:PrincipalOrgID": "o-1"}})],
            {"narrowed"},
        ),
        (
            [altered(READ, Condition={"StringNotEquals": {"k": ["a", "b"]}})],
            [altered(READ, Condition={"StringNotEquals": {"k": "a"}})],
            {"widened"},
        ),
        # One statement, taken apart.
        (
            [altered(READ, Action=["s3:GetObject", "s3:PutObject"])],
            [READ, altered(READ, Sid="Write", Action="s3:PutObject")],
            set(),
        ),
        ([READ], [], {"narrowed"}),
        ([], [READ], {"widened"}),
        ([NOBODY], [], {"widened"}),
        ([], [NOBODY], {"narrowed"}),
        ([NOBODY], [altered(NOBODY, Condition=TLS)], {"widened"}),
        ([NOBODY], [altered(NOBODY, Action="s3:Get*")], {"widened"}),
        (
            [{"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}],
            [{"Effect": "Allow", "NotAction": ["iam:*", "sts:*"], "Resource": "*"}],
            {"widened", "narrowed"},
        ),
        (
            [altered(NOBODY, Effect="Allow", Principal={"AWS": ["1", "2"]})],
            [altered(NOBODY, Effect="Allow", Principal={"AWS": "1"})],
            {"narrowed"},
        ),
        (
            [altered(NOBODY, Effect="Allow", Principal={"AWS": "1"})],
            [altered(NOBODY, Effect="Allow", Principal={"AWS": "*"})],
            {"widened"},
        ),
        (
            [altered(NOBODY, Effect="Allow", Principal={"Service": "a.amazonaws.com"})],
            [altered(NOBODY, Effect="Allow", NotPrincipal={"Service": "a.amazonaws.com"})],
            {"widened", "narrowed"},
        ),
        # Under a condition of the template that cannot be decided.
        ([READ], [{"Fn::If": ["C", READ, {"Ref": "AWS::NoValue"}]}], {"narrowed"}),
        ([{"Fn::If": ["C", READ, {"Ref": "AWS::NoValue"}]}], [READ], {"widened"}),
    ],
)
def test_statements(old: list[Any], new: list[Any], expected: set[str]) -> None:
    assert kinds(policy(*old), policy(*new)) == expected


def test_a_wildcard_covers_what_an_intrinsic_function_says() -> None:
    arn = {"Fn::Sub": "${Bucket.Arn}/in/*"}
    wide, narrow = (
        altered(READ, Resource={"Fn::Sub": "${Bucket.Arn}/*"}),
        altered(READ, Resource=arn),
    )
    assert kinds(policy(wide), policy(narrow)) == {"narrowed"}
    same = altered(READ, Resource={"Fn::Sub": ["${B}/in/*", {"B": {"Fn::GetAtt": "Bucket.Arn"}}]})
    assert kinds(policy(narrow), policy(same)) == set()


def test_the_same_policy_for_another_role_is_both() -> None:
    other = policy(READ)
    other["Resources"]["Policy"]["Properties"]["Roles"] = [{"Ref": "Other"}]
    assert kinds(policy(READ), other) == {"widened", "narrowed"}


def test_a_policy_inside_a_role_and_a_whole_role_count_too() -> None:
    inline = {"PolicyName": "p", "PolicyDocument": {"Statement": [READ]}}
    role = {"Type": "AWS::IAM::Role", "Properties": {"Policies": [inline]}}
    thing = {"Type": "AWS::SNS::Topic"}
    without: TemplateDict = {"Resources": {"Thing": thing}}
    assert kinds(without, {"Resources": {"Thing": thing, "Role": role}}) == {"widened"}


def test_a_function_that_may_be_called_by_others() -> None:
    def permission(**more: str) -> TemplateDict:
        properties = {"Action": "lambda:InvokeFunction", "Principal": "s3.amazonaws.com", **more}
        return {"Resources": {"P": {"Type": "AWS::Lambda::Permission", "Properties": properties}}}

    assert "widened" in kinds(permission(SourceArn="a"), permission())
    assert "narrowed" in kinds(permission(), permission(SourceArn="a"))


def test_the_finding_says_who_may_do_what_with_which() -> None:
    after = policy(READ, altered(READ, Sid="Write", Action="s3:PutObject", Condition=TLS))
    (finding,) = (o for o in compare(policy(READ), after).findings if "IAM" in o.kind)
    assert finding.text == (
        "Write: allows s3:PutObject on a/* to ${Role}, if StringEquals aws:PrincipalOrgID"
    )
