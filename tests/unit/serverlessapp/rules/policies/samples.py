"""Templates with one thing in them."""

from typing import Any

from serverlessapp.rules.rule import Mistake
from serverlessapp.template.evaluation import Evaluation
from serverlessapp.template.reading import Template
from serverlessapp.validation import classes

RULES = [rule for rule in classes() if rule.id[1:3] == "93"]
GOOD_ROLE = {"PermissionsBoundary": {"Ref": "Boundary"}}

Content = dict[str, Any]


def template(resources: Content | None = None, **sections: Any) -> Content:
    conditions = {"A": {"Fn::Equals": [{"Ref": "AWS::Region"}, "eu-west-1"]}}
    return {"Resources": resources or {}, "Conditions": conditions, **sections}


def with_statement(kind: str, statement: Content, **resources: Content) -> Content:
    """Return a template with a statement in a policy of this kind, and other resources."""
    document = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", **statement}]}
    carriers: dict[str, tuple[str, Content]] = {
        "identity": ("AWS::IAM::Policy", {"PolicyDocument": document}),
        "resource": ("AWS::SQS::QueuePolicy", {"PolicyDocument": document, "Queues": []}),
        "key": ("AWS::KMS::Key", {"KeyPolicy": document}),
        "trust": ("AWS::IAM::Role", {"AssumeRolePolicyDocument": document, **GOOD_ROLE}),
    }
    carrier, properties = carriers[kind]
    return template({"Carrier": {"Type": carrier, "Properties": properties}, **resources})


def mistakes(content: Content) -> list[tuple[str, Mistake]]:
    """Return what each rule about policies finds, with its ID."""
    evaluation = Evaluation(template=Template(content=content))
    return [(rule.id, mistake) for rule in RULES for mistake in rule().mistakes(evaluation)]


def objected(content: Content) -> set[tuple[str, str]]:
    """Return logical ID and rule of each finding."""
    return {(str(mistake.place[1]), rule) for rule, mistake in mistakes(content)}


def messages(content: Content) -> list[str]:
    return [mistake.message for _, mistake in mistakes(content)]
