"""Regions where the pipeline can be at home."""

from serverlessapp.partitions import supported
from serverlessapp.template import schemas

# CodeBuild User Guide, "Run builds on AWS Lambda compute", Regions; read in November 2026. No
# published schema says it, so this is the one list to change when AWS adds a Region.
LAMBDA_COMPUTE = (
    *("us-east-1", "us-east-2", "us-west-2", "ap-south-1", "ap-southeast-1", "ap-southeast-2"),
    *("ap-northeast-1", "eu-central-1", "eu-west-1", "sa-east-1"),
)
# Notification rules, which about half of the Regions lack: the published schemas say which.
NEEDED = ("AWS::CodePipeline::Pipeline", "AWS::CodeStarNotifications::NotificationRule")


def possible() -> tuple[str, ...]:
    """Return the Regions that have Lambda compute, notification rules and CodePipeline, sorted."""
    return tuple(
        region
        for region in sorted({*LAMBDA_COMPUTE} & {*supported()})
        if all(name in schemas.digests(region) for name in NEEDED)
    )


HOME_REGIONS = possible()
