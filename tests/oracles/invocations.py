"""Invocations of a template's function, in a fresh process each; see ``lambda_process``."""

import json
import multiprocessing
import tempfile
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import unquote_plus

from serverlessapp.template.reading import Json

from . import lambda_process
from .resolved import ResolvedStack

EVENTS = Path(__file__).resolve().parent.parent / "events"
# Processes that begin as copies of one that has imported AWS's SDK and moto, and nothing else.
PROCESSES = multiprocessing.get_context("forkserver")
PROCESSES.set_forkserver_preload([lambda_process.__name__])
SECONDS = 60  # for a process that takes one
# What the account of the function is made of: types, and the properties that make a difference.
TAKEN = {
    "AWS::S3::Bucket": ("VersioningConfiguration",),
    "AWS::SQS::Queue": (),
    "AWS::DynamoDB::Table": ("AttributeDefinitions", "KeySchema", "BillingMode"),
    "AWS::SecretsManager::Secret": ("GenerateSecretString",),
}


@dataclass(frozen=True, kw_only=True)
class Invocation:
    """One invocation of the function.

    Attributes:
        messages: What the queue delivers: see ``message`` and ``again``.
        event: What is handed over instead of messages.
        refused: Operation of AWS such as ``s3.GetObject`` -> code of the error that it answers.
        milliseconds: That Lambda says are left.
    """

    messages: list[Json] = field(default_factory=list)
    event: Json | None = None
    refused: Mapping[str, str] = field(default_factory=dict)
    milliseconds: int = 60_000


@dataclass(frozen=True, kw_only=True)
class Ran:
    """What came of invocations.

    Attributes:
        outcomes: For each invocation ``answer`` or ``error``, and the ``bodies`` it was given.
        entries: All rows of all tables, as DynamoDB returns them.
        messages: What is in each queue, by its name.
        lines: What the function wrote.
        password: What the secret has.
    """

    outcomes: list[Json]
    entries: list[Json]
    messages: dict[str, list[Json]]
    lines: list[Json]
    password: str


def recorded(name: str) -> Json:
    """Return a recorded event."""
    content: Json = json.loads((EVENTS / f"{name}.json").read_text(encoding="utf-8"))
    return content


def message(event: Json | str, content: str | None = None, **metadata: str) -> Json:
    """Return a message with an event; with content, the object is put and its version filled in.

    Args:
        event: The event, the name of a recorded one, or an S3 event changed by ``about``.
        content: Of the object that it is about.
        metadata: Of the object.
    """
    body = json.dumps(recorded(event) if isinstance(event, str) else event)
    if content is None:
        return {"body": body}
    return {"body": body, "content": content, "metadata": metadata}


def again(invocation: int, number: int) -> Json:
    """Return the message that an earlier invocation got, once more."""
    return {"again": [invocation, number]}


def about(name: str, **changes: Any) -> Json:
    """Return a recorded event with its object changed."""
    event = recorded(name)
    item = event["Records"][0]["s3"]["object"]
    item.update(changes)
    return event


def key_in(body: str) -> str:
    """Return the key of the object that a message is about."""
    return unquote_plus(json.loads(body)["Records"][0]["s3"]["object"]["key"])


def function_of(stack: ResolvedStack) -> Json:
    """Return the function that the queue of uploads drives."""
    (mapping,) = stack.of_type("AWS::Lambda::EventSourceMapping").values()
    wanted = mapping["Properties"]["FunctionName"]
    functions = stack.of_type("AWS::Lambda::Function").values()
    (function,) = (each for each in functions if each["Name"] == wanted)
    return function


def environment_of(function: Json, region: str) -> dict[str, str]:
    """Return the environment that Lambda gives a function.

    Source: AWS Lambda Developer Guide, "Using Lambda environment variables", defined runtime
    environment variables.
    """
    properties = function["Properties"]
    return {
        "_HANDLER": properties["Handler"],
        "AWS_ACCESS_KEY_ID": "made-up",
        "AWS_DEFAULT_REGION": region,
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(properties["MemorySize"]),
        "AWS_LAMBDA_FUNCTION_NAME": function["Name"],
        "AWS_REGION": region,
        "AWS_SECRET_ACCESS_KEY": "made-up",
        "AWS_SESSION_TOKEN": "made-up",
        "TZ": ":UTC",
        **properties["Environment"]["Variables"],
    }


def run(stack: ResolvedStack, *invocations: Invocation) -> Ran:
    """Run the function of a stack; a function that cannot even start fails the test.

    Args:
        stack: The template and its values.
        invocations: In their order, all in one execution environment.
    """
    function, envelope = function_of(stack), recorded("sqs-message")
    job = {
        "code": function["Properties"]["Code"]["ZipFile"],
        "environment": environment_of(function, stack.region),
        "invocations": [vars(each) | {"envelope": envelope} for each in invocations],
        "resources": [
            {"kind": kind, "name": each["Name"], "properties": taken(each["Properties"], names)}
            for kind, names in TAKEN.items()
            for each in stack.of_type(kind).values()
        ],
    }
    return done(json.dumps(job))


def taken(properties: Json, names: Collection[str]) -> Json:
    return {name: properties[name] for name in names if name in properties}


@cache
def done(job: str) -> Ran:
    """Do a job in a new process, if it is not one that was done already."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        process = PROCESSES.Process(target=lambda_process.main, args=(json.loads(job), folder))
        process.start()
        process.join(SECONDS)
        process.kill()
        result = folder / lambda_process.RESULT
        assert result.exists(), "the function does not even start"
        came = json.loads(result.read_text(encoding="utf-8"))
        written = (folder / lambda_process.OUTPUT).read_text(encoding="utf-8")
    return Ran(lines=[json.loads(line) for line in written.splitlines()], **came)
