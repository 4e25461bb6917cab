"""Whether requests without TLS are refused."""

from collections.abc import Iterator
from typing import Any

from serverlessapp.rules.policies.statements import Clause, clauses
from serverlessapp.rules.rule import Mistake, rule
from serverlessapp.template.evaluation import Evaluation
from serverlessapp.template.policies import listed
from serverlessapp.template.values import Kind, Unknown, canonical, same

S3_GUIDE = "https://docs.aws.amazon.com/AmazonS3/latest/userguide"
# Services whose resources also answer plain HTTP, the property with a resource's name, and the
# property of a policy that names what it is for.
NAMED_BY = {
    "AWS::DynamoDB::Table": "TableName",
    "AWS::S3::Bucket": "BucketName",
    "AWS::SNS::Topic": "TopicName",
    "AWS::SQS::Queue": "QueueName",
}
TARGETS = ("Bucket", "Queues", "Topics")
# All that a policy of each can refuse; a topic's takes no "sns:*".
EVERYTHING = ("*", "s3:*", "sqs:*", "dynamodb:*", "sns:*", "sns:publish")


@rule("W9309", f"{S3_GUIDE}/security-best-practices.html#transit")
def tls_only(evaluation: Evaluation) -> Iterator[Mistake]:
    """Requests without TLS are denied.

    Whatever would answer plain HTTP refuses it.
    """
    refusing = {clause.statement.place[1] for clause in clauses(evaluation) if is_refusal(clause)}
    guarded = [
        target
        for resource in evaluation.resources()
        if resource.title in refusing
        for key in TARGETS
        for target, _ in listed(resource.properties.get(key, []))
    ]
    for resource in evaluation.resources():
        if resource.type not in NAMED_BY or resource.title in refusing:
            continue
        name = resource.properties.get(NAMED_BY[resource.type])
        own: list[Any] = [Unknown(Kind.RESOURCE, resource.title), *([name] if name else [])]
        if not any(same(target, called) for target in guarded for called in own):
            yield Mistake(("Resources", resource.title), "requests without TLS are not denied")


def is_refusal(clause: Clause) -> bool:
    """Tell whether a statement refuses everybody without TLS."""
    return (
        clause.statement.content["Effect"] == "Deny"
        and "*" in clause.principals("AWS")
        and any(action.lower() in EVERYTHING for action in clause.actions)
        and all(
            [key for _, key, _ in tests] == ["aws:securetransport"]
            and canonical(tests[0][2]) in ('"false"', '["false"]')
            and tests[0][0].startswith("Bool")
            for tests in clause.conditions()
        )
    )
