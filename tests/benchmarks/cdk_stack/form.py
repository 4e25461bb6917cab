"""Parameters: what is asked before a deployment."""

from dataclasses import dataclass

from aws_cdk import CfnParameter, Stack

LOG_DAYS = (
    *(1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096),
    *(1827, 2192, 2557, 2922, 3288, 3653),
)
TIMEOUTS = (10, 30, 60, 120, 300, 600, 900)


@dataclass(frozen=True)
class Form:
    """The stack's parameters."""

    environment: CfnParameter
    upload_prefix: CfnParameter
    log_days: CfnParameter
    version_days: CfnParameter
    memory: CfnParameter
    timeout: CfnParameter
    concurrency: CfnParameter
    alarm_email: CfnParameter
    encryption: CfnParameter
    boundary: CfnParameter
    code_bucket: CfnParameter
    code_key: CfnParameter
    processor: CfnParameter


def add_to(stack: Stack) -> Form:
    """Add the parameters to the stack."""

    def text(name: str, default: str, pattern: str, description: str) -> CfnParameter:
        return CfnParameter(
            stack,
            name,
            default=default,
            allowed_pattern=pattern,
            description=description,
            constraint_description=f"must match {pattern}",
        )

    def choice(name: str, default: int, values: tuple[int, ...], description: str) -> CfnParameter:
        return CfnParameter(
            stack,
            name,
            type="Number",
            default=default,
            allowed_values=[str(value) for value in values],
            description=description,
            constraint_description="must be one of the values offered",
        )

    def number(name: str, default: int, low: int, high: int, description: str) -> CfnParameter:
        return CfnParameter(
            stack,
            name,
            type="Number",
            default=default,
            min_value=low,
            max_value=high,
            description=description,
            constraint_description=f"must be {low} to {high}",
        )

    word, path = "[a-z0-9]([a-z0-9-]{0,10}[a-z0-9])?", "([A-Za-z0-9_.=-]+/)+"
    name = "[A-Za-z_][A-Za-z0-9_.]*:[A-Za-z_][A-Za-z0-9_]*"
    policy = "|arn:[a-z-]+:iam::([0-9]{12}|aws):policy/.+"
    return Form(
        environment=text("EnvironmentSuffix", "dev", f"^{word}$", "Part of the bucket's name."),
        upload_prefix=text(
            "UploadPrefix", "uploads/", f"^(?!results/){path}$", "The folder watched."
        ),
        log_days=choice("LogRetentionDays", 7, LOG_DAYS, "How long the log is kept, in days."),
        version_days=number(
            "VersionRetentionDays", 90, 1, 3650, "How long old versions are kept, in days."
        ),
        memory=number("FunctionMemory", 256, 128, 10240, "Memory of the function in MB."),
        timeout=choice("FunctionTimeout", 60, TIMEOUTS, "Seconds one batch may take."),
        concurrency=number("MaximumConcurrency", 10, 2, 1000, "Batches at the same time."),
        alarm_email=text("AlarmEmail", "", r"^(|[^@ ]+@[^@ ]+\.[^@ ]+)$", "Who is told."),
        encryption=CfnParameter(
            stack,
            "Encryption",
            default="AwsManaged",
            allowed_values=["AwsManaged", "CustomerManaged"],
            description="CustomerManaged: a KMS key of this stack.",
        ),
        boundary=text("PermissionsBoundaryArn", "", f"^({policy})$", "Limits every role."),
        code_bucket=text("CodeBucket", "", "^(|[a-z0-9][a-z0-9.-]{1,61}[a-z0-9])$", "Your code."),
        code_key=text("CodeKey", "", r"^(|.+\.zip)$", "Key of your code."),
        processor=text("Processor", "index:sign_receipt", f"^{name}$", "What is done with a file."),
    )
