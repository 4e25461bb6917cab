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
        ("PipelineName", pipeline.ref(), "The pipeline"),
        ("PipelineUrl", url, "Where it stands"),
        ("ReleaseBucketName", releases.ref(), "Published releases"),
        ("CodeBucketName", code.ref(), "Packages of code for this Region"),
        ("ArtifactBucketName", store.ref(), "Artifacts on their way"),
        ("NotificationTopicArn", topic.ref(), "Topic that failures and approvals are told to"),
    )
