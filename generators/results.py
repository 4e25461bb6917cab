"""What a processor may do that writes results to the upload bucket, for its permissions.py."""

from awacs import kms as kms_actions
from awacs import s3 as s3_actions
from awacs.aws import Statement, StringEquals
from troposphere import Sub, kms, s3

from generators.buckets import objects
from generators.policies import allow
from generators.source import key_arn
from serverlessapp.processors.uploads import RESULTS


def grants(*, bucket: s3.Bucket, key: kms.Key) -> list[Statement]:
    """Return the statements that the stack's policy gets in addition.

    The stack's own key exists only with ``Encryption=CustomerManaged``.
    """
    return [put_results(bucket), encrypt_results(bucket, key)]


def put_results(bucket: s3.Bucket) -> Statement:
    """Write results, and nothing beside them: above all no uploads."""
    return allow("PutResults", [s3_actions.PutObject], [objects(bucket, RESULTS)])


def encrypt_results(bucket: s3.Bucket, key: kms.Key) -> Statement:
    """Let S3 encrypt the results with the bucket's key, if it has one.

    Source: Amazon S3 User Guide, "Using server-side encryption with AWS KMS keys".
    """
    no_key = Sub("arn:${AWS::Partition}:kms:${AWS::Region}:${AWS::AccountId}:key/none")
    through_s3 = Sub("s3.${AWS::Region}.${AWS::URLSuffix}")
    return allow(
        "EncryptResults",
        [kms_actions.GenerateDataKey],
        [key_arn(bucket, key, no_key)],
        StringEquals({"kms:ViaService": through_s3}),
    )
