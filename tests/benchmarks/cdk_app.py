"""The application stack as an AWS CDK app: what ``cdk synth`` runs, without the cdk CLI.

Writes the cloud assembly into the folder that the environment variable ``CDK_OUTDIR`` names.
"""

from aws_cdk import App

from tests.benchmarks.cdk_stack.stack import build

# From what "cdk init" writes into cdk.json: the flags that concern this stack.
FEATURES = {"@aws-cdk/aws-s3:serverAccessLogsUseBucketPolicy": True}


def main() -> None:
    """Synthesize the app."""
    app = App(context=FEATURES)
    build(app)
    app.synth()


if __name__ == "__main__":
    main()
