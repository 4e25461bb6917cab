"""What an account holds, to prove that a deleted stack left nothing behind."""

from typing import Any

import boto3


def inventory(session: boto3.Session) -> dict[str, list[str]]:
    """Return the names of all resources of the kinds our stacks make, kinds without any omitted."""
    cloudformation = session.client("cloudformation")
    live = [
        stack["StackName"]
        for stack in cloudformation.list_stacks()["StackSummaries"]
        if stack["StackStatus"] != "DELETE_COMPLETE"
    ]
    cloudwatch = session.client("cloudwatch")
    functions, kms = session.client("lambda"), session.client("kms")
    secrets = session.client("secretsmanager")
    held: dict[str, list[Any]] = {
        "stacks": live,
        "buckets": [b["Name"] for b in session.client("s3").list_buckets()["Buckets"]],
        "queues": session.client("sqs").list_queues().get("QueueUrls", []),
        "tables": session.client("dynamodb").list_tables()["TableNames"],
        "secrets": [s["Name"] for s in secrets.list_secrets()["SecretList"]],
        "functions": [f["FunctionName"] for f in functions.list_functions()["Functions"]],
        "event source mappings": [
            m["UUID"] for m in functions.list_event_source_mappings()["EventSourceMappings"]
        ],
        "roles": [r["RoleName"] for r in session.client("iam").list_roles()["Roles"]],
        "log groups": [
            g["logGroupName"] for g in session.client("logs").describe_log_groups()["logGroups"]
        ],
        "topics": [t["TopicArn"] for t in session.client("sns").list_topics()["Topics"]],
        "alarms": [a["AlarmName"] for a in cloudwatch.describe_alarms()["MetricAlarms"]],
        "dashboards": [
            d["DashboardName"] for d in cloudwatch.list_dashboards()["DashboardEntries"]
        ],
        "keys": [
            k["KeyId"]
            for k in kms.list_keys()["Keys"]
            # KMS remembers a deleted one for 30 days.
            if kms.describe_key(KeyId=k["KeyId"])["KeyMetadata"]["KeyState"] != "PendingDeletion"
        ],
    }
    return {kind: names for kind, names in held.items() if names}
