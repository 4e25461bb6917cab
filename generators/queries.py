"""What an operator asks the log first, saved with the stack for CloudWatch Logs Insights."""

from troposphere import Ref, Sub, Template, logs

# Title of the logical ID, name in the console, query. The fields are those of the handler's
# log lines, which Logs Insights finds in JSON by itself (CloudWatch Logs User Guide,
# "Supported logs and discovered fields").
QUERIES = (
    (
        "FailuresQuery",
        "what failed",
        'fields @timestamp, message, key, error | filter level = "ERROR"'
        " | sort @timestamp desc | limit 100",
    ),
    (
        "FileQuery",
        "what happened to a file",
        "fields @timestamp, message, version_id, error | filter key like 'part of its name'"
        " | sort @timestamp",
    ),
    (
        "SlowestQuery",
        "what takes long",
        "fields @timestamp, key, size, milliseconds | sort milliseconds desc | limit 20",
    ),
)


def add_to(template: Template, *, log_group: logs.LogGroup) -> None:
    """Add the saved queries, in a folder with the stack's name."""
    for title, name, query in QUERIES:
        template.add_resource(
            logs.QueryDefinition(
                title,
                Name=Sub(f"${{AWS::StackName}}/{name}"),
                LogGroupNames=[Ref(log_group)],
                QueryString=query,
            )
        )
