"""S3 events: which files a message is about, and a message about a file.

The shape is S3's own (Amazon S3 User Guide, "Event message structure"), or the same through
EventBridge, where keys are not encoded ("EventBridge event message structure"). Either may be
the text of a message of SNS (Amazon SNS Developer Guide, "Amazon SNS raw message delivery").
"""

import json
from dataclasses import dataclass
from urllib.parse import quote_plus, unquote_plus

SEQUENCER_WIDTH = 64  # hex digits the ledger keeps, padded on the right; S3's have 16 to 18
BEFORE_ALL = "0"  # less than any sequencer of S3: whatever S3 itself reports wins
# What the function processes; everything else that S3 tells has no new content.
PROCESSED = (
    *("ObjectCreated:", "ObjectRestore:Completed"),
    *("Object Created", "Object Restore Completed"),
)


@dataclass(frozen=True, kw_only=True)
class Upload:
    """One object version."""

    key: str
    version_id: str  # "null" where there are no versions
    size: int  # bytes
    etag: str
    uploaded: str  # in UTC, as S3 writes it


def uploads_in(body: str) -> list[Upload]:
    """Return the files a message is about; none when nobody can read it."""
    try:
        event = json.loads(body)
        if event.get("Type") == "Notification":
            event = json.loads(event["Message"])
        if "detail-type" in event:
            if event["source"] != "aws.s3" or not event["detail-type"].startswith(PROCESSED):
                return []
            item = event["detail"]["object"]
            return [
                Upload(
                    key=str(item["key"]),
                    version_id=str(item.get("version-id") or "null"),
                    size=int(item["size"]),
                    etag=str(item["etag"]),
                    uploaded=str(event["time"]),
                )
            ]
        return [
            Upload(
                key=unquote_plus(record["s3"]["object"]["key"], errors="strict"),
                version_id=str(record["s3"]["object"].get("versionId") or "null"),
                size=int(record["s3"]["object"]["size"]),
                etag=str(record["s3"]["object"]["eTag"]),
                uploaded=str(record["eventTime"]),
            )
            for record in event["Records"]
            if record["eventName"].startswith(PROCESSED)
        ]
    except (AttributeError, KeyError, OverflowError, RecursionError, TypeError, ValueError):
        return []


def message_about(
    upload: Upload, *, bucket: str, region: str, partition: str, sequencer: str, command: str
) -> str:
    """Return the message S3 would have sent for this upload, in fewer words.

    ``configurationId`` tells which command sent it, should it be parked.
    """
    record = {
        "eventVersion": "2.1",
        "eventSource": "aws:s3",
        "awsRegion": region,
        "eventTime": upload.uploaded,
        "eventName": "ObjectCreated:Put",
        "s3": {
            "s3SchemaVersion": "1.0",
            "configurationId": command,
            "bucket": {"name": bucket, "arn": f"arn:{partition}:s3:::{bucket}"},
            "object": {
                "key": quote_plus(upload.key, safe="/"),
                "size": upload.size,
                "eTag": upload.etag,
                "versionId": upload.version_id,
                "sequencer": sequencer,
            },
        },
    }
    return json.dumps({"Records": [record]})


def sequencer_after(kept: str | None) -> str:
    """Return a sequencer after the ledger's and before any that S3 has yet to send.

    Without an entry that is ``"0"``. With one it is the ledger's 64 digits with 1 added to
    the last: those are S3's 16 to 18 digits and padding, so S3's next sequencer differs in
    a digit far to the left and stays greater. So an event that was not lost after all,
    whenever it arrives, still wins over ours, and ours over what the ledger has.
    """
    if kept is None:
        return BEFORE_ALL
    return f"{int(kept.ljust(SEQUENCER_WIDTH, '0'), 16) + 1:0{SEQUENCER_WIDTH}X}"
