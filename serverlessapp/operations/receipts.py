"""Receipts: what the ledger says about a file, and whether the signature is true."""

import hashlib
import hmac
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from boto3.dynamodb.types import TypeDeserializer

from serverlessapp.operations import ledger

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient


@dataclass(frozen=True, kw_only=True)
class Receipt:
    """One ledger entry of the processor ``sign_receipt``. Size in bytes."""

    key: str
    version_id: str
    size: int
    sha256: str
    media_type: str
    signature: str
    secret_version: str

    @classmethod
    def from_item(cls, item: Mapping[str, Any]) -> "Receipt":
        """Return the receipt in a DynamoDB item.

        Raises:
            KeyError: The entry was written by another processor.
        """
        entry = {name: TypeDeserializer().deserialize(value) for name, value in item.items()}
        receipt = entry["receipt"]
        return cls(
            key=entry["object_key"],
            version_id=entry["version_id"],
            size=int(entry["size"]),
            sha256=receipt["sha256"],
            media_type=receipt["type"],
            signature=receipt["signature"],
            secret_version=receipt["secret_version"],
        )

    def is_signed_by(self, password: str, bucket: str) -> bool:
        """Whether the holder of the secret signed exactly this content of this version."""
        statement = "|".join((bucket, self.key, self.version_id, self.sha256))
        expected = hmac.new(password.encode(), statement.encode(), hashlib.sha256)
        return hmac.compare_digest(expected.hexdigest(), self.signature)


def read(dynamodb: "DynamoDBClient", table: str) -> Iterator[Receipt]:
    """Yield every receipt in the ledger, in no particular order."""
    for page in ledger.pages(dynamodb, table):
        for item in page:
            yield Receipt.from_item(item)
