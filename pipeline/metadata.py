"""What the template says about itself, and how the console arranges its form.

It holds no version: each update of the pipeline starts it over, and takes away what a
rollback could go back to. So it changes only when the pipeline does.
"""

from troposphere import Template

from generators.metadata import Group, form
from generators.naming import PROJECT
from pipeline.regions import EXTRA, HOME

GROUPS: tuple[Group, ...] = (
    (
        "Source",
        {
            "ConnectionArn": "Connection",
            "RepositoryId": "Repository",
            "BranchName": "Branch",
        },
    ),
    (
        "Production",
        {
            "EnvironmentSuffix": "Environment",
            **{region.parameter: f"Deploy to {region.name}" for region in EXTRA},
            "RequireApproval": "Ask before production changes",
            "NotificationEmail": "Email address for failures and approvals",
        },
    ),
    (
        "Roles, from the outputs of the stacks launched before",
        {
            "DeployRoleArn": "Role that deploys the application",
            "PermissionsBoundaryArn": "Permissions boundary of the application",
            "TaskcatRoleArn": "Role that tests the templates",
            "UpdateRoleArn": "Role that updates the pipeline",
        },
    ),
)


def add_to(template: Template) -> None:
    """Add description, the console's parameter groups and labels, and where it can be launched."""
    template.set_version()
    template.set_description(
        f"{PROJECT}: delivers each push. Lints, tests in several Regions, publishes releases, "
        "deploys with approval, rolls back on alarms, and updates itself."
    )
    template.set_metadata(
        {
            **form(GROUPS),
            # Not where cfn-lint looks for the application: notification rules, or CodePipeline's
            # action for CloudFormation, are missing in the other partitions.
            "cfn-lint": {"config": {"regions": [HOME, *(region.name for region in EXTRA)]}},
        }
    )
