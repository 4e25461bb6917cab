"""The templates of the delivery, and what builds each."""

from collections.abc import Callable, Mapping
from functools import partial

from troposphere import Template

from generators import extension
from generators.render import render
from pipeline import definition, deploy_role, region_template, taskcat_role, update_role

# By the name of the file without ".yaml"; the deploy role's also takes grants.
BUILDERS: Mapping[str, Callable[[], Template]] = {
    "pipeline": definition.build,
    "pipeline-region": region_template.build,
    "update-role": update_role.build,
    "taskcat-role": taskcat_role.build,
}


def templates(grants: extension.Grants = extension.no_grants) -> dict[str, bytes]:
    """Return the content of each template of the delivery by file name.

    Args:
        grants: What the application's function may do besides processing a file.
    """
    deploy: Callable[[], Template] = partial(deploy_role.build, grants)
    builders = {**BUILDERS, "deploy-role": deploy}
    return {f"{name}.yaml": render(build()) for name, build in sorted(builders.items())}
