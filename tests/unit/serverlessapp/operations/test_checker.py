"""Verdicts that the emulator cannot be brought to; the others are in the integration tests."""

import hashlib
import hmac
import io
from typing import Any

import pytest
from botocore.exceptions import ClientError, ReadTimeoutError
from botocore.response import StreamingBody

from serverlessapp.operations.checker import Checker, ReceiptStatus
from serverlessapp.operations.stack import Stack, StackLane

from .conftest import made_lane
from .entries import signed

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


RECEIPTS, CSV = made_lane("receipts"), made_lane("csv")


def without(item: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in item.items() if name not in names}


def refused(code: str) -> ClientError:
    response: Any = {"Error": {"Code": code, "Message": f"{code}!"}}
    return ClientError(response, "Operation")


class Fake:
    """S3 and Secrets Manager with one answer each."""

    def __init__(self, content: bytes | Exception, secret: str | Exception) -> None:
        self.content, self.secret, self.fetched = content, secret, 0
        self.which = {"VersionId": "v1"}

    def get_object(self, **request: str) -> Any:
        assert request == {"Bucket": "b", "Key": "uploads/a", **self.which}
        if isinstance(self.content, Exception):
            raise self.content
        return {"Body": StreamingBody(io.BytesIO(self.content), len(self.content))}

    def head_object(self, **request: str) -> Any:
        content = self.get_object(**request)["Body"].read()
        return {"ContentLength": len(content), "ETag": '"e"' if content == b"hello" else '"f"'}

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
    assert [subject.check(RECEIPTS, ITEM).verdict for _ in range(3)] == [ReceiptStatus.VERIFIED] * 3
    assert fake.fetched == 1
    assert "pass-word" not in repr(subject)


@pytest.mark.parametrize(
    ("content", "verdict", "reason"),
    [
        (b"HELLO", ReceiptStatus.FAILED, f"SHA-256 is {hashlib.sha256(b'HELLO').hexdigest()}, not"),
        (refused("InvalidObjectState"), ReceiptStatus.UNVERIFIABLE, "archived"),
        (refused("NoSuchVersion"), ReceiptStatus.GONE, "version was deleted"),
    ],
)
def test_objects(stack: Stack, content: Any, verdict: ReceiptStatus, reason: str) -> None:
    finding = checker(stack, content)[0].check(RECEIPTS, ITEM)
    assert finding.verdict is verdict
    assert reason in finding.reason


@pytest.mark.parametrize(
    "secret",
    [
        *("pass-word", '["pass-word"]', '{"token": "pass-word"}', "[" * 100_000),
        # Whoever can guess these could sign with them; the function does not.
        *('{"password": ""}', '{"password": null}', '{"password": ["pass-word"]}'),
        '{"password": "\\ud800"}',
    ],
    ids=range(8),
)
def test_a_secret_without_password(stack: Stack, secret: str) -> None:
    finding = checker(stack, secret=secret)[0].check(RECEIPTS, ITEM)
    assert finding.verdict is ReceiptStatus.UNVERIFIABLE
    assert finding.reason == "the secret version has no password"


@pytest.mark.parametrize(
    "refusal",
    [
        refused("AccessDenied"),
        refused("KMS.DisabledException"),
        ReadTimeoutError(endpoint_url="https://example"),
    ],
)
def test_a_refusal_is_a_verdict(stack: Stack, refusal: Exception) -> None:
    finding = checker(stack, refusal)[0].check(RECEIPTS, ITEM)
    assert finding.verdict is ReceiptStatus.UNVERIFIABLE
    assert finding.reason == str(refusal)


def test_a_secret_version_that_is_refused(stack: Stack) -> None:
    finding = checker(stack, secret=refused("AccessDenied"))[0].check(RECEIPTS, ITEM)
    assert finding.verdict is ReceiptStatus.UNVERIFIABLE
    assert "AccessDenied" in finding.reason


