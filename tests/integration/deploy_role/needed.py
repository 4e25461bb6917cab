"""Whether a grant is needed: without it, the emulator would have decided otherwise."""

import json
from collections.abc import Iterable, Iterator, Sequence

from ministack.core import iam_evaluator

from local.emulator import REGION
from local.enforcement.decisions import Decision

from .stage import Template

Grant = tuple[str, str]  # Sid, action


def without(content: Template, sid: str, action: str) -> Template:
    """Return a policy without one action of one statement."""
    statements = []
    for statement in content["Statement"]:
        left = [each for each in statement["Action"] if (statement["Sid"], each) != (sid, action)]
        if left:
            statements.append({**statement, "Action": left})
    return {**content, "Statement": statements}


def refused(policies: Iterable[Template], made: Iterable[Decision]) -> list[str]:
    """Return on what decisions would be other ones with these policies, as the emulator decides."""
    parsed = [iam_evaluator.parse_policy_document(json.dumps(each)) for each in policies]
    requests = [
        iam_evaluator.EvalContext(
            principal_arn=each.principal,
            principal_type="AssumedRole",
            principal_account=each.principal.split(":")[4],
            action=each.action,
            resource_arn=each.resource,
            region=REGION,
            service_context=dict(each.context),
        )
        for each in made
    ]
    return [
        request.resource_arn
        for request in requests
        if iam_evaluator.evaluate(request, parsed).decision != "Allow"
    ]


def grants(made: Iterable[Decision]) -> set[Grant]:
    """Return the grants by which decisions allowed something."""
    return {(each.own or each.sid, each.action) for each in made if each.allowed}


def superfluous(policies: Sequence[Template], made: Sequence[Decision]) -> Iterator[Grant]:
    """Yield the grants that were used, and that another makes up for."""
    for sid, action in grants(made):
        by_it = [each for each in made if (each.own or each.sid, each.action) == (sid, action)]
        if not refused([without(each, sid, action) for each in policies], by_it):
            yield sid, action
