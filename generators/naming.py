"""The only physical names: those that something needs before the resource exists.

A policy that names a bucket, and the bucket that needs the policy first, would be a
circle. Both names are made from the stack's own GUID: lowercase, known from the first
moment, different for each stack, each Region and each new creation of a stack.
"""

from troposphere import Parameter, Select, Split, StackId, Sub

PROJECT = "ServerlessApp"

# 14 + 12 + 1 + 36 = 63 characters with the longest suffix, S3's maximum. The whole GUID:
# it is a version 1 UUID, whose last segment alone names the machine and repeats.
UPLOAD_BUCKET = "serverlessapp-${Suffix}-${Guid}"
INGEST_QUEUE = "serverlessapp-${Suffix}-ingest-${Guid}"  # 70 of 80 characters


def stack_guid() -> Select:
    """Return the last part of ``arn:...:stack/<name>/<guid>``."""
    return Select(2, Split("/", StackId))


def upload_bucket_name(environment_suffix: Parameter) -> Sub:
    """Return the upload bucket's name."""
    return _from_guid(UPLOAD_BUCKET, environment_suffix)


def upload_bucket_arn(environment_suffix: Parameter, path: str = "") -> Sub:
    """Return the upload bucket's ARN, or its objects', for what comes before the bucket."""
    return _from_guid(f"arn:${{AWS::Partition}}:s3:::{UPLOAD_BUCKET}{path}", environment_suffix)


def any_upload_bucket_arn(path: str = "") -> Sub:
    """Return the pattern of the upload bucket's ARN, whatever the ``EnvironmentSuffix``."""
    pattern = UPLOAD_BUCKET.replace("${Suffix}", "*")
    return Sub(f"arn:${{AWS::Partition}}:s3:::{pattern}{path}", Guid=stack_guid())


def ingest_queue_name(environment_suffix: Parameter) -> Sub:
    """Return the ingest queue's name."""
    return _from_guid(INGEST_QUEUE, environment_suffix)


def ingest_queue_arn(environment_suffix: Parameter) -> Sub:
    """Return the ingest queue's ARN, for the dead-letter queue, which is created first."""
    arn = "arn:${AWS::Partition}:sqs:${AWS::Region}:${AWS::AccountId}:"
    return _from_guid(arn + INGEST_QUEUE, environment_suffix)


def _from_guid(pattern: str, environment_suffix: Parameter) -> Sub:
    # Sub finds the parameter by itself; asking for it here keeps the dependency visible.
    return Sub(pattern.replace("${Suffix}", f"${{{environment_suffix.title}}}"), Guid=stack_guid())