@pytest.mark.parametrize(
    ("item", "content", "verdict", "reason"),
    [
        (signed({"rows": {"N": "1"}}), b"hello", ReceiptStatus.VERIFIED, ""),
        (signed({}), b"HELLO", ReceiptStatus.FAILED, "the object's ETag is f, not e"),
        (signed({}, size={"N": "6"}), b"hello", ReceiptStatus.FAILED, "5 bytes, not 6"),
        (signed({}), refused("404"), ReceiptStatus.GONE, "was deleted"),
        (signed({}), refused("405"), ReceiptStatus.GONE, "was deleted"),
        # Only the processor that came with the stack promises what sha256 is.
        (signed({"sha256": {"S": "other"}}), b"hello", ReceiptStatus.VERIFIED, ""),
        (signed({}, processor={"S": "pdf"}), b"hello", ReceiptStatus.FAILED, "for processor pdf"),
        (signed({}, form={"N": "2"}), b"hello", ReceiptStatus.UNVERIFIABLE, "newer than this"),
        (
            {**signed({}), "size": {"N": "x"}},
            b"hello",
            ReceiptStatus.FAILED,
            "invalid ledger entry",
        ),
        ({**signed({}), "size": {"N": "6"}}, b"hello", ReceiptStatus.FAILED, "does not match"),
        (without(signed({}), "signature"), b"hello", ReceiptStatus.FAILED, "not signed"),
        (without(signed({}), "form"), b"hello", ReceiptStatus.FAILED, "not signed"),
    ],
)
def test_an_entry_of_any_processor(
    stack: Stack, item: Any, content: Any, verdict: ReceiptStatus, reason: str
) -> None:
    finding = checker(stack, content)[0].check(CSV, item)
    assert finding.verdict is verdict
    assert reason in finding.reason


@pytest.mark.parametrize("lane", [RECEIPTS, CSV])
@pytest.mark.parametrize(
    ("content", "verdict", "reason"),
    [
        (b"hello", ReceiptStatus.VERIFIED, ""),
        (refused("412"), ReceiptStatus.GONE, "overwritten"),
        (refused("PreconditionFailed"), ReceiptStatus.GONE, "overwritten"),
        (refused("404"), ReceiptStatus.GONE, "was deleted"),
    ],
)
def test_without_versions_the_etag_names_the_content(
    stack: Stack, lane: StackLane, content: Any, verdict: ReceiptStatus, reason: str
) -> None:
    result = {"sha256": {"S": DIGEST}}
    item = signed(result, version_id={"S": "null"}, processor={"S": lane.processor})
    subject, fake = checker(stack, content)
    fake.which = {"IfMatch": '"e"'}
    finding = subject.check(lane, item)
    assert finding.verdict is verdict
    assert reason in finding.reason


def test_an_entry_of_receipts_has_the_contents_digest(stack: Stack) -> None:
    result = {"sha256": {"S": DIGEST}, "type": {"S": "text/plain"}}
    item = signed(result, processor={"S": "receipts"})
    assert checker(stack)[0].check(RECEIPTS, item).verdict is ReceiptStatus.VERIFIED
    finding = checker(stack, b"HELLO")[0].check(RECEIPTS, item)
    assert "SHA-256" in finding.reason


def test_only_receipts_may_have_entries_without_a_signature(stack: Stack) -> None:
    """In 0.x, a processor of one's own took its place, and signed nothing."""
    item = without(signed({"words": {"N": "1"}}), "form", "signature")
    assert checker(stack)[0].check(RECEIPTS, item).verdict is ReceiptStatus.SKIPPED
    item = without(signed({}, processor={"S": "receipts"}), "signature")
    assert checker(stack)[0].check(RECEIPTS, item).verdict is ReceiptStatus.FAILED


def test_an_entry_of_0_x_belongs_to_receipts_alone(stack: Stack) -> None:
    """What it signs is neither the processor nor all of the result, so elsewhere it proves none."""
    item = {**ITEM, "etag": {"S": "e"}, "processor": {"S": "csv"}}
    finding = checker(stack)[0].check(CSV, item)
    assert finding.verdict is ReceiptStatus.FAILED
    assert finding.reason == "signed for processor receipts"


def test_an_entry_that_is_no_receipt(stack: Stack) -> None:
    finding = checker(stack)[0].check(RECEIPTS, {**ITEM, "receipt": {"S": "text"}})
    assert finding.verdict is ReceiptStatus.FAILED
    assert finding.reason.startswith("invalid ledger entry")
