"""The same tags on everything that can carry them."""

from typing import Any

from troposphere import Parameter, Ref, Tags, Template

from generators.naming import PROJECT

OWNER = "TAP"
SHARED = "shared"  # the environment of what is for all of them


def tags(environment: Any) -> dict[str, Any]:
    return {"Project": PROJECT, "Environment": environment, "Owner": OWNER}


def apply_to(template: Template, *, environment: Parameter | None = None) -> None:
    """Tag every resource whose type takes tags; none can be forgotten this way."""
    ours = tags(Ref(environment) if environment else SHARED)
    for resource in template.resources.values():
        if "Tags" not in resource.props:
            continue
        if resource.props["Tags"][0] is dict:  # a few types take an object instead of a list
            resource.Tags = ours
        else:
            resource.Tags = getattr(resource, "Tags", Tags()) + Tags(**ours)
