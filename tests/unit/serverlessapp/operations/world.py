"""A stack in memory, for whole runs of ``reconcile`` and ``reprocess``."""

import json
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

from botocore.exceptions import ClientError

from serverlessapp.operations.events import uploads_in

from .conftest import FakeSQS

NOW = datetime.now(UTC)
KEPT = "0055AED6DCD90281E5".ljust(64, "0")


class World(FakeSQS):
    """A bucket of current versions, ledgers by table and key, and the queues."""

    meta = SimpleNamespace(region_name="us-west-2", partition="aws")

    def __init__(self) -> None:
        super().__init__()
        self.kept = KEPT  # the sequencer of each entry
        self.files: dict[str, datetime] = {}
        self.ledgers: dict[str, dict[str, datetime]] = {"t": {}, "csv-t": {}}
        self.etags: dict[str, str] = {}
        self.versioned = True
        self.listed: list[dict[str, str]] = []  # each request
        self.failed: list[list[dict[str, Any]]] = []  # by SQS, of the next batches

    def get_paginator(self, operation: str) -> Any:
        assert operation == "list_object_versions"
        return self

    def paginate(self, **request: str) -> Any:
        self.listed.append(request)
        if len(request["Prefix"]) > 1024:
            raise ClientError({"Error": {"Code": "KeyTooLongError"}}, "ListObjectVersions")
        yield {"Versions": list(map(self.version, self.keys(**request)))}

    def keys(self, *, Prefix: str, KeyMarker: str = "", **_: str) -> list[str]:  # noqa: N803
        return [key for key in sorted(self.files) if key.startswith(Prefix) and key > KeyMarker]

    def version(self, key: str) -> dict[str, Any]:
        version, etag = "v1" if self.versioned else "null", self.etags.get(key, "e")
        common = {"VersionId": version, "IsLatest": True, "Size": 5, "ETag": f'"{etag}"'}
        return {"Key": key, "LastModified": self.files[key], **common}

    def get_bucket_versioning(self, **_: str) -> dict[str, str]:
        return {"Status": "Enabled"} if self.versioned else {}

    def batch_get_item(self, **request: Any) -> Any:
        ((table, wanted),) = request["RequestItems"].items()
        texts = {"version_id": "v1", "etag": "e", "sequencer": self.kept, "event_time": "z"}
        values = {name: {"S": text} for name, text in texts.items()}
        keys = [key["object_key"]["S"] for key in wanted["Keys"]]
        return {
            "Responses": {
                table: [
                    {
                        "object_key": {"S": key},
                        "processed_at": {"N": str(int(self.ledgers[table][key].timestamp()))},
                        **values,
                    }
                    for key in keys
                    if key in self.ledgers[table]
                ]
            }
        }

    def send_message_batch(self, **request: Any) -> Any:
        assert 0 < len(request["Entries"]) <= 10
        self._called("send batch")
        failed = {entry["Id"]: entry for entry in self.failed.pop(0)} if self.failed else {}
        for entry in request["Entries"]:
            if entry["Id"] not in failed:
                self.send_message(QueueUrl=request["QueueUrl"], MessageBody=entry["MessageBody"])
        return {"Successful": [{}], "Failed": list(failed.values())} if failed else {}

    def sent(self, queue: str) -> dict[str, str]:
        """Return the sequencers of what was sent, by key."""
        bodies = [message["Body"] for message in self.queues[queue].values()]
        return {
            uploads_in(body)[0].key: json.loads(body)["Records"][0]["s3"]["object"]["sequencer"]
            for body in bodies
        }
