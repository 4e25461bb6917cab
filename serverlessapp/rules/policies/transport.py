"""Whether requests without TLS are refused."""

from collections.abc import Iterator
from typing import Any

from serverlessapp.rules.policies.statements import Clause, clauses
from serverlessapp.rules.rule import Mistake, Rule
from serverlessapp.template.evaluation import Evaluation
from serverlessapp.template.policies import listed
from serverlessapp.template.values import Kind, Unknown, canonical, same

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


class TlsOnly(Rule):
    """Whatever would answer plain HTTP refuses it."""

    id = "W9309"
    shortdesc = "Requests without TLS are refused"
    source_url = (
        "https://docs.aws.amazon.com/AmazonS3/latest/userguide/security-best-practices.html#transit"
    )

    def mistakes(self, evaluation: Evaluation) -> Iterator[Mistake]:
        """Yield what answers plain HTTP."""
        refusing = {
            clause.statement.place[1] for clause in clauses(evaluation) if is_refusal(clause)
        }
        resources = {resource.title: resource for resource in evaluation.resources()}
        guarded = [
            target
            for title in refusing
            if title in resources and isinstance(resources[title].properties, dict)
            for key in TARGETS
            for target, _ in listed(resources[title].properties.get(key, []))
        ]
        for title, resource in resources.items():
            if resource.type not in NAMED_BY or not isinstance(resource.properties, dict):
                continue
            name = resource.properties.get(NAMED_BY[resource.type])
            own: list[Any] = [Unknown(Kind.RESOURCE, title), *([name] if name else [])]
            if title not in refusing and not any(
                same(target, called) for target in guarded for called in own
            ):
                yield Mistake(("Resources", title), "requests without TLS are not refused")


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
