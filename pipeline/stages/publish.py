"""Publish: a release is put where it stays for ever. Any other version skips the stage."""

from troposphere import Template, codepipeline, iam

from pipeline import actions
from pipeline.actions import PACKAGE, SOURCE
from pipeline.grants import builds
from pipeline.projects import ProjectRefs
from pipeline.roles import add_action_role_to
from pipeline.stages.stage import StageRefs, retry
from serverlessapp.releases.version import RELEASE

VERSION = f"#{{{PACKAGE}.VERSION}}"


def add_to(template: Template, *, pipeline_role: iam.Role, projects: ProjectRefs) -> StageRefs:
    """Add the stage. It can be tried again: the same bytes are put once."""
    role = add_action_role_to(
        template,
        "RunPublishRole",
        pipeline_role,
        builds.run_build(projects.publish),
        why="Starts the build that publishes a release; only it can write to that bucket.",
    )
    action = actions.build(
        "Publish",
        project=projects.publish,
        role=role,
        reads=(SOURCE, PACKAGE),
        variables={"VERSION": VERSION},
    )
    stage = codepipeline.Stages(
        Name="Publish",
        Actions=[action],
        BeforeEntry=codepipeline.BeforeEntryConditions(
            Conditions=[codepipeline.Condition(Result="SKIP", Rules=[a_release()])]
        ),
        OnFailure=retry("ALL_ACTIONS"),
    )
    return StageRefs(stage=stage, roles=(role,))


def a_release() -> codepipeline.RuleDeclaration:
    """Return the rule that the version is a release; if not, the stage is skipped, visibly."""
    return codepipeline.RuleDeclaration(
        Name="ARelease",
        RuleTypeId=codepipeline.RuleTypeId(
            Category="Rule", Owner="AWS", Provider="VariableCheck", Version="1"
        ),
        Configuration={"Variable": VERSION, "Operator": "MATCHES", "Value": f"^{RELEASE}$"},
    )
