"""Links that open the console's form: encoded, checked, for each Region."""

import json
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from generators import tables
from serverlessapp import links
from serverlessapp.cli.main import main
from serverlessapp.errors import OperatorError
from serverlessapp.partitions import supported
from serverlessapp.template import parameters

FORM: dict[str, Any] = tables.template()["Parameters"]
BUCKET = ("--bucket", "my-releases", "--bucket-region")


def parts(link: str) -> tuple[str, dict[str, str]]:
    """Return host and Region of a link, and what it fills in."""
    address = urlsplit(link)
    path, _, query = address.fragment.partition("?")
    assert address.path == "/cloudformation/home"
    assert path == "/stacks/create/review"
    values = {name: value for name, (value,) in parse_qs(query, strict_parsing=True).items()}
    return f"{address.netloc} {address.query}", values


def test_a_link_says_where_what_and_with_which_values() -> None:
    given = {"AlarmEmail": "a+b&c=d@example.com", "UploadPrefix": "in/eu=1/"}
    link = links.quick_create(
        "eu-west-1", "https://b.s3.eu-west-1.amazonaws.com/t.json?x=1", "my-files", given, FORM
    )
    assert parts(link) == (
        "console.aws.amazon.com region=eu-west-1",
        {
            "templateURL": "https://b.s3.eu-west-1.amazonaws.com/t.json?x=1",
            "stackName": "my-files",
            "param_AlarmEmail": "a+b&c=d@example.com",
            "param_UploadPrefix": "in/eu=1/",
        },
    )


def test_a_released_template_has_its_address_in_the_bucket() -> None:
    url = links.template_url("b", "us-west-2", "0.3.0", "application")
    assert url == "https://b.s3.us-west-2.amazonaws.com/serverlessapp/0.3.0/application.yaml"


@pytest.mark.parametrize(
    ("region", "stack", "parameters", "words"),
    [
        ("eu-west-9", "s", {}, "unknown Region eu-west-9"),
        ("us-gov-west-1", "s", {}, "unknown Region us-gov-west-1"),
        ("eu-west-1", "1st", {}, "not a valid stack name"),
        ("eu-west-1", "a_b", {}, "not a valid stack name"),
        ("eu-west-1", "s", {"Memory": "1"}, "no parameter Memory; it has EnvironmentSuffix"),
        ("eu-west-1", "s", {"FunctionMemory": "1"}, "must be 128 to 10240"),
        ("eu-west-1", "s", {"FunctionMemory": "many"}, "must be 128 to 10240"),
        ("eu-west-1", "s", {"FunctionMemory": "\u00b2"}, "must be 128 to 10240"),
        ("eu-west-1", "s", {"FunctionTimeout": "61"}, "must be one of"),
        ("eu-west-1", "s", {"UploadPrefix": "in"}, "each ending in a slash"),
        ("eu-west-1", "s", {"UploadPrefix": "a" * 256 + "/"}, "each ending in a slash"),
    ],
)
def test_what_cloudformation_would_refuse_is_refused(
    region: str, stack: str, parameters: dict[str, str], words: str
) -> None:
    with pytest.raises(OperatorError, match=words.replace("(", r"\(")):
        links.quick_create(
            region, "https://b.s3.eu-west-1.amazonaws.com/t", stack, parameters, FORM
        )


@pytest.mark.parametrize(
    "url",
    [
        "https://raw.example.com/t.json",
        "http://b.s3.amazonaws.com/t",
        "https://b.s3-website.eu-west-1.amazonaws.com/t",
        "https://b.s3.amazonaws.com.example.com/t",
        "https://example.com/s3.amazonaws.com/t",
    ],
)
def test_an_address_that_is_not_in_s3_is_refused(url: str) -> None:
    with pytest.raises(OperatorError, match="not an S3 URL"):
        links.quick_create("eu-west-1", url, "s", {}, FORM)


def test_every_default_is_taken() -> None:
    for name, parameter in FORM.items():
        parameters.check(FORM, {name: parameter["Default"]})


def test_the_command_prints_a_link_for_each_supported_region(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["links", *BUCKET, "eu-west-1", "--version", "0.1.0", "--json"]) == 0
    links = json.loads(capsys.readouterr().out)
    assert set(links) == set(supported())
    assert all("%2F0.1.0%2F" in link for link in links.values())
    assert main(["links", *BUCKET, "eu-west-1"]) == 0
    text = capsys.readouterr().out
    assert "us-east-1\thttps://console.aws.amazon.com/" in text
    assert "cn-north-1" not in text


def test_outside_a_checkout_only_the_form_itself_checks_values(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    values = ("--parameter", "Any=1", "--region", "eu-west-1")
    assert main(["links", "--template-url", "https://b.s3.eu-west-1.amazonaws.com/t", *values]) == 0
    assert main(["links", *BUCKET, "eu-west-1", "--version", "9.9.9", *values]) == 0
    assert capsys.readouterr().out.count("&param_Any=1") == 2
    assert main(["links", *BUCKET, "eu-west-1", *values]) == 2
    assert "no releases here" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((*BUCKET, "eu-west-1", "--version", "9.9.9"), "9.9.9 does not exist; there are: 0.1.0"),
        ((*BUCKET, "eu-west-1", "--template", "x"), "has no template x"),
        ((*BUCKET, "eu-west-1", "--parameter", "AlarmEmail"), "write NAME=VALUE"),
        # A parameter that the newest release has and the first has not.
        (
            (*BUCKET, "eu-west-1", "--version", "0.1.0", "--parameter", "VersionRetentionDays=7"),
            "no parameter VersionRetentionDays",
        ),
    ],
)
def test_mistakes_are_said_in_one_line(
    arguments: tuple[str, ...], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["links", *arguments]) == 2
    captured = capsys.readouterr()
    assert words in captured.err
    assert captured.err.count("\n") == 1
    assert captured.out == ""
