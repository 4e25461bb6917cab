"""What each provider of actions takes: configuration, and how many artifacts.

Source: CodePipeline User Guide, "Action structure reference".
"""

from collections.abc import Mapping
from dataclasses import dataclass

Range = tuple[int, int]
NONE: Range = (0, 0)
ONE: Range = (1, 1)


@dataclass(frozen=True)
class Provider:
    """What a provider takes.

    Attributes:
        required: Keys of the configuration.
        optional: More keys.
        inputs: Fewest and most input artifacts.
        outputs: Fewest and most output artifacts.
    """

    required: tuple[str, ...]
    optional: tuple[str, ...]
    inputs: Range
    outputs: Range


SOURCE, BUILD, TEST, DEPLOY = "Source", "Build", "Test", "Deploy"

BUILDS = Provider(
    ("ProjectName",),
    ("PrimarySource", "BatchEnabled", "CombineArtifacts", "EnvironmentVariables"),
    (1, 5),
    (0, 5),
)
STACKS = Provider(
    ("ActionMode", "StackName"),
    (
        *("Capabilities", "ChangeSetName", "RoleArn", "TemplatePath", "OutputFileName"),
        *("ParameterOverrides", "TemplateConfiguration"),
    ),
    (0, 10),
    (0, 1),
)
PROVIDERS: Mapping[tuple[str, str], Provider] = {
    (SOURCE, "CodeStarSourceConnection"): Provider(
        ("ConnectionArn", "FullRepositoryId", "BranchName"),
        ("OutputArtifactFormat", "DetectChanges"),
        NONE,
        ONE,
    ),
    (SOURCE, "CodeCommit"): Provider(
        ("RepositoryName", "BranchName"),
        ("PollForSourceChanges", "OutputArtifactFormat"),
        NONE,
        ONE,
    ),
    (SOURCE, "S3"): Provider(
        ("S3Bucket", "S3ObjectKey"),
        ("PollForSourceChanges", "AllowOverrideForS3ObjectKey"),
        NONE,
        ONE,
    ),
    (SOURCE, "ECR"): Provider(("RepositoryName",), ("ImageTag",), NONE, ONE),
    (BUILD, "CodeBuild"): BUILDS,
    (TEST, "CodeBuild"): BUILDS,
    (BUILD, "ECRBuildAndPublish"): Provider(
        ("ECRRepositoryName",), ("DockerFilePath", "ImageTags", "RegistryType"), ONE, NONE
    ),
    ("Compute", "Commands"): Provider((), (), (1, 10), (0, 1)),
    (DEPLOY, "CloudFormation"): STACKS,
    (DEPLOY, "S3"): Provider(
        ("BucketName", "Extract"),
        ("ObjectKey", "KMSEncryptionKeyARN", "CannedACL", "CacheControl"),
        ONE,
        NONE,
    ),
    (DEPLOY, "CodeDeploy"): Provider(("ApplicationName", "DeploymentGroupName"), (), ONE, NONE),
    (DEPLOY, "ECS"): Provider(
        ("ClusterName", "ServiceName"), ("FileName", "DeploymentTimeout"), ONE, NONE
    ),
    ("Approval", "Manual"): Provider(
        (), ("CustomData", "ExternalEntityLink", "NotificationArn"), NONE, NONE
    ),
    ("Invoke", "Lambda"): Provider(("FunctionName",), ("UserParameters",), (0, 5), (0, 5)),
    ("Invoke", "StepFunctions"): Provider(
        ("StateMachineArn",), ("ExecutionNamePrefix", "InputType", "Input"), (0, 1), (0, 1)
    ),
    ("Invoke", "CodePipeline"): Provider(
        ("PipelineName",), ("SourceRevisions", "Variables"), NONE, NONE
    ),
}
# Providers that exist and are not looked into.
OTHERS = {
    *((DEPLOY, name) for name in ("CloudFormationStackSet", "CloudFormationStackInstances")),
    *((DEPLOY, name) for name in ("CodeDeployToECS", "ElasticBeanstalk", "ServiceCatalog")),
    *((DEPLOY, name) for name in ("AppConfig", "AlexaSkillsKit", "OpsWorks", "EKS", "EC2")),
    *((DEPLOY, name) for name in ("Lambda",)),
    ("Invoke", "InspectorScan"),
    *((TEST, name) for name in ("DeviceFarm",)),
}
