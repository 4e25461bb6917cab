"""The role with which CloudFormation updates and deletes the pipeline's stack. ADR 0016."""

from functools import partial

from awacs.aws import PolicyDocument
from troposphere import Ref, Sub, Template, iam

from generators import tagging
from generators.context import REVIEWED, architecture, explained
from generators.form import ask
from generators.naming import PROJECT
from generators.outputs import export
from generators.parameters import environment_suffix
from generators.policies import document
from pipeline.grants import own_roles, own_stack
from pipeline.parameters import pipeline_stack_name
from pipeline.roles import ONLY_TRUST, trust_service

POLICY_NAME = "UpdatePipeline"


def build() -> Template:
    """Return the template, launched before the pipeline's."""
    template = Template()
    template.set_version()
    template.set_description(
        f"{PROJECT}: the role with which CloudFormation updates and deletes the pipeline. It can "
        "make nothing that does more than the pipeline's boundary allows."
    )
    field = partial(ask, template, "Pipeline")
    stack_name = pipeline_stack_name(
        field, "What the pipeline's stack will be called. The role reaches nothing else."
    )
    environment = environment_suffix(
        field, "prod", "Only a tag here: what the pipeline delivers to."
    )
    template.metadata |= architecture(
        "The pipeline hands UpdateRole to CloudFormation, which then updates the stack "
        "that the pipeline is in.",
        must=[
            "A person launches and updates this stack: what limits the pipeline must not "
            "be in the pipeline's hands.",
        ],
        ref={"docs/pipeline.md": "in which order the stacks are launched"},
    )
    role = template.add_resource(
        iam.Role(
            "UpdateRole",
            Metadata=explained(
                "In a stack of its own, because a stack that is updated with one of its own roles "
                "can never be deleted: the role goes first. It gives roles permissions, but only "
                "within the pipeline's boundary, which it can delete and not change.",
                mutable=REVIEWED,
                must=["It may neither make nor change a policy that is a boundary."],
                skip={
                    "W9310": "a person launches it; the boundary of the pipeline's own roles is "
                    "what limits the pipeline",
                    **ONLY_TRUST,
                },
            ),
            Description=Sub(f"CloudFormation updates stack ${{{stack_name.title}}}"),
            AssumeRolePolicyDocument=trust_service("cloudformation.amazonaws.com"),
            Policies=[iam.Policy(PolicyName=POLICY_NAME, PolicyDocument=permissions())],
        )
    )
    export(
        template,
        ("UpdateRoleArn", role.get_att("Arn"), "The pipeline's parameter UpdateRoleArn"),
        ("PipelineStackName", Ref(stack_name), "Launch the pipeline under this name"),
    )
    tagging.apply_to(template, environment=environment)
    return template


def permissions() -> PolicyDocument:
    """Return everything that the pipeline's template takes to be updated and deleted."""
    return document(
        own_stack.manage_pipeline(),
        own_stack.pass_connection(),
        own_stack.manage_builds(),
        own_roles.read_roles(),
        own_roles.make_limited_roles(),
        own_roles.change_roles(),
        own_roles.delete_boundary(),
        own_roles.pass_roles(),
        own_stack.manage_log(),
        own_stack.find_logs(),
        own_stack.manage_buckets(),
        own_stack.manage_topic(),
        own_stack.manage_notifications(),
        own_stack.tag_notifications(),
    )
