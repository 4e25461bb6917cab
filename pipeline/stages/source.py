"""Source: fetch the commit that was pushed."""

from troposphere import Ref, Template, codepipeline, iam, s3

from pipeline.actions import SOURCE, Actions, kind, outputs
from pipeline.delivery import Delivery
from pipeline.grants import access, storage
from pipeline.parameters import ParameterRefs
from pipeline.roles import add_action_role_to
from pipeline.stages.stage import StageRefs

PROVIDER = "CodeStarSourceConnection"
# A push that changes nothing else is not delivered: nothing of it would arrive.
NOT_DELIVERED = ["docs/**", "*.md"]


def add_to(
    template: Template,
    *,
    delivery: Delivery,
    parameters: ParameterRefs,
    pipeline_role: iam.Role,
    store: s3.Bucket,
) -> StageRefs:
    """Add the stage that fetches the source through a connection."""
    role = add_action_role_to(
        template,
        "SourceRole",
        pipeline_role,
        access.use_connection(parameters.connection_arn, parameters.repository_id),
        storage.write_source(store, SOURCE),
        *storage.use_key(delivery, writes=True),
        why="The connection can read everything its owner can. Only this role may use it, for one "
        "repository, and it can write the commit only to the artifact bucket.",
    )
    action = Actions(
        Name=SOURCE,
        ActionTypeId=kind("Source", PROVIDER),
        RoleArn=role.get_att("Arn"),
        Namespace=SOURCE,
        OutputArtifacts=outputs(SOURCE),
        Configuration={
            "ConnectionArn": Ref(parameters.connection_arn),
            "FullRepositoryId": Ref(parameters.repository_id),
            "BranchName": Ref(parameters.branch_name),
            "OutputArtifactFormat": "CODE_ZIP",
            # The trigger does it (CodePipeline User Guide, "Automate starting pipelines using
            # triggers and filtering").
            "DetectChanges": "false",
        },
    )
    stage = codepipeline.Stages(Name="Source", Actions=[action])
    return StageRefs(stage=stage, roles=(role,))


def trigger(parameters: ParameterRefs) -> codepipeline.PipelineTriggerDeclaration:
    """Return what starts the pipeline: a push to the branch that changes what is delivered."""
    return codepipeline.PipelineTriggerDeclaration(
        ProviderType=PROVIDER,
        GitConfiguration=codepipeline.GitConfiguration(
            SourceActionName=SOURCE,
            Push=[
                codepipeline.GitPushFilter(
                    Branches=codepipeline.GitBranchFilterCriteria(
                        Includes=[Ref(parameters.branch_name)]
                    ),
                    FilePaths=codepipeline.GitFilePathFilterCriteria(Excludes=NOT_DELIVERED),
                )
            ],
        ),
    )
