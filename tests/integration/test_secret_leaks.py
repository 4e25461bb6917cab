"""The secret's value is in no place where anybody looks who may not read the secret."""

import base64
import io
import json
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from generators import inline
from generators.retention import Retention
from local.emulator import Emulator
from local.stacks import StackError
from serverlessapp.cli.main import main
from serverlessapp.operations import messages

from .conftest import Deploy, Deployment, wait_until

COMMANDS = (
    ("parked",),
    ("parked", "--logs"),
    ("redrive", "--all", "--yes"),
    ("reconcile", "--yes"),
    ("verify",),
    ("verify", "--key", "uploads/absent.txt"),
)
WINDOW = 12  # characters; enough to be no accident, and fewer than an error message would quote


def forms(password: str) -> Iterator[str]:
    """Yield the password, parts of it, and what common encodings make of it."""
    yield from (password[at : at + WINDOW] for at in range(len(password) - WINDOW + 1))
    raw = password.encode()
    yield raw.hex()
    yield quote(password, safe="")
    for shift in range(3):  # where it begins inside a longer text decides what base64 makes of it
        encoded = base64.b64encode(bytes(shift) + raw).decode()
        yield encoded[4:-4]
        yield encoded[4:-4].replace("+", "-").replace("/", "_")


def leaks(password: str, places: dict[str, str]) -> list[str]:
    """Return the names of the places that hold the password in some form."""
    wanted = [form for form in forms(password) if form]
    return [
        name
        for name, text in places.items()
        if any(form in text or form.lower() in text.lower() for form in wanted)
    ]


