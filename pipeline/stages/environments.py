"""The stages of all environments, in their order, and the roles that start builds for them."""

from collections.abc import Iterator

from troposphere import Template, iam

from pipeline.delivery import Delivery
from pipeline.grants import builds
from pipeline.projects import ProjectRefs
from pipeline.roles import add_action_role_to
from pipeline.stages import deploy, review
from pipeline.stages.environment import Target
from pipeline.stages.stage import StageRefs


def add_to(
    template: Template, *, delivery: Delivery, pipeline_role: iam.Role, projects: ProjectRefs
) -> Iterator[StageRefs]:
    """Add the roles and yield the stages, two for each environment."""
    inspect_role = add_action_role_to(
        template,
        "RunInspectRole",
        pipeline_role,
        builds.run_build(projects.inspect),
        why="Starts the builds that read environments: one role for all of them, because the "
        "environment is a variable of the build.",
    )
    for number, environment in enumerate(delivery.environments):
        verify = projects.verify[environment.name]
        verify_role = add_action_role_to(
            template,
            f"Run{verify.title}Role",
            pipeline_role,
            builds.run_build(verify),
            why=f"Starts the build that uploads samples to {environment.name}.",
        )
        target = Target(
            delivery=delivery,
            environment=environment,
            number=number,
            inspect=projects.inspect,
            inspect_role=inspect_role,
            verify=verify,
            verify_role=verify_role,
        )
        yield StageRefs(stage=review.stage(target), roles=() if number else (inspect_role,))
        yield StageRefs(stage=deploy.stage(target), roles=(verify_role,))
