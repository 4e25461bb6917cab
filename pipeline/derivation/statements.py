"""Turns what a template needs into statements of policies, as few and as narrow as they get."""

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

from awacs import aws
from awacs.aws import Action, Allow, PolicyDocument, Statement
from troposphere import Ref, Sub, encode_to_dict

from generators.policies import document
from pipeline.derivation import needs, scopes
from pipeline.derivation.names import PLACEHOLDER, PlannedStack
from pipeline.derivation.scopes import Scope
from serverlessapp.diff import grants
from serverlessapp.template.evaluation import Evaluation
from serverlessapp.template.reading import Template
from serverlessapp.template.values import rendered

# Characters of a managed policy without white space (IAM User Guide, "IAM and AWS STS quotas").
POLICY_SIZE = 6144
# The longest that AWS puts in place of a parameter: the GovCloud partition, an account, a suffix.
LONGEST = {"AWS::Partition": 10, "AWS::AccountId": 12, "AWS::URLSuffix": 16, "AWS::Region": 14}
LONGEST |= {"CodeBucket": 63, "EnvironmentSuffix": 12, "PipelineStackName": 24}
LONGEST["AWS::StackName"] = 26  # serverlessapp- and a suffix; the pipeline's is shorter
LONGEST_ARN = 128  # of any other reference

# Action -> where it is needed.
Granted = Mapping[str, set[Scope]]


def derive(*stacks: PlannedStack) -> Granted:
    """Return every action that some operation on some resource of the stacks takes."""
    granted: dict[str, set[Scope]] = defaultdict(set)
    for stack in stacks:
        for resource, operation in stack.needed():
            for action in needs.actions(resource.type, resource.properties, operation):
                granted[action].update(scopes.scopes(stack, resource, action))
    return granted


def statements(granted: Granted) -> list[Statement]:
    """Return the statements: actions of a service that share resources and conditions are one."""
    shared: dict[tuple[str, Scope], list[str]] = defaultdict(list)
    for action in sorted(granted):
        service = action.partition(":")[0]
        for scope in merged(granted[action]):
            shared[service, scope].append(action)
    listed = []
    by_service = groupby(sorted(shared, key=lambda key: (key[0], shared[key])), lambda key: key[0])
    for service, keys in by_service:
        words = "".join(word.capitalize() for word in service.split("-"))
        for number, (_, scope) in enumerate(keys):
            listed.append(
                Statement(
                    # A letter, because some names of services end in a digit.
                    Sid=f"{words}{chr(ord('A') + number)}",
                    Effect=Allow,
                    Action=[Action(*action.split(":")) for action in shared[service, scope]],
                    Resource=["*" if r == "*" else Sub(r) for r in scope.resources],
                    **conditions(scope),
                )
            )
    return listed


def merged(found: set[Scope]) -> Iterator[Scope]:
    """Yield one scope for all with the same conditions, without what another allows anyway."""
    by_condition: dict[tuple[scopes.Condition, ...], set[str]] = defaultdict(set)
    for scope in found:
        by_condition[scope.conditions] |= set(scope.resources)
    for condition in sorted(by_condition):
        # What is allowed under wider conditions need not be allowed again under these.
        wider = [r for other, r in by_condition.items() if lets_more(other, condition)]
        resources = {
            resource
            for resource in by_condition[condition].difference(*wider)
            if not any(covers(other, resource) for other in by_condition[condition])
        }
        if resources:
            yield Scope(tuple(sorted(resources)), condition)


def lets_more(one: Sequence[scopes.Condition], other: Sequence[scopes.Condition]) -> bool:
    """Tell whether conditions hold wherever others do: they ask less, or accept more values."""
    accepted, asked = (
        {
            each[:2]: {value for *key, value in conditions if tuple(key) == each[:2]}
            for each in conditions
        }
        for conditions in (one, other)
    )
    return accepted != asked and all(
        key in asked and asked[key] <= values for key, values in accepted.items()
    )


def covers(pattern: str, other: str) -> bool:
    """Tell whether a pattern fits all that another one does."""
    return pattern != other and bool(grants.expression((pattern,)).fullmatch(other))


def conditions(scope: Scope) -> dict[str, Any]:
    """Return the scope's conditions as awacs takes them: each operator once, with all its keys."""
    by_operator: dict[str, dict[str, list[Any]]] = defaultdict(lambda: defaultdict(list))
    for operator, key, value in scope.conditions:
        by_operator[operator][key].append(expression(value))
    elements = [
        getattr(aws, operator)({key: v if v[1:] else v[0] for key, v in keys.items()})
        for operator, keys in by_operator.items()
    ]
    return {"Condition": aws.Condition(elements)} if elements else {}


def expression(text: str) -> Any:
    """Return a text for ``Sub`` as the shortest expression that says it."""
    if name := PLACEHOLDER.fullmatch(text):
        return Ref(name[1])
    return Sub(text) if "${" in text else text


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
    content = Evaluation(template=Template(content={})).value(encode_to_dict(policy))
    return len(json.dumps(content, separators=(",", ":"), default=longest))


def longest(value: Any) -> str:
    """Return a text that is not known in its longest form."""
    return next(rendered(value, lambda hole: ["x" * LONGEST.get(hole.name, LONGEST_ARN)]))
