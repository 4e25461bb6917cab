"""A pipeline's account and two accounts with environments, as people launch them.

All is of the generated templates, but for what the emulator knows nothing of: the pipeline itself.
"""

import io
import json
import zipfile
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache, cached_property
from typing import Any

from botocore.exceptions import ClientError

from generators import application
from generators.editions import Edition
from generators.render import render
from generators.retention import Retention
from local import stacks
from local.emulator import PASSWORD, REGION, Credentials, EmulatorSession
from local.pipeline import accounts, command, launched
from local.pipeline.launched import STACK as PIPELINE
from local.pipeline.names import Place
from pipeline import names, pipeline_account
from pipeline.delivery import Delivery, Environment
from pipeline.templates import BUILDERS
from serverlessapp.template.reading import load
from tests.fixture_lanes import lane

from ..deploy_role.needed import Grant
from ..deploy_role.stage import HANDLER

A, B, C = "111111111111", "222222222222", "333333333333"
LANES = (lane(folder="receipts/"), lane("tsv", handler="summary:run", folder="reports/"))
CODE = names.CODE_BUCKET.format(pipeline=PIPELINE, account=A, region=REGION)
CODE_KEY = "tsv/0f.zip"
DELIVERY = Delivery(
    account=A,
    region=REGION,
    environments=(
        Environment(name="dev", account=C, regions=(REGION,), template=Edition.EPHEMERAL),
        Environment(name="x", account=B, regions=(REGION,)),
        Environment(name="prod", account=B, regions=(REGION,), approval=True),
    ),
    taskcat_account=C,
    taskcat_regions=(REGION,),
)
ENVIRONMENTS = {each.name: each for each in DELIVERY.environments}
TAKEN_BY = {
    names.REVIEW: pipeline_account.PIPELINE_ROLE,
    names.DELIVER: pipeline_account.PIPELINE_ROLE,
    names.INSPECT: pipeline_account.INSPECT_ROLE,
}

MADE_BY = {"SourceRole": "Source", "PackageBuildRole": "Package", "InspectBuildRole": "Plan0"}


