"""What the parameters asked for is there."""

from tests.acceptance.checks.expectations import expect
from tests.acceptance.checks.subject import Subject


def check(subject: Subject) -> None:
    """Look at the prefix, the boundary of the roles, and the subscription.

    Raises:
        Broken: A parameter had no effect.
    """
    parameters = subject.parameters
    prefix = subject.stack.prefix
    expect(prefix == parameters["UploadPrefix"], f"files are expected below {prefix}")
    if boundary := parameters["PermissionsBoundaryArn"]:
        for role in subject.names("AWS::IAM::Role"):
            limit = subject.client("iam").get_role(RoleName=role)["Role"].get("PermissionsBoundary")
            arn = (limit or {}).get("PermissionsBoundaryArn")
            expect(arn == boundary, f"role {role} is within {arn}, not {boundary}")
    if address := parameters["AlarmEmail"]:
        pages = subject.client("sns").get_paginator("list_subscriptions_by_topic")
        found = {
            (one["Protocol"], one["Endpoint"])
            for page in pages.paginate(TopicArn=subject.topic)
            for one in page["Subscriptions"]
        }
        expect(("email", address) in found, f"{address} does not hear of alarms")
