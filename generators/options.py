"""What some environments need and most do not: parameters that are off by default.

All are for the whole stack: who needs them for one processor alone gives it a stack of its own.
"""

from dataclasses import dataclass
from functools import partial
from typing import Any

from troposphere import And, Equals, Parameter, Ref, Template

from generators.form import ask, given

# Condition names.
SENDS_EVENTS = "SendsCompletionEvents"
IS_TRACED = "IsTraced"
IN_VPC = "IsInVpc"
HAS_POLLERS = "HasProvisionedPollers"
HAS_WARM_THROUGHPUT = "HasWarmThroughput"

# At most as many of each as a function takes (AWS Lambda API Reference, "VpcConfig").
SUBNETS, SECURITY_GROUPS = 16, 5
# AWS Lambda Developer Guide, "Configuring scaling behavior for SQS event source mappings"; above
# 2,000 pollers, AWS has to raise a quota first.
MINIMUM_POLLERS = "[2-9]|[1-9][0-9]|1[0-9]{2}|200"
MAXIMUM_POLLERS = "[2-9]|[1-9][0-9]{1,2}|1[0-9]{3}|2000"
# A new table has 4,000 writes per second; 40,000 are a table's default quota (Amazon DynamoDB
# Developer Guide, "Understanding DynamoDB warm throughput in different scenarios" and "Quotas").
WARM_THROUGHPUT = "[4-9][0-9]{3}|[1-9][0-9]{4,5}"


@dataclass(frozen=True, kw_only=True)
class OptionRefs:
    """The optional parameters, as later generators refer to them."""

    completion_events: Parameter
    tracing: Parameter
    subnets: Parameter
    security_groups: Parameter
    minimum_pollers: Parameter
    maximum_pollers: Parameter
    warm_throughput: Parameter


def add_to(template: Template) -> OptionRefs:
    field = partial(ask, template, "Events, tracing and network")
    bursts = partial(ask, template, "Scaling for bursts")
    refs = OptionRefs(
        completion_events=field(
            "Event for each processed file",
            "CompletionEvents",
            Default="Off",
            AllowedValues=["Off", "On"],
            Description="On: sends an event to the account's default event bus for each processed "
            "file. If turned off later: events in transit may be lost.",
            ConstraintDescription="must be Off or On",
        ),
        tracing=field(
            "X-Ray tracing",
            "Tracing",
            Default="Off",
            AllowedValues=["Off", "Active"],
            Description="Active: X-Ray records a sample of the invocations.",
            ConstraintDescription="must be Off or Active",
        ),
        subnets=field(
            "Private subnets",
            "VpcSubnetIds",
            **ids("subnet", SUBNETS),
            Description="Subnets with VPC endpoints (docs/options.md). Empty: no VPC.",
        ),
        security_groups=field(
            "Security groups",
            "VpcSecurityGroupIds",
            **ids("sg", SECURITY_GROUPS),
            Description="Security groups of the functions in these subnets.",
        ),
        minimum_pollers=bursts(
            "Minimum pollers",
            "MinimumPollers",
            **number(MINIMUM_POLLERS, "2 to 200"),
            Description="Provisioned mode of each queue, billed by the hour. Empty: off.",
        ),
        maximum_pollers=bursts(
            "Maximum pollers",
            "MaximumPollers",
            **number(MAXIMUM_POLLERS, "2 to 2000"),
            Description="Each poller runs up to 10 batches at once. Replaces the maximum "
            "concurrency.",
        ),
        warm_throughput=bursts(
            "Warm writes per second",
            "LedgerWarmThroughput",
            **number(WARM_THROUGHPUT, "4000 to 999999"),
            Description="Pre-warms each ledger; one-time charge. Cannot be undone or lowered.",
        ),
    )
    for name, condition in {
        SENDS_EVENTS: Equals(Ref(refs.completion_events), "On"),
        IS_TRACED: Equals(Ref(refs.tracing), "Active"),
        IN_VPC: And(given(refs.subnets), given(refs.security_groups)),
        HAS_POLLERS: And(given(refs.minimum_pollers), given(refs.maximum_pollers)),
        HAS_WARM_THROUGHPUT: given(refs.warm_throughput),
    }.items():
        template.add_condition(name, condition)
    return refs


def number(pattern: str, words: str) -> dict[str, str]:
    """Return the properties of a parameter for a number, which can be left out."""
    return {
        "Default": "",
        "AllowedPattern": f"^(|{pattern})$",
        "ConstraintDescription": f"must be empty or {words}",
    }


def ids(kind: str, most: int) -> dict[str, Any]:
    """Return the properties of a parameter for a list of IDs, which can be left out.

    A text, because a list of IDs cannot be empty, and rules compare texts alone.
    """
    name = f"{kind}-[0-9a-f]{{8,17}}"
    return {
        "Default": "",
        "AllowedPattern": f"^(|{name}(,{name}){{0,{most - 1}}})$",
        "ConstraintDescription": f"must be empty or up to {most} IDs such as "
        f"{kind}-0a1b2c3d4e5f60718, separated by commas without spaces",
    }
