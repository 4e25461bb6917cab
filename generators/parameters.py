"""The form a user fills in: parameters, the conditions and the mapping derived from them.

Defaults are strings, also of numbers: taskcat ignores an override of a number.
"""

from dataclasses import dataclass
from functools import partial

from troposphere import And, Equals, Not, Parameter, Ref, Template

from generators.form import Ask, ask

# Condition names.
CUSTOMER_MANAGED_KEY = "CustomerManagedKey"
HAS_ALARM_EMAIL = "HasAlarmEmail"
HAS_BOUNDARY = "HasPermissionsBoundary"
HAS_CODE_PACKAGE = "HasCodePackage"

INLINE_PROCESSOR = "index:sign_receipt"
RESULTS = "results/"  # the only place in the upload bucket that processors may write to
# IAM User Guide, "IAM and AWS STS quotas": a path and a name; 512 and 128 of them after 31 others.
IAM_NAME = "[A-Za-z0-9_+=,.@/-]+"
ARN_LENGTH = 671

TIMEOUTS = (10, 30, 60, 120, 300, 600, 900)  # seconds; Lambda's maximum is 900
# CloudFormation cannot multiply, so this mapping holds the products.
TIMEOUT_MAPPING = "Timeouts"
VISIBILITY_FACTOR = 6  # AWS Lambda Developer Guide, "Using Lambda with Amazon SQS"
BACKLOG_FACTOR = 4 * VISIBILITY_FACTOR  # older than a message that used up its three receives
SLOW_SHARE = 0.5  # of the timeout: well before the function reports what it cannot finish

# Amazon CloudWatch Logs API Reference, PutRetentionPolicy, retentionInDays.
LOG_RETENTION_DAYS = (
    *(1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731),
    *(1096, 1827, 2192, 2557, 2922, 3288, 3653),
)


@dataclass(frozen=True, kw_only=True)
class ParameterRefs:
    """The parameters, as later generators refer to them."""

    environment_suffix: Parameter
    upload_prefix: Parameter
    alarm_email: Parameter
    processor: Parameter
    code_bucket: Parameter
    code_key: Parameter
    function_memory: Parameter
    function_timeout: Parameter
    maximum_concurrency: Parameter
    encryption: Parameter
    permissions_boundary_arn: Parameter
    log_retention_days: Parameter
    version_retention_days: Parameter


