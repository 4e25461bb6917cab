"""Test: taskcat makes, uses and deletes stacks of the templates, in all its Regions."""

from troposphere import Template, codepipeline, iam

from pipeline import actions
from pipeline.grants import builds
from pipeline.projects import ProjectRefs
from pipeline.roles import add_action_role_to
from pipeline.stages.stage import StageRefs


def add_to(template: Template, *, pipeline_role: iam.Role, projects: ProjectRefs) -> StageRefs:
    """Add the stage. It is not tried again: it takes long, and its failures mean something."""
    role = add_action_role_to(
        template,
        "RunTaskcatRole",
        pipeline_role,
        builds.run_build(projects.taskcat),
        why="Starts the tests. This role cannot create stacks: the build assumes taskcat's role "
        "for that.",
    )
    action = actions.build("Taskcat", project=projects.taskcat, role=role, category="Test")
    stage = codepipeline.Stages(Name="Test", Actions=[action])
    return StageRefs(stage=stage, roles=(role,))
