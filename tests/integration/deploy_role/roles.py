"""The derived roles, each with the stacks that it is for and what happens to them."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property, partial

from troposphere import Template as Builder

from generators import application
from generators.editions import Edition
from generators.parameters import SOURCE_ACCOUNT, SOURCE_BUCKET
from generators.render import render
from generators.retention import Retention
from generators.source import UploadSource
from local import stacks
from local.emulator import ACCOUNT, EmulatorSession
from local.enforcement.decisions import Decision, DecisionLog
from pipeline import boundary, definition, deploy_role, names, taskcat_role, update_role
from serverlessapp.template.reading import load
from tests.fixture_lanes import lane

from . import stage
from .stage import CODE_BUCKET, CODE_KEY, PACKAGE, Stage, Template

# Another lane of each source, so that nothing that the roles are for is missing.
LANES = (
    lane(folder="receipts/"),
    lane("csv", folder="reports/"),
    lane("xml", source="eventbridge", suffixes=[".xml"], storage=1024),
)
APPLICATION = {
    "AlarmEmail": "on-call@example.com",
    "Encryption": "CustomerManaged",
    "CodeBucket": CODE_BUCKET,
    "CsvCodeKey": CODE_KEY,
    "XmlCodeKey": CODE_KEY,
    # The options for which CloudFormation needs more.
    "CompletionEvents": "On",
    "VpcSubnetIds": "subnet-0a1b2c3d4e5f60718",
    "VpcSecurityGroupIds": "sg-0a1b2c3d4e5f60718",
}


@dataclass(frozen=True, kw_only=True)
class Phase:
    """Something that happens to a stack.

    Attributes:
        exists: Whether there is a stack before.
        fails: Whether it is meant to fail.
    """

    home: Stage
    attempt: Callable[[], None]
    exists: bool = True
    fails: bool = False


@dataclass(frozen=True, kw_only=True, eq=False)
class Role:
    """A role in the emulator, one of its stacks, and what can happen, in a possible order."""

    home: Stage
    phases: Mapping[str, Phase]
    made: str  # logical ID of a role that it makes
    given: Mapping[str, str] = field(default_factory=dict)  # parameters of its own stack

    @property
    def name(self) -> str:
        return self.home.role_name

    @cached_property
    def policies(self) -> dict[str, Template]:
        """The content of its policies by ARN."""
        iam = self.home.session.client("iam")
        attached = iam.list_attached_role_policies(RoleName=self.name)["AttachedPolicies"]
        arns = [policy["PolicyArn"] for policy in attached]
        return {arn: stage.document(self.home.session, arn) for arn in arns}


def lived(role: Role, decisions: DecisionLog) -> dict[str, list[Decision]]:
    """Take the stacks of a role through all phases, and return what was decided in each."""
    found: dict[str, list[Decision]] = {}
    for name, phase in role.phases.items():
        phase.home.ensure(exists=phase.exists)
        position = decisions.position()
        words = stage.refusal(phase.attempt)
        assert ("Impossible" in words) if phase.fails else not words, (name, words)
        made = decisions.since(position)
        found[name] = [each for each in made if role.name == each.role]
    for phase in role.phases.values():
        phase.home.delete()
    return found


def life(home: Stage) -> dict[str, Phase]:
    """Return the phases of every stack."""
    failing = stage.failing(home.template)
    return {
        "create": Phase(home=home, attempt=home.deploy, exists=False),
        "delete": Phase(home=home, attempt=home.delete),
        "rollback": Phase(
            home=home, attempt=lambda: home.deploy(failing), exists=False, fails=True
        ),
    }


def changes(home: Stage, name: str, **parameters: str) -> dict[str, Phase]:
    """Return the phases of a stack that is updated as well, once with other parameters."""
    changed = stage.changed(home.template, home.launched)
    failing = stage.failing(home.template)
    born = life(home)
    return {
        "create": born.pop("create"),
        "update": Phase(home=home, attempt=lambda: home.deploy(changed)),
        name: Phase(home=home, attempt=lambda: home.deploy(home.template, **parameters)),
        "update rollback": Phase(home=home, attempt=lambda: home.deploy(failing), fails=True),
        **born,
    }


def template_name(name: str) -> str:
    """Return the name of the template of a role, without its suffix."""
    kind, _, variant = name.partition("-")
    return "-".join(filter(None, (kind, "role", variant)))


def launch(session: EmulatorSession, name: str, **parameters: str) -> dict[str, str]:
    """Make the stack of a role, and return its outputs."""
    return stacks.deploy(
        session.client("cloudformation"),
        stack=template_name(name),
        template=render(BUILDERS[name]()).decode(),
        parameters=parameters,
        capabilities=["CAPABILITY_NAMED_IAM"],
    )


def deploying(
    session: EmulatorSession,
    name: str = "deploy",
    environment: str = "prod",
    edition: Edition = Edition.RETAINED,
) -> Role:
    """Return the role of the application."""
    given = {"EnvironmentSuffix": environment, "Encryption": "CustomerManaged"}
    own = {**given, "CodeBucket": CODE_BUCKET}
    source = {}
    if edition.source is UploadSource.EXISTING_BUCKET:
        source = {SOURCE_BUCKET: "somebody-s", SOURCE_ACCOUNT: "210987654321"}
    outputs = launch(session, name, **own, **source)
    home = Stage(
        session=session,
        template=load(render(edition.build(LANES))),
        role=outputs["DeployRoleArn"],
        name=outputs["ApplicationStackName"],
        parameters=APPLICATION
        | given
        | source
        | {"PermissionsBoundaryArn": outputs["PermissionsBoundaryArn"]},
    )
    phases = changes(home, "package", **PACKAGE)
    if edition is not Edition.RETAINED:
        phases = {name: phases[name] for name in ("create", "update", "delete")}
    return Role(home=home, phases=phases, made="FileProcessorRole", given=own)


def updating(session: EmulatorSession) -> Role:
    """Return the role of the pipeline; a person has made boundary and buckets that stay."""
    outputs = launch(session, "update")
    template = load(render(definition.build()))
    del template["Outputs"]
    limit = template["Resources"][boundary.TITLE]
    limit["Properties"]["PolicyDocument"] = document("s3:GetObject")
    by_person = [boundary.TITLE]
    by_person += [f"{name}Bucket{part}" for name in ("Code", "Release") for part in ("", "Policy")]
    launched = {title: template["Resources"][title] for title in by_person}
    connection = f"arn:aws:{{}}:{session.region_name}:{ACCOUNT}:connection/0f"
    home = Stage(
        session=session,
        template=template,
        role=outputs["UpdateRoleArn"],
        name=outputs["PipelineStackName"],
        parameters={
            "ConnectionArn": connection.format("codestar-connections"),
            "RepositoryId": "team/repository",
            "NotificationEmail": "on-call@example.com",
        },
        launched=template | {"Resources": launched},
        kept=names.CODE_BUCKET.format(
            pipeline=outputs["PipelineStackName"], account=ACCOUNT, region=session.region_name
        ),
    )
    renamed = {"ConnectionArn": connection.format("codeconnections")}
    return Role(home=home, phases=changes(home, "connection", **renamed), made="PipelineRole")


def testing(session: EmulatorSession) -> Role:
    """Return the role of taskcat, with nothing but what CloudFormation does in it."""
    outputs = launch(session, "taskcat")
    home = Stage(
        session=session,
        template=load(render(application.build(Retention.RETAINED, LANES))),
        role=outputs["TaskcatRoleArn"],
        name="tCaT-kept-000000",
        parameters=APPLICATION
        | {
            "EnvironmentSuffix": "tcat-kept",
            "PermissionsBoundaryArn": outputs["PermissionsBoundaryArn"],
        },
    )
    session.client("iam").delete_role_policy(RoleName=home.role_name, PolicyName="RunTests")
    ephemeral = replace(
        home,
        template=load(render(application.build(Retention.EPHEMERAL, LANES))),
        name="tCaT-default-000000",
        parameters={**home.parameters, "EnvironmentSuffix": "tcat-default", **PACKAGE},
    )
    return Role(
        home=home,
        phases=life(home) | {f"{name}, ephemeral": p for name, p in life(ephemeral).items()},
        made="FileProcessorRole",
    )


def document(*actions: str) -> Template:
    """Return a policy that allows some actions anywhere."""
    statement = {"Sid": "All", "Effect": "Allow", "Action": [*actions], "Resource": ["*"]}
    return {"Version": "2012-10-17", "Statement": [statement]}


BOUNDARIES = (deploy_role.BOUNDARY, taskcat_role.BOUNDARY)
ROLES: Mapping[str, Callable[[EmulatorSession], Role]] = {
    "deploy": deploying,
    "deploy-ephemeral": partial(
        deploying,
        name="deploy-ephemeral",
        environment="dev",
        edition=Edition.EPHEMERAL,
    ),
    "deploy-existing-bucket": partial(
        deploying,
        name="deploy-existing-bucket",
        environment="stage",
        edition=Edition.EXISTING_BUCKET,
    ),
    "update": updating,
    "taskcat": testing,
}
# The same as the one for retained environments, but for some actions: test_every_grant.py.
VARIANTS = ("deploy-ephemeral", "deploy-existing-bucket")
DIFFERENT = tuple(name for name in ROLES if name not in VARIANTS)
BUILDERS: Mapping[str, Callable[[], Builder]] = {
    "deploy": deploy_role.build,
    "deploy-ephemeral": partial(deploy_role.build, edition=Edition.EPHEMERAL),
    "deploy-existing-bucket": partial(deploy_role.build, edition=Edition.EXISTING_BUCKET),
    "update": update_role.build,
    "taskcat": taskcat_role.build,
}


def statements(name: str) -> Iterator[Template]:
    """Yield the statements of everything that a role is granted by derivation."""
    for title, resource in load(render(BUILDERS[name]()))["Resources"].items():
        if resource["Type"] == "AWS::IAM::ManagedPolicy" and title not in BOUNDARIES:
            yield from resource["Properties"]["PolicyDocument"]["Statement"]


def granted(name: str) -> Iterator[tuple[str, str]]:
    """Yield the Sid and the action of all that."""
    for statement in statements(name):
        for action in statement["Action"]:
            yield statement["Sid"], action
