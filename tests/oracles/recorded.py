"""Requests that our own enforcement decided about, on the enforcing emulator.

They are those of the permission proof (``tests/integration/permissions``): every path and every
attack; and what CloudFormation asks for with the derived roles (``tests/integration/deploy_role``)
in each phase of a stack's life.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from local import packages
from local.emulator import Emulator, EmulatorSession
from local.enforcement.decisions import Decision
from local.enforcement.principals import administrator
from serverlessapp.template.reading import Json, load
from tests.integration.deploy_role import roles
from tests.integration.permissions.grants import ROLE
from tests.integration.permissions.paths import first_file
from tests.integration.permissions.proof import HOUSE
from tests.integration.permissions.world import World

from .mistakes import Change
from .resolved import ResolvedStack, template
from .simulator import AuthorizationRequest

# What CloudFormation adds to a name, and what IDs are.
RANDOM = re.compile(r"(?<=-)[0-9A-F]{13}\b|\b[0-9a-f]{8}-[0-9a-f-]{27}\b|\b[0-9a-f]{32}\b")
HEXADECIMAL = re.compile("[0-9a-fA-F]")
KEY = "00000000-0000-0000-0000-000000000000"  # the ID of every key, then
TLS = "DenyInsecureTransport"


@dataclass(frozen=True, kw_only=True)
class Recording:
    """Requests, and what took part in the decisions.

    Attributes:
        stacks: Name of a template -> the stack of it, whose policies decided.
        decided: Each request, and whether it was let through.
    """

    stacks: Mapping[str, ResolvedStack]
    decided: Mapping[AuthorizationRequest, bool]

    @property
    def let_through(self) -> list[AuthorizationRequest]:
        return [request for request, passed in self.decided.items() if passed]

    def seeded(self, name: str, change: Change) -> "Recording":
        """Return the recording beside the policies of a changed template."""
        content = template(name)
        change(content)
        stacks = {**self.stacks, name: replace(self.stacks[name], template=content)}
        return replace(self, stacks=stacks)


def stack_of(
    session: EmulatorSession, name: str, content: Json, given: Mapping[str, str]
) -> ResolvedStack:
    """Return a stack of the emulator."""
    cloudformation = session.client("cloudformation")
    found = cloudformation.describe_stack_resources(StackName=name)["StackResources"]
    return ResolvedStack(
        template=content,
        name=name,
        given=given,
        physical={each["LogicalResourceId"]: each["PhysicalResourceId"] for each in found},
        stack_id=found[0]["StackId"],
    )


def of_application(emulator: Emulator) -> Recording:
    """Walk every path of the permission proof, and try every attack on the same stack."""
    code = packages.store(emulator.session(), [lane.processor for lane in HOUSE.lanes])
    given = {"Encryption": "CustomerManaged", **code}
    world = World(administrator(emulator.session()), "proof", {}, emulator, HOUSE.lanes)
    world.update(HOUSE.template, **given)
    world.retry_soon()
    assert not world.heard()
    for lane in world.lanes:
        first_file(world, lane)
    world.settle()
    decisions = [each for path in HOUSE.paths.values() for each in world.run(path.walk)]
    roles = [title for title, (kind, _) in world.resources.items() if kind == ROLE]
    for attack in HOUSE.attacks:
        if attack.stack == "world":
            for role in roles:
                world.acting_as(role)  # whose trust is another one while that lasts
            assert not world.attempt(attack.attempt), attack.name
            decisions += world.decisions()
    stack = stack_of(world.root, world.name, load(HOUSE.template), given)
    # A secret's physical ID is its ARN; the emulator says its name.
    stack = replace(stack, physical={**stack.physical, "Secret": world.outputs["SecretArn"]})
    names = set(map(stack.name_of, stack.physical))
    ours = [each for each in decisions if concerns(each, names)]
    return Recording(stacks={"application-ephemeral": stack}, decided=distinct(ours))


def concerns(decision: Decision, names: set[str]) -> bool:
    """Tell whether a decision is about what the stack has, or by one of its roles."""
    if decision.principal.endswith(":root"):
        return False  # which no policy binds
    if decision.action == "sts:AssumeRole" and decision.policy != "trust":
        return False  # half of a decision: ministack does not tell what the trust policy says
    parts = {part for whole in decision.resource.split(":") for part in whole.split("/")}
    return bool(names & parts) or decision.role in names


def of_role(emulator: Emulator, name: str) -> Recording:
    """Live through all phases of the stacks of a derived role."""
    person = administrator(emulator.session(), f"person-for-{name}")
    role = roles.ROLES[name](person)
    title = roles.template_name(name)
    decisions = [each for made in roles.lived(role, emulator.decisions).values() for each in made]
    stacks = {title: stack_of(emulator.session(), title, template(title), role.given)}
    home = role.home
    made = ResolvedStack(
        template=home.template,
        name=home.name,
        given=home.parameters,
        physical={"EncryptionKey": KEY},
    )
    if made.of_type("AWS::KMS::Key"):
        stacks["made"] = made  # the policy of its key decides, too
    return Recording(stacks=stacks, decided=distinct(map(anonymous, decisions)))


def anonymous(decision: Decision) -> Decision:
    """Return a decision without what is another each time: what AWS adds to names, IDs and tags.

    The policies of derived roles cannot know it.
    """
    context = {
        key: value if key == "iam:permissionsboundary" else zeroed(str(value))
        for key, value in decision.context.items()
        if "tag/aws:cloudformation:" not in key
    }
    return replace(decision, resource=zeroed(decision.resource), context=context)


def zeroed(text: str) -> str:
    return RANDOM.sub(lambda match: HEXADECIMAL.sub("0", match[0]), text)


def distinct(decisions: Iterable[Decision]) -> dict[AuthorizationRequest, bool]:
    """Return each request once, with what was decided."""
    return {request_of(decision): decision.allowed for decision in decisions}


def request_of(decision: Decision) -> AuthorizationRequest:
    """Return the request that a decision was about.

    Whether it came over TLS, ministack sees from the connection: no key of the decision has it.
    """
    secure = {"aws:securetransport": "false"} if decision.sid == TLS else {}
    context = {**decision.context, **secure}
    resource = decision.resource
    if decision.action == "logs:CreateLogStream" and ":log-stream:" not in resource:
        resource += ":log-stream:x"  # ministack names the group; AWS asks about the stream
    return AuthorizationRequest(
        principal=decision.principal,
        action=decision.action,
        resource=resource,
        context=tuple(sorted((key, plain(value)) for key, value in context.items())),
    )


def plain(value: Any) -> Any:
    """Return a value that can be hashed; of a list, a tuple."""
    return tuple(value) if isinstance(value, list) else str(value)
