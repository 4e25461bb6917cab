"""The Regions where the pipeline's own stack can be."""

# What has Lambda compute (CodeBuild User Guide, "Run builds on AWS Lambda compute"); notification
# rules are in all of them (Developer Tools console User Guide, "Notifications quotas").
HOME_REGIONS = (
    "ap-northeast-1",
    "ap-south-1",
    "ap-southeast-1",
    "ap-southeast-2",
    "eu-central-1",
    "eu-west-1",
    "sa-east-1",
    "us-east-1",
    "us-east-2",
    "us-west-2",
)
