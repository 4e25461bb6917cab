"""Templates with one thing in them."""

from typing import Any

from serverlessapp.rules.policies.rules import findings
from serverlessapp.rules.policies.templates import Template

GOOD_ROLE = {"PermissionsBoundary": {"Ref": "Boundary"}}


def template(resources: dict[str, Any] | None = None, **sections: Any) -> Template:
    return Template(name="sample", content={"Resources": resources or {}, **sections})


def with_statement(kind: str, statement: dict[str, Any], **resources: dict[str, Any]) -> Template:
    """Return a template with a statement in a policy of this kind, and other resources."""
    document = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", **statement}]}
    carriers = {
        "identity": ("AWS::IAM::Policy", {"PolicyDocument": document}),
        "resource": ("AWS::SQS::QueuePolicy", {"PolicyDocument": document, "Queues": []}),
        "key": ("AWS::KMS::Key", {"KeyPolicy": document}),
        "trust": ("AWS::IAM::Role", {"AssumeRolePolicyDocument": document, **GOOD_ROLE}),
    }
    carrier, properties = carriers[kind]
    return template({"Carrier": {"Type": carrier, "Properties": properties}, **resources})


def objected(sample: Template) -> set[tuple[str, str]]:
    """Return resource and rule of each finding."""
    return {(finding.resource, finding.rule) for finding in findings([sample])}


def messages(sample: Template) -> list[str]:
    return [finding.message for finding in findings([sample])]
