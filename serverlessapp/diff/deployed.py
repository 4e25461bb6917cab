"""Reads a deployed stack. The one file in this package that talks to AWS; see ADR 0014.

Imported only when ``stack:NAME`` is compared, so that nothing else here needs boto3.
"""

from collections.abc import Mapping

from serverlessapp.diff.model import ComparisonError, Template
from serverlessapp.releases.archive import ReleaseError, parsed

try:
    import boto3
    from botocore.config import Config
    from botocore.exceptions import BotoCoreError, ClientError
except ImportError as missing:
    raise ComparisonError(
        "reading a stack needs boto3; install this project with [operations]"
    ) from missing

CONFIG = Config(
    connect_timeout=5, read_timeout=20, retries={"mode": "standard", "total_max_attempts": 3}
)


def read(name: str) -> tuple[Template, Mapping[str, str]]:
    """Return a stack's template and the values of its parameters.

    Region, credentials and endpoint are those of the AWS environment.

    Raises:
        ComparisonError: There is no such stack, or AWS cannot be asked.
    """
    try:
        client = boto3.client("cloudformation", config=CONFIG)
        (description,) = client.describe_stacks(StackName=name)["Stacks"]
        body = client.get_template(StackName=name, TemplateStage="Original")["TemplateBody"]
    except ClientError as error:
        message = error.response["Error"]["Message"]
        if "does not exist" in message:
            region = client.meta.region_name
            message = f"there is no stack {name} in {region}; see AWS_REGION and AWS_PROFILE"
        raise ComparisonError(message) from error
    except BotoCoreError as error:
        raise ComparisonError(f"cannot ask AWS about stack {name}: {error}") from error
    values = {
        item["ParameterKey"]: item["ParameterValue"] for item in description.get("Parameters", [])
    }
    if not isinstance(body, str):
        return body, values
    try:
        return parsed(f"the template of stack {name}", body.encode()), values
    except ReleaseError as error:
        raise ComparisonError(str(error)) from error
