"""What other people, stacks and scripts need to know about the stack."""

from troposphere import Export, Output, Ref, Sub, Template, cloudwatch, logs

from generators import __version__
from generators.ledger import LedgerRefs
from generators.monitoring import MonitoringRefs
from generators.parameters import ParameterRefs
from generators.processing import CODE_TAG, ProcessingRefs
from generators.queues import QueueRefs
from generators.secret import SecretRefs
from generators.storage import StorageRefs
from serverlessapp.partitions import CONSOLE


def add_to(
    template: Template,
    *,
    parameters: ParameterRefs,
    storage: StorageRefs,
    queues: QueueRefs,
    secret: SecretRefs,
    ledger: LedgerRefs,
    log_group: logs.LogGroup,
    processing: ProcessingRefs,
    monitoring: MonitoringRefs,
    dashboard: cloudwatch.Dashboard,
) -> None:
    """Add the outputs, exported but for those that are another one in each release.

    CloudFormation refuses another value for an export that is imported ("Fn::ImportValue").
    """
    dashboard_url = Sub(
        f"https://{CONSOLE}/cloudwatch/home?region=${{AWS::Region}}"
        f"#dashboards:name=${{{dashboard.title}}}"
    )
    export(
        template,
        ("UploadBucketName", storage.bucket.ref(), "Upload files to this bucket"),
        ("UploadPrefix", Ref(parameters.upload_prefix), "below this prefix"),
        ("FunctionArn", processing.function.get_att("Arn"), "The file processor"),
        ("FunctionName", processing.function.ref(), "Its name"),
        ("SecretArn", secret.secret.get_att("Id"), "Secret that signs the receipts"),
        ("IngestQueueUrl", queues.ingest.ref(), "Files that wait"),
        ("DeadLetterQueueUrl", queues.dead_letter.ref(), "Files that need a person"),
        ("LedgerTableName", ledger.table.ref(), "Table of the receipts"),
        ("LogGroupName", log_group.ref(), "The file processor's log"),
        ("AlarmTopicArn", monitoring.topic.ref(), "Topic that alarms are published to"),
        ("DashboardUrl", dashboard_url, "Is it healthy, how much, how fast, what failed"),
    )
    template.add_output(
        [
            Output(CODE_TAG, Value=processing.code, Description="Its code"),
            Output("TemplateVersion", Value=__version__, Description="Version of the template"),
        ]
    )


def export(template: Template, *outputs: tuple[str, object, str]) -> None:
    """Add outputs (name, value, description), exported as ``<stack name>-<name>``."""
    for name, value, description in outputs:
        template.add_output(
            Output(
                name,
                Value=value,
                Description=description,
                Export=Export(Sub(f"${{AWS::StackName}}-{name}")),
            )
        )
