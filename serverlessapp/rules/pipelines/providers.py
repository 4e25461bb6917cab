"""What each provider of actions takes in its configuration.

Source: CodePipeline User Guide, "Action structure reference".
"""

from collections.abc import Mapping
from dataclasses import dataclass

Range = tuple[int, int]


@dataclass(frozen=True)
class Provider:
    """What a provider takes.

    Attributes:
        required: Keys of the configuration.
        optional: More keys.
        artifacts: Fewest and most input, and output, artifacts where cfn-lint's E3702 does not
            know them.
    """

    required: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()
    artifacts: tuple[Range, Range] | None = None


SOURCE, BUILD, TEST, DEPLOY, INVOKE = "Source", "Build", "Test", "Deploy", "Invoke"

BUILDS = Provider(
    ("ProjectName",),
    (
        *("PrimarySource", "BatchEnabled", "CombineArtifacts", "EnvironmentVariables"),
        "BuildspecOverride",
    ),
)
PROVIDERS: Mapping[tuple[str, str], Provider] = {
    (SOURCE, "CodeStarSourceConnection"): Provider(
        ("ConnectionArn", "FullRepositoryId", "BranchName"),
        ("OutputArtifactFormat", "DetectChanges"),
        ((0, 0), (1, 1)),
    ),
    (SOURCE, "CodeCommit"): Provider(
        ("RepositoryName", "BranchName"), ("PollForSourceChanges", "OutputArtifactFormat")
    ),
    (SOURCE, "S3"): Provider(
        ("S3Bucket", "S3ObjectKey"), ("PollForSourceChanges", "AllowOverrideForS3ObjectKey")
    ),
    (SOURCE, "ECR"): Provider(("RepositoryName",), ("ImageTag",)),
    (BUILD, "CodeBuild"): BUILDS,
    (TEST, "CodeBuild"): BUILDS,
    ("Compute", "Commands"): Provider(artifacts=((1, 10), (0, 1))),
    (DEPLOY, "CloudFormation"): Provider(
        ("ActionMode", "StackName"),
        (
            *("Capabilities", "ChangeSetName", "RoleArn", "TemplatePath", "OutputFileName"),
            *("ParameterOverrides", "TemplateConfiguration"),
        ),
    ),
    (DEPLOY, "S3"): Provider(
        ("BucketName", "Extract"), ("ObjectKey", "KMSEncryptionKeyARN", "CannedACL", "CacheControl")
    ),
    (DEPLOY, "CodeDeploy"): Provider(("ApplicationName", "DeploymentGroupName")),
    (DEPLOY, "ECS"): Provider(("ClusterName", "ServiceName"), ("FileName", "DeploymentTimeout")),
    ("Approval", "Manual"): Provider((), ("CustomData", "ExternalEntityLink", "NotificationArn")),
    (INVOKE, "Lambda"): Provider(("FunctionName",), ("UserParameters",)),
    (INVOKE, "StepFunctions"): Provider(
        ("StateMachineArn",), ("ExecutionNamePrefix", "InputType", "Input"), ((0, 1), (0, 1))
    ),
    (INVOKE, "CodePipeline"): Provider(
        ("PipelineName",), ("SourceRevisions", "Variables"), ((0, 0), (0, 0))
    ),
}
# Providers that exist and are not looked into.
OTHERS = {
    *((DEPLOY, name) for name in ("CloudFormationStackSet", "CloudFormationStackInstances")),
    *((DEPLOY, name) for name in ("CodeDeployToECS", "ElasticBeanstalk", "ServiceCatalog")),
    *((DEPLOY, name) for name in ("AppConfig", "AlexaSkillsKit", "OpsWorks", "EKS", "EC2")),
    (DEPLOY, "Lambda"),
    (BUILD, "ECRBuildAndPublish"),
    (INVOKE, "InspectorScan"),
    (TEST, "DeviceFarm"),
}
