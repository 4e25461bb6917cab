"""What the template says about itself."""

from troposphere import Template

from generators.context import architecture
from generators.naming import PROJECT


def add_to(template: Template) -> None:
    template.set_version()
    template.set_description(
        f"{PROJECT}: continuous delivery. Tests each push in several Regions, publishes "
        "releases, deploys to each environment in turn, and updates itself."
    )
    template.metadata |= architecture(
        "A connection fetches the commit. The pipeline updates itself, then builds test the "
        "commit and create one artifact, taskcat tests the templates, and a release is "
        "published. For each environment, change sets are shown and approved, created again, "
        "compared and executed, Region by Region; then a sample is processed and alarms are "
        "watched. A failure rolls back to what was deployed before.",
        must=[
            "An update of this stack restarts the pipeline, and stages can no longer be rolled "
            "back to earlier executions. So nothing may change with every push, such as a version.",
            "Each kind of action has its own role, within PipelineBoundary; actions in an "
            "environment use roles of that account.",
            "All parameters together must fit into the 1,000 characters that CodePipeline passes "
            "to CloudFormation.",
            "This file is generated. Change the generators (pipeline/), or the next push undoes "
            "your change.",
        ],
        ref={
            "docs/pipeline.md": "how to launch it, and what it does",
            "docs/adr/0016-pipeline.md": "structure and rejected alternatives",
        },
    )
