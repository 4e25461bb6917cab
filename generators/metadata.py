"""What the template says about itself, and how the console arranges its form."""

from troposphere import Template

from generators import __version__
from generators.naming import PROJECT

# Each parameter in exactly one group, in the order a user thinks of them.
GROUPS: tuple[tuple[str, dict[str, str]], ...] = (
    (
        "Environment",
        {
            "EnvironmentSuffix": "Environment",
            "UploadPrefix": "Folder that is watched",
            "AlarmEmail": "Email address for alarms",
        },
    ),
    (
        "Processing",
        {
            "Processor": "Processor",
            "CodeBucket": "Bucket of your code package",
            "CodeKey": "Key of your code package",
            "FunctionMemory": "Memory (MB)",
            "FunctionTimeout": "Timeout (seconds)",
            "MaximumConcurrency": "Batches at the same time",
        },
    ),
    (
        "Security and retention",
        {
            "Encryption": "Encryption keys",
            "PermissionsBoundaryArn": "Permissions boundary",
            "LogRetentionDays": "Days to keep logs",
        },
    ),
)


def add_to(template: Template) -> None:
    """Add version, description and the console's parameter groups and labels."""
    template.set_version()
    template.set_description(
        f"{PROJECT} {__version__}: files uploaded to S3 are processed by Lambda through a queue, "
        "each with a signed receipt; nothing is lost."
    )
    template.set_metadata(
        {
            "AWS::CloudFormation::Interface": {
                "ParameterGroups": [
                    {"Label": {"default": title}, "Parameters": list(labels)}
                    for title, labels in GROUPS
                ],
                "ParameterLabels": {
                    name: {"default": label}
                    for _, labels in GROUPS
                    for name, label in labels.items()
                },
            },
            PROJECT: {"Version": __version__},
        }
    )
