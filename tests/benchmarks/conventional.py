"""A handler as it is usually written: S3 invokes it, boto3's clients are global.

It does the obvious thing at each step, with a call of its own: count the invocation, fetch the
secret, then for each file ask S3 for its size and record that as a metric.
"""

import json
import logging
import os
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote_plus

import boto3

if TYPE_CHECKING:
    from types_boto3_cloudwatch.literals import StandardUnitType

logger = logging.getLogger()
logger.setLevel(logging.INFO)
s3 = boto3.client("s3")
secrets = boto3.client("secretsmanager")
cloudwatch = boto3.client("cloudwatch")


def handler(event: dict[str, Any], _: Any) -> dict[str, Any]:
    """Process the files of one event, one after the other."""
    put_metric("InvocationCount", 1, "Count")
    try:
        secret = json.loads(
            secrets.get_secret_value(SecretId=os.environ["SECRET_ARN"])["SecretString"]
        )
        logger.info("secret loaded for user %s", secret["username"])
        for record in event["Records"]:
            process(record["s3"])
    except Exception:
        logger.exception("invocation failed")
        put_metric("LambdaErrors", 1, "Count")
        raise
    return {"statusCode": 200, "processed": len(event["Records"])}


def process(item: dict[str, Any]) -> None:
    bucket, key = item["bucket"]["name"], unquote_plus(item["object"]["key"])
    try:
        size = s3.head_object(Bucket=bucket, Key=key)["ContentLength"]
        put_metric("ProcessedFileSize", size, "Bytes")
    except Exception:
        put_metric("ProcessingErrors", 1, "Count")
        raise
    logger.info("processed %s: %d bytes", key, size)


def put_metric(name: str, value: float, unit: "StandardUnitType") -> None:
    cloudwatch.put_metric_data(
        Namespace="ServerlessApp/Lambda",
        MetricData=[{"MetricName": name, "Value": value, "Unit": unit}],
    )
