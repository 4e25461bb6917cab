"""Packages in the code buckets of two Regions: put once, found by name, deleted when unneeded."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from local.emulator import ACCOUNT, Emulator
from pipeline import prune, upload
from pipeline.command import main
from serverlessapp.operations.empty import delete

HOME, THERE = "us-west-2", "eu-west-1"
OTHER = "222233334444"  # an account
TOML = f"""\
[pipeline]
account = "{ACCOUNT}"
region = "{HOME}"
[taskcat]
regions = ["us-west-2"]
[[environments]]
name = "dev"
regions = ["{HOME}", "{THERE}"]
"""
PLACE = ("--account", ACCOUNT, "--region", HOME)
STACK = {
    "Parameters": {"CsvCodeKey": {"Type": "String"}},
    "Resources": {"Topic": {"Type": "AWS::SNS::Topic"}},
}


def bucket(region: str) -> str:
    return f"serverlessapp-pipeline-code-{ACCOUNT}-{region}"


class Team:
    """A delivery.toml, an artifact and the buckets for it."""

    def __init__(self, folder: Path, emulator: Emulator, capsys: Any) -> None:
        self.toml, self.dist = folder / "delivery.toml", folder / "dist"
        self.emulator, self.capsys = emulator, capsys
        self.toml.write_text(TOML, encoding="utf-8")
        self.build("0001")

    def s3(self, region: str) -> Any:
        return self.emulator.session(region).client("s3")

    def build(self, digest: str, **given: str) -> None:
        """Write what ``artifacts`` writes, with one package."""
        for name in ("code", "configurations"):
            (self.dist / name).mkdir(parents=True, exist_ok=True)
            for path in (self.dist / name).iterdir():
                path.unlink()
        (self.dist / f"code/csv-{digest}.zip").write_bytes(digest.encode())
        for region in (HOME, THERE):
            used = {"CodeBucket": bucket(region), "CsvCodeKey": f"csv/{digest}.zip", **given}
            path = self.dist / f"configurations/dev.{region}.json"
            path.write_text(json.dumps({"Parameters": used}), encoding="utf-8")

    def run(self, name: str, *options: str) -> tuple[int, Any, str]:
        """Return exit code, document and what went to standard error."""
        self.capsys.readouterr()
        common = [*PLACE, "--delivery", str(self.toml), "--json"]
        code = main([name, *options, *common])
        output, errors = self.capsys.readouterr()
        return code, json.loads(output) if output else None, errors

    def upload(self) -> tuple[int, Any, str]:
        return self.run("upload", str(self.dist))

    def packages(self, region: str) -> list[str]:
        objects = self.s3(region).list_objects_v2(Bucket=bucket(region)).get("Contents", [])
        return [each["Key"] for each in objects if not each["Key"].startswith(upload.RECORDS)]


@pytest.fixture
def team(
    tmp_path: Path,
    emulator: Emulator,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Iterator[Team]:
    monkeypatch.setenv("AWS_ENDPOINT_URL", emulator.endpoint)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", ACCOUNT)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    made = Team(tmp_path, emulator, capsys)
    for region in (HOME, THERE):
        made.s3(region).create_bucket(
            Bucket=bucket(region), CreateBucketConfiguration={"LocationConstraint": region}
        )
        made.s3(region).put_bucket_versioning(
            Bucket=bucket(region), VersioningConfiguration={"Status": "Enabled"}
        )
    yield made
    for region in (HOME, THERE):
        delete(made.s3(region), bucket(region), lambda _: None)


def test_each_region_gets_a_package_once(team: Team) -> None:
    code, document, _ = team.upload()
    assert code == 0
    assert [each["state"] for each in document["packages"]] == ["uploaded", "uploaded"]
    assert team.packages(HOME) == team.packages(THERE) == ["csv/0001.zip"]
    code, document, _ = team.upload()
    assert code == 0
    assert [each["state"] for each in document["packages"]] == ["there already"] * 2


@pytest.mark.parametrize("checksum", [{}, {"ChecksumAlgorithm": "SHA256"}])
def test_what_an_earlier_push_planted_is_refused(team: Team, checksum: dict[str, str]) -> None:
    """Also bytes that are right, if S3 does not say so."""
    planted = b"0001" if not checksum else b"mine"
    team.s3(THERE).put_object(Bucket=bucket(THERE), Key="csv/0001.zip", Body=planted, **checksum)
    code, document, errors = team.upload()
    assert (code, document) == (2, None)
    assert f"csv/0001.zip in {bucket(THERE)} differs from the package just built" in errors
    assert len(errors.splitlines()) == 1


@pytest.mark.parametrize(
    ("region", "advice"),
    [(HOME, "update stack serverlessapp-pipeline"), (THERE, "launch templates/pipeline-region")],
)
def test_a_missing_bucket_says_which_stack_makes_it(team: Team, region: str, advice: str) -> None:
    team.s3(region).delete_bucket(Bucket=bucket(region))
    code, _, errors = team.upload()
    assert code == 2
    assert f"bucket {bucket(region)} does not exist: {advice}" in errors


def test_a_package_of_ones_own_is_looked_for_by_name(team: Team) -> None:
    team.build("0001", CsvCodeKey="csv/old.zip")
    code, document, errors = team.upload()
    assert code == 1
    assert "csv/old.zip is missing in bucket" in errors
    assert {each["region"] for each in document["missing"]} == {HOME, THERE}
    for region in (HOME, THERE):
        team.s3(region).put_object(Bucket=bucket(region), Key="csv/old.zip", Body=b"")
    assert team.upload()[0] == 0


def test_what_is_needed_by_nobody_is_deleted(team: Team) -> None:
    cloudformation = team.emulator.session(HOME).client("cloudformation")
    for digest in ("0001", "0002", "0003"):
        team.build(digest)
        assert team.upload()[0] == 0
    team.s3(HOME).put_object(Bucket=bucket(HOME), Key="somebody/else.txt", Body=b"")
    cloudformation.create_stack(
        StackName="serverlessapp-gone",  # in no delivery.toml any more
        TemplateBody=json.dumps(STACK),
        Parameters=[{"ParameterKey": "CsvCodeKey", "ParameterValue": "csv/0002.zip"}],
    )
    try:
        code, document, _ = team.run("prune", "--yes")
        assert (code, document["deleted"]) == (0, 0), "all is younger than a rollback needs"
        code, document, errors = team.run("prune", "--older-than", "0")
        assert code == 2, "nobody is there to agree"
        assert "--yes" in errors
        assert len(team.packages(HOME)) == 4
        assert team.run("prune", "--older-than", "0", "--yes")[0] == 0
    finally:
        cloudformation.delete_stack(StackName="serverlessapp-gone")
    assert team.packages(HOME) == ["csv/0002.zip", "somebody/else.txt"]
    assert team.packages(THERE) == []
    versions = team.s3(THERE).list_object_versions(Bucket=bucket(THERE))
    assert not versions.get("Versions")
    assert not versions.get("DeleteMarkers")


def test_what_was_built_again_lately_stays(team: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    """It was uploaded long ago, and yesterday's execution may still be what a rollback wants."""
    team.upload()
    s3 = team.s3(HOME)
    pages = s3.list_objects_v2(Bucket=bucket(HOME))["Contents"]
    (first,) = (each["LastModified"] for each in pages if each["Key"] == "csv/0001.zip")
    records = [each for each in pages if each["Key"].startswith(upload.RECORDS)]
    assert records
    # Whoever looks from a moment between the two: the package is older, the record is not.
    later = first.replace(year=first.year + 1)
    listed = [
        {**each, "LastModified": later if each in records else each["LastModified"]}
        for each in pages
    ]
    monkeypatch.setattr(s3, "get_paginator", lambda _: Pages(listed))
    between = first.replace(year=first.year + 1, month=1, day=1)
    assert prune.unused(s3, bucket(HOME), set(), between) == []
    assert prune.unused(s3, bucket(HOME), set(), later.replace(year=later.year + 1)) != []