def add_to(template: Template) -> ParameterRefs:
    """Add parameters, conditions and the mapping of timeouts."""
    environment = partial(ask, template, "Environment")
    processing = partial(ask, template, "Processing")
    security = partial(ask, template, "Security and retention")
    refs = ParameterRefs(
        environment_suffix=environment_suffix(
            environment,
            "dev",
            "Names the environment in the bucket's and a queue's name, and in tags. Cannot be "
            "changed later: another environment is another stack.",
        ),
        upload_prefix=environment(
            "Folder that is watched",
            "UploadPrefix",
            Default="uploads/",
            MaxLength=256,
            # No "*" or "?": the prefix is also part of an ARN in a policy. And not where
            # processors write, or their results would be processed in turn.
            AllowedPattern=f"^(?!{RESULTS})([A-Za-z0-9_.=-]+/)+$",
            Description="Only files under this prefix are processed.",
            ConstraintDescription="must be folders of letters, digits and _ . = - that "
            f"each end in a slash, such as uploads/ or in/eu/, but not {RESULTS}",
        ),
        alarm_email=environment(
            "Email address for alarms",
            "AlarmEmail",
            Default="",
            MaxLength=254,  # RFC 5321, 4.5.3.1
            AllowedPattern="^(|[^@ ]+@[^@ ]+\\.[^@ ]+)$",
            Description="Who is told about alarms, after a confirmation. Empty: nobody.",
            ConstraintDescription="must be an email address or empty",
        ),
        processor=processing(
            "Processor",
            "Processor",
            Default=INLINE_PROCESSOR,
            MaxLength=128,  # as of a handler: Lambda API Reference, "CreateFunction"
            AllowedPattern="^[A-Za-z_][A-Za-z0-9_.]*:[A-Za-z_][A-Za-z0-9_]*$",
            Description="What is done with a file: module:function of the code.",
            ConstraintDescription="must be module:function, for example thumbnails:make",
        ),
        code_bucket=code_bucket(
            processing, "Bucket in this Region with your code. Empty: the template's code."
        ),
        code_key=processing(
            "Key of your code package",
            "CodeKey",
            Default="",
            # It becomes the value of a tag, which may be no longer and hold nothing else.
            AllowedPattern="^(|[A-Za-z0-9 _.:/=+@-]{1,252}\\.zip)$",
            Description="Key of your code. A new key for each change, or none is noticed.",
            ConstraintDescription="must be a .zip key of letters, digits and _.:/=+@- or empty",
        ),
        function_memory=processing(
            "Memory (MB)",
            "FunctionMemory",
            Type="Number",
            Default="256",
            MinValue=128,
            MaxValue=10240,
            Description="Memory of the function in MB; processor power grows with it.",
            ConstraintDescription="must be 128 to 10240 (MB)",
        ),
        function_timeout=processing(
            "Timeout (seconds)",
            "FunctionTimeout",
            Type="Number",
            Default="60",
            AllowedValues=[str(seconds) for seconds in TIMEOUTS],
            Description="Seconds one batch of up to 10 files may take.",
            ConstraintDescription="must be one of " + ", ".join(map(str, TIMEOUTS)),
        ),
        maximum_concurrency=processing(
            "Batches at the same time",
            "MaximumConcurrency",
            Type="Number",
            Default="10",
            MinValue=2,
            MaxValue=1000,
            Description="How many batches are processed at the same time at most.",
            ConstraintDescription="must be 2 to 1000",
        ),
        encryption=encryption(
            security, "CustomerManaged: a KMS key of this stack, about one dollar a month."
        ),
        permissions_boundary_arn=permissions_boundary_arn(
            security, "Managed policy that limits every role of the stack. Empty: none."
        ),
        log_retention_days=security(
            "Days to keep logs",
            "LogRetentionDays",
            Type="Number",
            Default="7",
            AllowedValues=[str(days) for days in LOG_RETENTION_DAYS],
            Description="How long the function's log is kept, in days.",
            ConstraintDescription="must be a number of days that CloudWatch Logs offers",
        ),
        version_retention_days=security(
            "Days to keep old versions of files",
            "VersionRetentionDays",
            Type="Number",
            Default="90",
            MinValue=1,
            MaxValue=3650,
            Description="How long replaced and deleted files can be restored, in days.",
            ConstraintDescription="must be 1 to 3650",
        ),
    )
    add_conditions(template, refs)
    template.add_mapping(
        TIMEOUT_MAPPING,
        {
            str(seconds): {
                "Visibility": str(seconds * VISIBILITY_FACTOR),
                "Backlog": str(seconds * BACKLOG_FACTOR),
                "Slow": str(round(seconds * SLOW_SHARE * 1000)),  # in milliseconds
            }
            for seconds in TIMEOUTS
        },
    )
    return refs


def environment_suffix(
    ask: Ask, default: str, description: str, *, reserved: tuple[str, ...] = (), **limits: int
) -> Parameter:
    """Return the parameter that names an environment; each template has it.

    It is none of the ``reserved`` names, nor does it begin with one and a hyphen.
    """
    others = f"(?!({'|'.join(reserved)})(-|$))" if reserved else ""
    return ask(
        "Environment",
        "EnvironmentSuffix",
        Default=default,
        **limits,
        AllowedPattern=f"^{others}[a-z0-9]([a-z0-9-]{{0,10}}[a-z0-9])?$",
        Description=description,
        ConstraintDescription="must be 1 to 12 lowercase letters, digits and inner hyphens"
        + "".join(f", not {name}" for name in reserved),
    )


def encryption(ask: Ask, description: str) -> Parameter:
    """Return the parameter that asks whose keys encrypt; another template has it, too."""
    return ask(
        "Encryption keys",
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
        ConstraintDescription="must be the ARN of a managed policy or empty",
    )


def code_bucket(ask: Ask, description: str) -> Parameter:
    """Return the parameter that names the bucket of code packages; another template has it, too."""
    return ask(
        "Bucket of your code package",
        "CodeBucket",
        Default="",
        AllowedPattern="^(|[a-z0-9][a-z0-9.-]{1,61}[a-z0-9])$",
        Description=description,
        ConstraintDescription="must be a bucket name or empty",
    )


def add_conditions(template: Template, parameters: ParameterRefs) -> None:
    """Add the conditions that the optional parameters stand for."""
    template.add_condition(CUSTOMER_MANAGED_KEY, is_customer_managed(parameters.encryption))
    template.add_condition(HAS_ALARM_EMAIL, given(parameters.alarm_email))
    template.add_condition(HAS_BOUNDARY, given(parameters.permissions_boundary_arn))
    template.add_condition(
        HAS_CODE_PACKAGE, And(given(parameters.code_bucket), given(parameters.code_key))
    )


def is_customer_managed(encryption: Parameter) -> Equals:
    """Return the condition that the stack has a key of its own."""
    return Equals(Ref(encryption), "CustomerManaged")


def given(parameter: Parameter) -> Not:
    """Return the condition that an optional parameter has a value."""
    return Not(Equals(Ref(parameter), ""))
