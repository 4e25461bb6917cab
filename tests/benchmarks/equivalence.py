"""Whether two templates deploy the same kinds of resources; else they cannot be compared."""

import json
from collections import Counter
from pathlib import Path


def kinds(template: Path) -> Counter[str]:
    """Return how many resources of each type a template has."""
    resources = json.loads(template.read_text(encoding="utf-8"))["Resources"]
    return Counter(resource["Type"] for resource in resources.values())


def differences(ours: Counter[str], theirs: Counter[str]) -> list[str]:
    """Return what differs, one line for each resource type."""
    return [
        f"{kind}: the project has {ours[kind]}, the CDK app {theirs[kind]}"
        for kind in sorted(ours | theirs)
        if ours[kind] != theirs[kind]
    ]
