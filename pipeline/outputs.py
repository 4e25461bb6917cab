"""What people and scripts need to know about the pipeline."""

from troposphere import FindInMap, Partition, Sub, Template, codepipeline, s3, sns

from generators.outputs import CONSOLE_MAPPING, export
from pipeline.stages.production import STACK
from serverlessapp.partitions import CONSOLES


def add_to(
    template: Template,
    *,
    pipeline: codepipeline.Pipeline,
    store: s3.Bucket,
    releases: s3.Bucket,
    topic: sns.Topic,
) -> None:
    """Add the outputs, each exported as ``<stack name>-<output>``."""
    template.add_mapping(
        CONSOLE_MAPPING, {partition: {"Console": host} for partition, host in CONSOLES.items()}
    )
    url = Sub(
        f"https://${{Console}}/codesuite/codepipeline/pipelines/${{{pipeline.title}}}/view"
        "?region=${AWS::Region}",
        Console=FindInMap(CONSOLE_MAPPING, Partition, "Console"),
    )
    export(
        template,
        ("PipelineName", pipeline.ref(), "The pipeline"),
        ("PipelineUrl", url, "Where it stands"),
        ("ApplicationStackName", Sub(STACK), "The stack it deploys, in each Region"),
        ("ReleaseBucketName", releases.ref(), "Published releases"),
        ("ArtifactBucketName", store.ref(), "Artifacts on their way"),
        ("NotificationTopicArn", topic.ref(), "Topic that failures and approvals are told to"),
    )
