"""The templates of the delivery, and what builds each."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial

from troposphere import Template

from generators.lanes import Lane
from generators.render import render
from pipeline import definition, deploy_role, region_template, taskcat_role, update_role

# By the name of the file without ".yaml"; the deploy role's also takes lanes.
BUILDERS: Mapping[str, Callable[[], Template]] = {
    "pipeline": definition.build,
    "pipeline-region": region_template.build,
    "update-role": update_role.build,
    "taskcat-role": taskcat_role.build,
}


def templates(lanes: Sequence[Lane] | None = None) -> dict[str, bytes]:
    """Return the content of each template of the delivery by file name.

    Args:
        lanes: What the application processes; see ``generators.application.build``.
    """
    deploy: Callable[[], Template] = partial(deploy_role.build, lanes)
    builders = {**BUILDERS, "deploy-role": deploy}
    return {f"{name}.yaml": render(build()) for name, build in sorted(builders.items())}
