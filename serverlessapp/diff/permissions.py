"""What a resource says about access: its policies, roles and what else there is a rule for."""

from collections.abc import Iterator
from typing import Any

from serverlessapp.diff.grants import ALLOW, DENY, Grant
from serverlessapp.diff.statements import granted, grouped, limits_of, text, under
from serverlessapp.template.evaluation import Resource
from serverlessapp.template.formulas import words
from serverlessapp.template.policies import listed, statements
from serverlessapp.template.values import ABSENT, Guards, options, scalar

# Whom an identity policy is attached to.
ATTACHED = ("AWS::IAM::ManagedPolicy", "AWS::IAM::Policy")
HOLDERS = ("Groups", "Roles", "Users")
# Who may invoke a function, and what narrows it.
INVOCATION = "AWS::Lambda::Permission"
INVOCATION_LIMITS = (
    "EventSourceToken",
    "FunctionUrlAuthType",
    "InvokedViaFunctionUrl",
    "PrincipalOrgID",
    "SourceAccount",
    "SourceArn",
)
# What a resource may do besides what its own statements say, by property.
POWERS = {
    "ManagedPolicies": "what the policy allows",
    "ManagedPolicyArns": "what the policy allows",
    "Role": "what the role may do",
    "RoleArn": "what the role may do",
    "ServiceRole": "what the role may do",
    "ServiceRoleArn": "what the role may do",
}
BOUNDARY = "PermissionsBoundary"
# Types that allow everything to everybody without a policy. AWS PrivateLink Guide, "Control
# access to VPC endpoints using endpoint policies"; API Gateway Developer Guide, "How API Gateway
# resource policies affect authorization workflow".
OPEN_WITHOUT = {"AWS::ApiGateway::RestApi": "Policy", "AWS::EC2::VPCEndpoint": "PolicyDocument"}


def grants_of(resource: Resource | None) -> Iterator[Grant]:
    """Yield everything that can be compared, also what is not a statement."""
    if resource is None:
        return
    properties = resource.properties
    around = presence(resource)
    attached = holders_of(properties) if resource.type in ATTACHED else ()
    holders = tuple(attached) or ("itself",)
    for statement in statements(resource):
        yield from granted(statement, holders, around)
    yield from without_policy(resource, around)
    yield from powers(properties, around)
    if resource.type == INVOCATION:
        yield from invocations(properties, around)


def presence(resource: Resource) -> Guards:
    """Return when a resource is there."""
    return () if resource.exists is True else ((resource.exists, True),)


def holders_of(properties: dict[str, Any]) -> Iterator[str]:
    """Yield whom a policy is attached to, and when if not always."""
    for name in HOLDERS:
        for holder, guards in listed(properties.get(name, [])):
            when = " and ".join(f"{words(formula)} is {scalar(true)}" for formula, true in guards)
            yield f"{text(holder)} if {when}" if when else text(holder)


def without_policy(resource: Resource, around: Guards) -> Iterator[Grant]:
    """Yield what a resource allows that has no policy."""
    if name := OPEN_WITHOUT.get(resource.type):
        for document, guards in options(resource.properties.get(name, ABSENT), around):
            if document is ABSENT:
                everything = ("*",)
                yield Grant(
                    effect=ALLOW,
                    source="without a policy",
                    actions=everything,
                    resources=everything,
                    principals=everything,
                    limits=under(guards),
                )


def powers(properties: dict[str, Any], around: Guards) -> Iterator[Grant]:
    """Yield what managed policies, roles and boundaries let a resource do."""
    sources = [(ALLOW, name, action) for name, action in POWERS.items()]
    for effect, name, action in (*sources, (DENY, BOUNDARY, "what it leaves out")):
        items = ((text(item), when) for item, when in listed(properties.get(name, []), around))
        for texts, guards in grouped(items):
            yield Grant(
                effect=effect, source=name, actions=(action,), resources=texts, limits=under(guards)
            )


def invocations(properties: dict[str, Any], around: Guards) -> Iterator[Grant]:
    """Yield who may invoke a function."""
    narrowing = {key: properties[key] for key in INVOCATION_LIMITS if key in properties}
    for limits, guards in limits_of({"Equals": narrowing}, around):
        yield Grant(
            effect=ALLOW,
            source="permission",
            actions=(text(properties.get("Action")),),
            resources=(text(properties.get("FunctionName")),),
            principals=(text(properties.get("Principal")),),
            limits=limits | under(guards),
        )
