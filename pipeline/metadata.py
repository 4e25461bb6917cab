"""What the template says about itself.

It holds no version: each update of the pipeline starts it over, and takes away what a
rollback could go back to. So it changes only when the pipeline does.
"""

from troposphere import Template

from generators.naming import PROJECT
from pipeline.regions import EXTRA, HOME


def add_to(template: Template) -> None:
    """Add description, and where it can be launched."""
    template.set_version()
    template.set_description(
        f"{PROJECT}: delivers each push. Lints, tests in several Regions, publishes releases, "
        "deploys with approval, rolls back on alarms, and updates itself."
    )
    # Not where cfn-lint looks for the application: notification rules, or CodePipeline's
    # action for CloudFormation, are missing in the other partitions.
    regions = [HOME, *(region.name for region in EXTRA)]
    template.metadata["cfn-lint"] = {"config": {"regions": regions}}
