"""The stack for each further Region: the artifact bucket that CodePipeline needs there."""

from troposphere import Sub, Tags, Template, s3

from generators.context import architecture
from generators.naming import PROJECT
from generators.outputs import export
from generators.tagging import OWNER
from pipeline import stores
from pipeline.stores import REGIONAL_BUCKET


def build() -> Template:
    """Return the template. It has no parameters: the name follows from account and Region."""
    template = Template()
    template.set_version()
    template.set_description(
        f"{PROJECT}: artifact bucket of this Region, for pipelines in other Regions that deploy "
        "here. Launch it once per Region, before a pipeline is told to."
    )
    template.set_metadata(
        architecture(
            "The pipeline's stack is in one Region. Its artifacts are copied to this bucket before "
            "an action here reads them. One stack for all pipelines of the account.",
            must=["It is there before a pipeline deploys to this Region, and as long as one does."],
            ref={"docs/pipeline.md": "how a Region is added"},
        )
    )
    bucket = stores.add_bucket_to(
        template,
        s3.Bucket(
            "ArtifactBucket",
            BucketName=Sub(REGIONAL_BUCKET + "${AWS::Region}"),
            Tags=Tags(Project=PROJECT, Environment="shared", Owner=OWNER),
        ),
        why="CodePipeline takes artifacts only from a bucket of the Region that it deploys to, and "
        "a stack makes buckets only in its own. The pipeline finds it by its name.",
    )
    export(template, ("ArtifactBucketName", bucket.ref(), "Artifacts on their way to this Region"))
    return template
