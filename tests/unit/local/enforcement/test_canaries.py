"""Tells when a function of ministack that enforcement wraps or relies on has changed.

A check that wraps a function still installs when ministack moves the work elsewhere, and then
checks nothing. So each function is pinned by the digest of its source without comments and
docstring. When one differs, read the new source, see that the check still stands between the
caller and the work, and enter the new digest.
"""

import ast
import hashlib
import importlib.util
import itertools
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from local import enforcement
from local.enforcement.keys import KEYS_OF

# How a line begins that belongs to the definition above it; "" is an empty line.
CONTINUES = ("", *" )]}#")
TABLE = "provisioners._RESOURCE_HANDLERS"
FOLDER = Path(enforcement.__file__).parent

# Module, as enforcement calls it -> where it is.
MODULES = {
    "app": "ministack.app",
    "changesets": "ministack.services.cloudformation.changesets",
    "cloudwatch": "ministack.services.cloudwatch",
    "cloudwatch_logs": "ministack.services.cloudwatch_logs",
    "dynamodb": "ministack.services.dynamodb",
    "handlers": "ministack.services.cloudformation.handlers",
    "helpers": "ministack.services.cloudformation.helpers",
    "s3": "ministack.services.s3",
    "iam": "ministack.services.iam",
    "iam_actions": "ministack.core.iam_actions",
    "iam_evaluator": "ministack.core.iam_evaluator",
    "kms": "ministack.services.kms",
    "lambda_runtime": "ministack.core.lambda_runtime",
    "lambda_svc": "ministack.services.lambda_svc",
    "provisioners": "ministack.services.cloudformation.provisioners",
    "secretsmanager": "ministack.services.secretsmanager",
    "sns": "ministack.services.sns",
    "sqs": "ministack.services.sqs",
    # It has its functions, those that are replaced there, from the provisioners.
    "stacks": "ministack.services.cloudformation.provisioners",
    "tagging": "ministack.services.tagging",
}

# What ``install`` replaces -> digest of what it replaces.
WRAPPED = {
    "app.app": "e1846fcc2f08",
    "cloudwatch._dispatch_alarm_actions": "5c0dc5dfb0a6",
    "iam_actions.s3_additional_checks": "5a5bccd320bc",
    "iam_evaluator._request_origin": "6d4c4f6fdfd1",
    "iam_evaluator._resource_policy": "9dc1113ef418",
    "iam_evaluator.enforce": "d4dcd077d4d3",
    "iam_evaluator.evaluate": "b3c6481b3deb",
    "lambda_runtime.execution_credentials": "0d30399a575d",
    "lambda_svc._emit_lambda_logs": "8e2874f85027",
    "s3._fire_s3_event_async": "9c715a3e1bde",
    "sns.topic_policy_allows": "55c9de99ddd5",
    "sqs._delete_messages_for_esm": "c89b8b7a0985",
    "sqs._dlq_sweep": "82468ecb1ed5",
    "sqs._receive_messages_for_esm": "cbd6e4418c78",
    "sqs.queue_policy_allows": "534ec2ae5fa9",
    "stacks._delete_resource": "f2849f9d1c19",
    "stacks._provision_resource": "f6d36323d77e",
    "stacks._update_resource": "2d518b6bb13c",
}

# What the checks call or read -> digest.
USED = {
    "changesets._create_change_set": "4d958aa4c4b3",
    "changesets._execute_change_set": "b2d85a2c0b55",
    "changesets._find_change_set": "8de0921736de",
    "cloudwatch_logs._log_groups": "4dc015c308be",
    "dynamodb._resource_policies": "b970851f847c",
    "handlers._ACTION_HANDLERS": "5b43193f2f12",
    "handlers._create_stack": "a54f1784bfd3",
    "handlers._delete_stack": "564bbff97152",
    "handlers._resolve_stack": "e2c84d0ca3f9",
    "handlers._update_stack": "e603803bcd8a",
    "helpers._error": "e36f5d330e66",
    "iam._roles": "7a94fbd5a9d3",
    "iam_actions._s3_batch_delete_targets": "f4e081adf4bf",
    "iam_evaluator.AuthError": "7918e7a18f64",
    "iam_evaluator.EvalContext": "964653a1040a",
    "iam_evaluator.EvalResult": "577b6802ee91",
    "iam_evaluator.PrincipalInfo": "80a2fc048809",
    "iam_evaluator._POLICY_REQUIRED": "4dfabc886172",
    "iam_evaluator._gather_role_policies": "6c9cde16f626",
    "iam_evaluator._permissions_boundary": "fa54bb4cd742",
    "iam_evaluator.combine_resource_policy": "b3fc3b891ed0",
    "iam_evaluator.evaluate_resource_policy": "6d34458b3fea",
    "iam_evaluator.resolve_principal": "b61c534d2a2d",
    "kms.key_policy_for_arn": "5a1290dc420e",
    "lambda_svc._esms": "05c6e333cc26",
    "lambda_svc._functions": "cbb2e4ed2e2c",
    "provisioners._ddb_create": "c55b9639f342",
    "provisioners._ddb_update": "f9ab9c02ab25",
    "provisioners._delete_resource": "f2849f9d1c19",
    "provisioners._s3_create": "6edaa717d881",
    "provisioners._s3_update": "210516415093",
    "provisioners._sm_secret_create": "dcc03c1b5c87",
    "provisioners._sm_secret_update": "af5ecfe3060e",
    "s3._bucket_logging_config": "cf72a1ed3940",
    "s3._bucket_owner_account": "4eb940b83522",
    "s3._in_account": "897493cddd10",
    "s3._put_object": "5a633801f928",
    "s3.bucket_policy_for_arn": "0bcb736afbbb",
    "secretsmanager._secrets": "5d0f3995896c",
    "sns._topics": "110e364b14cd",
    "sqs._get_q": "198f3599b017",
    "sqs._queue_by_arn": "b54e6d717ca6",
    "tagging.resource_tags": "a9aec04f9a2d",
}