class Looker:
    """Looks wherever the stack, its function and its operators leave something."""

    def __init__(self, stack: Deployment) -> None:
        self.stack = stack

    def places(self) -> dict[str, str]:
        """Return what is found, by the name of the place."""
        stack, outputs = self.stack, self.stack.outputs
        cloudformation = stack.client("cloudformation")
        function = {"FunctionName": outputs["FunctionName"]}
        queues = [outputs["IngestQueueUrl"], outputs["DeadLetterQueueUrl"]]
        found = {
            "log": self.log(),
            "ledger": stack.client("dynamodb").scan(TableName=outputs["LedgerTableName"]),
            "parked messages": stack.parked(),
            "queues": [
                stack.client("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=["All"])
                for url in queues
            ],
            "function": stack.client("lambda").get_function(**function),
            "outputs and parameters": cloudformation.describe_stacks(StackName=stack.name),
            "events": cloudformation.describe_stack_events(StackName=stack.name),
            "template": cloudformation.get_template(StackName=stack.name),
            "change sets": self.change_sets(),
            "secret's description": stack.client("secretsmanager").describe_secret(
                SecretId=outputs["SecretArn"]
            ),
            "alarms": stack.client("cloudwatch").describe_alarms(),
            "dashboard": stack.client("cloudwatch").list_dashboards(),
        }
        return {name: json.dumps(content, default=str) for name, content in found.items()}

    def log(self) -> list[str]:
        """Return every line of the function's log, metrics included."""
        pages = self.stack.client("logs").get_paginator("filter_log_events")
        lines = [
            event["message"]
            for page in pages.paginate(logGroupName=self.stack.outputs["LogGroupName"])
            for event in page["events"]
        ]
        assert lines, "a log without lines proves nothing"
        return lines

    def says(self, *words: str) -> bool:
        """Whether one line of the log has all these words."""
        return any(all(word in line for word in words) for line in self.log())

    def change_sets(self) -> list[Any]:
        """Return every change set that CloudFormation still knows."""
        cloudformation = self.stack.client("cloudformation")
        listed = cloudformation.list_change_sets(StackName=self.stack.name)["Summaries"]
        return [
            cloudformation.describe_change_set(
                StackName=self.stack.name, ChangeSetName=item["ChangeSetName"]
            )
            for item in listed
        ]


def change_secret(stack: Deployment, text: str) -> None:
    stack.client("secretsmanager").put_secret_value(
        SecretId=stack.outputs["SecretArn"], SecretString=text
    )


def use_code(stack: Deployment, before: str = "", after: str = "") -> None:
    """Run the template's code, one piece of its text replaced; this also forgets the secret."""
    code = (inline.FUNCTIONS / "file_processor/index.py").read_text()
    assert not before or code.count(before) == 1
    package = io.BytesIO()
    with zipfile.ZipFile(package, "w") as archive:
        archive.writestr("index.py", code.replace(before, after) if before else code)
    stack.client("lambda").update_function_code(
        FunctionName=stack.outputs["FunctionName"], ZipFile=package.getvalue()
    )


def set_ledger(stack: Deployment, table: str) -> None:
    client, name = stack.client("lambda"), stack.outputs["FunctionName"]
    environment = client.get_function_configuration(FunctionName=name)["Environment"]
    environment["Variables"]["LEDGER_TABLE"] = table
    client.update_function_configuration(FunctionName=name, Environment=environment)


def wait_for_parked(stack: Deployment, number: int) -> None:
    wait_until(f"{number} parked messages", lambda: len(stack.parked()) == number)


@pytest.fixture
def operator(
    emulator: Emulator,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
) -> Any:
    """Return a function that runs every command, in words and as JSON, and returns what it said."""
    monkeypatch.setattr(messages, "EMPTY_RECEIVES", 1)
    monkeypatch.setattr(messages, "WAIT_SECONDS", 0)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    for name, value in emulator.session().environment.items():
        monkeypatch.setenv(name, value)

    def run(stack: str) -> str:
        said = ""
        for command, *options in COMMANDS:
            for style in ([], ["--json"]):
                main([command, "--stack", stack, *options, *style])
                out = capsys.readouterr()
                said += out.out + out.err
        return said

    return run


def test_the_secret_is_in_no_place_that_others_see(
    deploy: Deploy, operator: Any, template: Callable[[Retention], str]
) -> None:
    stack = deploy(FunctionTimeout="10")
    secrets = stack.client("secretsmanager")
    text = secrets.get_secret_value(SecretId=stack.outputs["SecretArn"])["SecretString"]
    password = json.loads(text)["password"]
    look = Looker(stack)

    # Success, and what no retry can help.
    stack.upload("fine.txt", b"fine")
    stack.wait_for_receipt("fine.txt")
    stack.upload("damaged.txt", b"damaged", sha256="0" * 64)
    wait_for_parked(stack, 1)

    # Retries: the ledger is missing, the secret is cut off, the secret holds something else.
    stack.retry_after(1)
    set_ledger(stack, "no-such-table")
    stack.upload("no ledger.txt", b"no ledger")
    wait_for_parked(stack, 2)
    set_ledger(stack, stack.outputs["LedgerTableName"])
    for number, wrong in enumerate((text[:-1], json.dumps({"password": [password]})), start=3):
        change_secret(stack, wrong)
        use_code(stack)
        stack.upload(name := f"wrong secret {number}.txt", b"wrong secret")
        wait_for_parked(stack, number)
        # On a busy machine, SQS gives up before the function has said why.
        wait_until("why", lambda: look.says("must be a JSON object", name))
    change_secret(stack, text)
    use_code(stack)
    stack.retry_after(60)

    # A change that CloudFormation refuses.
    with pytest.raises(StackError) as refused:
        stack.update(template(Retention.EPHEMERAL), UploadPrefix="results/")

    seen = look.places() | {"refusal": str(refused.value)}
    said = operator(stack.name)  # redrives what is parked, too
    stack.wait_for_receipt("no ledger.txt")
    after = {f"{name}, later": content for name, content in look.places().items()}
    assert "damaged.txt" in said
    assert "verified" in said
    assert "must be a JSON object" in seen["log"], "the cut-off secret was met"
    assert leaks(password, {**seen, **after, "operator's terminal": said}) == []

    # The same search finds a secret that is logged, even encoded and not as a whole.
    use_code(
        stack,
        "            entry = signed_entry(",
        "            log_file('INFO', 'oops', v=secret.values['password'][:20])\n"
        "            entry = signed_entry(",
    )
    stack.upload("told.txt", b"told")
    stack.wait_for_receipt("told.txt")
    assert leaks(password, look.places()) == ["log"]


@pytest.mark.parametrize(
    "leak",
    [
        "key={0}",
        "key={0:.14}...",
        "{1}",
        "{2}",
        '{{"SecretString": "{3}"}}',
    ],
    ids=["whole", "cut off", "base64", "hex", "quoted"],
)
def test_the_search_knows_every_form(leak: str) -> None:
    password = "Ab1@cd2^ef3-gh4_ij5=kl6.mn7,op8Q"
    told = leak.format(
        password,
        base64.b64encode(f'{{"password": "{password}"}}'.encode()).decode(),
        password.encode().hex().upper(),
        quote(password),
    )
    assert leaks(password, {"here": told, "there": "nothing"}) == ["here"]
