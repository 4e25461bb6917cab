"""Each action has the configuration that its provider takes."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches

from serverlessapp.rules.pipelines.rule import USER_GUIDE, is_known, misfits, missing, pipeline_rule
from serverlessapp.rules.rule import Mistake
from serverlessapp.template.pipeline.delivery import Delivery
from serverlessapp.template.pipeline.elements import Action, text

REFERENCE = f"{USER_GUIDE}/action-reference.html"
Range = tuple[int, int]


@dataclass(frozen=True)
class Provider:
    """What a provider takes."""

    required: tuple[str, ...] = ()  # keys of the configuration
    optional: tuple[str, ...] | None = ()  # None: not listed here
    # Fewest and most input, and output, artifacts where cfn-lint's E3702 does not know them.
    artifacts: tuple[Range, Range] | None = None
    owner: str = "AWS"


SOURCE, BUILD, TEST, DEPLOY, INVOKE = "Source", "Build", "Test", "Deploy", "Invoke"

BUILDS = Provider(
    ("ProjectName",),
    (
        *("PrimarySource", "BatchEnabled", "CombineArtifacts", "EnvironmentVariables"),
        "BuildspecOverride",
    ),
)
# Of these, only what they require is listed.
OTHERS = {
    (DEPLOY, "AppConfig"): "Application Environment ConfigurationProfile",
    (DEPLOY, "CloudFormationStackInstances"): "StackSetName Regions",
    (DEPLOY, "CloudFormationStackSet"): "StackSetName TemplatePath",
    (DEPLOY, "CodeDeployToECS"): (
        "ApplicationName DeploymentGroupName TaskDefinitionTemplateArtifact AppSpecTemplateArtifact"
    ),
    (DEPLOY, "EC2"): "InstanceTagKey InstanceType",
    (DEPLOY, "EKS"): "ClusterName",
    (DEPLOY, "ElasticBeanstalk"): "ApplicationName EnvironmentName",
    (DEPLOY, "Lambda"): "FunctionName",
    (DEPLOY, "OpsWorks"): "",
    (DEPLOY, "ServiceCatalog"): "ProductId",
    (BUILD, "ECRBuildAndPublish"): "ECRRepositoryName",
    (INVOKE, "InspectorScan"): "InspectorRunMode",
    (TEST, "DeviceFarm"): "DevicePoolArn ProjectId TestType",
}
PROVIDERS: Mapping[tuple[str, str], Provider] = {
    (SOURCE, "CodeStarSourceConnection"): Provider(
        ("ConnectionArn", "FullRepositoryId", "BranchName"),
        ("OutputArtifactFormat", "DetectChanges"),
        ((0, 0), (1, 1)),
    ),
    (SOURCE, "GitHub"): Provider(
        ("Owner", "Repo", "Branch", "OAuthToken"), ("PollForSourceChanges",), owner="ThirdParty"
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
    **{kind: Provider(tuple(keys.split()), None) for kind, keys in OTHERS.items()},
}
# What values have to match, whatever the provider.
VALUES = {
    **dict.fromkeys(("BatchEnabled", "CombineArtifacts", "DetectChanges"), "(?i:true|false)"),
    **dict.fromkeys(("Extract", "PollForSourceChanges"), "(?i:true|false)"),
    **dict.fromkeys(("ConnectionArn", "NotificationArn", "StateMachineArn"), "arn:.+"),
    **dict.fromkeys(("BucketName", "S3Bucket"), "[^:]+"),  # a name, no ARN
    "FullRepositoryId": "[^:]+/[^:]+",  # owner/name, no URL
    "InputType": "Literal|FilePath",
    "InspectorRunMode": "SourceCodeScan|ECRImageScan",
    "InstanceType": "EC2|SSM_MANAGED_NODE",
    "OutputArtifactFormat": "CODE_ZIP|CODEBUILD_CLONE_REF",
    "RegistryType": "private|public",
}


def of_aws(delivery: Delivery) -> Iterator[Action]:
    """Yield the actions of AWS's providers, and of others that are known."""
    for action in delivery.actions():
        is_another = action.owner == "ThirdParty" and action.kind in PROVIDERS
        if (action.owner == "AWS" or is_another) and is_known(*action.kind):
            yield action


