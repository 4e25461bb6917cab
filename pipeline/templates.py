"""The templates of the delivery, and what builds each."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial

from troposphere import Template

from generators.editions import Edition
from generators.lanes import Lane
from generators.render import render
from pipeline import definition, deploy_role, oidc_role, region_template, taskcat_role, update_role
from pipeline.delivery import Delivery

# By the name of the file without ".yaml". Each takes the lanes and the delivery.
BUILDERS: Mapping[str, Callable[..., Template]] = {
    **{deploy_role.file(each): partial(deploy_role.build, edition=each) for each in Edition},
    "oidc-role": lambda *_: oidc_role.build(),
    "pipeline": definition.build,
    "pipeline-region": region_template.build,
    "taskcat-role": taskcat_role.build,
    "update-role": update_role.build,
}


def templates(
    lanes: Sequence[Lane] | None = None, delivery: Delivery | None = None
) -> dict[str, bytes]:
    """Return the content of each template of the delivery by file name.

    By default, lanes and delivery are what the repository has.
    """
    return {f"{name}.yaml": render(build(lanes, delivery)) for name, build in BUILDERS.items()}
