"""A delivery to two more accounts and a second Region, in which every role is asked.

The pipeline is in one account, and what holds artifacts and code is there, under one key.
"""

import base64
import hashlib
import io
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from botocore.exceptions import ClientError

from local.emulator import ACCOUNT, REGION, Emulator, EmulatorSession
from local.enforcement.principals import administrator
from local.pipeline import accounts
from local.pipeline.errors import PipelineError
from pipeline import upload
from pipeline.configurations import configurations
from pipeline.delivery import load
from pipeline.home import Home
from serverlessapp.report import Report

from .conftest import teams
from .team import DELIVERY, ROOT, Repository, Team

STAGING, PRODUCTION, THERE = "222222222222", "333333333333", "eu-west-1"
TOML = f"""\
[pipeline]
account = "{ACCOUNT}"
region = "{REGION}"

[taskcat]
account = "{STAGING}"
regions = ["{REGION}"]

[[environments]]
name = "stage"
account = "{STAGING}"
template = "ephemeral"

[[environments]]
name = "prod"
account = "{PRODUCTION}"
regions = ["{REGION}", "{THERE}"]
approval = true
"""
HOME = Home(account=ACCOUNT, region=REGION)
STACKS = (("stage", STAGING, REGION), ("prod", PRODUCTION, REGION), ("prod", PRODUCTION, THERE))


