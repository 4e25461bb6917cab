"""CodePipeline and CodeBuild take roles that trust them; who runs a pipeline here stands for them.

IAM User Guide, "The confused deputy problem": a service says for which resource it acts. ministack
has neither service act. Here an account's root takes a role as one of them with the service's name
as that of the session, and the resource's ARN as external ID; the role's trust policy decides.
"""

from collections.abc import Callable
from typing import Any

from local.enforcement import trace
from local.replacements import around

SERVICES = ("codebuild.amazonaws.com", "codepipeline.amazonaws.com")


@around("core.iam_evaluator", "evaluate_trust_policy")
def trusts(evaluate: Callable[..., bool], document: Any, caller: str, context: Any = None) -> bool:
    given = context.service_context if context else {}
    service = given.get("sts:rolesessionname")
    if service not in SERVICES or context.principal_type != "Root":
        return evaluate(document, caller, context)
    source = given.get("sts:externalid") or ""
    return trace.lets_service(
        service,
        "sts:AssumeRole",
        context.resource_arn,
        document,
        context={"aws:SourceArn": source, "aws:SourceAccount": context.principal_account},
        kind="trust",
    )
