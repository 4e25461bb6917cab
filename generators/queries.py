"""What an operator asks the log first, saved with the stack for CloudWatch Logs Insights."""

import json

from troposphere import Ref, Sub, Template, logs

from generators.context import FREE, explained
from generators.lanes import Lane
from serverlessapp.operations.failures import FIELDS

FAILED = " or ".join(f"{name} in {json.dumps(values)}" for name, values in FIELDS.items())

# Logical ID, why, name in the console, query.
QUERIES = (
    (
        "FailuresQuery",
        "Start here when an alarm goes off: the error shows whether to repair or to redrive.",
        "what failed",
        "fields @timestamp, coalesce(message, errorMessage, record.status) as what, key,"
        " coalesce(error, errorType, record.errorType) as cause"
        f' | filter {FAILED} or @message like "Task timed out"'
        " | sort @timestamp desc | limit 100",
    ),
    (
        "FileQuery",
        "Shows what happened to one file. Edit the name in the console; a part of it is enough.",
        "what happened to a file",
        "fields @timestamp, message, version_id, error | filter key like 'part of its name'"
        " | sort @timestamp",
    ),
    (
        "SlowestQuery",
        "Shows whether a few large files or all files are slow, before memory is raised.",
        "what takes long",
        "fields @timestamp, key, size, milliseconds | sort milliseconds desc | limit 20",
    ),
)


def add_to(template: Template, lane: Lane, *, log_group: logs.LogGroup) -> None:
    """Add a lane's saved queries, in a folder with the stack's name; later lanes have their own."""
    folder = "${AWS::StackName}" if lane.is_first else f"${{AWS::StackName}}/{lane.name}"
    for title, why, name, query in QUERIES:
        template.add_resource(
            logs.QueryDefinition(
                lane.logical_id(title),
                Metadata=explained(
                    why,
                    mutable=FREE,
                    must=[
                        "Uses fields of the function's JSON log lines, which Logs Insights "
                        'discovers (CloudWatch Logs User Guide, "Supported logs and discovered '
                        'fields"); a query for a field that was renamed finds nothing.',
                    ],
                ),
                Name=Sub(f"{folder}/{name}"),
                LogGroupNames=[Ref(log_group)],
                QueryString=query,
            )
        )
