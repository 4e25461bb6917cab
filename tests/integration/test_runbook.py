"""docs/operations.md: every command runs, and does what it says."""

import json
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import botocore
import pytest

from generators.application import build
from generators.render import render
from generators.retention import Retention
from local import leftovers, stacks
from local.emulator import SHELL_REGION, Emulator, EmulatorSession
from local.stacks import StackError
from serverlessapp.operations import failures
from serverlessapp.template.reading import load
from tests.generated import checkout

from .conftest import Deployment, wait_until

ROOT = Path(__file__).resolve().parent.parent.parent
PAGE = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
# Heading -> its blocks of commands.
SECTIONS = {
    section.partition("\n")[0]: re.findall(r"^```sh\n(.*?)^```$", section, re.DOTALL | re.MULTILINE)
    for section in re.split(r"^## ", PAGE, flags=re.MULTILINE)[1:]
}
TEMPLATE = load(render(build(Retention.RETAINED)))
DONE = "-- done --"
SERVICES = {name.removesuffix("api") for name in re.findall(r"\baws ([a-z0-9]+) [a-z]+-", PAGE)}
CLI = Path(__file__).with_name("aws_cli.py")
# For speed: of each kind of command the first one is done by the program itself, the others by what
# has started already.
AWS = """\
#!/bin/sh
kind="$KINDS/$1 $2"
[ -e "$kind" ] && exec "$PYTHON" -I -S "$CLI" "$SOCKET" "$@"
: > "$kind"
exec "$AWS" "$@"
"""


