"""The log queries that are saved with the stack."""

from aws_cdk import Aws, Stack
from aws_cdk import aws_logs as logs


def add_to(stack: Stack, log_group: logs.LogGroup) -> None:
    """Add the saved queries to the stack."""
    queries = {
        "what failed": logs.QueryString(
            fields=["@timestamp", "message", "key", "error"],
            filter_statements=['level = "ERROR"'],
            sort="@timestamp desc",
            limit=100,
        ),
        "what happened to a file": logs.QueryString(
            fields=["@timestamp", "message", "version_id", "error"],
            filter_statements=["key like 'part of its name'"],
            sort="@timestamp",
        ),
        "what takes long": logs.QueryString(
            fields=["@timestamp", "key", "size", "milliseconds"],
            sort="milliseconds desc",
            limit=20,
        ),
    }
    for name, query in queries.items():
        logs.QueryDefinition(
            stack,
            name.title().replace(" ", ""),
            query_definition_name=f"{Aws.STACK_NAME}/{name}",
            query_string=query,
            log_groups=[log_group],
        )
