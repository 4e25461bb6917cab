"""Combinations of parameters that cannot work, refused before anything is created."""

from itertools import combinations

from troposphere import Equals, Not, Ref, Template

from generators.parameters import given
from generators.rules import rule
from pipeline.parameters import ParameterRefs, is_true


def add_to(template: Template, *, parameters: ParameterRefs) -> None:
    """Add the rules. CloudFormation shows the description of the first that fails."""
    template.add_rule(
        "ApprovalNeedsEmail",
        rule(
            is_true(parameters.require_approval),
            given(parameters.notification_email),
            "RequireApproval is true and NotificationEmail is empty, so nobody would hear that "
            "an approval waits: give an address, or set RequireApproval to false.",
        ),
    )
    roles = (parameters.deploy_role_arn, parameters.taskcat_role_arn, parameters.update_role_arn)
    template.add_rule(
        "RolesDiffer",
        {
            "Assertions": [
                {
                    "Assert": Not(Equals(Ref(first), Ref(second))),
                    "AssertDescription": f"{first.title} and {second.title} are the same role: "
                    "each may do one thing only; copy both outputs again.",
                }
                for first, second in combinations(roles, 2)
            ]
        },
    )
