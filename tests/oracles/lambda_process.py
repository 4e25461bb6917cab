"""Runs a function's inline code as Lambda does, in a process of its own, with moto in AWS's place.

``invocations`` starts it; nothing but this file and what it imports is in the process then.
"""

import importlib
import json
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote_plus

import boto3
from botocore import handlers
from botocore.awsrequest import AWSResponse
from botocore.compat import HTTPHeaders
from moto import mock_aws

Json = dict[str, Any]
PASSWORD = "correct-horse"
RESULT, OUTPUT = "result.json", "output.txt"


class Refusals:
    """Answers for AWS where an operation is to be refused.

    Attributes:
        codes: Operation such as ``s3.GetObject`` -> code of the error.
    """

    def __init__(self) -> None:
        self.codes: dict[str, str] = {}

    def __call__(self, request: Any, event_name: str, **_: Any) -> AWSResponse | None:
        code = self.codes.get(event_name.removeprefix("before-send."))
        if code is None:
            return None  # moto answers
        answer: Any = AWSResponse(request.url, 403, HTTPHeaders(), None)
        answer._content = f"<Error><Code>{code}</Code><Message>no</Message></Error>".encode()
        return answer  # type: ignore[no-any-return]


class MockedAccount:
    """What the function's stack has in it, made by the properties of the template."""

    def __init__(self, resources: list[Json]) -> None:
        session = boto3.Session()
        self.s3: Any = session.client("s3")
        self.sqs: Any = session.client("sqs")
        self.dynamodb: Any = session.client("dynamodb")
        self.secrets: Any = session.client("secretsmanager")
        for resource in resources:
            make = getattr(self, resource["kind"].replace("::", "_").lower())
            make(resource["name"], resource["properties"])

    def aws_s3_bucket(self, name: str, properties: Json) -> None:
        where = {"LocationConstraint": os.environ["AWS_REGION"]}
        self.s3.create_bucket(Bucket=name, CreateBucketConfiguration=where)
        if versioning := properties.get("VersioningConfiguration"):
            self.s3.put_bucket_versioning(Bucket=name, VersioningConfiguration=versioning)

    def aws_sqs_queue(self, name: str, properties: Json) -> None:
        self.sqs.create_queue(QueueName=name)

    def aws_dynamodb_table(self, name: str, properties: Json) -> None:
        self.dynamodb.create_table(TableName=name, **properties)

    def aws_secretsmanager_secret(self, name: str, properties: Json) -> None:
        generated = properties["GenerateSecretString"]
        value = json.loads(generated["SecretStringTemplate"])
        value[generated["GenerateStringKey"]] = PASSWORD
        self.secrets.create_secret(Name=name, SecretString=json.dumps(value))

    def stored(self, message: Json) -> str:
        """Put the objects that a message is about, and return it with what S3 answered."""
        event = json.loads(message["body"])
        for record in event["Records"]:
            bucket, item = record["s3"]["bucket"]["name"], record["s3"]["object"]
            content = message["content"].encode()
            answer = self.s3.put_object(
                Bucket=bucket,
                Key=unquote_plus(item["key"]),
                Body=content,
                Metadata=message["metadata"],
            )
            item |= {"size": len(content), "eTag": answer["ETag"].strip('"')}
            item["versionId"] = answer.get("VersionId", "null")
        return json.dumps(event)

    def entries(self) -> list[Json]:
        """Return what every table has."""
        tables = self.dynamodb.list_tables()["TableNames"]
        return [item for name in tables for item in self.dynamodb.scan(TableName=name)["Items"]]

    def messages(self) -> dict[str, list[Json]]:
        """Return what is in each queue, by its name."""
        return {
            url.rpartition("/")[2]: self.sqs.receive_message(
                QueueUrl=url, MaxNumberOfMessages=10, MessageAttributeNames=["All"]
            ).get("Messages", [])
            for url in self.sqs.list_queues().get("QueueUrls", [])
        }


class LambdaContext:
    """The part of Lambda's context that tells the time that is left."""

    def __init__(self, milliseconds: int) -> None:
        self.end = time.monotonic() + milliseconds / 1000

    def get_remaining_time_in_millis(self) -> int:
        return int((self.end - time.monotonic()) * 1000)


def bodies_of(account: MockedAccount, messages: list[Json], before: list[Json]) -> Iterator[str]:
    """Yield the bodies of messages: as they are, about objects put now, or those of before."""
    for each in messages:
        if "again" in each:
            invocation, number = each["again"]
            yield before[invocation]["bodies"][number]
        else:
            yield account.stored(each) if "content" in each else each["body"]


def invoked(handler: Any, account: MockedAccount, invocation: Json, before: list[Json]) -> Json:
    """Invoke the function once, and return its answer or its error, and the bodies it got."""
    bodies = list(bodies_of(account, invocation["messages"], before))
    event = invocation["event"] or {
        "Records": [
            {**invocation["envelope"], "messageId": str(number), "body": body}
            for number, body in enumerate(bodies)
        ]
    }
    try:
        answer = handler(event, LambdaContext(invocation["milliseconds"]))
    except Exception as error:
        return {"error": repr(error), "bodies": bodies}
    return {"answer": answer, "bodies": bodies}


def main(job: Json, folder: Path) -> None:
    """Do a job; ``folder`` becomes Lambda's task root, and gets what comes of it.

    Args:
        job: See ``invocations.run``.
        folder: In the end, ``RESULT`` in it says what came of the job, and ``OUTPUT`` has what the
            function wrote.
    """
    os.environ.clear()
    os.environ.update(job["environment"])
    with (folder / OUTPUT).open("w", encoding="utf-8") as output:
        os.dup2(output.fileno(), sys.stdout.fileno())
    (folder / "index.py").write_text(job["code"], encoding="utf-8")
    sys.path.insert(0, str(folder))
    refusals = Refusals()
    handlers.BUILTIN_HANDLERS.insert(0, ("before-send", refusals))
    outcomes: list[Json] = []
    with mock_aws():
        account = MockedAccount(job["resources"])
        module, _, name = os.environ["_HANDLER"].rpartition(".")
        handler = getattr(importlib.import_module(module), name)
        for each in job["invocations"]:
            refusals.codes = each["refused"]
            outcomes.append(invoked(handler, account, each, outcomes))
        came = {
            "outcomes": outcomes,
            "entries": account.entries(),
            "messages": account.messages(),
            "password": PASSWORD,
        }
    sys.stdout.flush()
    (folder / RESULT).write_text(json.dumps(came, default=str), encoding="utf-8")
