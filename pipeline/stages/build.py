"""Build: lint and package, and meanwhile test.

Two actions, not three: each is paid by the minute begun, and packaging takes seconds.
"""

from troposphere import Template, codepipeline, iam

from pipeline import actions
from pipeline.actions import PACKAGE
from pipeline.grants import builds
from pipeline.projects import ProjectRefs
from pipeline.roles import add_action_role_to
from pipeline.stages.stage import StageRefs, retry


def add_to(template: Template, *, pipeline_role: iam.Role, projects: ProjectRefs) -> StageRefs:
    """Add the stage. It is tried twice: most of its failures are a registry's bad moment."""
    names = {"Package": projects.package, "UnitTests": projects.unit}
    roles = {
        name: add_action_role_to(
            template,
            f"Run{name}Role",
            pipeline_role,
            builds.run_build(project),
            why=f"Starts builds of {name}. The permissions of a build are in its own role, which "
            "cannot start builds.",
        )
        for name, project in names.items()
    }
    stage = codepipeline.Stages(
        Name="Build",
        Actions=[
            actions.build(
                name,
                project=project,
                role=roles[name],
                makes=PACKAGE if name == "Package" else None,
                category="Test" if name == "UnitTests" else "Build",
            )
            for name, project in names.items()
        ],
        OnFailure=retry("FAILED_ACTIONS"),
    )
    return StageRefs(stage=stage, roles=tuple(roles.values()))
