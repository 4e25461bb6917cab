"""What people and scripts need to know about the pipeline."""

from troposphere import Sub, Template, codepipeline, s3, sns

from generators.outputs import export
from serverlessapp.partitions import CONSOLE


def add_to(
    template: Template,
    *,
    pipeline: codepipeline.Pipeline,
    store: s3.Bucket,
    code: s3.Bucket,
    releases: s3.Bucket,
    topic: sns.Topic,
) -> None:
    """Add the outputs, each exported as ``<stack name>-<output>``."""
    url = Sub(
        f"https://{CONSOLE}/codesuite/codepipeline/pipelines/${{{pipeline.title}}}/view"
        "?region=${AWS::Region}",
    )
    export(
        template,
        ("PipelineName", pipeline.ref(), "Name of the pipeline"),
        ("PipelineUrl", url, "Console page of the pipeline"),
        ("ReleaseBucketName", releases.ref(), "Bucket of published releases"),
        ("CodeBucketName", code.ref(), "Bucket of packages in this Region"),
        ("ArtifactBucketName", store.ref(), "Bucket of artifacts"),
        ("NotificationTopicArn", topic.ref(), "SNS topic for failures and approvals"),
    )
