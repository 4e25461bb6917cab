"""With which parameters, tags and stack policy each environment's stacks are made.

Source of the form: CloudFormation User Guide, "CodePipeline artifacts", template configuration.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from generators import tagging
from pipeline import delivery as deliveries
from pipeline import names, stack_policy, stack_policy_file
from pipeline.code import is_key
from pipeline.delivery import Delivery, Environment
from pipeline.home import Home


def configurations(
    delivery: Delivery, home: Home, keys: Mapping[str, str], folder: Path | None = None
) -> dict[str, bytes]:
    """Return the content of each configuration by its file's name.

    The ``keys`` are those of packages, by the parameter that takes one; the folder is that of the
    stack policies which are named, by default that of ``DELIVERY``.
    """
    folder = folder or deliveries.DELIVERY.parent
    return {
        f"{environment.name}.{region}.json": (
            json.dumps(configuration(environment, region, home, keys, folder), indent=2) + "\n"
        ).encode()
        for environment, region in home.stacks(delivery)
    }


def configuration(
    environment: Environment, region: str, home: Home, keys: Mapping[str, str], folder: Path
) -> dict[str, Any]:
    """Return what the stack in one Region is made with; a value of the file's own wins."""
    account, boundary = home.account_of(environment), names.boundary(environment.name)
    given = {**keys, **environment.parameters, **environment.regional.get(region, {})}
    code = {"CodeBucket": home.code_bucket(region)} if any(map(is_key, given)) else {}
    content: dict[str, Any] = {
        "Parameters": {
            **code,
            **given,
            "EnvironmentSuffix": environment.name,
            "PermissionsBoundaryArn": f"arn:aws:iam::{account}:policy/{boundary}",
        },
        "Tags": {**tagging.tags(environment.name), **environment.tags},
    }
    if environment.stack_policy:
        content["StackPolicy"] = stack_policy_file.read(folder / environment.stack_policy)
    elif environment.template.retention.keeps_data:
        content["StackPolicy"] = stack_policy.policy(environment.template)
    return content
