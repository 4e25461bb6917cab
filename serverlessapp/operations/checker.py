"""One receipt against its object, and against the secret that signed it."""

import hashlib
import json
import threading
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from serverlessapp.operations.receipts import Receipt
from serverlessapp.operations.stack import Stack

if TYPE_CHECKING:
    from types_boto3_s3 import S3Client
    from types_boto3_secretsmanager import SecretsManagerClient

CHUNK = 1024 * 1024  # bytes read at a time
GONE = ("NoSuchKey", "NoSuchVersion", "MethodNotAllowed")


class ReceiptStatus(StrEnum):
    """What became of a receipt."""

    VERIFIED = "verified"
    FAILED = "failed"
    GONE = "object gone"
    SKIPPED = "skipped"


@dataclass(frozen=True, kw_only=True)
class Verification:
    """The verdict about one ledger entry, and the reason where there is one."""

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
    s3: "S3Client"
    secrets: "SecretsManagerClient"
    _passwords: dict[str, str | Unverifiable] = field(default_factory=dict, repr=False)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def check(self, item: Mapping[str, Any]) -> Verification:
        """Return the verdict about a ledger entry.

        Raises:
            ClientError: AWS refused in a way that says nothing about this entry.
        """
        verdict, reason = self._judge(item)
        return Verification(
            key=item["object_key"]["S"],
            version_id=item["version_id"]["S"],
            verdict=verdict,
            reason=reason,
        )

    def _judge(self, item: Mapping[str, Any]) -> tuple[ReceiptStatus, str]:
        try:
            receipt = Receipt.from_item(item)
        except KeyError:
            return ReceiptStatus.SKIPPED, "no signature: written by another processor"
        except (TypeError, ValueError) as error:
            return ReceiptStatus.FAILED, f"not a receipt: {error}"
        password = self._password(receipt.secret_version)
        if isinstance(password, Unverifiable):
            return ReceiptStatus.FAILED, f"cannot be verified: {password}"
        if not receipt.is_signed_by(password, self.stack.bucket):
            return ReceiptStatus.FAILED, "the signature is not the secret's"
        try:
            size, sha256 = self._content(receipt)
        except ClientError as error:
            code = error.response["Error"]["Code"]
            if code in GONE:
                return ReceiptStatus.GONE, "this version is no longer in the bucket"
            if code == "InvalidObjectState":
                return ReceiptStatus.FAILED, "cannot be verified: the object is archived"
            raise
        if sha256 != receipt.sha256:
            return ReceiptStatus.FAILED, f"the object's SHA-256 is {sha256}, not {receipt.sha256}"
        if size != receipt.size:
            return ReceiptStatus.FAILED, f"the object has {size} bytes, not {receipt.size}"
        return ReceiptStatus.VERIFIED, ""

    def _content(self, receipt: Receipt) -> tuple[int, str]:
        """Return size and SHA-256 of exactly the version the receipt is about."""
        size, digest = 0, hashlib.sha256()
        response = self.s3.get_object(
            Bucket=self.stack.bucket, Key=receipt.key, VersionId=receipt.version_id
        )
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
            return str(json.loads(value["SecretString"])["password"])
        except ClientError as error:
            if error.response["Error"]["Code"] == "ResourceNotFoundException":
                return Unverifiable("the secret version is gone")
            raise
        except (KeyError, TypeError, ValueError):
            # Without the parser's error: that carries the secret.
            return Unverifiable("the secret version has no password")