class Operator:
    """A person at a shell, who goes through the page from top to bottom."""

    def __init__(self, session: EmulatorSession, aws: Path, folder: Path) -> None:
        (folder / "kinds").mkdir()
        (folder / "bin").mkdir()
        program = folder / "bin" / "aws"
        program.write_text(AWS)
        program.chmod(0o755)
        programs = (program.parent, Path(sys.executable).parent, os.environ["PATH"])
        environment = {
            **{name: os.environ[name] for name in ("HOME", "LANG") if name in os.environ},
            **session.environment,
            "PATH": ":".join(map(str, programs)),
            "AWS_CONFIG_FILE": "/dev/null",
            "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
            "AWS_DATA_PATH": str(impatient(folder)),
            "XDG_STATE_HOME": str(folder / "state"),
            "STACK": "runbook",
            "AWS": str(aws / "aws"),
            "KINDS": str(folder / "kinds"),
            "CLI": str(CLI),
            "PYTHON": sys.executable,
            "SOCKET": str(folder / "socket"),
        }
        self._cli = subprocess.Popen(
            [sys.executable, CLI, "serve", environment["SOCKET"], *SERVICES],
            env=environment,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._cli.stdout
        assert self._cli.stdout.readline() == "listening\n"
        self.folder = checkout(folder / "checkout")
        self._shell = subprocess.Popen(
            ["/bin/bash", "--noprofile", "--norc"],
            cwd=self.folder,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def run(self, block: str) -> str:
        """Run a block and return what it prints.

        Every line of it has to succeed, and all of a pipe; that something is parked is no failure.
        """
        assert self._shell.stdin
        assert self._shell.stdout
        trap = f"trap '[ $? = 5 ] || echo {DONE} failed: $BASH_COMMAND' ERR"
        guarded = f"set -o pipefail\n{trap}\n{block}\n"
        self._shell.stdin.write(f"{guarded}\ntrap - ERR\necho {DONE}\n")
        self._shell.stdin.flush()
        lines: list[str] = []
        for line in self._shell.stdout:
            if line == f"{DONE}\n":
                break
            lines.append(line)
        text = "".join(lines)
        assert DONE not in text, text
        return text

    def leave(self) -> None:
        """End the shell, and what works for it."""
        self._shell.communicate()
        self._cli.terminate()
        self._cli.communicate()


def impatient(folder: Path) -> Path:
    """Make the AWS CLI ask at once, and not after half a minute, whether a stack is done."""
    source = Path(botocore.__file__).parent / "data/cloudformation/2010-05-15/waiters-2.json"
    waiters: dict[str, Any] = json.loads(source.read_text(encoding="utf-8"))
    for waiter in waiters["waiters"].values():
        waiter["delay"], waiter["maxAttempts"] = 0.1, 1200
    target = folder / "cloudformation" / "2010-05-15"
    target.mkdir(parents=True)
    (target / source.name).write_text(json.dumps(waiters), encoding="utf-8")
    return folder


@pytest.fixture
def stack() -> Iterator[Deployment]:
    """A stack with a file that was processed twice and then deleted, and one that was parked."""
    with Emulator() as emulator:
        deployment = Deployment(emulator.session(SHELL_REGION), "runbook", {})
        deployment.update(json.dumps(TEMPLATE))
        for content in (b"first", b"second"):
            version = deployment.upload("report.csv", content)
            deployment.wait_for_receipt("report.csv", version)
        deployment.client("s3").delete_object(
            Bucket=deployment.outputs["UploadBucketName"], Key="uploads/report.csv"
        )
        deployment.upload("damaged.csv", b"x", sha256="0" * 64)
        wait_until("a parked file", deployment.parked)
        yield deployment


@pytest.fixture
def operator(stack: Deployment, aws: Path, tmp_path: Path) -> Iterator[Operator]:
    session = stack.session
    assert isinstance(session, EmulatorSession)
    person = Operator(session, aws, tmp_path)
    _, functions = SECTIONS["Before you begin"]
    assert person.run(functions) == ""
    yield person
    person.leave()


def test_each_alarm_has_a_section_and_each_section_an_alarm() -> None:
    alarms = {
        name
        for name, resource in TEMPLATE["Resources"].items()
        if resource["Type"] == "AWS::CloudWatch::Alarm"
    }
    assert {name for name in SECTIONS if name.endswith("Alarm")} == alarms
    for name in alarms:
        section = PAGE.partition(f"\n## {name}\n")[2].partition("\n## ")[0]
        for word in ("**Means.**", "**Look.**", "**Do.**"):
            assert word in section, f"{name} does not say {word}"


def test_the_page_asks_the_log_for_what_the_tool_asks() -> None:
    assert failures.ERRORS in PAGE


# Some fifty times, somebody starts a program of a second or two.
@pytest.mark.timeout(900)
def test_the_page_from_top_to_bottom(stack: Deployment, operator: Operator) -> None:
    cloudformation = stack.client("cloudformation")
    s3, bucket = stack.client("s3"), stack.outputs["UploadBucketName"]

    def blocks(heading: str) -> list[str]:
        return [operator.run(block) for block in SECTIONS[heading]]

    def parameters() -> dict[str, str]:
        (found,) = cloudformation.describe_stacks(StackName=stack.name)["Stacks"]
        return {item["ParameterKey"]: item["ParameterValue"] for item in found["Parameters"]}

    (seen,) = blocks("Look first")
    assert "uploads/damaged.csv" in seen
    assert "declared SHA-256 is 000" in seen
    assert "#dashboards" in seen

    assert "exit code 5" in blocks("Exit codes, for cron")[0]
    crashed = blocks("FunctionErrorsAlarm")
    assert '"cannot be processed"' in crashed[0]
    assert parameters()["FunctionMemory"] == "512"
    slow = blocks("FunctionDurationAlarm")
    assert "512\t60" in slow[0]
    assert parameters()["FunctionMemory"] == "1024"
    blocks("FunctionDurationP99Alarm")
    assert parameters()["FunctionTimeout"] == "300"
    blocks("FunctionThrottlesAlarm")
    assert parameters()["MaximumConcurrency"] == "5"
    backlog = blocks("BacklogAlarm")
    assert "Enabled" in backlog[0]
    assert parameters()["MaximumConcurrency"] == "50"
    assert parameters()["FunctionMemory"] == "1024", "what is not changed stays"
    assert "refused" in operator.run("change EnvironmentSuffix other 2>&1 || echo refused")
    assert parameters()["EnvironmentSuffix"] == "dev"

    look, uploaded_again, redrive, discard, delete = SECTIONS["DeadLetterAlarm"]
    assert re.search(r"uploads/damaged\.csv\t\S+\tcurrent\t", operator.run(look))
    before = {message["MessageId"] for message in stack.parked()}
    assert "1 message moved back" in operator.run(redrive)
    wait_until("it again", lambda: {m["MessageId"] for m in stack.parked()} - before)
    good = stack.upload("damaged.csv", b"good")
    stack.wait_for_receipt("damaged.csv", good)
    assert re.search(r"uploads/damaged\.csv\t\S+\tsuperseded\t", operator.run(look))
    given_up = operator.run(uploaded_again)
    assert good in given_up, "its receipt"
    assert "1 message discarded" in given_up
    assert stack.parked() == []
    hopeless = stack.upload("damaged.csv", b"x", sha256="0" * 64)
    wait_until("a parked file", stack.parked)
    assert "1 message discarded" in operator.run(discard)
    assert stack.parked() == []
    operator.run(re.sub(r"VERSION=\S+", f"VERSION={shlex.quote(hopeless)}", delete))
    current = s3.get_object(Bucket=bucket, Key="uploads/damaged.csv")
    assert (current["VersionId"], current["Body"].read()) == (good, b"good")

    assert "PermanentError" in blocks("ProcessingErrorsAlarm")[0]
    assert "UPDATE_COMPLETE" in blocks("AccessDeniedAlarm")[0]

    operator.run("change CompletionEvents On")
    look, forget = SECTIONS["UndeliveredEventsAlarm"]
    assert operator.run(look).strip() == "None"
    operator.run('aws sqs send-message --queue-url "$UNDELIVERED" --message-body undelivered')
    assert operator.run(look).strip() == "undelivered"
    operator.run(forget)
    assert operator.run(look).strip() == "None"
    look, start = SECTIONS["CompletionEventPipeAlarm"]
    assert operator.run(look).startswith("RUNNING")
    pipe = operator.run('echo "$PIPE"').strip()
    stack.client("pipes").stop_pipe(Name=pipe)
    assert operator.run(look).startswith("STOPPED")
    operator.run(start)
    assert operator.run(look).startswith("RUNNING")
    operator.run("change CompletionEvents Off")

    secrets = stack.client("secretsmanager")
    signing = secrets.get_secret_value(SecretId=stack.outputs["SecretArn"])
    (rotated,) = blocks("Rotate the secret")
    now = secrets.get_secret_value(SecretId=stack.outputs["SecretArn"])
    assert now["VersionId"] in rotated
    old, new = json.loads(signing["SecretString"]), json.loads(now["SecretString"])
    assert old["username"] == new["username"]
    assert len(new["password"]) == 32
    assert new["password"] not in rotated
    assert old["password"] != new["password"]

    marker, copy = SECTIONS["Restore a deleted or overwritten file"]
    operator.run(marker)
    restored = s3.get_object(Bucket=bucket, Key="uploads/report.csv")
    assert restored["Body"].read() == b"second"
    version = operator.run(copy).strip()
    assert s3.get_object(Bucket=bucket, Key="uploads/report.csv")["Body"].read() == b"first"
    stack.wait_for_receipt("report.csv", version)
    quoted = """uploads/it's "new" `.csv"""
    for content in (b"first", b"second"):
        s3.put_object(Bucket=bucket, Key=quoted, Body=content)
    s3.delete_object(Bucket=bucket, Key=quoted)
    for block in (marker, copy):
        version = operator.run(block.replace("uploads/report.csv", shlex.quote(quoted))).strip()
    assert s3.get_object(Bucket=bucket, Key=quoted)["Body"].read() == b"first"
    stack.wait_for_receipt(quoted.removeprefix("uploads/"), version)

    again, verify = SECTIONS["Redrive, reconcile, verify"]
    told = operator.run(again)
    assert "nothing to redrive" in told
    assert "nothing to enqueue" in told
    assert "3 receipts" in operator.run(verify)
    (there,) = blocks("Files that were there before")
    assert "nothing to enqueue" in there

    assert "ledger" in blocks("Several processors")[0]
    for call in ("waiting nobody queue", "errors 1 nobody", "lane nobody ledger"):
        assert operator.run(f"{call} || true") == "no processor nobody\n"
    assert operator.run("lane receipts ledgers || true") == "no ledgers\n"
    again, by_key = blocks("Process files again")
    assert "3 files enqueued" in again
    assert "verdict:   verified" in by_key

    s3.put_object(Bucket=bucket, Key="incoming/early.txt", Body=b"early")
    (moved,) = blocks("Watch another folder")
    assert "1 file enqueued" in moved
    assert parameters()["UploadPrefix"] == "incoming/"

    def received() -> bool:
        table = stack.client("dynamodb").scan(TableName=stack.outputs["LedgerTableName"])
        return "incoming/early.txt" in json.dumps(table["Items"], default=str)

    wait_until("a receipt of what was there before", received)

    to_own, back, copy = SECTIONS["Switch the encryption keys"]
    operator.run(to_own)
    assert parameters()["Encryption"] == "CustomerManaged"
    given_back = operator.run(back).split()
    assert parameters()["Encryption"] == "AwsManaged"
    key, *_, left = given_back
    described = stack.client("kms").describe_key(KeyId=key)["KeyMetadata"]
    assert (described["KeyState"], left) == ("Enabled", "None")
    assert operator.run(copy).strip()

    (elsewhere,) = blocks("Move to another Region")
    assert "nothing to enqueue" in elsewhere or "enqueued" in elsewhere
    away, data = SECTIONS["Delete the stack"]
    operator.run(away)
    assert stacks.status(cloudformation, stack.name) is None
    kept = (operator.folder / f"{stack.name}-kept.txt").read_text(encoding="utf-8")
    assert bucket in kept
    assert key in kept, "of the switch, which the stack did not have any more"
    assert s3.get_object(Bucket=bucket, Key="uploads/report.csv")["Body"].read() == b"first"
    operator.run(data)
    held = leftovers.inventory(stack.session)
    assert held.keys() <= {"buckets", "roles"}, f"more than the other Region's: {held}"
    assert bucket not in held["buckets"]

    stuck = Deployment(stack.session, "stuck", {})
    stuck.update(render(build(Retention.EPHEMERAL)).decode())
    stuck.upload("late.txt", b"late")
    s3.delete_bucket_tagging(Bucket=stuck.outputs["UploadBucketName"])  # so it is not emptied
    with pytest.raises(StackError, match="not empty"):
        stuck.delete()
    operator.run("STACK=stuck")
    (told,) = blocks("When deleting fails")
    assert "UploadBucket" in told
    assert "1 bucket with 1 version deleted" in told
    assert stacks.status(cloudformation, "stuck") is None


def test_every_section_is_run() -> None:
    """A heading with commands that the test above does not know would be nobody's."""
    source = Path(__file__).read_text(encoding="utf-8")
    for heading, blocks in SECTIONS.items():
        assert not blocks or f'"{heading}"' in source, heading
