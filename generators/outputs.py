"""What other people, stacks and scripts need to know about the stack."""

import json
from collections.abc import Sequence
from typing import Any

from troposphere import Export, Output, Ref, Sub, Template, cloudwatch

from generators import __version__
from generators.lane_resources import LaneRefs, Shared
from generators.processing import CODE_TAG
from serverlessapp.partitions import CONSOLE

LANES = "Lanes"


def add_to(
    template: Template,
    *,
    shared: Shared,
    lanes: Sequence[LaneRefs],
    dashboard: cloudwatch.Dashboard,
) -> None:
    """Add the outputs, exported but for those that change with a release or a lane.

    CloudFormation refuses another value for an export that is imported ("Fn::ImportValue").
    """
    dashboard_url = Sub(
        f"https://{CONSOLE}/cloudwatch/home?region=${{AWS::Region}}"
        f"#dashboards:name=${{{dashboard.title}}}"
    )
    export(
        template,
        ("UploadBucketName", shared.storage.bucket.ref(), "Bucket for uploads"),
        (
            "UploadPrefix",
            Ref(shared.parameters.upload_prefix),
            "Prefix of the files that are processed",
        ),
        ("SecretArn", shared.secret.secret.get_att("Id"), "Secret that signs ledger entries"),
        ("AlarmTopicArn", shared.monitoring.topic.ref(), "SNS topic of the alarms"),
        (
            "DashboardUrl",
            dashboard_url,
            "CloudWatch dashboard: throughput, latency, errors and backlog",
        ),
    )
    for refs in lanes:
        if refs.lane.is_first:
            add_first_to(template, refs)
    template.add_output(
        [
            Output(
                LANES,
                Value=Sub(json.dumps({refs.lane.name: about(refs) for refs in lanes})),
                Description="Resources of each processor, as JSON",
            ),
            Output("TemplateVersion", Value=__version__, Description="Version of this template"),
        ]
    )


def add_first_to(template: Template, refs: LaneRefs) -> None:
    """Add what stacks had for the only lane before there was ``Lanes``."""
    function = refs.processing.function
    export(
        template,
        ("FunctionArn", function.get_att("Arn"), "ARN of the function that processes files"),
        ("FunctionName", function.ref(), "Name of the function that processes files"),
        ("IngestQueueUrl", refs.queues.ingest.ref(), "Queue of files that wait to be processed"),
        (
            "DeadLetterQueueUrl",
            refs.queues.dead_letter.ref(),
            "Dead-letter queue: files that could not be processed",
        ),
        ("LedgerTableName", refs.ledger.table.ref(), "DynamoDB table of the ledger"),
        ("LogGroupName", refs.log_group.ref(), "Log group of the function"),
    )
    template.add_output(
        Output(CODE_TAG, Value=refs.processing.code, Description="Code that the function runs")
    )


def about(refs: LaneRefs) -> dict[str, Any]:
    """Return what tools have to know about a lane, with references as ``Sub`` takes them."""
    uploads = refs.lane.processor.uploads
    parts = {
        "queue": refs.queues.ingest,
        "deadLetterQueue": refs.queues.dead_letter,
        "ledger": refs.ledger.table,
        "function": refs.processing.function,
        "logGroup": refs.log_group,
    }
    return {
        "source": uploads.source,
        "folder": uploads.folder,
        "suffixes": list(uploads.suffixes),
        **{name: f"${{{resource.title}}}" for name, resource in parts.items()},
    }


def export(
    template: Template, *outputs: tuple[str, object, str], condition: str | None = None
) -> None:
    """Add outputs (name, value, description), exported as ``<stack name>-<name>``."""
    for name, value, description in outputs:
        template.add_output(
            Output(
                name,
                Value=value,
                Description=description,
                Export=Export(Sub(f"${{AWS::StackName}}-{name}")),
                **({"Condition": condition} if condition else {}),
            )
        )
