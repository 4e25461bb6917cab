"""What several policies share."""

from awacs.aws import Action, Bool, Condition, Deny, PolicyDocument, Principal, Statement
from troposphere import AWSHelperFn

POLICY_VERSION = "2012-10-17"


def document(*statements: Statement) -> PolicyDocument:
    """Return a policy document; awacs sets no version by itself."""
    return PolicyDocument(Version=POLICY_VERSION, Statement=list(statements))


def deny_insecure_transport(action: Action, *resources: AWSHelperFn | str) -> Statement:
    """Refuse everybody who does not use TLS.

    For the services that also answer plain HTTP: S3, SQS, SNS and DynamoDB. The others that the
    stack uses have HTTPS endpoints only (AWS General Reference, "Service endpoints and quotas").

    Source: AWS Foundational Security Best Practices, control S3.5 and its like.
    """
    return Statement(
        Sid="DenyInsecureTransport",
        Effect=Deny,
        Principal=Principal("*"),
        Action=[action],
        Resource=list(resources),
        Condition=Condition([Bool({"aws:SecureTransport": "false"})]),
    )