class Pages:
    """What a paginator would give."""

    def __init__(self, items: list[Any]) -> None:
        self.items = items

    def paginate(self, **_: str) -> list[dict[str, Any]]:
        return [{"Contents": self.items}]


@pytest.fixture
def profile(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Return the name of a profile in the other account."""
    file = tmp_path / "config"
    keys = f"aws_access_key_id = {OTHER}\naws_secret_access_key = test\nregion = {HOME}\n"
    file.write_text(f"[profile prod]\n{keys}", encoding="utf-8")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(file))
    return "prod"


@pytest.mark.parametrize(
    ("profiles", "words"),
    [
        (["--profile", "prod"], "prod: AccessDenied"),
        ([], f"prod: no credentials for account {OTHER}"),
    ],
)
@pytest.mark.usefixtures("profile")
def test_where_a_stack_cannot_be_asked_all_is_kept(
    profiles: list[str], words: str, team: Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    team.upload()
    toml = f'[[environments]]\nname = "prod"\naccount = "{OTHER}"\nregions = ["{THERE}"]\n'
    team.toml.write_text(TOML + toml, encoding="utf-8")
    real = prune.keys_of

    def refused(client: Any, environment: Any) -> Iterator[str]:
        if environment:
            raise ClientError({"Error": {"Code": "AccessDenied"}}, "DescribeStacks")
        return real(client, environment)

    if profiles:
        monkeypatch.setattr(prune, "keys_of", refused)
    code, _, errors = team.run("prune", "--older-than", "0", "--yes", *profiles)
    assert code == 0
    assert f"{THERE}: keeping all packages" in errors
    assert words in errors
    assert team.packages(HOME) == []
    assert team.packages(THERE) == ["csv/0001.zip"]


def test_a_stack_of_another_account_is_asked_with_a_profile(team: Team, profile: str) -> None:
    team.upload()
    toml = f'[[environments]]\nname = "prod"\naccount = "{OTHER}"\nregions = ["{THERE}"]\n'
    team.toml.write_text(TOML + toml, encoding="utf-8")
    cloudformation = team.emulator.session(THERE, OTHER).client("cloudformation")
    cloudformation.create_stack(
        StackName="serverlessapp-prod",
        TemplateBody=json.dumps(STACK),
        Parameters=[{"ParameterKey": "CsvCodeKey", "ParameterValue": "csv/0001.zip"}],
    )
    try:
        code, _, errors = team.run("prune", "--older-than", "0", "--yes", "--profile", profile)
        assert code == 0
        assert "keeping all packages" not in errors, "it was asked"
    finally:
        cloudformation.delete_stack(StackName="serverlessapp-prod")
    assert team.packages(HOME) == []
    assert team.packages(THERE) == ["csv/0001.zip"]
