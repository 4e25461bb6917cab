"""What the pipeline does in an environment, each with a role of the environment's account."""

from awacs import cloudformation, cloudwatch, dynamodb, kms, s3, secretsmanager
from awacs.aws import Statement, StringEquals
from troposphere import Ref, Sub

from generators.naming import PROJECT
from generators.parameters import SOURCE_KEY
from generators.policies import allow
from generators.source import ExistingBucket
from pipeline import names, pipeline_account
from pipeline.derivation.names import PlannedStack, arns, arns_of
from pipeline.grants import changes
from pipeline.grants.testing import THROUGH

UPLOAD_BUCKET = "UploadBucket"
USE_KEY = [kms.Decrypt, kms.GenerateDataKey]
PACKAGE = "Package"  # the artifact with templates and their configurations
SAMPLES = "pipeline"  # the folder below each lane's
ACCOUNT = "arn:${AWS::Partition}:%s:*:${AWS::AccountId}:"


def read_package() -> Statement:
    """Read the artifact that has the template and its configuration, in the pipeline's account.

    Of the home Region's bucket CloudFormation makes the name, ``<stack>-artifactbucket-<letters>``;
    the others are ``<stack>-artifacts-<account>-<Region>``. An object's key is
    ``<pipeline>/<artifact>/<letters>``.
    """
    objects = Sub(f"arn:${{AWS::Partition}}:s3:::${{PipelineStackName}}-artifact*/{PACKAGE}/*")
    return allow(
        "ReadPackage", [s3.GetObject, s3.GetObjectVersion], [objects], pipeline_account.owned()
    )


def read_code() -> Statement:
    """Let Lambda read packages of code in the name of who deploys.

    Derived is the same for a team's own bucket. Source: AWS Lambda API Reference, "FunctionCode".
    """
    bucket = names.CODE_BUCKET.format(
        pipeline="${PipelineStackName}", account="${Home}", region="*"
    )
    return allow(
        "ReadCode",
        [s3.GetObject],
        [pipeline_account.arn(f"s3:::{bucket}/*")],
        pipeline_account.owned(),
    )


def prepare_change_set(name: str) -> Statement:
    """Make the change set of one name, in place of one that is there.

    Source of the condition: AWS CDK, whose CloudFormationCreateReplaceChangeSetAction has the same.
    """
    actions = [cloudformation.CreateChangeSet, cloudformation.DeleteChangeSet]
    return allow("PrepareChangeSet", actions, [stack()], named(name), changes.NO_IMPORT)


def execute_change_set(name: str) -> Statement:
    """Execute the change set of one name."""
    return allow("ExecuteChangeSet", [cloudformation.ExecuteChangeSet], [stack()], named(name))


def look_at_stack() -> Statement:
    """See whether stack and change set are there, and how far they are.

    Of a change set by any name: that of one is no condition while there is no stack
    (aws/aws-cdk#1034).
    """
    actions = [cloudformation.DescribeChangeSet, cloudformation.DescribeStacks]
    return allow("LookAtStack", actions, [stack()])


def find_stack() -> Statement:
    """Ask a stack what its lanes are and where they have their ledgers."""
    return allow("FindStack", [cloudformation.DescribeStacks], [stack()])


def protect_stack() -> Statement:
    """Set the stack policy that comes with the template's configuration.

    Source: CodePipeline User Guide, "AWS CloudFormation deploy action reference", service role
    permissions. It does not say whether that is done when a change set is made or executed; making
    one takes no stack policy (AWS CloudFormation API Reference, "CreateChangeSet"), and AWS CDK
    grants this only to actions without change sets.
    """
    return allow("ProtectStack", [cloudformation.SetStackPolicy], [stack()])


def follow_stack() -> Statement:
    """Tell the first error; without it, the message would say only that the stack failed.

    Source: CodePipeline User Guide, "AWS CloudFormation deploy action reference".
    """
    return allow("FollowStack", [cloudformation.DescribeStackEvents], [stack()])


def inspect_stack() -> Statement:
    """Read what the stack is and what would change; its output says which lanes it has."""
    actions = [
        cloudformation.DescribeChangeSet,
        cloudformation.DescribeStacks,
        cloudformation.GetTemplate,
    ]
    return allow("InspectStack", actions, [stack()])


def watch_alarms() -> Statement:
    """Ask for the state of alarms.

    Of any, since who asks for several is refused when it may not see all of them
    (aws-samples/amazon-cloudwatch-auto-alarms#1, mattclay/aws-terminator#63).
    """
    return allow("WatchAlarms", [cloudwatch.DescribeAlarms], ["*"])


def upload_samples(application: PlannedStack) -> Statement:
    """Upload a file, and compare exactly that version of it with its receipt.

    Only below a folder of its own, which ``pipeline.steps.verify`` names. A bucket that is there
    already may have no versions.
    """
    if UPLOAD_BUCKET not in application.resources:
        samples = [Sub(f"{ExistingBucket.ARN}/*/{SAMPLES}/*")]
        return allow("UploadSamples", [s3.GetObject, s3.GetObjectVersion, s3.PutObject], samples)
    files = [Sub(f"{arn}/*/{SAMPLES}/*") for arn in arns_of(application, UPLOAD_BUCKET)]
    return allow("UploadSamples", [s3.GetObjectVersion, s3.PutObject], files)


def read_ledger(application: PlannedStack) -> Statement:
    """Wait for the entry of a file, in the ledger of any lane."""
    return allow("ReadLedger", [dynamodb.GetItem], all_of(application, "AWS::DynamoDB::Table"))


def read_secret(application: PlannedStack) -> Statement:
    """Verify signatures. A secret's name may say nothing, so its tags have to."""
    tags = {"Environment": Ref("EnvironmentSuffix"), "Project": PROJECT}
    return allow(
        "ReadSecret",
        [secretsmanager.GetSecretValue],
        all_of(application, "AWS::SecretsManager::Secret"),
        StringEquals({f"aws:ResourceTag/{name}": value for name, value in tags.items()}),
    )


def use_key() -> Statement:
    """Use the application's own key, as far as the data is within reach."""
    keys = [Sub(arn) for arn in arns("AWS::KMS::Key", ["*"])]
    return allow("UseKey", USE_KEY, keys, THROUGH)


def use_source_key() -> Statement:
    """Use the key of a bucket that is there already, as far as the samples are within reach."""
    return allow("UseSourceKey", USE_KEY, [Ref(SOURCE_KEY)], THROUGH)


def stack() -> Sub:
    """Return the ARN of the environment's stack, in any Region."""
    return Sub(f"{ACCOUNT % 'cloudformation'}stack/{names.STACK}/*")


def named(change_set: str) -> StringEquals:
    """Return the condition that a change set has a name."""
    return StringEquals({"cloudformation:ChangeSetName": change_set})


def all_of(application: PlannedStack, kind: str) -> list[Sub]:
    """Return the ARN patterns of all that the application has of a type."""
    resources = application.resources.items()
    titles = [title for title, resource in resources if resource.type == kind]
    return [Sub(arn) for arn in sorted({a for t in titles for a in arns_of(application, t)})]