@cache
def source(module: str) -> list[str]:
    """Return the lines of a module, without importing it, nor the package around it."""
    spec = importlib.util.find_spec("ministack")
    assert spec
    assert spec.origin
    path = Path(spec.origin).parent.parent / MODULES[module].replace(".", "/")
    return path.with_suffix(".py").read_text(encoding="utf-8").splitlines()


def definition(name: str) -> str:
    """Return the text of a module's top-level function, class or variable.

    Found by its indentation: parsing a module takes seconds, some have fifteen thousand lines.
    """
    module, _, member = name.partition(".")
    begins = re.compile(rf"(async )?(def|class) {member}\b|{member}\b[^=(]*=")
    lines = itertools.dropwhile(lambda line: not begins.match(line), source(module))
    first = next(lines, None)
    assert first is not None, f"ministack has no {MODULES[module]}.{member} any more"
    return "\n".join([first, *itertools.takewhile(lambda line: line[:1] in CONTINUES, lines)])


def digest(name: str) -> str:
    """Return what tells one source of a definition from another."""
    return hashlib.sha256(code(definition(name)).encode()).hexdigest()[:12]


def code(text: str) -> str:
    """Return a definition without docstring, comment lines and empty lines.

    As text: what ``ast.unparse`` makes of a tree depends on the version of Python.
    """
    lines = dict(enumerate(text.splitlines(), start=1))
    node = ast.parse(text).body[0]
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and ast.get_docstring(node):
        for number in range(node.body[0].lineno, (node.body[0].end_lineno or 0) + 1):
            del lines[number]
    kept = (line.rstrip() for line in lines.values())
    return "\n".join(line for line in kept if line and not line.lstrip().startswith("#"))


@pytest.mark.parametrize("name", sorted(WRAPPED | USED))
def test_ministack_still_does_it_this_way(name: str) -> None:
    assert digest(name) == (WRAPPED | USED)[name], (
        f"{name} of ministack has changed: see that its check in local/enforcement still stands"
    )


def replaced() -> Iterator[str]:
    """Yield what ``install`` replaces."""
    for node in ast.walk(ast.parse((FOLDER / "install.py").read_text())):
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "replace":
            module, name = node.args[:2]
            yield f"{ast.unparse(module)}.{ast.literal_eval(name)}"


def mentioned() -> Iterator[str]:
    """Yield every member of a module of ministack that a check mentions."""
    for path in FOLDER.glob("*.py"):
        text = path.read_text(encoding="utf-8")
        for node in ast.walk(ast.parse(text)) if "from ministack" in text else ():
            if isinstance(node, ast.Attribute) and ast.unparse(node.value) in MODULES:
                yield ast.unparse(node)


def handlers() -> Iterator[str]:
    """Yield CloudFormation's functions for the resources whose properties are learned."""
    (table,) = ast.parse(definition(TABLE)).body
    assert isinstance(table, ast.Assign | ast.AnnAssign)
    assert isinstance(table.value, ast.Dict)
    for name, entry in zip(table.value.keys, table.value.values, strict=True):
        if name and ast.literal_eval(name) in KEYS_OF:
            assert isinstance(entry, ast.Dict)
            for operation, function in zip(entry.keys, entry.values, strict=True):
                if operation and ast.literal_eval(operation) in ("create", "update"):
                    yield f"provisioners.{ast.unparse(function)}"


def test_every_replacement_has_a_canary() -> None:
    assert set(replaced()) == set(WRAPPED)


def test_everything_a_check_relies_on_has_a_canary() -> None:
    # Of the table of handlers, which changes with every resource type, only these.
    relied_on = set(mentioned()) - {TABLE} | set(handlers())
    assert relied_on - set(replaced()) == set(USED)


@pytest.mark.parametrize(
    ("before", "after", "same"),
    [
        ("def f(a):\n  'why'\n  return a", "def f(a):\n\n  # so\n  return a", True),
        ("def f(a):\n  return a", "def f(a):\n  return not a", False),
    ],
)
def test_a_digest_sees_the_code_and_only_the_code(before: str, after: str, same: bool) -> None:
    assert (code(before) == code(after)) is same
