"""The policies of a deployed stack, to read and to change while it runs."""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from local.emulator import EmulatorSession

from .grants import ROLE, SAID_AGAIN, TRUST, Grant, Guard, Statement, text

Document = dict[str, Any]
# Returns what a statement becomes; None, if it disappears.
Change = Callable[[Document], Document | None]


class Policies:
    """Reads and writes them as root, which no policy holds back, so each change can be undone.

    Args:
        root: A session of the account's root.
        resources: Logical ID -> type and physical ID.
    """

    def __init__(self, root: EmulatorSession, resources: Mapping[str, tuple[str, str]]) -> None:
        self._root = root
        self._resources = resources
        self._names: dict[tuple[str, str], str] = {}  # of the policies of roles, by holder and Sid

    def read(self, holder: str, sid: str) -> Document:
        """Return the policy of a role or resource; of a role's, the one with this Sid."""
        kind, name = self._resources[holder]
        client = self._root.client(SERVICES[kind])
        if kind == ROLE and sid == TRUST:
            return dict(client.get_role(RoleName=name)["Role"]["AssumeRolePolicyDocument"])
        if kind == ROLE:
            for policy in client.list_role_policies(RoleName=name)["PolicyNames"]:
                got = client.get_role_policy(RoleName=name, PolicyName=policy)["PolicyDocument"]
                if any(each["Sid"] == sid for each in got["Statement"]):
                    self._names[holder, sid] = policy
                    return dict(got)
            raise LookupError(f"{holder} has no policy with {sid}")
        if kind == "AWS::KMS::Key":
            found = client.get_key_policy(KeyId=name, PolicyName="default")
        elif kind == "AWS::SQS::Queue":
            found = client.get_queue_attributes(QueueUrl=name, AttributeNames=["Policy"])
        elif kind == "AWS::S3::Bucket":
            found = client.get_bucket_policy(Bucket=name)
        elif kind == "AWS::SNS::Topic":
            found = client.get_topic_attributes(TopicArn=name)
        else:
            found = client.get_resource_policy(ResourceArn=self._table(name))
        return dict(json.loads(found.get("Attributes", found)["Policy"]))

    def write(self, holder: str, sid: str, document: Document) -> None:
        """Replace the policy that ``read`` returns."""
        kind, name = self._resources[holder]
        client, policy = self._root.client(SERVICES[kind]), json.dumps(document)
        if kind == ROLE and sid == TRUST:
            client.update_assume_role_policy(RoleName=name, PolicyDocument=policy)
        elif kind == ROLE:
            own = {"RoleName": name, "PolicyName": self._names[holder, sid]}
            if document["Statement"]:
                client.put_role_policy(**own, PolicyDocument=policy)
            else:  # which IAM refuses
                client.delete_role_policy(**own)
        elif kind == "AWS::KMS::Key":
            client.put_key_policy(KeyId=name, PolicyName="default", Policy=policy)
        elif kind == "AWS::SQS::Queue":
            client.set_queue_attributes(QueueUrl=name, Attributes={"Policy": policy})
        elif kind == "AWS::S3::Bucket":
            client.put_bucket_policy(Bucket=name, Policy=policy)
        elif kind == "AWS::SNS::Topic":
            client.set_topic_attributes(
                TopicArn=name, AttributeName="Policy", AttributeValue=policy
            )
        else:
            client.put_resource_policy(ResourceArn=self._table(name), Policy=policy)

    @contextmanager
    def changed(self, holder: str, sid: str, change: Change) -> Iterator[None]:
        """Change one statement while the context lasts."""
        document = self.read(holder, sid)
        kept = [
            changed
            for each in document["Statement"]
            if (changed := change(each) if each.get("Sid", TRUST) == sid else each)
        ]
        assert kept != document["Statement"], f"{holder} {sid} stays as it is"
        self.write(holder, sid, {**document, "Statement": kept})
        try:
            yield
        finally:
            self.write(holder, sid, document)

    def _table(self, name: str) -> str:
        table = self._root.client("dynamodb").describe_table(TableName=name)["Table"]
        return str(table["TableArn"])


SERVICES: Mapping[str, Any] = {
    ROLE: "iam",
    "AWS::KMS::Key": "kms",
    "AWS::SQS::Queue": "sqs",
    "AWS::S3::Bucket": "s3",
    "AWS::SNS::Topic": "sns",
    "AWS::DynamoDB::Table": "dynamodb",
}


def without(statement: Statement, part: str, value: str) -> Change:
    """Return the change that takes one value out of a statement, and the statement with the last.

    Args:
        statement: As the template has it, in the same order.
        part: ``Action``, ``Resource`` or the key of a condition.
        value: As ``grants.text`` writes it.
    """

    def change(document: Document) -> Document | None:
        changed: Document = json.loads(json.dumps(document))
        blocks = [changed, *changed.get("Condition", {}).values()]
        (block,) = (each for each in blocks if part in each)
        values = listed(block[part])
        texts = [text(each) for each in listed(of_template(statement, part))]
        del values[texts.index(value)]
        block[part] = values
        return changed if values else None

    return change


def of_template(statement: Statement, part: str) -> Any:
    """Return the values of one part of a statement as the template has them."""
    blocks = [statement.content, *statement.content.get("Condition", {}).values()]
    (block,) = (each for each in blocks if part in each)
    return block[part]


def listed(values: Any) -> list[Any]:
    """Return a list also of what stands alone."""
    return list(values) if isinstance(values, list) else [values]


def taken(statement: Statement, grant: Grant) -> Change:
    """Return the change that takes a grant away."""
    return without(statement, grant.part, grant.value)


def opened(statement: Statement, guard: Guard) -> Change:
    """Return the change that takes a guard away."""
    if guard.part == "Deny":
        return without(statement, "Resource", guard.value)
    if guard.part == "Action":
        return lambda document: {
            **document,
            "Action": [*listed(document["Action"]), guard.value],
            "Resource": "*",
        }
    if guard.part == "Resource":
        return lambda document: {**document, "Resource": "*"}
    if guard.part == "Principal":
        return lambda document: {**document, "Principal": {"AWS": "*"}}

    def change(document: Document) -> Document:
        conditions = {
            operator: {
                key: values
                for key, values in block.items()
                if key != guard.part and (guard.sid, key) not in SAID_AGAIN
            }
            for operator, block in document["Condition"].items()
        }
        return {
            **document,
            "Condition": {name: block for name, block in conditions.items() if block},
        }

    return change
