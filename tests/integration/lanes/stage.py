"""A stack of several lanes, the ways it is changed, and what its processors made of files."""

import io
import json
import zipfile
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import boto3

from generators.application import build
from generators.inline import source
from generators.lanes import Lane
from generators.render import render
from generators.retention import Retention
from local import stacks
from serverlessapp.operations import ledger, metrics, stack
from serverlessapp.operations.checker import Checker, ReceiptStatus
from serverlessapp.template.reading import load
from serverlessapp.template.references import references

from ..conftest import Deployment, wait_until

BUCKET, KEY = "code-of-lanes", "run.zip"
TLS = "DenyInsecureTransport"
CODE = """
import os
from index import PermanentError


def run(file, context):
    with context.open() as download:
        content = download.read()
    if content == b"bad":
        raise PermanentError("it is bad")
    return {"word": os.environ.get("WORD", ""), "size": len(content)}
"""


def store_code(session: boto3.Session, files: Mapping[str, str] | None = None) -> None:
    """Put a package into a bucket; by default, that which all lanes run."""
    package = io.BytesIO()
    with zipfile.ZipFile(package, "w") as archive:
        for name, text in (files or {"index.py": source("file_processor"), "own.py": CODE}).items():
            archive.writestr(name, text)
    s3 = session.client("s3")
    where: Any = {"LocationConstraint": session.region_name}
    s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration=where)
    s3.put_object(Bucket=BUCKET, Key=KEY, Body=package.getvalue())


def remove_code(session: boto3.Session) -> None:
    """Delete the package and its bucket."""
    s3 = session.client("s3")
    s3.delete_object(Bucket=BUCKET, Key=KEY)
    s3.delete_bucket(Bucket=BUCKET)


def content(lanes: Sequence[Lane], retention: Retention) -> dict[str, Any]:
    """Return the template of these lanes, for an emulator that speaks plain HTTP."""
    template: dict[str, Any] = load(render(build(retention, lanes)))
    for resource in template["Resources"].values():
        for name in ("PolicyDocument", "ResourcePolicy"):
            policy = resource["Properties"].get(name, {})
            policy = policy.get("PolicyDocument", policy)
            policy["Statement"] = [
                each for each in policy.get("Statement", []) if each.get("Sid") != TLS
            ]
    return template


def code_of(lanes: Sequence[Lane]) -> dict[str, str]:
    """Return the parameters that name the packages."""
    keys = {each.parameter("CodeKey"): KEY for each in lanes if not each.is_first}
    return {"CodeBucket": BUCKET, **keys} if keys else {}


class Stage(Deployment):
    """A stack whose lanes come and go."""

    retention = Retention.EPHEMERAL

    def change(self, *lanes: Lane) -> dict[str, set[str]]:
        """Update to these lanes; return what the change set says, logical IDs by action."""
        cloudformation = self.client("cloudformation")
        plan = stacks.plan(
            cloudformation,
            stack=self.name,
            template=content(lanes, self.retention),
            parameters=code_of(lanes),
        )
        assert plan
        for _ in stacks.execute(cloudformation, plan):
            pass
        self.outputs = stacks.outputs(cloudformation, self.name)
        changes: dict[str, set[str]] = {}
        for change in plan.changes:
            changes.setdefault(change.action, set()).add(change.logical_id)
        return changes

    def referring_to(self, title: str) -> set[str]:
        """Return the resources that refer to a resource."""
        body = self.client("cloudformation").get_template(StackName=self.name)["TemplateBody"]
        return {
            name
            for name, resource in load(json.dumps(body) if isinstance(body, dict) else body)[
                "Resources"
            ].items()
            if any(reference.target == title for reference in references(resource))
        }

    def deliver(self, name: str, *, on: bool) -> None:
        """Let a lane's files wait in its queue, or no longer."""
        lambdas = self.client("lambda")
        (mapping,) = lambdas.list_event_source_mappings(FunctionName=self.lane(name).function)[
            "EventSourceMappings"
        ]
        lambdas.update_event_source_mapping(UUID=mapping["UUID"], Enabled=on)

    def retry_soon(self, name: str) -> None:
        """Let a lane have files that failed again after some seconds."""
        self.client("sqs").set_queue_attributes(
            QueueUrl=self.lane(name).ingest_queue, Attributes={"VisibilityTimeout": "5"}
        )

    def lane(self, name: str) -> stack.StackLane:
        """Return what there is for a processor."""
        (lane,) = stack.find(self.client("cloudformation"), self.name, name).chosen
        return lane

    def entries(self, name: str) -> dict[str, Any]:
        """Return the items in a lane's ledger, by the file's name."""
        return entries_in(self, self.lane(name).ledger)

    def wait_for(self, name: str, *files: str) -> None:
        """Wait until a lane has entered these files and no others; each entry is true."""
        wait_until(f"{files} in {name}", lambda: self.entries(name).keys() >= set(files))
        items = self.entries(name)
        assert items.keys() == set(files)
        found = stack.find(self.client("cloudformation"), self.name)
        checker = Checker(stack=found, s3=self.client("s3"), secrets=self.client("secretsmanager"))
        for item in items.values():
            checked = checker.check(self.lane(name), item)
            assert checked.verdict is ReceiptStatus.VERIFIED, checked.reason

    def processed(self, name: str) -> Counter[str]:
        """Return how often a lane's log says of a file that it was entered."""
        lines = metrics.log_lines(self.client("logs"), self.lane(name).log_group)
        prefix = self.outputs["UploadPrefix"]
        return Counter(
            line["key"].removeprefix(prefix) for line in lines if line.get("message") == "processed"
        )


def entries_in(deployment: Deployment, table: str) -> dict[str, Any]:
    """Return the items of a table by the file's name."""
    prefix = deployment.outputs["UploadPrefix"]
    return {
        item["object_key"]["S"].removeprefix(prefix): item
        for page in ledger.pages(deployment.client("dynamodb"), table, None)
        for item in page
    }
