"""Records what ministack decides about a service that delivers to a queue or a topic."""

from collections.abc import Callable

from local.enforcement import trace
from local.enforcement.evaluations import decisive, evaluations
from local.replacements import around

ACTIONS = {"sqs": "sqs:SendMessage", "sns": "sns:Publish"}


@around("services.sns", "topic_policy_allows")
@around("services.sqs", "queue_policy_allows")
def delivery(
    allows: Callable[..., bool], arn: str, service: str, source_arn: str, source_account: str
) -> bool:
    with evaluations() as made:
        allowed = allows(arn, service, source_arn, source_account)
    sid, _ = decisive(made, allowed)
    return trace.record(
        principal=service,
        action=ACTIONS[arn.split(":")[2]],
        resource=arn,
        allowed=allowed,
        sid=sid,
        policy="resource",
        via=service,
        context={"aws:SourceArn": source_arn, "aws:SourceAccount": source_account},
    )
