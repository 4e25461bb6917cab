"""The form a user fills in: parameters, the conditions and the mapping derived from them.

Defaults are strings, also of numbers: taskcat ignores an override of a number.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from troposphere import And, Equals, Parameter, Ref, Template

from generators import lane_parameters, limits, options
from generators.form import Ask, ask, given
from generators.lane_parameters import LaneParameters, group_of
from generators.options import OptionRefs
from serverlessapp.processors.declaration import TIMEOUTS
from serverlessapp.processors.definition import FIRST, Processor
from serverlessapp.processors.function import Function
from serverlessapp.processors.uploads import DEFAULT_PREFIX, PREFIX, PREFIX_WORDS

# Condition names.
CUSTOMER_MANAGED_KEY = "CustomerManagedKey"
HAS_ALARM_EMAIL = "HasAlarmEmail"
HAS_BOUNDARY = "HasPermissionsBoundary"
HAS_CODE_PACKAGE = "HasCodePackage"
HAS_SOURCE_ACCOUNT = "HasSourceAccount"
HAS_SOURCE_KEY = "HasSourceKey"

# Of a bucket that is there already.
SOURCE_ACCOUNT, SOURCE_BUCKET, SOURCE_KEY = "SourceAccount", "SourceBucket", "SourceKeyArn"
KEY_ARN = "arn:aws:kms:[a-z0-9-]+:[0-9]{12}:key/[A-Za-z0-9-]+"
BUCKET_NAME = "[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]"

INLINE_PROCESSOR = "index:sign_receipt"
# IAM User Guide, "IAM and AWS STS quotas": a path and a name; 512 and 128 of them after 31 others.
IAM_NAME = "[A-Za-z0-9_+=,.@/-]+"
ARN_LENGTH = 671

# CloudFormation cannot multiply, so this mapping holds the products.
TIMEOUT_MAPPING = "Timeouts"
VISIBILITY_FACTOR = 6  # AWS Lambda Developer Guide, "Using Lambda with Amazon SQS"
SLOW_SHARE = 0.5  # of the timeout: well before the function reports what it cannot finish

# Amazon CloudWatch Logs API Reference, PutRetentionPolicy, retentionInDays.
LOG_RETENTION_DAYS = (
    *(1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731),
    *(1096, 1827, 2192, 2557, 2922, 3288, 3653),
)


@dataclass(frozen=True, kw_only=True)
class SourceRefs:
    """The parameters about a bucket that is there already."""

    bucket: Parameter
    key_arn: Parameter
    account: Parameter


@dataclass(frozen=True, kw_only=True)
class ParameterRefs:
    """The parameters, as later generators refer to them.

    There is a ``source`` if files come from a bucket that is there already, else there are days.
    """

    environment_suffix: Parameter
    upload_prefix: Parameter
    alarm_email: Parameter
    code_bucket: Parameter
    encryption: Parameter
    permissions_boundary_arn: Parameter
    log_retention_days: Parameter
    version_retention_days: Parameter | None
    source: SourceRefs | None
    lanes: Mapping[str, LaneParameters]
    options: OptionRefs


def add_to(
    template: Template, *, processors: Sequence[Processor], is_bucket_there: bool = False
) -> ParameterRefs:
    """Add parameters, conditions and the mapping of timeouts.

    Files may come from a bucket that ``is_bucket_there`` already, and not of the stack.
    """
    environment = partial(ask, template, "Environment")
    security = partial(ask, template, "Security and retention")
    source = existing_bucket(partial(ask, template, "Bucket")) if is_bucket_there else None
    named = "the name of a queue" if source else "the names of a bucket and a queue"
    refs = ParameterRefs(
        environment_suffix=environment_suffix(
            environment,
            "dev",
            f"Name of the environment, part of {named} and of tags. Cannot be changed later: "
            "create another stack instead.",
        ),
        upload_prefix=environment(
            "Upload folder (prefix)",
            "UploadPrefix",
            Default=DEFAULT_PREFIX,
            MaxLength=limits.longest_prefix(processors),
            AllowedPattern=f"^{PREFIX}$",
            Description="Only files below this prefix are processed. If changed later: waiting "
            "files are parked, so let the queue run empty first.",
            ConstraintDescription=PREFIX_WORDS,
        ),
        alarm_email=environment(
            "Email address for alarms",
            "AlarmEmail",
            Default="",
            MaxLength=254,  # RFC 5321, 4.5.3.1
            AllowedPattern="^(|[^@ ]+@[^@ ]+\\.[^@ ]+)$",
            Description="Receives alarms, once the subscription is confirmed. Empty: no emails.",
            ConstraintDescription="must be empty or an email address",
        ),
        **code(template, processors),
        encryption=encryption(
            security,
            "CustomerManaged: a KMS key of this stack, about 1 USD a month. If changed later: "
            "files stay encrypted with the key that they were uploaded under.",
        ),
        permissions_boundary_arn=permissions_boundary_arn(
            security, "Managed policy that limits all roles of the stack. Empty: none."
        ),
        log_retention_days=security(
            "Log retention (days)",
            "LogRetentionDays",
            Type="Number",
            Default="7",
            AllowedValues=[str(days) for days in LOG_RETENTION_DAYS],
            Description="How long CloudWatch Logs keeps the logs of the functions. If lowered "
            "later: older logs are deleted.",
            ConstraintDescription="must be a retention period that CloudWatch Logs offers",
        ),
        source=source,
        version_retention_days=None
        if source
        else security(
            "Retention of old versions (days)",
            "VersionRetentionDays",
            Type="Number",
            Default="90",
            MinValue=1,
            MaxValue=3650,
            Description="How long overwritten and deleted files can be restored. If lowered "
            "later: older versions are deleted.",
            ConstraintDescription="must be 1 to 3650",
        ),
        options=options.add_to(template),
    )
    add_conditions(template, refs)
    attempts = sorted({processor.function.attempts for processor in processors})
    template.add_mapping(
        TIMEOUT_MAPPING,
        {
            str(seconds): {
                "Visibility": str(seconds * VISIBILITY_FACTOR),
                **{backlog(each): str(seconds * backlog_factor(each)) for each in attempts},
                "Slow": str(round(seconds * SLOW_SHARE * 1000)),  # in milliseconds
            }
            for seconds in TIMEOUTS
        },
    )
    return refs


def code(template: Template, processors: Sequence[Processor]) -> dict[str, Any]:
    """Return the bucket of packages, shared and optional only where the template has all code."""
    inline = [processor.name for processor in processors] == [FIRST]
    bucket: Parameter | None = None
    lanes = {}
    for processor in processors:
        field = partial(ask, template, group_of(processor))
        own = None
        if processor.name == FIRST:
            own = field(
                "Processor",
                "Processor",
                Default=processor.handler,
                MaxLength=128,  # as of a handler: Lambda API Reference, "CreateFunction"
                AllowedPattern="^[A-Za-z_][A-Za-z0-9_.]*:[A-Za-z_][A-Za-z0-9_]*$",
                Description="The function that processes a file, as module:function.",
                ConstraintDescription="must be module:function, such as thumbnails:make",
            )
        if not bucket and inline:
            bucket = code_bucket(
                field, "Bucket with your code, in this Region. Empty: the template's own code."
            )
        elif not bucket:
            bucket = code_bucket(
                field if own else partial(ask, template, "Code"),
                "Bucket with the code of the processors, in this Region.",
                required=True,
            )
        with limits.refused(f"processor {processor.name}"):
            key = lane_parameters.code_key(field, processor)
            lanes[processor.name] = lane_parameters.add_to(template, processor, own=own, key=key)
    return {"code_bucket": bucket, "lanes": lanes}


def backlog_factor(attempts: int) -> int:
    """Return how many timeouts old a message can get that is delivered so often."""
    return (attempts + 1) * VISIBILITY_FACTOR


def backlog(attempts: int) -> str:
    """Return the name of their product in the mapping."""
    return "Backlog" if attempts == Function.attempts else f"Backlog{attempts}"


def environment_suffix(
    ask: Ask, default: str, description: str, *, reserved: tuple[str, ...] = ()
) -> Parameter:
    """Return the parameter that names an environment; each template has it.

    It is none of the ``reserved`` names, nor does it begin with one and a hyphen.
    """
    others = f"(?!({'|'.join(reserved)})(-|$))" if reserved else ""
    return ask(
        "Environment",
        "EnvironmentSuffix",
        Default=default,
        AllowedPattern=f"^{others}[a-z0-9]([a-z0-9-]{{0,10}}[a-z0-9])?$",
        Description=description,
        ConstraintDescription="must be 1 to 12 lowercase letters, digits and inner hyphens"
        + "".join(f", not {name}" for name in reserved),
    )


def encryption(ask: Ask, description: str) -> Parameter:
    """Return the parameter that asks whose keys encrypt; another template has it, too."""
    return ask(
        "Encryption key",
        "Encryption",
        Default="AwsManaged",
        AllowedValues=["AwsManaged", "CustomerManaged"],
        Description=description,
        ConstraintDescription="must be AwsManaged or CustomerManaged",
    )


def permissions_boundary_arn(ask: Ask, description: str) -> Parameter:
    """Return the parameter that names a limit for roles; another template has it, too."""
    return ask(
        "Permissions boundary",
        "PermissionsBoundaryArn",
        Default="",
        MaxLength=ARN_LENGTH,
        AllowedPattern=f"^(|arn:aws:iam::([0-9]{{12}}|aws):policy/{IAM_NAME})$",
        Description=description,
        ConstraintDescription="must be empty or the ARN of a managed policy",
    )


def code_bucket(ask: Ask, description: str, *, required: bool = False) -> Parameter:
    """Return the parameter that names the bucket of code packages; another template has it, too."""
    return ask(
        "S3 bucket of your package",
        "CodeBucket",
        **({} if required else {"Default": ""}),
        AllowedPattern=f"^{BUCKET_NAME}$" if required else f"^(|{BUCKET_NAME})$",
        Description=description,
        ConstraintDescription="must be a bucket name" + ("" if required else " or empty"),
    )


def existing_bucket(ask: Ask, *, can_be_many: bool = False) -> SourceRefs:
    """Return the parameters about a bucket that is there already; another template has them, too.

    There, ``*`` may stand for what differs between the Regions of an environment.
    """
    name, key = BUCKET_NAME, KEY_ARN
    about_bucket = " Cannot be changed later: another bucket is another stack."
    about_key = " If changed later: files under the old key cannot be read."
    if can_be_many:
        about_bucket = about_key = " Use * for what differs between Regions."
        name, key = "[a-z0-9][a-z0-9.*-]{1,61}[a-z0-9*]", "arn:aws:kms:[a-z0-9*-]+:[0-9]{12}:key/.+"
    return SourceRefs(
        bucket=ask(
            "Existing bucket",
            SOURCE_BUCKET,
            MaxLength=63,  # Amazon S3 User Guide, "General purpose bucket naming rules"
            AllowedPattern=f"^{name}$",
            Description="Bucket with the files, in this Region. EventBridge must be on; "
            f'"serverlessapp bucket" checks it.{about_bucket}',
            ConstraintDescription="must be a bucket name",
        ),
        key_arn=ask(
            "KMS key of the bucket",
            SOURCE_KEY,
            Default="",
            MaxLength=128,
            AllowedPattern=f"^(|{key})$",
            Description=f"Key that encrypts the files. Empty: an S3 or AWS managed key.{about_key}",
            ConstraintDescription="must be empty or the ARN of a KMS key (not of an alias)",
        ),
        account=ask(
            "Account of the bucket",
            SOURCE_ACCOUNT,
            Default="",
            MaxLength=12,
            AllowedPattern="^(|[0-9]{12})$",
            Description="Account that owns the bucket and forwards its events. Empty: this "
            "account.",
            ConstraintDescription="must be empty or 12 digits",
        ),
    )


def add_conditions(template: Template, parameters: ParameterRefs) -> None:
    template.add_condition(CUSTOMER_MANAGED_KEY, is_customer_managed(parameters.encryption))
    template.add_condition(HAS_ALARM_EMAIL, given(parameters.alarm_email))
    template.add_condition(HAS_BOUNDARY, given(parameters.permissions_boundary_arn))
    if parameters.source:
        template.add_condition(HAS_SOURCE_ACCOUNT, given(parameters.source.account))
        template.add_condition(HAS_SOURCE_KEY, given(parameters.source.key_arn))
    if first := parameters.lanes.get(FIRST):
        template.add_condition(
            HAS_CODE_PACKAGE, And(given(parameters.code_bucket), given(first.code_key))
        )


def is_customer_managed(encryption: Parameter) -> Equals:
    return Equals(Ref(encryption), "CustomerManaged")
