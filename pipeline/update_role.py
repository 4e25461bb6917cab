"""The role with which CloudFormation updates and deletes the pipeline's stack.

In a stack of its own: a stack that is updated with one of its own roles can never be deleted,
and what limits the pipeline must not be in the pipeline's hands. ADR 0016.
"""

from awacs.aws import PolicyDocument
from troposphere import Export, Output, Parameter, Ref, Sub, Template, iam

from generators import tagging
from generators.accepted import Accepted
from generators.naming import PROJECT
from generators.policies import document
from pipeline.grants import own_roles, own_stack
from pipeline.roles import trust_service

ACCEPTED = (
    Accepted(
        resource="UpdateRole",
        rule="PrivilegeEscalationRule",
        reason="only the pipeline's roles, and permissions only within a boundary it cannot alter",
        templates="pipeline-role",
    ),
    Accepted(
        resource="UpdateRole",
        rule="WildcardResourceRule",
        reason="CloudWatch Logs has no resource for these two reading actions",
        templates="pipeline-role",
    ),
    Accepted(
        resource="UpdateRole",
        rule="boundary",
        reason="a person launches it; what limits the pipeline is the boundary of its own roles",
        templates="pipeline-role",
    ),
    Accepted(
        resource="UpdateRole",
        rule="confused-deputy",
        reason="no condition that AWS documents; only who may pass the role makes use of it",
        templates="pipeline-role",
    ),
)

POLICY_NAME = "UpdatePipeline"


def build() -> Template:
    """Return the template, launched before the pipeline's."""
    template = Template()
    template.set_version()
    template.set_description(
        f"{PROJECT}: the role with which CloudFormation updates and deletes the pipeline. It can "
        "make nothing that does more than the pipeline's boundary allows."
    )
    stack_name = template.add_parameter(
        Parameter(
            "PipelineStackName",
            Type="String",
            Default="serverlessapp-pipeline",
            # A bucket's name begins with it, so it is lowercase; see grants.own_stack.
            AllowedPattern="^[a-z][a-z0-9-]{0,23}$",
            Description="What the pipeline's stack will be called. The role reaches nothing else.",
            ConstraintDescription="must be up to 24 lowercase letters, digits and hyphens",
        )
    )
    environment = template.add_parameter(
        Parameter(
            "EnvironmentSuffix",
            Type="String",
            Default="prod",
            AllowedPattern="^[a-z0-9]([a-z0-9-]{0,10}[a-z0-9])?$",
            Description="Only a tag here: what the pipeline delivers to.",
            ConstraintDescription="must be 1 to 12 lowercase letters, digits and inner hyphens",
        )
    )
    template.set_metadata(
        {
            "AWS::CloudFormation::Interface": {
                "ParameterGroups": [
                    {
                        "Label": {"default": "Pipeline"},
                        "Parameters": [stack_name.title, environment.title],
                    }
                ],
                "ParameterLabels": {
                    stack_name.title: {"default": "Name of the pipeline's stack"},
                    environment.title: {"default": "Environment"},
                },
            }
        }
    )
    role = template.add_resource(
        iam.Role(
            "UpdateRole",
            Description=Sub(f"CloudFormation updates stack ${{{stack_name.title}}}"),
            AssumeRolePolicyDocument=trust_service("cloudformation.amazonaws.com"),
            Policies=[iam.Policy(PolicyName=POLICY_NAME, PolicyDocument=permissions())],
        )
    )
    template.add_output(
        Output(
            "UpdateRoleArn",
            Value=role.get_att("Arn"),
            Description="The pipeline's parameter UpdateRoleArn",
            Export=Export(Sub("${AWS::StackName}-UpdateRoleArn")),
        )
    )
    template.add_output(
        Output(
            "PipelineStackName",
            Value=Ref(stack_name),
            Description="Launch the pipeline under this name",
            Export=Export(Sub("${AWS::StackName}-PipelineStackName")),
        )
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
