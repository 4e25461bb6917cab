"""The page that says: is it healthy, how much, how fast, what failed."""

from aws_cdk import Stack
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_lambda as lambda_

from tests.benchmarks.cdk_stack.form import Form
from tests.benchmarks.cdk_stack.queues import Queues


def add_to(
    stack: Stack, form: Form, function: lambda_.Function, queues: Queues
) -> cloudwatch.Dashboard:
    """Add the dashboard to the stack."""

    def ours(name: str, statistic: str = "Sum") -> cloudwatch.Metric:
        return cloudwatch.Metric(
            namespace="ServerlessApp/Lambda",
            metric_name=name,
            dimensions_map={"Environment": form.environment.value_as_string},
            statistic=statistic,
        )

    most = "Maximum"
    graphs = {
        "Files": [ours("ProcessedFileSize", "SampleCount")],
        "Bytes": [ours("ProcessedFileSize")],
        "Errors": [
            ours("ProcessingErrors"),
            ours("AccessDenied"),
            ours("LambdaErrors"),
            function.metric_errors(),
            function.metric_throttles(),
        ],
        "Duplicates and skipped": [
            ours("DuplicateEvents"),
            ours("SupersededEvents"),
            ours("SkippedObjects"),
        ],
        "Latency, mean (ms)": [function.metric_duration(statistic="Average")],
        "Latency, slowest 1 % (ms)": [function.metric_duration(statistic="p99")],
        "Queue age (s)": [queues.ingest.metric_approximate_age_of_oldest_message(statistic=most)],
        "Waiting and parked files": [
            queues.ingest.metric_approximate_number_of_messages_visible(statistic=most),
            queues.dead_letter.metric_approximate_number_of_messages_visible(statistic=most),
        ],
    }
    widgets = [cloudwatch.GraphWidget(title=title, left=lines) for title, lines in graphs.items()]
    return cloudwatch.Dashboard(stack, "Dashboard", widgets=[widgets])
