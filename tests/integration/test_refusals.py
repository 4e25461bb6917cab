"""Bad input: refused in words, before anything is created, and nothing is lost."""

import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import boto3
import pytest

from generators import inline
from generators.retention import Retention
from local import leftovers, stacks
from local.stacks import StackError

from .conftest import wait_until

Deploy = Callable[..., Any]

# Where there are allowed values, the emulator lists them instead of the ConstraintDescription.
EMULATOR_LISTS = "is not in AllowedValues"


@pytest.mark.parametrize(
    ("parameters", "words"),
    [
        ({"EnvironmentSuffix": "Production"}, "must be 1 to 12 lowercase letters"),
        ({"UploadPrefix": "uploads"}, "each ending in a slash"),
        ({"UploadPrefix": "*/"}, "each ending in a slash"),
        ({"UploadPrefix": "results/in/"}, "must not begin with results/"),
        ({"LogRetentionDays": "8"}, EMULATOR_LISTS),
        ({"VersionRetentionDays": "0"}, "must be 1 to 3650"),
        ({"FunctionMemory": "64"}, "must be 128 to 10240"),
        ({"FunctionTimeout": "61"}, EMULATOR_LISTS),
        ({"MaximumConcurrency": "1"}, "must be 2 to 1000"),
        ({"AlarmEmail": "nobody"}, "must be empty or an email address"),
        ({"Encryption": "None"}, EMULATOR_LISTS),
        ({"PermissionsBoundaryArn": "Admin"}, "must be empty or the ARN of a managed policy"),
        ({"CodeBucket": "B"}, "must be a bucket name or empty"),
        ({"CodeKey": "code.tar"}, "a .zip key of letters"),
        ({"Processor": "thumbnails"}, "must be module:function"),
        ({"CodeBucket": "code"}, "enter the key of the zip"),
        ({"CodeKey": "code.zip"}, "enter the bucket of the zip"),
        ({"Processor": "own:run"}, "enter CodeBucket and CodeKey"),
    ],
)
def test_a_wrong_parameter_says_what_to_do(
    session: boto3.Session,
    template: Callable[[Retention], str],
    parameters: dict[str, str],
    words: str,
) -> None:
    before = leftovers.inventory(session)
    with pytest.raises(StackError, match=words.replace("(", r"\(")):
        stacks.plan(
            session.client("cloudformation"),
            stack="refused",
            template=template(Retention.RETAINED),
            parameters=parameters,
        )
    after = leftovers.inventory(session)
    after["stacks"] = [name for name in after.get("stacks", []) if name != "refused"]
    assert {kind: names for kind, names in after.items() if names} == before


PARAMETER = {"Type": "String", "Default": "d"}
RESOURCE = {"Type": "AWS::CloudFormation::WaitConditionHandle"}


# AWS CloudFormation User Guide, "Understand CloudFormation quotas"; ministack has them.
@pytest.mark.parametrize(
    ("section", "entry", "limit"),
    [
        ("Parameters", PARAMETER, 200),
        ("Resources", RESOURCE, 500),
        ("Outputs", {"Value": "v"}, 200),
    ],
)
def test_a_template_with_too_much_is_refused(
    session: boto3.Session, section: str, entry: dict[str, str], limit: int
) -> None:
    full = {f"E{number}": entry for number in range(limit + 1)}
    template = {"Resources": {"R": RESOURCE}, section: full}
    with pytest.raises(StackError, match=f"{limit + 1}.*{limit}"):
        stacks.plan(
            session.client("cloudformation"), stack="full", template=template, parameters={}
        )


def test_a_parameter_that_is_too_long_is_refused(session: boto3.Session) -> None:
    template = {"Parameters": {"P": PARAMETER}, "Resources": {"R": RESOURCE}}
    with pytest.raises(StackError, match="4096"):
        stacks.plan(
            session.client("cloudformation"),
            stack="long",
            template=template,
            parameters={"P": "x" * 4097},
        )


@pytest.mark.parametrize("region", ["cn-north-1", "us-gov-west-1", "eusc-de-east-1"])
def test_a_region_of_another_partition_is_refused(
    session: boto3.Session, template: Callable[[Retention], str], region: str
) -> None:
    endpoint = session.client("cloudformation").meta.endpoint_url
    client = session.client("cloudformation", region_name=region, endpoint_url=endpoint)
    with pytest.raises(StackError, match="Choose a Region of the standard partition"):
        stacks.plan(client, stack="refused", template=template(Retention.RETAINED), parameters={})


def test_an_unknown_processor_is_named_and_its_files_wait(
    session: boto3.Session, deploy: Deploy
) -> None:
    code = io.BytesIO()
    with zipfile.ZipFile(code, "w") as package:
        package.writestr("index.py", Path(inline.FUNCTIONS, "file_processor/index.py").read_text())
    s3 = session.client("s3")
    s3.create_bucket(Bucket="code", CreateBucketConfiguration={"LocationConstraint": "us-west-2"})
    s3.put_object(Bucket="code", Key="1.zip", Body=code.getvalue())
    stack = deploy(CodeBucket="code", CodeKey="1.zip", Processor="thumbnails:make")
    stack.upload("waits.txt", b"x")

    wait_until("a delivery that failed", lambda: stack.messages()[1])
    assert not stack.receipts()
    invoked = session.client("lambda").invoke(
        FunctionName=stack.outputs["FunctionName"], Payload=json.dumps({"Records": []})
    )
    said = json.loads(invoked["Payload"].read())["errorMessage"]
    assert "Processor=thumbnails:make cannot be loaded: ModuleNotFoundError" in said
    s3.delete_object(Bucket="code", Key="1.zip")
    s3.delete_bucket(Bucket="code")
