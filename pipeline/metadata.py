"""What the template says about itself."""

from troposphere import Template

from generators.context import architecture
from generators.naming import PROJECT


def add_to(template: Template) -> None:
    """Add description, context, and where it can be launched."""
    template.set_version()
    template.set_description(
        f"{PROJECT}: delivers each push. Lints, tests in several Regions, publishes releases, "
        "deploys to one environment after the other, and updates itself."
    )
    template.metadata |= architecture(
        "A connection fetches the commit; the pipeline updates itself from it; builds "
        "test it and make one artifact; taskcat tries the templates; a release is "
        "published. Then, for each environment: change sets are shown and approved, made again, "
        "compared and executed, one Region first; a sample goes through, alarms are watched, and "
        "a failure goes back to what was delivered before.",
        must=[
            "An update starts the pipeline over, and takes away what a rollback could go "
            "back to: nothing in here may change with every push, such as a version.",
            "One role for each kind of action, each within PipelineBoundary; what is done in an "
            "environment is done in a role of its account.",
            "All parameters together fit into what CodePipeline tells CloudFormation, "
            "1,000 characters.",
            "This file is generated. Change what generates it (pipeline/), or the next "
            "push undoes the change.",
        ],
        ref={
            "docs/pipeline.md": "how it is launched, and what it does",
            "docs/adr/0016-pipeline.md": "how it is cut, and why",
        },
    )
