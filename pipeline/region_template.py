"""The stack for each further Region: the artifact bucket that CodePipeline needs there.

A stack makes buckets only in its own Region, so this one is launched where it is needed.
"""

from troposphere import Sub, Tags, Template, s3

from generators.accepted import Accepted
from generators.naming import PROJECT
from generators.outputs import export
from generators.tagging import OWNER
from pipeline import stores
from pipeline.stores import REGIONAL_BUCKET

ACCEPTED = (
    Accepted(
        resource="ArtifactBucket",
        rule="CKV_AWS_18",
        reason="the pipeline's own objects, which expire; its history says who made each",
        templates="pipeline-region",
    ),
)


def build() -> Template:
    """Return the template. It has no parameters: the name follows from account and Region."""
    template = Template()
    template.set_version()
    template.set_description(
        f"{PROJECT}: artifact bucket of this Region, for pipelines in other Regions that deploy "
        "here. Launch it once per Region, before a pipeline is told to."
    )
    bucket = stores.add_bucket_to(
        template,
        s3.Bucket(
            "ArtifactBucket",
            BucketName=Sub(REGIONAL_BUCKET + "${AWS::Region}"),
            Tags=Tags(Project=PROJECT, Environment="shared", Owner=OWNER),
        ),
    )
    export(template, ("ArtifactBucketName", bucket.ref(), "Artifacts on their way to this Region"))
    return template
