"""The application stack: every part, and what each needs from the others."""

from aws_cdk import App, Aws, CfnOutput, DefaultStackSynthesizer, Stack, Tags

from tests.benchmarks.cdk_stack import (
    alarms,
    choices,
    dashboard,
    data,
    encryption,
    form,
    permissions,
    processing,
    queries,
    queues,
    storage,
)
from tests.benchmarks.cdk_stack.names import names


def build(app: App) -> None:
    """Add the application stack to the app."""
    stack = Stack(
        app,
        "ServerlessApp",
        description="Files uploaded to S3 are processed by Lambda through a queue.",
        synthesizer=DefaultStackSynthesizer(generate_bootstrap_version_rule=False),
    )
    asked = form.add_to(stack)
    chosen = choices.add_to(stack, asked)
    known = names(asked)
    role = permissions.add_role_to(stack, asked, chosen)
    secured = encryption.add_to(stack, chosen, role)
    both = queues.add_to(stack, asked, chosen, known)
    access_logs = storage.add_log_bucket_to(stack)
    bucket = storage.add_upload_bucket_to(stack, asked, known, both, access_logs, secured)
    kept = data.add_to(stack, secured)
    log_group = processing.add_log_group_to(stack, asked, secured)
    policy = permissions.add_policy_to(stack, asked, role, bucket, both, kept, log_group)
    function = processing.add_to(stack, asked, chosen, role, policy, log_group, bucket, both, kept)
    topic = alarms.add_topic_to(stack, asked, chosen, secured)
    alarms.add_to(stack, asked, chosen, topic, function, both)
    queries.add_to(stack, log_group)
    page = dashboard.add_to(stack, asked, function, both)
    console = chosen.partitions.find_in_map(Aws.PARTITION, "Console")
    home = f"https://{console}/cloudwatch/home?region={Aws.REGION}"
    outputs = {
        "UploadBucketName": (bucket.bucket_name, "Upload files to this bucket"),
        "UploadPrefixUsed": (asked.upload_prefix.value_as_string, "below this prefix"),
        "FunctionArn": (function.function_arn, "The file processor"),
        "FunctionName": (function.function_name, "Its name"),
        "SecretArn": (kept.secret.secret_arn, "Secret that signs the receipts"),
        "IngestQueueUrl": (both.ingest.queue_url, "Files that wait"),
        "DeadLetterQueueUrl": (both.dead_letter.queue_url, "Files that need a person"),
        "LedgerTableName": (kept.ledger.table_name, "Table of the receipts"),
        "LogGroupName": (log_group.log_group_name, "The file processor's log"),
        "AlarmTopicArn": (topic.topic_arn, "Topic that alarms are published to"),
        "DashboardUrl": (f"{home}#dashboards:name={page.dashboard_name}", "Is it healthy"),
        "TemplateVersion": ("0.1.0", "Version of the template"),
    }
    for name, (value, description) in outputs.items():
        CfnOutput(
            stack,
            name,
            value=value,
            description=description,
            export_name=f"{Aws.STACK_NAME}-{name}",
        )
    tags = Tags.of(stack)
    tags.add("Environment", asked.environment.value_as_string)
    tags.add("Owner", "TAP")
    tags.add("Project", "ServerlessApp")
