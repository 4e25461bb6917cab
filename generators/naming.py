"""The only physical names: those that something needs before the resource exists.

A policy that names a bucket, and the bucket that needs the policy first, would be a
circle. The names are made from the stack's own GUID: lowercase, known from the first
moment, different for each stack, each Region and each new creation of a stack.
"""

from troposphere import Parameter, Select, Split, StackId, Sub

from serverlessapp.processors.definition import FIRST, Processor

PROJECT = "ServerlessApp"

# 14 + 12 + 1 + 36 = 63 characters with the longest suffix, S3's maximum. The whole GUID:
# it is a version 1 UUID, whose last segment alone names the machine and repeats.
UPLOAD_BUCKET = "serverlessapp-${Suffix}-${Guid}"
# 14 + 12 + 1 + 16 + 1 + 36 = 80 characters with the longest suffix and lane, SQS's maximum.
INGEST_QUEUE = "serverlessapp-${Suffix}-LANE-${Guid}"
# The first lane's queue had its name before there were others; no other lane may be called so.
FIRST_QUEUE = "ingest"
# 52 of 64 characters. A rule's or pipe's name holds in its account and Region only, where the first
# segment, the GUID's low bits of time, tells stacks apart.
RULE = "serverlessapp-${Suffix}-LANE-${Guid}"


def stack_guid() -> Select:
    """Return the last part of ``arn:...:stack/<name>/<guid>``."""
    return Select(2, Split("/", StackId))


def upload_bucket_name(environment_suffix: Parameter) -> Sub:
    return _from_guid(UPLOAD_BUCKET, environment_suffix)


def upload_bucket_arn(environment_suffix: Parameter) -> Sub:
    """Return the upload bucket's ARN, for what comes before the bucket."""
    return _from_guid(f"arn:${{AWS::Partition}}:s3:::{UPLOAD_BUCKET}", environment_suffix)


def any_upload_bucket_arn(path: str = "") -> Sub:
    """Return the pattern of the upload bucket's ARN, whatever the ``EnvironmentSuffix``."""
    pattern = UPLOAD_BUCKET.replace("${Suffix}", "*")
    return Sub(f"arn:${{AWS::Partition}}:s3:::{pattern}{path}", Guid=stack_guid())


def ingest_queue_name(processor: Processor, environment_suffix: Parameter) -> Sub:
    return _from_guid(_of(processor, INGEST_QUEUE), environment_suffix)


def ingest_queue_arn(processor: Processor, environment_suffix: Parameter) -> Sub:
    """Return the ARN of a lane's ingest queue, for what is created before it."""
    arn = "arn:${AWS::Partition}:sqs:${AWS::Region}:${AWS::AccountId}:"
    return _from_guid(arn + _of(processor, INGEST_QUEUE), environment_suffix)


def bus_statement(environment_suffix: Parameter) -> Sub:
    """Return the ID of a stack's statement in the policy of the default bus."""
    pattern = RULE.replace("-LANE", "")
    return _from_guid(pattern, environment_suffix, _first_segment())


def rule_name(processor: Processor, environment_suffix: Parameter) -> Sub:
    """Return the name of a lane's rule, and of its pipe: the two services know no others."""
    return _from_guid(_of(processor, RULE), environment_suffix, _first_segment())


def rule_arn(processor: Processor, environment_suffix: Parameter) -> Sub:
    """Return the ARN of a lane's rule, for the policy of its queue, which is created first."""
    arn = "arn:${AWS::Partition}:events:${AWS::Region}:${AWS::AccountId}:rule/"
    return _from_guid(arn + _of(processor, RULE), environment_suffix, _first_segment())


def pipe_arns(environment_suffix: Parameter) -> Sub:
    """Return the pattern of the ARNs of all pipes, for the trust of their role."""
    arn = "arn:${AWS::Partition}:pipes:${AWS::Region}:${AWS::AccountId}:pipe/"
    return _from_guid(arn + RULE.replace("LANE", "*"), environment_suffix, _first_segment())


def _of(processor: Processor, pattern: str) -> str:
    return pattern.replace("LANE", FIRST_QUEUE if processor.name == FIRST else processor.name)


def _first_segment() -> Select:
    return Select(0, Split("-", stack_guid()))


def _from_guid(pattern: str, environment_suffix: Parameter, guid: Select | None = None) -> Sub:
    # Sub finds the parameter by itself; asking for it here keeps the dependency visible.
    suffix = f"${{{environment_suffix.title}}}"
    return Sub(pattern.replace("${Suffix}", suffix), Guid=guid or stack_guid())
