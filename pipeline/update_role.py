"""The role with which CloudFormation updates and deletes the pipeline's stack. ADR 0016."""

from collections.abc import Sequence
from functools import partial

from awacs import s3
from awacs.aws import Deny, Principal, Statement
from troposphere import Ref, Sub, Template, iam

from generators import tagging
from generators.context import NEVER, REVIEWED, architecture, explained
from generators.form import ask
from generators.lanes import Lane
from generators.naming import PROJECT
from generators.outputs import export
from generators.parameters import environment_suffix
from generators.policies import document, trust
from pipeline import boundary, definition, places, rules
from pipeline import names as known
from pipeline.delivery import Delivery, load
from pipeline.derivation import names
from pipeline.derivation.names import PlannedStack
from pipeline.derivation.statements import derive, statements
from pipeline.parameters import pipeline_stack_name
from pipeline.roles import add_policies_to

POLICY = "UpdatePipeline"
NAME = "${PipelineStackName}"


def pipeline_stack(
    lanes: Sequence[Lane] | None = None, delivery: Delivery | None = None
) -> PlannedStack:
    """Return what is known of the pipeline's stack; a push may give it more roles and projects.

    Source of the limit on roles: IAM User Guide, "Permissions boundaries for IAM entities",
    delegating with boundaries. The boundary goes with the stack: IAM deletes none that is in use.
    """
    (limit,) = names.arns("AWS::IAM::ManagedPolicy", [f"{NAME}-{boundary.TITLE}-*"])
    return PlannedStack(
        template=definition.build(lanes, delivery).to_dict(),
        name=NAME,
        tags={"Project": PROJECT},
        boundary=limit,
        region="${AWS::Region}",
        fixed=(boundary.TITLE,),
    )


def build(lanes: Sequence[Lane] | None = None, delivery: Delivery | None = None) -> Template:
    """Return the template, launched before the pipeline's, where it will be; arguments as there."""
    delivery = delivery or load()
    template = Template()
    template.set_version()
    template.set_description(
        f"{PROJECT}: role for CloudFormation to update and delete the pipeline. It cannot create "
        "anything with more permissions than the pipeline's boundary allows."
    )
    field = partial(ask, template, "Pipeline")
    stack_name = pipeline_stack_name(
        field,
        "Planned name of the pipeline's stack. The role reaches no other stack. "
        "Cannot be changed later: the role is named after it.",
    )
    rules.add_to(template, delivery=delivery)
    environment = environment_suffix(field, "prod", "Only the value of a tag here.")
    template.metadata |= architecture(
        "The pipeline passes UpdateRole to CloudFormation, which updates the pipeline's own "
        "stack with it.",
        must=[
            "A person launches and updates this stack: the pipeline must not change what limits "
            "it.",
            "Launch it in the pipeline's Region: the role reaches no other Region.",
        ],
        ref={"docs/pipeline.md": "the order in which to launch the stacks"},
    )
    policies = add_policies_to(
        template,
        POLICY,
        statements(derive(pipeline_stack(lanes, delivery))),
        why="Creates, reads, updates and deletes the pipeline's resources, with the permissions "
        "that AWS publishes for them",
    )
    role = template.add_resource(
        iam.Role(
            "UpdateRole",
            Metadata=explained(
                "In a separate stack, because a stack that is updated with a role of its own "
                "cannot be deleted: the role would be deleted first. It may grant permissions to "
                "roles only within the pipeline's boundary, which it can delete but not change.",
                mutable=REVIEWED,
                mutability={"RoleName": NEVER},
                must=[
                    "It may neither create nor change a boundary policy, nor the policies that "
                    "protect packages and releases.",
                ],
                skip={
                    "W9310": "launched by a person; the pipeline's own roles have the boundary",
                },
            ),
            RoleName=Sub(known.UPDATE_ROLE.format(pipeline=NAME)),
            Description=Sub(f"CloudFormation updates stack ${{{stack_name.title}}}"),
            AssumeRolePolicyDocument=trust(Principal("Service", "cloudformation.amazonaws.com")),
            ManagedPolicyArns=list(policies),
            Policies=[
                iam.Policy(PolicyName="KeepObjects", PolicyDocument=document(keep_objects())),
            ],
        )
    )
    export(
        template,
        ("UpdateRoleArn", role.get_att("Arn"), "Service role of CloudFormation for the pipeline"),
        ("PipelineStackName", Ref(stack_name), "Name to launch the pipeline's stack with"),
    )
    tagging.apply_to(template, environment=environment)
    return template


def keep_objects() -> Statement:
    """Leave to people what keeps code and releases from being overwritten, deleted or expired.

    Whoever pushes writes the template, and by its kind the role reaches every bucket (ADR 26). A
    person makes these buckets, since a person launches the pipeline; no usual update changes them.
    CloudFormation writes their names in lower case.
    """
    buckets = (places.bucket(known.CODE_BUCKET, "*", pipeline=NAME), f"{NAME}-releasebucket-*")
    return Statement(
        Sid="KeepObjects",
        Effect=Deny,
        Action=[s3.DeleteBucketPolicy, s3.PutBucketPolicy, s3.PutLifecycleConfiguration],
        Resource=[boundary.in_partition(f"s3:::{name}") for name in buckets],
    )
