"""What ``bucket`` says where no emulator has another account's bucket."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from serverlessapp.operations.bucket import BucketChecks, State

AWS_MANAGED = {"KeyManager": "AWS", "Enabled": True, "Arn": "arn:aws:kms:::key/aws"}


class Services:
    """What a bucket's owner or somebody else sees of it, whatever the service."""

    def __init__(self, encryption: dict[str, str], *, ours: bool) -> None:
        self.ours, self.rule = ours, {"ApplyServerSideEncryptionByDefault": encryption}

    def get_caller_identity(self) -> dict[str, str]:
        return {"Account": "222222222222"}

    def head_bucket(self, **_: str) -> None:
        if not self.ours:
            raise ClientError({"Error": {"Code": "403", "Message": "Forbidden"}}, "HeadBucket")

    def get_bucket_encryption(self, **_: str) -> dict[str, Any]:
        return {"ServerSideEncryptionConfiguration": {"Rules": [self.rule]}}

    def describe_key(self, **_: str) -> dict[str, Any]:
        return {"KeyMetadata": AWS_MANAGED}

    def list_objects_v2(self, **_: object) -> dict[str, int]:
        return {"KeyCount": 0}


def checks(services: Services, prefix: str = "in/") -> BucketChecks:
    return BucketChecks(bucket="b", prefix=prefix, client=lambda _: services, wildcards=0)


@pytest.mark.parametrize(
    ("encryption", "ours", "state"),
    [
        ({"SSEAlgorithm": "AES256"}, False, State.FINE),
        ({"SSEAlgorithm": "aws:kms"}, True, State.FINE),
        ({"SSEAlgorithm": "aws:kms"}, False, State.MISSING),
        ({"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": "alias/aws/s3"}, True, State.FINE),
        ({"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": "alias/aws/s3"}, False, State.MISSING),
    ],
)
def test_aws_own_key_opens_to_no_other_account(
    encryption: dict[str, str], ours: bool, state: State
) -> None:
    services: Any = Services(encryption, ours=ours)
    assert checks(services).encryption(services)[0] is state


@pytest.mark.parametrize(
    ("prefix", "state"),
    [
        ("in/", State.FINE),
        ("in/eu=1/", State.FINE),
        ("results2/", State.FINE),
        ("", State.MISSING),
        ("in", State.MISSING),
        ("/", State.MISSING),
        ("/in/", State.MISSING),
        ("in files/", State.MISSING),
        ("in*/", State.MISSING),
        ("results/", State.MISSING),
        ("in/\n", State.MISSING),
    ],
)
def test_it_advises_no_prefix_that_the_form_refuses(prefix: str, state: State) -> None:
    services: Any = Services({}, ours=True)
    assert checks(services, prefix).below(services)[0] is state
