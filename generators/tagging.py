"""The same tags on everything that can carry them."""

from troposphere import Parameter, Ref, Tags, Template

from generators.naming import PROJECT

OWNER = "TAP"


def apply_to(template: Template, *, environment: Parameter) -> None:
    """Tag every resource whose type takes tags; none can be forgotten this way."""
    for resource in template.resources.values():
        if "Tags" in resource.props:
            own = getattr(resource, "Tags", Tags())
            common = Tags(Project=PROJECT, Environment=Ref(environment), Owner=OWNER)
            resource.Tags = own + common