@pipeline_rule("E9206", REFERENCE, of_aws)
def actions_fit_providers(action: Action) -> Iterator[Mistake]:
    """An action has the configuration and artifacts that its provider requires.

    A provider that there is, all its required configuration, and no slip in a name.
    """
    yield from (mistake for mistake, is_certain in names(action) if is_certain)
    yield from of_provider(action)
    yield from commands(action)


@pipeline_rule("W9206", REFERENCE, of_aws)
def names_are_known(action: Action) -> Iterator[Mistake]:
    """A provider and its configuration are known.

    AWS refuses what it does not know; but it may know more than this rule by now.
    """
    yield from (mistake for mistake, is_certain in names(action) if not is_certain)


def names(action: Action) -> Iterator[tuple[Mistake, bool]]:
    """Yield names that are not known, and whether each must be a slip."""
    if action.kind not in PROVIDERS:
        same = sorted(category for category, name in PROVIDERS if name == action.provider)
        wanted = f"Category {' or '.join(same)}" if same else "correct the Provider"
        words = f"unknown {action.category} action {action.provider}: {wanted}"
        is_certain = bool(same) or is_slip(action.provider, {name for _, name in PROVIDERS})
        yield Mistake(action.at("ActionTypeId"), words), is_certain
    if provider := PROVIDERS.get(action.kind):
        for part, wanted in (("Owner", provider.owner), ("Version", "1")):
            given = text(action.raw["ActionTypeId"], part, wanted)
            if is_known(given) and given != wanted:
                words = f"{part} of {action.provider} must be {wanted}"
                yield Mistake(action.at("ActionTypeId", part), words), True
        keys = (*provider.required, *(provider.optional or ()))
        for key in action.raw.get("Configuration", {}):
            if key not in keys and provider.optional is not None:
                choice = ", ".join(keys) or "none"
                has = f"{action.provider} has no setting {key}"
                words = f"{has}; known: {choice}; correct or remove it"
                yield Mistake(action.at("Configuration", key), words), is_slip(key, keys)


def is_slip(name: str, known: Collection[str]) -> bool:
    """Tell whether a name is so much like a known one that it has to be meant."""
    return bool(get_close_matches(name, known))


def of_provider(action: Action) -> Iterator[Mistake]:
    """Yield keys that are missing, values that mean nothing, and wrong numbers of artifacts."""
    if not (provider := PROVIDERS.get(action.kind)):
        return
    yield from missing(action, provider.required, action.provider)
    for key, value in action.raw.get("Configuration", {}).items():
        if isinstance(value, dict | list):
            message = "must be a string: quote the JSON, or use Fn::ToJsonString"
            yield Mistake(action.at("Configuration", key), message)
    yield from misfits(action, VALUES)
    if action.configuration.get("Extract") == "false":
        yield from missing(action, ["ObjectKey"], "Extract: false")
    counts = {"InputArtifacts": len(action.inputs), "OutputArtifacts": len(action.outputs)}
    for (part, number), (low, high) in zip(counts.items(), provider.artifacts or ()):
        if not low <= number <= high:
            message = f"{action.provider} allows {low} to {high}, not {number}"
            yield Mistake(action.at(part), message)


def commands(action: Action) -> Iterator[Mistake]:
    """Yield commands where there can be none, and the other way round; and a timeout likewise."""
    if "TimeoutInMinutes" in action.raw and action.provider != "Manual":
        message = "only approvals have a timeout: remove it; a project has its own"
        yield Mistake(action.at("TimeoutInMinutes"), message)
    if bool(action.commands) != (action.provider == "Commands"):
        what = "allows none: remove them" if action.commands else "needs at least one: add it"
        yield Mistake(action.at("Commands"), f"{action.provider} {what}")
