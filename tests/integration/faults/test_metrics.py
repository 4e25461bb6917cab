"""Metrics go through the log, so CloudWatch's API cannot matter."""

from local.faults import actions
from serverlessapp.operations import metrics

from ..conftest import wait_until
from .trial import LATE_REDELIVERY, Trial

USED = {"s3", "secretsmanager", "dynamodb", "sqs"}


def test_cloudwatch_unreachable(trial: Trial) -> None:
    """CloudWatch unreachable.

    It is never called, neither for good files nor for bad ones, and the metrics are in the log.
    """
    for operation in ("PutMetricData", "PutLogEvents", "CreateLogStream"):
        trial.proxy.add(operation, actions.reset)
    before = len(trial.stack.log())
    trial.stack.restart()
    trial.stack.retry_after(LATE_REDELIVERY)
    with trial.stack.paused():
        trial.upload("good")
        trial.upload("bad", sha256="0" * 64)
    trial.wait_for_receipt("good")
    trial.wait_for_reason()
    trial.stack.wait_until_idle()  # messages go when the invocation is over, its metrics written
    assert {call.service for call in trial.proxy.made()} == USED
    found = wait_until("metrics", lambda: list(metrics.extract(trial.stack.log()[before:])))
    assert {metric.name for metric in found} >= {"ProcessedFileSize", "ProcessingErrors"}
