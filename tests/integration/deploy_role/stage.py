"""A stack deployed with the derived role, and the ways it is changed."""

import io
import json
import zipfile
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from local import stacks
from local.emulator import EmulatorSession
from local.stacks import StackError, StackEvent

Template = dict[str, Any]

ENVIRONMENT = "prod"
STACK = f"serverlessapp-{ENVIRONMENT}"
CODE_BUCKET = "code-packages"
GOOD = ("CREATE_COMPLETE", "UPDATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE")
PACKAGE = {"CodeBucket": CODE_BUCKET, "CodeKey": "code.zip"}


@dataclass
class Stage:
    """The role, and the one stack that it is for."""

    session: EmulatorSession
    template: Template
    role: str
    boundary: str
    parameters: dict[str, str] = field(default_factory=dict)
    name: str = STACK

    def __post_init__(self) -> None:
        self.parameters = {
            "EnvironmentSuffix": ENVIRONMENT,
            "PermissionsBoundaryArn": self.boundary,
            "AlarmEmail": "on-call@example.com",
            "Encryption": "CustomerManaged",
        } | self.parameters

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
        planned = stacks.plan(
            self.cloudformation,
            stack=self.name,
            template=template or self.template,
            parameters=self.parameters | parameters,
            RoleARN=self.role,
        )
        assert planned, "there was nothing to change"
        self.watch(stacks.execute(self.cloudformation, planned))

    def status(self) -> str | None:
        return stacks.status(self.cloudformation, self.name)

    def delete(self) -> None:
        if self.status():
            self.watch(stacks.delete(self.cloudformation, self.name))

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

    def ensure(self, *, exists: bool) -> None:
        """Bring the stack about, in order, or away."""
        if exists and self.status() in GOOD:
            return
        self.delete()
        if exists:
            self.deploy()


def changed(template: Template) -> Template:
    """Return the template with something harmless changed about every resource."""
    copy: Template = json.loads(json.dumps(template).replace('"TAP"', '"Somebody else"'))
    for resource in copy["Resources"].values():
        properties = resource.get("Properties", {})
        if "PolicyDocument" in properties:
            properties["PolicyDocument"]["Statement"][0]["Sid"] += "Too"
        elif resource["Type"] == "AWS::Logs::QueryDefinition":
            properties["QueryString"] += "\n| limit 1"
        elif resource["Type"] == "AWS::SNS::Subscription":
            properties["RawMessageDelivery"] = False
    return copy


def failing(template: Template) -> Template:
    """Return the template with a last resource that cannot be made."""
    copy: Template = json.loads(json.dumps(template))
    bucket = template["Resources"]["UploadBucket"]["Properties"]["BucketName"]
    copy["Resources"]["Impossible"] = {
        "Type": "AWS::S3::Bucket",
        "DependsOn": list(template["Resources"]),
        "Properties": {"BucketName": bucket},  # there is one of this name
    }
    return copy


def package(session: EmulatorSession, template: Template) -> None:
    """Put the template's own code into the bucket of code packages."""
    code = template["Resources"]["FileProcessor"]["Properties"]["Code"]["Fn::If"][2]
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("index.py", code["ZipFile"])
    client = session.client("s3")
    client.create_bucket(
        Bucket=CODE_BUCKET,
        CreateBucketConfiguration={"LocationConstraint": session.region_name},
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


def refusal(attempt: Callable[[], None]) -> str:
    """Return in which words CloudFormation fails; none if it does not."""
    try:
        attempt()
    except StackError as error:
        return str(error)
    return ""
