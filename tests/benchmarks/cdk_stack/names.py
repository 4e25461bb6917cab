"""Names that are known before the resources are: they break circles of references."""

from dataclasses import dataclass

from aws_cdk import Aws, Fn

from tests.benchmarks.cdk_stack.form import Form


@dataclass(frozen=True)
class Names:
    """What the upload bucket and the ingest queue are called."""

    upload_bucket: str
    upload_bucket_arn: str
    ingest_queue: str
    ingest_queue_arn: str


def names(form: Form) -> Names:
    """Return names that are unique to the stack."""
    guid = Fn.select(2, Fn.split("/", Aws.STACK_ID))
    start = f"serverlessapp-{form.environment.value_as_string}"
    bucket, queue = f"{start}-{guid}", f"{start}-ingest-{guid}"
    return Names(
        upload_bucket=bucket,
        upload_bucket_arn=f"arn:{Aws.PARTITION}:s3:::{bucket}",
        ingest_queue=queue,
        ingest_queue_arn=f"arn:{Aws.PARTITION}:sqs:{Aws.REGION}:{Aws.ACCOUNT_ID}:{queue}",
    )
