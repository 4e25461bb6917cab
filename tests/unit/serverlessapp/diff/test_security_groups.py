"""What traffic security groups let through, wherever the rule is written."""

from typing import Any

import pytest

from .comparing import compare

Parts = dict[str, Any]
HTTPS = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443}
NARROW = {**HTTPS, "CidrIp": "10.1.0.0/16"}
ABSENT = {"Ref": "AWS::NoValue"}


def group(*ingress: Any, **others: Parts) -> Parts:
    properties = {"GroupDescription": "a", "SecurityGroupIngress": list(ingress)}
    return {
        "Parameters": {"P": {"Type": "String"}},
        "Conditions": {"C": {"Fn::Equals": [{"Ref": "P"}, "x"]}},
        "Resources": {
            "Group": {"Type": "AWS::EC2::SecurityGroup", "Properties": properties},
            **others,
        },
    }


def alone(**parts: Any) -> Parts:
    properties = {"GroupId": {"Fn::GetAtt": ["Group", "GroupId"]}, **parts}
    return {"Type": "AWS::EC2::SecurityGroupIngress", "Properties": properties}


def kinds(before: Parts, after: Parts) -> set[str]:
    findings = compare(before, after).findings
    return {finding.kind for finding in findings if finding.kind.startswith("access")}


WIDER, NARROWER = {"access widened"}, {"access narrowed"}


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (NARROW, {**NARROW, "FromPort": "443"}, set()),
        (NARROW, {**NARROW, "IpProtocol": 6}, set()),
        (NARROW, {**NARROW, "CidrIp": "10.0.0.0/8"}, WIDER),
        ({**NARROW, "CidrIp": "10.0.0.0/8"}, NARROW, NARROWER),
        (NARROW, {**NARROW, "FromPort": 80}, WIDER),
        (NARROW, {**NARROW, "IpProtocol": "-1"}, WIDER),
        (NARROW, {**NARROW, "IpProtocol": "udp"}, WIDER | NARROWER),
        (NARROW, {**HTTPS, "CidrIpv6": "::/0"}, WIDER | NARROWER),
        ({**HTTPS, "CidrIpv6": "::/0"}, {**HTTPS, "CidrIpv6": "2001:DB8::/32"}, NARROWER),
        ({**HTTPS, "CidrIp": {"Ref": "P"}}, NARROW, WIDER | NARROWER),
        (NARROW, {**HTTPS, "SourceSecurityGroupId": "sg-1"}, WIDER | NARROWER),
        (NARROW, {**HTTPS, "CidrIp": "no block"}, WIDER | NARROWER),
        (
            {**NARROW, "IpProtocol": "icmp", "FromPort": -1, "ToPort": -1},
            {**NARROW, "IpProtocol": "icmp", "FromPort": 8, "ToPort": -1},
            NARROWER,
        ),
        ({"Fn::If": ["C", NARROW, ABSENT]}, NARROW, WIDER),
        (NARROW, {"Fn::If": ["C", NARROW, ABSENT]}, NARROWER),
        (
            NARROW,
            {**HTTPS, "CidrIp": {"Fn::If": ["C", "0.0.0.0/0", "10.1.0.0/16"]}},
            WIDER | NARROWER,
        ),
    ],
)
def test_rules(old: Parts, new: Parts, expected: set[str]) -> None:
    assert kinds(group(old), group(new)) == expected


def test_a_rule_may_move_into_a_resource_of_its_own() -> None:
    assert kinds(group(NARROW), group(Rule=alone(**NARROW))) == set()
    assert kinds(group(), group(Rule=alone(**NARROW))) == WIDER


def test_the_finding_says_what_comes_from_where() -> None:
    findings = compare(group(), group(Rule=alone(**HTTPS, CidrIp="0.0.0.0/0"))).findings
    (finding,) = (item for item in findings if item.kind == "access widened")
    assert (finding.subject, finding.text) == ("Rule", "ingress of tcp 443-443 from 0.0.0.0/0")
