"""Turns what a template needs into statements of policies, as few and as narrow as they get."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

from awacs import aws
from awacs.aws import Action, Allow, PolicyDocument, Statement
from troposphere import AWSHelperFn, Sub, encode_to_dict

from generators.policies import document
from pipeline.derivation import needs, scopes
from pipeline.derivation.names import Template
from pipeline.derivation.scopes import Scope

# Characters of a managed policy without white space (IAM User Guide, "IAM and AWS STS quotas").
POLICY_SIZE = 6144
# The longest that AWS puts in place of a parameter: the GovCloud partition, an account, a suffix.
LONGEST = {"AWS::Partition": 10, "AWS::AccountId": 12, "AWS::URLSuffix": 16, "CodeBucket": 63}
LONGEST |= {"EnvironmentSuffix": 12, "Boundary": 128}

# Action -> where it is needed.
Granted = Mapping[str, set[Scope]]


def derive(template: Template, stack: str) -> Granted:
    """Return every action that some operation on some resource of the template takes.

    Args:
        template: The template, as JSON has it.
        stack: The name its stack will have, for ``Sub``.
    """
    granted: dict[str, set[Scope]] = defaultdict(set)
    for title, resource in template["Resources"].items():
        for operation in needs.OPERATIONS:
            for action in needs.actions(
                resource["Type"], resource.get("Properties", {}), operation
            ):
                granted[action].add(scopes.scope(template, stack, title, action))
    return granted


def statements(granted: Granted, boundary: AWSHelperFn) -> list[Statement]:
    """Return the statements: actions of a service that share resources and conditions are one.

    Args:
        granted: The actions.
        boundary: ARN of what limits the roles that are made.
    """
    shared: dict[tuple[str, Scope], list[str]] = defaultdict(list)
    for action in sorted(granted):
        service = action.partition(":")[0]
        for scope in merged(granted[action]):
            shared[service, scope].append(action)
    found = []
    by_service = groupby(sorted(shared, key=lambda key: (key[0], shared[key])), lambda key: key[0])
    for service, keys in by_service:
        for number, (_, scope) in enumerate(keys, 1):
            found.append(
                Statement(
                    # A letter, because some names of services end in a digit.
                    Sid=f"{service.capitalize()}{chr(ord('A') + number - 1)}",
                    Effect=Allow,
                    Action=[Action(*action.split(":")) for action in shared[service, scope]],
                    Resource=["*" if r == "*" else Sub(r) for r in scope.resources],
                    **conditions(scope, boundary),
                )
            )
    return found


def merged(found: set[Scope]) -> Iterator[Scope]:
    """Yield one scope for all with the same conditions, without what another allows anyway."""
    by_condition: dict[tuple[scopes.Condition, ...], set[str]] = defaultdict(set)
    for scope in found:
        by_condition[scope.conditions] |= set(scope.resources)
    for condition in sorted(by_condition):
        # What is allowed with fewer conditions need not be allowed again with more.
        covered = [r for other, r in by_condition.items() if set(other) < set(condition)]
        resources = by_condition[condition].difference(*covered)
        if resources:
            yield Scope(tuple(sorted(resources)), condition)


def conditions(scope: Scope, boundary: AWSHelperFn) -> dict[str, Any]:
    """Return the scope's conditions as awacs takes them: each operator once, with all its keys."""
    by_operator: dict[str, dict[str, Any]] = defaultdict(dict)
    for operator, key, value in scope.conditions:
        is_boundary = value == scopes.BOUNDARY
        text = Sub(value) if "${" in value else value
        by_operator[operator][key] = boundary if is_boundary else text
    elements = [getattr(aws, operator)(keys) for operator, keys in by_operator.items()]
    return {"Condition": aws.Condition(elements)} if elements else {}


def policies(found: Sequence[Statement]) -> list[PolicyDocument]:
    """Return the statements in as many documents as managed policies they fill, in order."""
    filled: list[list[Statement]] = [[]]
    for statement in found:
        if size(document(*filled[-1], statement)) > POLICY_SIZE:
            filled.append([])
        filled[-1].append(statement)
    return [document(*content) for content in filled if content]


def size(policy: PolicyDocument) -> int:
    """Return how many characters IAM counts at most, when all parameters are replaced."""
    return len(longest(encode_to_dict(policy)))


def longest(value: Any) -> str:
    """Return the value as JSON without spaces, every expression in its longest form."""
    if isinstance(value, list):
        return "[" + ",".join(map(longest, value)) + "]"
    if isinstance(value, dict) and "Ref" in value:
        return '"' + "x" * LONGEST.get(value["Ref"], LONGEST["Boundary"]) + '"'
    if isinstance(value, dict) and "Fn::Sub" in value:
        text: str = value["Fn::Sub"]
        for name, length in LONGEST.items():
            text = text.replace(f"${{{name}}}", "x" * length)
        return f'"{text}"'
    if isinstance(value, dict):
        return "{" + ",".join(f'"{key}":{longest(item)}' for key, item in value.items()) + "}"
    return f'"{value}"'
