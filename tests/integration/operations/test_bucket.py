"""``bucket``: what is missing of a bucket that is there already, and what to do about it."""

import json
from collections.abc import Callable
from typing import Any

import boto3
import pytest

from local.emulator import Emulator
from serverlessapp.cli.main import main
from tests.fixture_lanes import LANES

from .. import foreign

Check = Callable[..., tuple[int, dict[str, Any]]]
FINE = {"fine"}


@pytest.fixture
def check(
    emulator: Emulator, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Check:
    """Return a function that runs the command; it returns exit code and JSON document."""
    for name, value in emulator.session().environment.items():
        monkeypatch.setenv(name, value)

    def run(name: str, *options: str) -> tuple[int, dict[str, Any]]:
        capsys.readouterr()
        code = main(["bucket", name, "--endpoint-url", emulator.endpoint, "--json", *options])
        return code, json.loads(capsys.readouterr().out or "{}")

    return run


def states(document: dict[str, Any]) -> dict[str, str]:
    return {each["what"]: each["state"] for each in document["checks"]}


def test_of_a_bucket_from_which_files_can_come_it_says_the_parameters(
    session: boto3.Session, check: Check
) -> None:
    key = session.client("kms").create_key()["KeyMetadata"]["Arn"]
    foreign.bucket(session, "complete", key=key)
    owned = {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]}
    s3: Any = session.client("s3")
    s3.put_bucket_ownership_controls(Bucket="complete", OwnershipControls=owned)
    code, document = check("complete", "--prefix", "in/", "--processors", str(LANES))
    assert (code, {*states(document).values()}) == (0, FINE), document
    assert document["parameters"] == {
        "SourceBucket": "complete",
        "UploadPrefix": "in/",
        "SourceKeyArn": key,
    }


def test_what_a_stack_could_do_without_is_a_note(session: boto3.Session, check: Check) -> None:
    foreign.bucket(session, "plain", versions=False)
    session.client("s3").put_object(Bucket="plain", Key="in/old.txt", Body=b"")
    code, document = check("plain", "--prefix", "in/")
    notes = {what for what, state in states(document).items() if state == "note"}
    assert code == 0, document
    assert notes >= {"versions", "prefix"}


def test_a_bucket_that_announces_nothing_is_no_source(session: boto3.Session, check: Check) -> None:
    """And what the owner is told to do adds to what is there."""
    there = foreign.bucket(session, "silent")
    s3: Any = session.client("s3")
    place = {"Bucket": "silent"}
    del there["EventBridgeConfiguration"]
    s3.put_bucket_notification_configuration(**place, NotificationConfiguration=there)
    code, document = check("silent")
    (missing,) = [each for each in document["checks"] if each["state"] == "missing"]
    assert (code, missing["what"]) == (1, "EventBridge")
    assert "get-bucket-notification-configuration --bucket silent" in missing["advice"]
    assert foreign.notifications(session, "silent") == there
    whole = {**there, "EventBridgeConfiguration": {}}
    s3.put_bucket_notification_configuration(**place, NotificationConfiguration=whole)
    assert check("silent")[0] == 0
    assert foreign.notifications(session, "silent") == whole


@pytest.mark.parametrize(
    ("options", "what"),
    [
        (["--region", "eu-west-1"], "Region"),
        (["--prefix", ""], "prefix"),
        (["--prefix", "results/new/"], "prefix"),
    ],
)
def test_what_cannot_work_is_missing(
    session: boto3.Session, check: Check, options: list[str], what: str
) -> None:
    name = f"wrong-{what.lower()}-{len(options[1])}"
    foreign.bucket(session, name)
    code, document = check(name, *options)
    assert (code, states(document)[what]) == (1, "missing"), document


def test_a_bucket_that_is_not_there_is_a_mistake(check: Check) -> None:
    assert check("nobody-s-bucket") == (2, {})
