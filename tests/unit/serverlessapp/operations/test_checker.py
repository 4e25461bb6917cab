"""Verdicts that the emulator cannot be brought to; the others are in the integration tests."""

import hashlib
import hmac
import io
from typing import Any

import pytest
from botocore.exceptions import ClientError
from botocore.response import StreamingBody

from serverlessapp.operations.checker import Checker, ReceiptStatus
from serverlessapp.operations.stack import Stack

DIGEST = hashlib.sha256(b"hello").hexdigest()
SIGNED = hmac.new(b"pass-word", f"b|uploads/a|v1|{DIGEST}".encode(), "sha256").hexdigest()
SECRET = '{"password": "pass-word"}'
ITEM = {
    "object_key": {"S": "uploads/a"},
    "version_id": {"S": "v1"},
    "size": {"N": "5"},
    "receipt": {
        "M": {
            "sha256": {"S": DIGEST},
            "type": {"S": "text/plain"},
            "signature": {"S": SIGNED},
            "secret_version": {"S": "s1"},
        }
    },
}


def refused(code: str) -> ClientError:
    response: Any = {"Error": {"Code": code, "Message": f"{code}!"}}
    return ClientError(response, "Operation")


class Fake:
    """S3 and Secrets Manager with one answer each."""

    def __init__(self, content: bytes | Exception, secret: str | Exception) -> None:
        self.content, self.secret, self.fetched = content, secret, 0

    def get_object(self, **request: str) -> Any:
        assert request == {"Bucket": "b", "Key": "uploads/a", "VersionId": "v1"}
        if isinstance(self.content, Exception):
            raise self.content
        return {"Body": StreamingBody(io.BytesIO(self.content), len(self.content))}

    def get_secret_value(self, **request: str) -> Any:
        assert request == {"SecretId": "s", "VersionId": "s1"}
        self.fetched += 1
        if isinstance(self.secret, Exception):
            raise self.secret
        return {"SecretString": self.secret}


def checker(
    stack: Stack, content: bytes | Exception = b"hello", secret: Any = SECRET
) -> tuple[Checker, Fake]:
    fake: Any = Fake(content, secret)
    return Checker(stack=stack, s3=fake, secrets=fake), fake


def test_the_secret_is_fetched_once_and_never_shown(stack: Stack) -> None:
    subject, fake = checker(stack)
    assert [subject.check(ITEM).verdict for _ in range(3)] == [ReceiptStatus.VERIFIED] * 3
    assert fake.fetched == 1
    assert "pass-word" not in repr(subject)


@pytest.mark.parametrize(
    ("content", "verdict", "reason"),
    [
        (b"HELLO", ReceiptStatus.FAILED, f"SHA-256 is {hashlib.sha256(b'HELLO').hexdigest()}, not"),
        (refused("InvalidObjectState"), ReceiptStatus.FAILED, "archived"),
        (refused("NoSuchVersion"), ReceiptStatus.GONE, "no longer in the bucket"),
    ],
)
def test_objects(stack: Stack, content: Any, verdict: ReceiptStatus, reason: str) -> None:
    finding = checker(stack, content)[0].check(ITEM)
    assert finding.verdict is verdict
    assert reason in finding.reason


@pytest.mark.parametrize("secret", ["pass-word", '["pass-word"]', '{"token": "pass-word"}'])
def test_a_secret_without_password(stack: Stack, secret: str) -> None:
    finding = checker(stack, secret=secret)[0].check(ITEM)
    assert finding.verdict is ReceiptStatus.FAILED
    assert finding.reason == "cannot be verified: the secret version has no password"


@pytest.mark.parametrize("part", ["content", "secret"])
def test_without_permission_there_is_no_verdict(stack: Stack, part: str) -> None:
    options: dict[str, Any] = {part: refused("AccessDenied")}
    with pytest.raises(ClientError):
        checker(stack, **options)[0].check(ITEM)


def test_an_entry_that_is_no_receipt(stack: Stack) -> None:
    finding = checker(stack)[0].check({**ITEM, "receipt": {"S": "text"}})
    assert finding.verdict is ReceiptStatus.FAILED
    assert finding.reason.startswith("not a receipt")
