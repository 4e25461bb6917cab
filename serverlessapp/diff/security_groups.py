"""Findings about security groups: what may reach what, wherever the rule is written."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from ipaddress import IPv4Network, IPv6Network, ip_network
from itertools import product
from typing import Any

from serverlessapp.diff.grants import Limit
from serverlessapp.diff.model import Bump, Finding, Risk
from serverlessapp.diff.permissions import presence
from serverlessapp.diff.statements import is_possible, text, under
from serverlessapp.template.evaluation import Resource
from serverlessapp.template.policies import listed
from serverlessapp.template.values import ABSENT, Guards, Kind, Unknown, options

GROUP = "AWS::EC2::SecurityGroup"
# CloudFormation Template Reference, "AWS::EC2::SecurityGroup": without ingress rules nothing may
# come in; a group of which all egress rules are removed lets nothing out.
DIRECTIONS = {"Ingress": "from", "Egress": "to"}
RULES = {f"{GROUP}{direction}": direction for direction in DIRECTIONS}
# Amazon EC2 User Guide, "Security group rules"; the numbers are IANA's.
PROTOCOLS = {"6": "tcp", "17": "udp", "1": "icmp", "58": "icmpv6"}
ALL = "-1"
PEERS = (
    "CidrIp",
    "CidrIpv6",
    "DestinationPrefixListId",
    "DestinationSecurityGroupId",
    "SourcePrefixListId",
    "SourceSecurityGroupId",
    "SourceSecurityGroupName",
)
PARTS = ("IpProtocol", "FromPort", "ToPort", "SourceSecurityGroupOwnerId", *PEERS)


@dataclass(frozen=True, kw_only=True)
class TrafficRule:
    """Traffic that a security group lets through."""

    written_in: str
    group: str
    direction: str
    protocol: str
    ports: tuple[str, str]  # the type and code of ICMP
    peer: str
    limits: frozenset[Limit]

    def covers(self, other: "TrafficRule") -> bool:
        """Tell whether this lets through all that the other one does."""
        return (
            (self.group, self.direction) == (other.group, other.direction)
            and (self.protocol == ALL or self.protocol == other.protocol)
            and (self.protocol == ALL or self.includes_ports(other))
            and (self.peer == other.peer or includes(self.peer, other.peer))
            and all(any(mine.covers(theirs) for theirs in other.limits) for mine in self.limits)
        )

    def includes_ports(self, other: "TrafficRule") -> bool:
        """Tell whether the ports, or the type and code, are among these."""
        if self.ports == other.ports:
            return True
        if self.protocol.startswith("icmp"):
            return all(mine in (ALL, theirs) for mine, theirs in zip(self.ports, other.ports))
        try:
            (first, last), (start, end) = map(int, self.ports), map(int, other.ports)
        except ValueError:  # not known
            return False
        return first <= start and end <= last

    def __str__(self) -> str:
        what = "all traffic" if self.protocol == ALL else f"{self.protocol} {'-'.join(self.ports)}"
        return f"{self.direction.lower()} of {what} {DIRECTIONS[self.direction]} {self.peer}"


def includes(outer: str, inner: str) -> bool:
    """Tell whether a block of addresses is within another one."""
    one, other = block(outer), block(inner)
    if isinstance(one, IPv4Network) and isinstance(other, IPv4Network):
        return other.subnet_of(one)
    return isinstance(one, IPv6Network) and isinstance(other, IPv6Network) and other.subnet_of(one)


@cache
def block(text: str) -> IPv4Network | IPv6Network | None:
    """Return a block of addresses; None if it is something else."""
    try:
        return ip_network(text, strict=False)
    except ValueError:
        return None


def findings(old: Mapping[str, Resource], new: Mapping[str, Resource]) -> Iterator[Finding]:
    """Yield what traffic is let through that was not, and what no longer is."""
    had = [rule for resource in old.values() for rule in rules_of(resource)]
    has = [rule for resource in new.values() for rule in rules_of(resource)]
    for risk, kind, rules, others in (
        (Risk.REVIEW, "access widened", has, had),
        (Risk.SAFE, "access narrowed", had, has),
    ):
        for rule in rules:
            if not any(other.covers(rule) for other in others):
                yield Finding(risk, Bump.MINOR, rule.written_in, kind, str(rule))


def rules_of(resource: Resource) -> Iterator[TrafficRule]:
    """Yield the rules that a resource has or is."""
    properties, around = resource.properties, presence(resource)
    if not isinstance(properties, dict):
        return
    if resource.type == GROUP:
        for direction in DIRECTIONS:
            for item, guards in listed(properties.get(f"SecurityGroup{direction}", []), around):
                yield from of_rule(item, resource.title, resource.title, direction, guards)
    elif resource.type in RULES:
        group = name_of(properties.get("GroupId", properties.get("GroupName", ABSENT)))
        yield from of_rule(properties, resource.title, group, RULES[resource.type], around)


def of_rule(
    item: Any, written_in: str, group: str, direction: str, around: Guards
) -> Iterator[TrafficRule]:
    """Yield what a rule says, for each way in which its choices turn out."""
    parts = item if isinstance(item, dict) else {"IpProtocol": item}
    for values in product(*(options(parts.get(name, ABSENT)) for name in PARTS)):
        guards = (*around, *(guard for _, guards in values for guard in guards))
        if not is_possible(guards):
            continue
        protocol, first, last, owner, *peers = (name_of(value) for value, _ in values)
        protocol = protocol.lower()
        yield TrafficRule(
            written_in=written_in,
            group=group,
            direction=direction,
            protocol=PROTOCOLS.get(protocol, protocol),
            ports=(first, last),
            peer=" of ".join(filter(None, (*peers, owner))),
            limits=under(guards),
        )


def name_of(value: Any) -> str:
    """Return a value as text, a group by its logical ID however it is referred to."""
    if value is ABSENT:
        return ""
    is_group = isinstance(value, Unknown) and (
        value.kind is Kind.RESOURCE
        or (value.kind is Kind.ATTRIBUTE and value.attribute == "GroupId")
    )
    return value.name if is_group else text(value)
