"""What several commands ask AWS."""

import base64
import hashlib
from collections.abc import Callable
from typing import Any

from serverlessapp.clients import CloudFormationClient, S3Client, StackTypeDef
from serverlessapp.errors import OperatorError

Client = Callable[[str], Any]  # from the name of a service


def describe(cloudformation: CloudFormationClient, name: str) -> StackTypeDef:
    """Return what CloudFormation says about a stack.

    Raises:
        OperatorError: There is no such stack, or what answers is not CloudFormation.
        ClientError: CloudFormation failed in another way.
    """
    from botocore.exceptions import ClientError  # whoever compares files does not wait for it

    try:
        (description,) = cloudformation.describe_stacks(StackName=name)["Stacks"]
    except ClientError as error:
        if "does not exist" in error.response["Error"]["Message"]:
            region = cloudformation.meta.region_name
            raise OperatorError(
                f"stack {name} does not exist in {region}; check --region and --profile"
            ) from error
        raise
    except (KeyError, ValueError) as error:  # somebody's page, read as an answer
        endpoint = cloudformation.meta.endpoint_url
        raise OperatorError(
            f"{endpoint} is not a CloudFormation endpoint: check --endpoint-url"
        ) from error
    return description


def checksum(content: bytes) -> str:
    """Return the SHA-256 of an object that was put in one part, as S3 has it."""
    return base64.b64encode(hashlib.sha256(content).digest()).decode()


def put_new(s3: S3Client, content: bytes, **where: Any) -> bool:
    """Put an object where there is none; return whether there was none.

    Source: Amazon S3 User Guide, "How to prevent object overwrites with conditional writes".

    ``where`` is ``Bucket``, ``Key``, and more parameters of PutObject.

    Raises:
        ClientError: Another put is under way (``ConditionalRequestConflict``), or S3 failed.
    """
    from botocore.exceptions import ClientError

    try:
        s3.put_object(Body=content, IfNoneMatch="*", ChecksumSHA256=checksum(content), **where)
    except ClientError as error:
        if error.response["Error"]["Code"] != "PreconditionFailed":
            raise
        return False
    return True
