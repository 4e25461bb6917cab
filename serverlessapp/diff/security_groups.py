"""Findings about security groups: what may reach what, wherever the rule is written."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from serverlessapp.diff.grants import Limit, are_met, includes
from serverlessapp.diff.model import Bump, Finding, doubtful, harmless
from serverlessapp.diff.permissions import presence
from serverlessapp.diff.statements import text, under
from serverlessapp.template.evaluation import Resource
from serverlessapp.template.policies import listed
from serverlessapp.template.values import ABSENT, Guards, Kind, Unknown, ways

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
            and are_met(self.limits, other.limits)
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


def findings(old: Mapping[str, Resource], new: Mapping[str, Resource]) -> Iterator[Finding]:
    """Yield what traffic is let through that was not, and what no longer is."""
    had = [rule for resource in old.values() for rule in rules_of(resource)]
    has = [rule for resource in new.values() for rule in rules_of(resource)]
    for rule in has:
        if not any(other.covers(rule) for other in had):
            yield doubtful(rule.written_in, "access widened", str(rule))
    for rule in had:
        if not any(other.covers(rule) for other in has):
            yield harmless(rule.written_in, "access narrowed", str(rule), Bump.MINOR)


def rules_of(resource: Resource) -> Iterator[TrafficRule]:
    """Yield the rules that a resource has or is."""
    properties, around = resource.properties, presence(resource)
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
    written = item if isinstance(item, dict) else {"IpProtocol": item}
    for parts, guards in ways({name: written.get(name, ABSENT) for name in PARTS}, around):
        protocol, first, last, owner, *peers = (name_of(parts.get(name, ABSENT)) for name in PARTS)
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