def package() -> bytes:
    """Return a zip with what the template has inline, so that samples get their entries."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.write(ROOT / "functions/file_processor/index.py", "index.py")
    return content.getvalue()


PACKAGE = package()
DIGEST = hashlib.sha256(PACKAGE).hexdigest()


@pytest.fixture(scope="module")
def team(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Team]:
    """Yield a team that delivers a package to three stacks, and has done so once."""
    with teams(tmp_path_factory.mktemp("accounts")) as make:
        yield delivered(make(TOML))


def delivered(made: Team) -> Team:
    """Return a team after its first push."""
    keys = {"CodeKey": f"receipts/{DIGEST}.zip"}
    files = configurations(load(made.repository.folder / DELIVERY), HOME, keys)
    dist = made.work / "dist"
    for name, content in {
        f"code/receipts-{DIGEST}.zip": PACKAGE,
        **{f"configurations/{name}": text for name, text in files.items()},
    }.items():
        (dist / name).parent.mkdir(parents=True, exist_ok=True)
        (dist / name).write_bytes(content)
    assert put(made, dist) == 0
    made.repository.commit(
        {f"configurations/{name}": text.decode() for name, text in files.items()}
    )
    record = made.push()
    assert record.succeeded, made.said.getvalue()
    return made


def put(team: Team, dist: Path) -> int:
    """Upload packages as the build does that makes them."""
    role = team.machine.launched.delivery.projects["serverlessapp-pipeline-package"].role
    build = team.machine.identities.session(REGION, role)
    return upload.run(
        Report(as_json=True),
        lambda region: build.in_region(region).client("s3"),
        dist=dist,
        delivery=load(team.repository.folder / DELIVERY),
        home=HOME,
    )


def of(emulator: Emulator, account: str, region: str, role: str) -> EmulatorSession:
    return emulator.session(region, account).assuming(f"arn:aws:iam::{account}:role/{role}", "test")


@pytest.mark.parametrize(("environment", "account", "region"), STACKS)
def test_each_account_and_region_has_its_stack_with_the_pipelines_code(
    environment: str, account: str, region: str, team: Team
) -> None:
    there = team.emulator.session(region, account)
    name = f"serverlessapp-{environment}"
    (stack,) = there.client("cloudformation").describe_stacks(StackName=name)["Stacks"]
    assert stack["StackStatus"] == "CREATE_COMPLETE"
    assert stack["StackId"].startswith(f"arn:aws:cloudformation:{region}:{account}:")
    (function,) = (
        each
        for each in there.client("lambda").list_functions()["Functions"]
        if each["FunctionName"].startswith(name) and "Processor" in each["FunctionName"]
    )
    assert base64.b64decode(function["CodeSha256"]) == hashlib.sha256(PACKAGE).digest()


@pytest.mark.parametrize("region", [REGION, THERE])
def test_code_and_artifacts_are_under_the_key_of_their_region(region: str, team: Team) -> None:
    keys = team.machine.launched.pipeline.keys
    assert keys[region] == keys[REGION].replace(REGION, region)
    s3 = team.emulator.session(region).client("s3")
    for bucket in (HOME.code_bucket(region), team.machine.launched.pipeline.stores[region]):
        objects = [
            s3.head_object(Bucket=bucket, Key=each["Key"])
            for each in s3.list_objects_v2(Bucket=bucket)["Contents"]
        ]
        assert objects
        assert {each["SSEKMSKeyId"] for each in objects} == {keys[region]}, bucket


@pytest.mark.parametrize(("environment", "account", "region"), STACKS)
def test_roles_of_other_accounts_use_the_key_of_the_pipelines(
    environment: str, account: str, region: str, team: Team
) -> None:
    key = team.machine.launched.pipeline.keys[region]
    decided = [each for each in team.emulator.decisions.since() if each.resource == key]
    roles = {each.role for each in decided if each.action == "kms:Decrypt" and each.allowed}
    wanted = {f"{role}-serverlessapp-{environment}" for role in ("review", "deliver", "deploy")}
    assert wanted <= roles
    assert not [each for each in decided if not each.allowed]


@pytest.mark.parametrize(
    ("region", "role"),
    [(REGION, "PackageBuildRole"), (REGION, "InspectBuildRole"), (THERE, "PipelineRole")],
)
def test_whoever_puts_code_and_artifacts_is_asked_for_the_key(
    region: str, role: str, team: Team
) -> None:
    key = team.machine.launched.pipeline.keys[region]
    assert any(
        each.allowed and each.role.startswith(f"serverlessapp-pipeline-{role}-")
        for each in team.emulator.decisions.since()
        if (each.action, each.resource) == ("kms:GenerateDataKey", key)
    )


def test_what_is_lacking_in_another_account_is_red(team: Team) -> None:
    """The key's policy and the role's both have to allow it."""
    iam = team.emulator.session(account=PRODUCTION).client("iam")
    place = {"RoleName": "review-serverlessapp-prod", "PolicyName": "AcrossAccounts"}
    policy = iam.get_role_policy(**place)["PolicyDocument"]
    iam.delete_role_policy(**place)
    record = team.push()
    iam.put_role_policy(**place, PolicyDocument=json.dumps(policy))
    assert "cannot read Package" in record.last.stages[-1].message
    assert record.last.stages[-1].name == "ReviewProd"


@pytest.mark.parametrize("bucket", ["code", "artifacts"])
def test_nobody_else_of_a_known_account_reads(bucket: str, team: Team) -> None:
    name = HOME.code_bucket(REGION)
    if bucket == "artifacts":
        name = team.machine.launched.pipeline.stores[REGION]
    (first, *_) = team.emulator.session().client("s3").list_objects_v2(Bucket=name)["Contents"]
    intruder = administrator(team.emulator.session(account=PRODUCTION), f"intruder-{bucket}")
    with pytest.raises(ClientError, match="AccessDenied"):
        intruder.client("s3").get_object(Bucket=name, Key=first["Key"])


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    return Repository(tmp_path / "repository", TOML)


def test_templates_of_one_account_are_no_templates_for_several(
    repository: Repository, enforcing: Emulator
) -> None:
    one_account = Path("templates/pipeline-region.yaml")
    repository.commit({str(one_account): (ROOT / one_account).read_text()})
    with pytest.raises(PipelineError, match=r"has no key, .* run tox run -e generate"):
        accounts.launch(enforcing, repository.folder)