@dataclass(frozen=True)
class World:
    """The accounts; ``root`` is any session of the emulator."""

    root: EmulatorSession
    _acting: dict[str, EmulatorSession] = field(default_factory=dict)

    def of(self, account: str) -> EmulatorSession:
        """Return a session of an account's root."""
        return self.root.acting_as(Credentials(access_key=account, secret_key=PASSWORD))

    @cached_property
    def made(self) -> dict[str, str]:
        """The names of what the pipeline's stack has, by logical ID."""
        client = self.of(A).client("cloudformation")
        resources = client.describe_stack_resources(StackName=PIPELINE)["StackResources"]
        return {each["LogicalResourceId"]: each["PhysicalResourceId"] for each in resources}

    @cached_property
    def key(self) -> str:
        """The key of artifacts."""
        client = self.of(A).client("cloudformation")
        return stacks.outputs(client, accounts.REGION_STACK)["ArtifactKeyArn"]

    @cached_property
    def uploads(self) -> str:
        """The bucket of uploads of production, which has to be deployed."""
        outputs = stacks.outputs(self.of(B).client("cloudformation"), "serverlessapp-prod")
        return outputs["UploadBucketName"]

    def stored(self, name: str) -> dict[str, str]:
        """Return where an artifact is."""
        return {"Bucket": self.made["ArtifactBucket"], "Key": f"{PIPELINE[:20]}/{name}/0f"}

    def pipelines(self, role: str) -> EmulatorSession:
        """Return a session of one of the pipeline's roles, taken once by whom it is for."""
        if role not in self._acting:
            self._acting[role] = self._take(role)
        return self._acting[role]

    def _take(self, role: str) -> EmulatorSession:
        taken = arn(A, self.made[role])
        if role == pipeline_account.PIPELINE_ROLE:
            return self.service("codepipeline", taken, f"{PIPELINE}-delivery")
        if role.endswith("BuildRole"):
            project = self.made[role.removesuffix("BuildRole")]
            return self.service("codebuild", taken, f"project/{project}")
        return self.pipelines(pipeline_account.PIPELINE_ROLE).assuming(taken, "action")

    def policies(self, account: str, role: str) -> list[dict[str, Any]]:
        """Return the policies that a role has of its own."""
        iam = self.of(account).client("iam")
        return [
            dict(iam.get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"])
            for name in iam.list_role_policies(RoleName=role)["PolicyNames"]
        ]

    def service(self, service: str, role: str, resource: str) -> EmulatorSession:
        """Return a session of a role that a service takes for a resource."""
        source = f"arn:aws:{service}:{REGION}:{A}:{resource}"
        return self.of(A).assuming(role, f"{service}.amazonaws.com", ExternalId=source)

    def taken(self, purpose: str, environment: str = "prod", by: str = "") -> EmulatorSession:
        """Return a session of an environment's role, taken by a role of the pipeline."""
        return self.pipelines(by or taking(purpose, environment)).assuming(
            in_env(purpose, environment), "step"
        )


def arn(account: str, role: str) -> str:
    return f"arn:aws:iam::{account}:role/{role}"


def taking(purpose: str, environment: str) -> str:
    """Return the role of the pipeline that takes an environment's for a purpose."""
    return TAKEN_BY.get(purpose, f"{names.verifier(environment)}BuildRole")


def in_env(purpose: str, environment: str) -> str:
    return arn(ENVIRONMENTS[environment].account, names.role(purpose, environment))


def granted(policies: Iterable[dict[str, Any]]) -> set[Grant]:
    """Return everything that policies grant."""
    return {
        (statement["Sid"], action)
        for content in policies
        for statement in content["Statement"]
        for action in statement["Action"]
    }


def launch(root: EmulatorSession) -> World:
    """Launch what people launch, and put artifacts and code where builds put them."""
    world = World(root)
    key = ""
    for each in accounts.planned(DELIVERY):
        given = {**each.parameters, "Encryption": "CustomerManaged", "PrimaryKeyArn": key}
        session = world.of(each.account).in_region(each.region)
        outputs = make(session, each.name, each.template, given)
        key = key or outputs["ArtifactKeyArn"]  # of the first, which makes it
    make(world.of(A), PIPELINE, "pipeline", form(key))
    encrypted = {"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": key}
    for title, name in MADE_BY.items():
        s3 = world.pipelines(title).client("s3")
        s3.put_object(**world.stored(name), Body=b"artifact", **encrypted)
    s3 = world.pipelines("PackageBuildRole").client("s3")
    s3.put_object(Bucket=CODE, Key=CODE_KEY, Body=package(), IfNoneMatch="*")
    return world


def form(key: str) -> dict[str, str]:
    """Return how the pipeline's form is filled in."""
    return {**command.form(Place(account=A, region=REGION)), "ArtifactKeyArn": key}


@cache
def built(name: str) -> dict[str, Any]:
    """Return a template of the delivery."""
    content: dict[str, Any] = BUILDERS[name](LANES, DELIVERY).to_dict()
    return content


def make(
    session: EmulatorSession, stack: str, template: str, parameters: dict[str, str]
) -> dict[str, str]:
    """Launch a template of the delivery, and return the outputs of its stack."""
    content = built(template)
    return stacks.deploy(
        session.client("cloudformation"),
        stack=stack,
        template=launched.held(content) if template == "pipeline" else content,
        parameters={
            name: text for name, text in parameters.items() if name in content["Parameters"]
        },
        capabilities=launched.CAPABILITIES,
    )


def package() -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("index.py", HANDLER.read_text(encoding="utf-8"))
        archive.writestr("summary.py", "def run(file, context):\n    return {'ok': True}\n")
    return content.getvalue()


@cache
def template(retention: Retention = Retention.RETAINED) -> dict[str, Any]:
    content: dict[str, Any] = load(render(application.build(retention, LANES)))
    return content


def plan(
    session: EmulatorSession,
    name: str,
    environment: str = "prod",
    content: dict[str, Any] | None = None,
    **options: str,
) -> stacks.Plan | None:
    """Make a change set of an environment in place of another, as CodePipeline's action does."""
    account = ENVIRONMENTS[environment].account
    with suppress(ClientError):  # there is none; or this is refused, and so is making one
        session.client("cloudformation").delete_change_set(
            StackName=f"serverlessapp-{environment}", ChangeSetName=name
        )
    given = {
        "EnvironmentSuffix": environment,
        "Encryption": "CustomerManaged",
        "CodeBucket": CODE,
        "TsvCodeKey": CODE_KEY,
        "PermissionsBoundaryArn": f"arn:aws:iam::{account}:policy/{names.boundary(environment)}",
    }
    return stacks.plan(
        session.client("cloudformation"),
        stack=f"serverlessapp-{environment}",
        template=content or template(),
        parameters=given,
        name=name,
        **{"RoleARN": in_env(names.DEPLOY, environment), **options},
    )


def without(content: dict[str, Any], title: str, name: str, value: Any) -> dict[str, Any]:
    """Return a template in which a property is another one, or none."""
    copy: dict[str, Any] = json.loads(json.dumps(content))
    properties = copy["Resources"][title]["Properties"]
    properties.pop(name, None)
    if value is not None:
        properties[name] = value
    return copy
