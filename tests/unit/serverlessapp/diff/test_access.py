"""Wider or narrower: statement by statement, however it is written."""

import json
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
            {"narrowed"},
        ),
        (
            [altered(NOBODY, Principal=None, NotPrincipal={"AWS": ["1", "2"]})],
            [altered(NOBODY, Principal=None, NotPrincipal={"AWS": "1"})],
            {"narrowed"},
        ),
        (
            [altered(NOBODY, Effect="Allow", Principal={"AWS": "123456789012"})],
            [altered(NOBODY, Effect="Allow", Principal={"AWS": "arn:aws:iam::123456789012:root"})],
            set(),
        ),
        (
            [altered(NOBODY, Effect="Allow", Principal={"AWS": {"Ref": "AWS::AccountId"}})],
            [
                altered(
                    NOBODY,
                    Effect="Allow",
                    Principal={
                        "AWS": {"Fn::Sub": "arn:${AWS::Partition}:iam::${AWS::AccountId}:root"}
                    },
                )
            ],
            set(),
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


def some(resource_type: str, properties: Any, **attributes: Any) -> TemplateDict:
    resource = {"Type": resource_type, "Properties": properties, **attributes}
    return {
        "Parameters": {"P": {"Type": "String"}},
        "Conditions": {"C": {"Fn::Equals": [{"Ref": "P"}, "x"]}},
        "Resources": {"X": resource, "Other": {"Type": "AWS::SNS::Topic"}},
    }


def about_access(before: TemplateDict, after: TemplateDict) -> dict[str, str]:
    return {
        finding.kind: finding.text
        for finding in compare(before, after).findings
        if finding.kind.startswith(("access", "IAM"))
    }


@pytest.mark.parametrize(
    ("resource_type", "properties", "kind"),
    [
        ("AWS::Lambda::Url", {"AuthType": "NONE"}, "access widened"),
        ("AWS::SNS::TopicPolicy", {"PolicyDocument": {"Statement": [READ]}}, "IAM widened"),
        ("AWS::EC2::EIP", {"Domain": "vpc"}, "access changed"),
    ],
)
def test_what_only_some_stacks_have_is_new_to_the_others(
    resource_type: str, properties: Any, kind: str
) -> None:
    optional = some(resource_type, properties, Condition="C")
    assert kind in about_access(optional, some(resource_type, properties))
    assert kind not in about_access(optional, optional)


def test_a_policy_is_the_same_as_a_text_or_an_object() -> None:
    document = {"Version": "2012-10-17", "Statement": [{**READ, "Principal": "*"}]}
    written, parsed = (
        some("AWS::S3::BucketPolicy", {"PolicyDocument": value})
        for value in (json.dumps(document), document)
    )
    assert about_access(written, parsed) == {}
    older = {**document, "Version": "2008-10-17"}  # in which ${aws:username} means nothing
    other = some("AWS::S3::BucketPolicy", {"PolicyDocument": older})
    assert about_access(parsed, other).keys() == {"access changed"}


def test_what_nobody_can_tell_is_named() -> None:
    old = some("AWS::WAFv2::WebACL", {"Rules": [{"Name": "a", "Priority": 1}], "Scope": "b"})
    new = some("AWS::WAFv2::WebACL", {"Rules": [{"Name": "a", "Priority": 2}], "Scope": "b"})
    (text,) = about_access(old, new).values()
    assert text.startswith("Rules[a].Priority: ")


def test_a_deny_that_only_some_stacks_keep_is_a_widening() -> None:
    denied = {"Fn::If": ["C", NOBODY, {"Ref": "AWS::NoValue"}]}
    assert kinds(policy(NOBODY), policy(denied)) == {"widened"}
    assert kinds(policy(denied), policy(NOBODY)) == {"narrowed"}
