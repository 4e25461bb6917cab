"""The templates of the delivery, and what builds each."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial

from troposphere import Template

from generators.lanes import Lane
from generators.render import render
from generators.retention import Retention
from pipeline import definition, deploy_role, region_template, taskcat_role, update_role

# By the name of the file without ".yaml". Each takes the lanes of the application.
BUILDERS: Mapping[str, Callable[..., Template]] = {
    "deploy-role": deploy_role.build,
    "deploy-role-ephemeral": partial(deploy_role.build, retention=Retention.EPHEMERAL),
    "pipeline": definition.build,
    "pipeline-region": lambda _lanes=None: region_template.build(),
    "taskcat-role": taskcat_role.build,
    "update-role": update_role.build,
}


def templates(lanes: Sequence[Lane] | None = None) -> dict[str, bytes]:
    """Return the content of each template of the delivery by file name.

    Args:
        lanes: What the application processes; see ``generators.application.build``.
    """
    return {f"{name}.yaml": render(build(lanes)) for name, build in BUILDERS.items()}
