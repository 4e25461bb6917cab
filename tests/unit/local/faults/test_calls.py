"""Which operation a request is."""

import pytest

from local.faults import calls

SCOPE = "AWS4-HMAC-SHA256 Credential=AKID/20260101/us-west-2/{}/aws4_request, SignedHeaders=host"


@pytest.mark.parametrize(
    ("method", "target", "service", "operation"),
    [
        ("GET", "/bucket?list-type=2", "s3", "GetBucket"),
        ("DELETE", "/bucket/key", "s3", "DeleteObject"),
        ("POST", "/service/Granite/operation/PutMetricData", "monitoring", "PutMetricData"),
    ],
)
def test_knows_the_service_by_the_signature(
    method: str, target: str, service: str, operation: str
) -> None:
    headers = {"authorization": SCOPE.format(service)}
    call = calls.parse(method, target, headers, b"")
    assert (call.service, call.operation) == (service, operation)


def test_knows_a_query_by_its_action() -> None:
    headers = {"authorization": SCOPE.format("sts")}
    call = calls.parse("POST", "/", headers, b"Action=GetCallerIdentity&Version=1")
    assert (call.service, call.operation) == ("sts", "GetCallerIdentity")
