"""What an account holds, to prove that a deleted stack left nothing behind."""

from typing import Any

import boto3

# Kind -> service, its operation, where that lists them, and what names them; nothing if they are
# names themselves.
KINDS = {
    "buckets": ("s3", "list_buckets", "Buckets", "Name"),
    "queues": ("sqs", "list_queues", "QueueUrls", ""),
    "tables": ("dynamodb", "list_tables", "TableNames", ""),
    "secrets": ("secretsmanager", "list_secrets", "SecretList", "Name"),
    "functions": ("lambda", "list_functions", "Functions", "FunctionName"),
    "mappings": ("lambda", "list_event_source_mappings", "EventSourceMappings", "UUID"),
    "roles": ("iam", "list_roles", "Roles", "RoleName"),
    "log groups": ("logs", "describe_log_groups", "logGroups", "logGroupName"),
    "topics": ("sns", "list_topics", "Topics", "TopicArn"),
    "alarms": ("cloudwatch", "describe_alarms", "MetricAlarms", "AlarmName"),
    "dashboards": ("cloudwatch", "list_dashboards", "DashboardEntries", "DashboardName"),
}


def inventory(session: boto3.Session) -> dict[str, list[str]]:
    """Return the names of all resources of the kinds our stacks make, kinds without any omitted."""
    stacks = session.client("cloudformation").list_stacks()["StackSummaries"]
    held = {"stacks": [s["StackName"] for s in stacks if s["StackStatus"] != "DELETE_COMPLETE"]}
    for kind, (service, operation, place, name) in KINDS.items():
        client: Any = session.client(service)  # type: ignore[call-overload]
        listed = getattr(client, operation)().get(place, [])
        held[kind] = [item[name] if name else item for item in listed]
    kms = session.client("kms")
    keys = [kms.describe_key(KeyId=key["KeyId"])["KeyMetadata"] for key in kms.list_keys()["Keys"]]
    # KMS remembers a deleted one for 30 days.
    held["keys"] = [key["KeyId"] for key in keys if key["KeyState"] != "PendingDeletion"]
    return {kind: names for kind, names in held.items() if names}
