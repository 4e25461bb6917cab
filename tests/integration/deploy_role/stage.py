"""A stack deployed with a derived role, and the ways it is changed."""

import io
import json
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from generators.parameters import SOURCE_BUCKET
from local import stacks
from local.emulator import EmulatorSession
from local.stacks import StackError, StackEvent

Template = dict[str, Any]

HANDLER = Path(__file__).resolve().parents[3] / "functions/file_processor/index.py"
CODE_BUCKET = "tcat-serverlessapp-code"
GOOD = ("CREATE_COMPLETE", "UPDATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE")
CODE_KEY = "code.zip"
PACKAGE = {"CodeBucket": CODE_BUCKET, "CodeKey": CODE_KEY}


@dataclass(frozen=True, kw_only=True)
class Stage:
    """A role, and one stack that it is for.

    Attributes:
        launched: What a person makes of the stack before the role has to do with it; None: nothing.
        kept: A bucket that stays when the stack is deleted, under a name that the next one wants.
    """

    session: EmulatorSession
    template: Template
    role: str
    name: str
    parameters: Mapping[str, str]
    launched: Template | None = None
    kept: str = ""

    @property
    def role_name(self) -> str:
        return self.role.rsplit("/", 1)[-1]

    @property
    def cloudformation(self) -> Any:
        return self.session.client("cloudformation")

    def deploy(self, template: Template | None = None, **parameters: str) -> None:
        """Create or update the stack.

        Raises:
            StackError: See ``watch``.
        """
        self.change(template or self.template, {**self.parameters, **parameters}, RoleARN=self.role)

    def change(self, template: Template, parameters: Mapping[str, str], **options: str) -> None:
        """Create or update the stack; see ``deploy``."""
        planned = stacks.plan(
            self.cloudformation,
            stack=self.name,
            template=template,
            parameters=parameters,
            **options,
        )
        assert planned, "there was nothing to change"
        self.watch(stacks.execute(self.cloudformation, planned))

    def status(self) -> str | None:
        return stacks.status(self.cloudformation, self.name)

    def delete(self) -> None:
        if self.status():
            self.watch(stacks.delete(self.cloudformation, self.name))
        s3 = self.session.client("s3")
        with suppress(s3.exceptions.NoSuchBucket):
            if self.kept:
                s3.delete_bucket(Bucket=self.kept)

    def watch(self, events: Iterable[StackEvent]) -> None:
        """Follow what happens.

        Raises:
            StackError: With every failure, also those of rolling back.
        """
        reasons: list[str] = []
        try:
            reasons.extend(event.reason for event in events if event.is_failure)
        except StackError as error:
            raise StackError("\n".join([*reasons, str(error)])) from error

    def is_deployed(self) -> bool:
        if self.status() not in GOOD:
            return False
        resources = self.cloudformation.describe_stack_resources(StackName=self.name)
        return len(resources["StackResources"]) >= len(self.template["Resources"])

    def ensure(self, *, exists: bool) -> None:
        """Bring the stack about, in order, or away, but for what a person launches."""
        if exists and self.is_deployed():
            return
        self.delete()
        if self.launched:
            self.change(self.launched, self.parameters)
        if exists:
            self.deploy()


def changed(template: Template, launched: Template | None = None) -> Template:
    """Return the template with something harmless changed about all that a person did not make."""
    copy: Template = json.loads(json.dumps(template).replace('"TAP"', '"Somebody else"'))
    for resource in copy["Resources"].values():
        properties = resource.get("Properties", {})
        if "PolicyDocument" in properties:
            properties["PolicyDocument"]["Statement"][0]["Sid"] += "Too"
        elif resource["Type"] == "AWS::Logs::QueryDefinition":
            properties["QueryString"] += "\n| limit 1"
        elif resource["Type"] == "AWS::SNS::Subscription":
            properties["RawMessageDelivery"] = False
    for title in launched["Resources"] if launched else ():
        copy["Resources"][title] = template["Resources"][title]
    return copy


def failing(template: Template) -> Template:
    """Return the template with a last resource that cannot be made."""
    copy: Template = json.loads(json.dumps(template))
    resources = template["Resources"].items()
    buckets = (title for title, item in resources if item["Type"] == "AWS::S3::Bucket")
    copy["Resources"]["Impossible"] = {
        "Type": "AWS::S3::Bucket",
        "DependsOn": list(template["Resources"]),
        "Properties": {"BucketName": {"Ref": next(buckets, SOURCE_BUCKET)}},  # it is taken
    }
    return copy


def package(session: EmulatorSession) -> None:
    """Put the application's own code into the bucket of packages, which has a key of its own."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("index.py", HANDLER.read_text(encoding="utf-8"))
    client = session.client("s3")
    client.create_bucket(
        Bucket=CODE_BUCKET,
        CreateBucketConfiguration={"LocationConstraint": session.region_name},
    )
    key = session.client("kms").create_key()["KeyMetadata"]["Arn"]
    default = {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": key}
    client.put_bucket_encryption(
        Bucket=CODE_BUCKET,
        ServerSideEncryptionConfiguration={
            "Rules": [{"ApplyServerSideEncryptionByDefault": default}]
        },
    )
    client.put_object(Bucket=CODE_BUCKET, Key=PACKAGE["CodeKey"], Body=content.getvalue())


def document(session: EmulatorSession, arn: str) -> Template:
    """Return the statements of a managed policy."""
    iam = session.client("iam")
    version = iam.get_policy(PolicyArn=arn)["Policy"]["DefaultVersionId"]
    found = iam.get_policy_version(PolicyArn=arn, VersionId=version)["PolicyVersion"]["Document"]
    return dict(found)


def rewrite(session: EmulatorSession, arn: str, content: Mapping[str, Any]) -> None:
    """Give a managed policy another content; IAM keeps five versions at most."""
    iam = session.client("iam")
    before = iam.get_policy(PolicyArn=arn)["Policy"]["DefaultVersionId"]
    iam.create_policy_version(PolicyArn=arn, PolicyDocument=json.dumps(content), SetAsDefault=True)
    iam.delete_policy_version(PolicyArn=arn, VersionId=before)


@contextmanager
def denied(
    session: EmulatorSession, policies: Mapping[str, Template], action: str
) -> Iterator[None]:
    """Deny the role of some policies an action, for a while."""
    arn, content = next(iter(policies.items()))
    deny = {"Effect": "Deny", "Action": [action], "Resource": ["*"]}
    rewrite(session, arn, {**content, "Statement": [*content["Statement"], deny]})
    try:
        yield
    finally:
        rewrite(session, arn, content)


def refusal(attempt: Callable[[], None]) -> str:
    """Return in which words CloudFormation fails; none if it does not."""
    try:
        attempt()
    except StackError as error:
        return str(error)
    return ""
