"""One ledger entry against its object, and against the secret that signed it."""

import hashlib
import json
import threading
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from serverlessapp.clients import S3Client, SecretsManagerClient
from serverlessapp.operations.receipts import Receipt, UnknownFormError
from serverlessapp.operations.stack import Stack, StackLane
from serverlessapp.processors.definition import FIRST

CHUNK = 1024 * 1024  # bytes read at a time
# HEAD has no body, so no name, either: S3 answers 404, or 405 for a delete marker, or 412 where
# there are no versions and the file was overwritten.
GONE = ("NoSuchKey", "NoSuchVersion", "MethodNotAllowed", "404", "405")
OVERWRITTEN = ("PreconditionFailed", "412")


class ReceiptStatus(StrEnum):
    """What became of an entry."""

    VERIFIED = "verified"
    FAILED = "failed"
    GONE = "object gone"
    SKIPPED = "skipped"
    UNVERIFIABLE = "unverifiable"
    MISSING = "missing"  # a file without an entry


@dataclass(frozen=True, kw_only=True)
class Verification:
    """The verdict about one ledger entry, and the reason where there is one."""

    processor: str
    key: str
    version_id: str
    verdict: ReceiptStatus
    reason: str = ""


class Unverifiable(Exception):  # noqa: N818
    """Why there is no password to verify with."""


@dataclass(frozen=True, kw_only=True)
class Checker:
    """Checks one ledger entry after the other, on several threads."""

    stack: Stack
    s3: S3Client
    secrets: SecretsManagerClient
    _passwords: dict[str, str | Unverifiable] = field(default_factory=dict, repr=False)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def check(self, lane: StackLane, item: Mapping[str, Any]) -> Verification:
        """Return the verdict about an entry of a lane's ledger.

        What AWS refuses is a verdict, too: it may be about this entry alone.
        """
        try:
            verdict, reason = self._judge(lane, item)
        except (BotoCoreError, ClientError) as error:
            verdict, reason = ReceiptStatus.UNVERIFIABLE, str(error)
        return Verification(
            processor=lane.processor,
            key=item["object_key"]["S"],
            version_id=item.get("version_id", {}).get("S", ""),
            verdict=verdict,
            reason=reason,
        )

    def _judge(self, lane: StackLane, item: Mapping[str, Any]) -> tuple[ReceiptStatus, str]:
        try:
            receipt = Receipt.from_item(item)
        except UnknownFormError as error:
            return ReceiptStatus.UNVERIFIABLE, str(error)
        except KeyError as error:
            # In 0.x only the processor that came with the stack signed.
            if lane.processor == FIRST and "form" not in item:
                return ReceiptStatus.SKIPPED, "no signature: written by an older processor"
            return ReceiptStatus.FAILED, f"not signed: it has no {error}"
        except (ArithmeticError, AttributeError, TypeError, ValueError) as error:
            return ReceiptStatus.FAILED, f"invalid ledger entry: {error}"
        password = self._password(receipt.secret_version)
        if isinstance(password, Unverifiable):
            return ReceiptStatus.UNVERIFIABLE, str(password)
        if not receipt.is_signed_by(password, self.stack.bucket):
            return ReceiptStatus.FAILED, "the signature does not match"
        if receipt.processor != lane.processor:
            return ReceiptStatus.FAILED, f"signed for processor {receipt.processor}"
        try:
            difference = self._difference(lane, receipt)
        except ClientError as error:
            code = error.response["Error"]["Code"]
            if code in GONE:
                return ReceiptStatus.GONE, "this object version was deleted"
            if code in OVERWRITTEN:
                reason = "the file was overwritten, and the bucket has no versioning"
                return ReceiptStatus.GONE, reason
            if code == "InvalidObjectState":
                return ReceiptStatus.UNVERIFIABLE, "the object is archived"
            raise
        return (ReceiptStatus.FAILED, difference) if difference else (ReceiptStatus.VERIFIED, "")

    def _difference(self, lane: StackLane, receipt: Receipt) -> str:
        """Return how the version in the bucket differs from the entry; empty if it does not.

        A version never changes, so its size and ETag say enough; the ETag is only compared, since
        not every one is a digest (Amazon S3 API Reference, "Object"). Where the entry has a
        digest, the content is read.
        """
        if lane.processor == FIRST and receipt.sha256:
            size, sha256 = self._content(receipt)
            if sha256 != receipt.sha256:
                return f"the object's SHA-256 is {sha256}, not {receipt.sha256}"
        else:
            head = self.s3.head_object(**self._object(receipt))
            size, etag = head["ContentLength"], head["ETag"].strip('"')
            if etag != receipt.etag.strip('"'):
                return f"the object's ETag is {etag}, not {receipt.etag}"
        return "" if size == receipt.size else f"the object has {size} bytes, not {receipt.size}"

    def _object(self, receipt: Receipt) -> dict[str, Any]:
        """Return what names exactly the version the receipt is about, as the function reads it."""
        which = {"VersionId": receipt.version_id}
        if receipt.version_id == "null":
            which = {"IfMatch": f'"{receipt.etag}"'}
        return {"Bucket": self.stack.bucket, "Key": receipt.key, **which}

    def _content(self, receipt: Receipt) -> tuple[int, str]:
        """Return size and SHA-256 of exactly the version the receipt is about."""
        size, digest = 0, hashlib.sha256()
        response = self.s3.get_object(**self._object(receipt))
        with closing(response["Body"]) as body:
            for chunk in body.iter_chunks(CHUNK):
                size += len(chunk)
                digest.update(chunk)
        return size, digest.hexdigest()

    def _password(self, version: str) -> str | Unverifiable:
        """Return the password in a version of the secret, fetched once."""
        with self._lock:
            if version not in self._passwords:
                self._passwords[version] = self._fetch(version)
            return self._passwords[version]

    def _fetch(self, version: str) -> str | Unverifiable:
        try:
            value = self.secrets.get_secret_value(SecretId=self.stack.secret, VersionId=version)
            password = json.loads(value["SecretString"])["password"]
            good = bool(password.encode())  # the function signs with no other
        except ClientError as error:
            if error.response["Error"]["Code"] == "ResourceNotFoundException":
                return Unverifiable("the secret version no longer exists")
            return Unverifiable(str(error))  # its key may be disabled, and that of others not
        except (AttributeError, LookupError, RecursionError, TypeError, ValueError):
            good = False  # and nothing of the parser's error, which carries the secret
        return str(password) if good else Unverifiable("the secret version has no password")
