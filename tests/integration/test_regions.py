"""One stack in several Regions of the emulator, and that ministack alone would not do."""

import inspect
import json
from collections.abc import Iterator
from contextvars import ContextVar

import pytest
from ministack.services import lambda_svc
from ministack.services.cloudformation import helpers, provisioners

from local.corrections import regions
from local.emulator import Emulator, EmulatorSession

from .conftest import wait_until

NAME = "everywhere"
ROLE_TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": {"Service": "lambda.amazonaws.com"},
            "Action": "sts:AssumeRole",
        }
    ],
}
TEMPLATE = json.dumps(
    {
        "Resources": {
            "Log": {"Type": "AWS::Logs::LogGroup"},
            "Role": {
                "Type": "AWS::IAM::Role",
                "Properties": {"AssumeRolePolicyDocument": ROLE_TRUST},
            },
        },
        "Outputs": {"Role": {"Value": {"Ref": "Role"}}, "Log": {"Value": {"Ref": "Log"}}},
    }
)


@pytest.fixture(scope="module")
def emulator() -> Iterator[Emulator]:
    with Emulator() as running:
        yield running


def outputs(session: EmulatorSession, url: str) -> dict[str, str]:
    """Make a stack of a template in S3 and return its outputs."""
    cloudformation = session.client("cloudformation")
    cloudformation.create_stack(
        StackName=NAME, TemplateURL=url, Capabilities=["CAPABILITY_IAM"], OnFailure="DO_NOTHING"
    )

    def made() -> list[dict[str, str]]:
        (stack,) = cloudformation.describe_stacks(StackName=NAME)["Stacks"]
        found: list[dict[str, str]] = stack.get("Outputs", [])
        return found if stack["StackStatus"] == "CREATE_COMPLETE" else []

    return {item["OutputKey"]: item["OutputValue"] for item in wait_until("the stack", made)}


def test_a_stack_from_a_virtual_hosted_url_has_its_own_names_in_each_region(
    emulator: Emulator,
) -> None:
    west, east = emulator.session("us-west-2"), emulator.session("us-east-1")
    s3 = east.client("s3")
    s3.create_bucket(Bucket="a.b-c")
    s3.put_object(Bucket="a.b-c", Key="some/folder/t.json", Body=TEMPLATE)
    url = "https://a.b-c.s3.us-east-1.amazonaws.com/some/folder/t.json"
    first, second = outputs(west, url), outputs(east, url)
    assert first["Role"] != second["Role"]
    assert first["Log"].startswith(f"{NAME}-Log-")
    west.client("cloudformation").delete_stack(StackName=NAME)
    wait_until("the end", lambda: not west.client("cloudformation").describe_stacks()["Stacks"])
    roles = [role["RoleName"] for role in east.client("iam").list_roles()["Roles"]]
    assert roles == [second["Role"]]


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("https://b.s3.us-east-1.amazonaws.com/k/t.json", "/b/k/t.json"),
        ("https://b.c.s3.amazonaws.com/k", "/b.c/k"),
        ("https://b.s3-eu-west-1.amazonaws.com/k", "/b/k"),
        ("https://b.s3.cn-north-1.amazonaws.com.cn/k", "/b/k"),
        ("https://s3.amazonaws.com/b/k", "/b/k"),
        ("http://127.0.0.1:4566/b/k", "/b/k"),
    ],
)
def test_urls(url: str, path: str) -> None:
    assert regions.path_style(url).path == path


def test_a_function_is_stopped_in_its_own_region_only(monkeypatch: pytest.MonkeyPatch) -> None:
    stopped: list[tuple[object, ...]] = []
    monkeypatch.setattr(regions, "get_account_id", lambda: "123456789012")
    monkeypatch.setattr(regions, "get_region", lambda: "eu-west-1")
    invalidate = regions.here_only(lambda *arguments: stopped.append(arguments))
    invalidate("f")
    invalidate("f", region="us-east-1")
    assert stopped == [
        ("f", None, "123456789012", "eu-west-1"),
        ("f", None, "123456789012", "us-east-1"),
    ]


def test_ministack_still_needs_the_path_style() -> None:
    """When this fails, ministack reads virtual-hosted URLs: take ``path_style`` out."""
    source = inspect.getsource(helpers._resolve_document)
    assert 'path = parsed.path.lstrip("/")' in source
    assert "netloc" not in source


def test_ministack_still_needs_distinct_names(monkeypatch: pytest.MonkeyPatch) -> None:
    """When this fails, names differ by themselves: take ``distinct_names`` out."""
    seed: ContextVar[str] = provisioners._NAME_SEED
    distinct = regions.distinct_names(provisioners._physical_name, seed)
    names, corrected = set(), set()
    for region in ("us-west-2", "us-east-1"):
        monkeypatch.setattr(regions, "get_region", lambda region=region: region)
        names.add(provisioners._physical_name("stack", "Role", max_len=64))
        corrected.add(distinct("stack", "Role", max_len=64))
    assert (len(names), len(corrected)) == (1, 2)
    assert seed.get() == ""


def test_ministack_still_needs_the_region_of_a_function() -> None:
    """When this fails, CloudFormation names the Region: take ``here_only`` out."""
    assert "invalidate_worker(name)\n" in inspect.getsource(provisioners._lambda_create)
    assert list(inspect.signature(lambda_svc.invalidate_worker).parameters) == [
        *("func_name", "qualifier", "account", "region"),
    ]


def test_ministack_still_needs_the_names_of_log_groups() -> None:
    """When this fails, they begin with the stack's name: take ``named_by_stack`` out."""
    assert "/aws/cloudformation/{stack_name}" in inspect.getsource(provisioners._cwlogs_create)
