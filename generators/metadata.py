"""What the template says about itself, and how the console arranges its form."""

from collections.abc import Sequence
from typing import Any

from troposphere import Template

from generators import __version__
from generators.naming import PROJECT

# Title, and the label of each parameter.
Group = tuple[str, dict[str, str]]

# Each parameter in exactly one group, in the order a user thinks of them.
GROUPS: tuple[Group, ...] = (
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
            "VersionRetentionDays": "Days to keep old versions of files",
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
    template.set_metadata({**form(GROUPS), PROJECT: {"Version": __version__}})


def form(groups: Sequence[Group]) -> dict[str, Any]:
    """Return the metadata by which the console groups and labels parameters.

    Source: CloudFormation User Guide, "AWS::CloudFormation::Interface".
    """
    return {
        "AWS::CloudFormation::Interface": {
            "ParameterGroups": [
                {"Label": {"default": title}, "Parameters": list(labels)}
                for title, labels in groups
            ],
            "ParameterLabels": {
                name: {"default": label} for _, labels in groups for name, label in labels.items()
            },
        }
    }
