"""The stack that a further Region needs, launched there."""

from generators.render import render
from local import stacks
from local.emulator import ACCOUNT, Emulator
from pipeline.region_template import build


def test_a_region_gets_the_bucket_its_pipeline_expects(emulator: Emulator) -> None:
    there = emulator.session("us-east-1")
    cloudformation, s3 = there.client("cloudformation"), there.client("s3")
    template = render(build()).decode()
    made = stacks.deploy(cloudformation, stack="region", template=template, parameters={})
    name = made["ArtifactBucketName"]
    assert name == f"serverlessapp-pipeline-artifacts-{ACCOUNT}-us-east-1"
    assert s3.get_bucket_versioning(Bucket=name)["Status"] == "Enabled"
    for _ in stacks.delete(cloudformation, "region"):
        pass
    s3.head_bucket(Bucket=name)  # kept: CloudFormation could not delete it with artifacts in it
    for bucket in (name, made["CodeBucketName"]):
        s3.delete_bucket(Bucket=bucket)
