"""A function's code is a zip that exists.

AWS Lambda API Reference, "CreateFunction" and "UpdateFunctionCode": InvalidParameterValueException.
The words are those of serverless/serverless#13208 and of ministack's own check, which it leaves out
where CloudFormation makes a function. A function without code would answer each invocation with a
success. What is wrong inside the zip shows when it is invoked. An update that leaves ``Code`` as it
is does not read it (CloudFormation Template Reference, "AWS::Lambda::Function Code").
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from ministack.core.responses import error_response_json
from ministack.services import lambda_svc, s3

from local.replacements import around
from local.validation.resources import Properties, refuses

FUNCTIONS = "services.lambda_svc"


@refuses("AWS::Lambda::Function", of="Code")
def code(_: str, properties: Properties) -> Iterator[str]:
    """Yield why Lambda refuses the code of a function."""
    return problems(properties["Code"])


def problems(place: Mapping[str, Any]) -> Iterator[str]:
    """Yield why Lambda refuses a package; ``place`` is the API's ``FunctionCode``."""
    bucket, key, version = (
        place.get(name) or "" for name in ("S3Bucket", "S3Key", "S3ObjectVersion")
    )
    if not bucket and not place.get("ZipFile") and not place.get("ImageUri"):
        yield "Please provide a source for function code."
    if not bucket or lambda_svc.s3_code_region_message(bucket):
        return  # in the template, or refused by ministack itself
    content = lambda_svc._fetch_code_from_s3(bucket, key, version or None)
    if content is None:
        missing = "Key" if bucket in s3._buckets else "Bucket"
        if version and missing == "Key":
            missing = "Version"
        yield (
            f"Error occurred while GetObject. S3 Error Code: NoSuch{missing}. "
            f"S3 Error Message: The specified {missing.lower()} does not exist."
        )
    elif lambda_svc._reject_unreadable_zip(content):
        yield "Could not unzip uploaded file. Please check your file, then try to upload again."
    elif lambda_svc._unzipped_size(content) > lambda_svc._UNZIPPED_LIMIT_BYTES:
        limit = lambda_svc._UNZIPPED_LIMIT_BYTES
        yield f"Unzipped size must be smaller than {limit} bytes"


@around(FUNCTIONS, "_create_function")
def create(original: Callable[..., Any], request: Mapping[str, Any]) -> Any:
    """Answer CreateFunction."""
    return refusal(request.get("Code", {})) or original(request)


@around(FUNCTIONS, "_update_code")
def update(original: Callable[..., Any], name: str, request: Mapping[str, Any]) -> Any:
    """Answer UpdateFunctionCode."""
    return refusal(request) or original(name, request)


def refusal(place: Mapping[str, Any]) -> Any:
    """Return Lambda's answer to a package that it refuses; None if it takes it."""
    for problem in problems(place):
        return error_response_json("InvalidParameterValueException", problem, 400)
    return None
