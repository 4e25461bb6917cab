"""The same tags on everything that can carry them."""

from troposphere import Parameter, Ref, Tags, Template

from generators.naming import PROJECT

OWNER = "TAP"


def apply_to(template: Template, *, environment: Parameter) -> None:
    """Tag every resource whose type takes tags; none can be forgotten this way."""
    tags = {"Project": PROJECT, "Environment": Ref(environment), "Owner": OWNER}
    for resource in template.resources.values():
        if "Tags" in resource.props:
            # A few types take an object instead of a list.
            resource.Tags = tags if resource.props["Tags"][0] is dict else Tags(**tags)
