"""Tells when something in ministack has changed that ``local`` replaces or relies on.

A function that takes another's place still does so when ministack moves the work elsewhere, and
then does nothing. So each is pinned by the digest of its source without comments and docstring.
When one differs, read the new source, see that ours still stands between the caller and the work,
and enter the new digest.
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

from local import corrections, enforcement, replacements, validation

# How a line begins that belongs to the definition above it; "" is an empty line.
CONTINUES = ("", *" )]}#")
# It changes with every resource type; the entries that are replaced are pinned.
TABLE = "services.cloudformation.provisioners:_RESOURCE_HANDLERS"
PACKAGES = (corrections, enforcement, validation)

# What is replaced or used, module and member -> digest.
DIGESTS = {
    "app:app": "e1846fcc2f08",
    "core.iam_actions:_s3_batch_delete_targets": "f4e081adf4bf",
    "core.iam_actions:_s3_object_context": "2a7470c4a804",
    "core.iam_actions:request_tag_context": "a1671d3dd077",
    "core.iam_actions:s3_additional_checks": "5a5bccd320bc",
    "core.iam_evaluator:AuthError": "7918e7a18f64",
    "core.iam_evaluator:EvalContext": "964653a1040a",
    "core.iam_evaluator:EvalResult": "577b6802ee91",
    "core.iam_evaluator:PrincipalInfo": "80a2fc048809",
    "core.iam_evaluator:_POLICY_REQUIRED": "4dfabc886172",
    "core.iam_evaluator:_gather_role_policies": "6c9cde16f626",
    "core.iam_evaluator:_names_condition_key": "c3c1276c83db",
    "core.iam_evaluator:_permissions_boundary": "fa54bb4cd742",
    "core.iam_evaluator:_request_origin": "6d4c4f6fdfd1",
    "core.iam_evaluator:_resolve_condition_key": "28b1b0be752e",
    "core.iam_evaluator:_resource_policy": "9dc1113ef418",
    "core.iam_evaluator:_trust_principal_matches": "b716e223ab7c",
    "core.iam_evaluator:combine_resource_policy": "b3fc3b891ed0",
    "core.iam_evaluator:enforce": "d4dcd077d4d3",
    "core.iam_evaluator:evaluate": "b3c6481b3deb",
    "core.iam_evaluator:evaluate_resource_policy": "6d34458b3fea",
    "core.iam_evaluator:evaluate_trust_policy": "a232b0778127",
    "core.iam_evaluator:resolve_principal": "b61c534d2a2d",
    "core.lambda_runtime:ProvidedWorker": "9eb20dc6e92a",
    "core.lambda_runtime:Worker._drain_stderr_bounded": "87f2c3fd3aeb",
    "core.lambda_runtime:Worker._read_stderr": "fd6bf1c140ea",
    "core.lambda_runtime:execution_credentials": "0d30399a575d",
    "core.responses:error_response_json": "beded151e649",
    "core.responses:get_account_id": "75732e354575",
    "core.responses:get_region": "8369fe0c6780",
    "core.responses:request_scope": "ffdfbc423a17",
    "services.cloudformation.changesets:_find_change_set": "8de0921736de",
    "services.cloudformation.changesets:_resolve_parameters": "2600cd4a64f1",
    "services.cloudformation.changesets:_resolve_props_for_diff": "82aa8721fa9f",
    "services.cloudformation.engine:CfnLoader": "67dd9c417808",
    "services.cloudformation.engine:_evaluate_conditions": "e1e6facd6d5b",
    "services.cloudformation.handlers:_create_change_set": "4d958aa4c4b3",
    "services.cloudformation.handlers:_create_stack": "a54f1784bfd3",
    "services.cloudformation.handlers:_delete_stack": "564bbff97152",
    "services.cloudformation.handlers:_execute_change_set": "b2d85a2c0b55",
    "services.cloudformation.handlers:_resolve_parameters": "2600cd4a64f1",
    "services.cloudformation.handlers:_resolve_stack": "e2c84d0ca3f9",
    "services.cloudformation.handlers:_update_stack": "e603803bcd8a",
    "services.cloudformation.helpers:_error": "e36f5d330e66",
    "services.cloudformation.helpers:_resolve_document": "53ed91864edb",
    "services.cloudformation.provisioners:_NAME_SEED": "d627673864cc",
    "services.cloudformation.provisioners:_S3_BUCKET_CONFIGURATIONS": "5ac30bb38f57",
    "services.cloudformation.provisioners:_STACK_TAG_PROPERTY": "db75259ce782",
    "services.cloudformation.provisioners:_cwlogs_create": "d7f70378805c",
    "services.cloudformation.provisioners:_cwlogs_update": "a2a0b320f6d2",
    "services.cloudformation.provisioners:_ddb_create": "c55b9639f342",
    "services.cloudformation.provisioners:_ddb_delete": "f08f61158b43",
    "services.cloudformation.provisioners:_ddb_update": "f9ab9c02ab25",
    "services.cloudformation.provisioners:_delete_resource": "f2849f9d1c19",
    "services.cloudformation.provisioners:_iam_role_create": "12152fa1f67c",
    "services.cloudformation.provisioners:_iam_role_update": "a0bc2825fb55",
    "services.cloudformation.provisioners:_kms_create_key_payload": "c5dcccf38389",
    "services.cloudformation.provisioners:_kms_key_attrs": "681a4ab0d810",
    "services.cloudformation.provisioners:_lambda_esm_create": "4aa9c061d298",
    "services.cloudformation.provisioners:_lambda_esm_update": "0d5abd041752",
    "services.cloudformation.provisioners:_physical_name": "0bebcf052339",
    "services.cloudformation.provisioners:_pipes_pipe_create": "6da46544fa09",
    "services.cloudformation.provisioners:_pipes_pipe_update": "b1ebb3cd1966",
    "services.cloudformation.provisioners:_s3_delete": "ef4dd5fe55bd",
    "services.cloudformation.provisioners:_sns_create": "eae1bbf1af5d",
    "services.cloudformation.provisioners:_sns_update": "a45dc2aa3265",
    "services.cloudformation.provisioners:_sqs_create": "7a8d4a0dbc5f",
    "services.cloudformation.stacks:_delete_resource": "f2849f9d1c19",
    "services.cloudformation.stacks:_provision_resource": "f6d36323d77e",
    "services.cloudformation.stacks:_update_resource": "2d518b6bb13c",
    "services.cloudwatch:_dims_from_list": "f4c2992b4fa2",
    "services.cloudwatch:_dims_key": "29a88285f20c",
    "services.cloudwatch:_dispatch_alarm_actions": "5c0dc5dfb0a6",
    "services.cloudwatch:_evaluate_alarm": "c2367e3b6139",
    "services.cloudwatch:_metrics": "64764232df16",
    "services.cloudwatch_logs:_log_groups": "4dc015c308be",
    "services.dynamodb:_put_resource_policy": "13415eb78bed",
    "services.dynamodb:_resource_policies": "b970851f847c",
    "services.dynamodb:_sse_description_from_spec": "77581de61913",
    "services.dynamodb:_tables": "8acef8913cd0",
    "services.eventbridge:_dispatch_event": "0115bceff7b6",
    "services.eventbridge:_event_pattern_error": "19ce229714b4",
    "services.eventbridge:_invoke_target": "b4d242e552d7",
    "services.eventbridge:_matches_detail": "96774c6cb93a",
    "services.eventbridge:_parse_pattern_text": "a2d92c9717de",
    "services.eventbridge:_put_events": "0bc4323b0bb1",
    "services.eventbridge:_put_rule": "9be63537f72a",
    "services.eventbridge:_rules": "bd7df010bd9f",
    "services.iam:_policy_exists": "258c4c5a3465",
    "services.iam:_roles": "7a94fbd5a9d3",
    "services.iam:_users": "ee3cd37182f8",
    "services.kms:_replicate_key": "1a0c795bddc3",
    "services.kms:_resolve_key": "fc0415ab60ba",
    "services.kms:key_policy_for_arn": "5a1290dc420e",
    "services.lambda_svc:_UNZIPPED_LIMIT_BYTES": "c04ab7b5f4f4",
    "services.lambda_svc:_create_function": "fb37a18ac32b",
    "services.lambda_svc:_emit_lambda_logs": "8e2874f85027",
    "services.lambda_svc:_esms": "05c6e333cc26",
    "services.lambda_svc:_fetch_code_from_s3": "e226488831c0",
    "services.lambda_svc:_functions": "cbb2e4ed2e2c",
    "services.lambda_svc:_reject_unreadable_zip": "a67db8baac91",
    "services.lambda_svc:_unzipped_size": "15fda2749cb8",
    "services.lambda_svc:_update_code": "cfa6e23bc322",
    "services.lambda_svc:invalidate_worker": "f748f188d0d5",
    "services.lambda_svc:s3_code_region_message": "c77cc3a13d62",
    "services.pipes:_deliver_batch": "13afcb56ab3f",
    "services.s3:_bucket_default_sse_headers": "7cad01783fa4",
    "services.s3:_bucket_has_versions": "c0259a89bd5b",
    "services.s3:_bucket_logging_config": "cf72a1ed3940",
    "services.s3:_bucket_owner_account": "4eb940b83522",
    "services.s3:_bucket_policies": "f5264854c94b",
    "services.s3:_buckets": "a204a5bd3871",
    "services.s3:_delete_bucket_encryption": "28c31aaac075",
    "services.s3:_delete_bucket_tagging": "bc99a335efff",
    "services.s3:_error": "05ed52477b88",
    "services.s3:_fire_s3_event": "1ce9fd6c3cd2",
    "services.s3:_fire_s3_event_async": "9c715a3e1bde",
    "services.s3:_foreign_bucket_allows": "a50207476a2a",
    "services.s3:_get_object": "9c6f099f87ab",
    "services.s3:_get_object_data": "aef547f7a0c7",
    "services.s3:_head_object": "1711af308a40",
    "services.s3:_in_account": "897493cddd10",
    "services.s3:_invalid_notification_config": "d0cc0e3a70d6",
    "services.s3:_key_matches_filter": "132b4af8a027",
    "services.s3:_put_bucket_encryption": "eaceb79881d7",
    "services.s3:_put_bucket_logging": "e0b14dc6ae6a",
    "services.s3:_put_bucket_notification": "635835611882",
    "services.s3:_put_bucket_tagging": "72c51b6ab464",
    "services.s3:_put_object": "5a633801f928",
    "services.s3:_stored_sse_headers": "a2d1887bebfb",
    "services.s3:_validate_notification_configs": "f922428d2a96",
    "services.s3:bucket_policy_for_arn": "0bcb736afbbb",
    "services.secretsmanager:_resolve": "edf654d6ae88",
    "services.sns:_topics": "110e364b14cd",
    "services.sns:topic_policy_allows": "55c9de99ddd5",
    "services.sqs:_act_send_message": "e9aaef4f7eae",
    "services.sqs:_delete_messages_for_esm": "c89b8b7a0985",
    "services.sqs:_dlq_sweep": "82468ecb1ed5",
    "services.sqs:_get_q": "198f3599b017",
    "services.sqs:_queue_by_arn": "b54e6d717ca6",
    "services.sqs:_queue_name_to_url": "8e2ab742435b",
    "services.sqs:_receive_messages_for_esm": "cbd6e4418c78",
    "services.sqs:queue_policy_allows": "534ec2ae5fa9",
    "services.tagging:resource_tags": "a9aec04f9a2d",
}


def root() -> Path:
    """Return the folder of ministack, which is not imported: that would start its threads."""
    spec = importlib.util.find_spec("ministack")
    assert spec
    assert spec.origin
    return Path(spec.origin).parent


@cache
def source(module: str) -> str:
    """Return the text of a module."""
    path = root() / module.replace(".", "/")
    return path.with_suffix(".py").read_text(encoding="utf-8")


def home(module: str, member: str) -> str:
    """Return the module that a module has a member from, if it is not its own."""
    names = rf"(?:\([^)]*?\b{member}\b|[^(\n]*\b{member}\b)"
    imported = re.search(rf"^from (\.|ministack\.)([\w.]+) import {names}", source(module), re.M)
    if not imported:
        return module
    package = f"{module.rpartition('.')[0]}." if imported[1] == "." else ""
    return package + imported[2]


def definition(name: str) -> str:
    """Return the text of a function, class, variable, or method.

    Found by its indentation: parsing a module takes seconds, some have fifteen thousand lines.
    """
    module, _, path = name.partition(":")
    member, _, method = path.partition(".")
    begins = re.compile(rf"(async )?(def|class) {member}\b|{member}\b[^=(]*=")
    lines = source(home(module, member)).splitlines()
    rest = itertools.dropwhile(lambda line: not begins.match(line), lines)
    first = next(rest, None)
    assert first is not None, f"ministack has no {name} any more"
    text = "\n".join([first, *itertools.takewhile(lambda line: line[:1] in CONTINUES, rest)])
    for node in ast.parse(text).body[0].body if method else ():  # type: ignore[attr-defined]
        if getattr(node, "name", "") == method:
            return ast.get_source_segment(text, node) or ""
    return text


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


def entry(name: str, *keys: str) -> str:
    """Return the function in a table, by the keys that lead to it."""
    (table,) = ast.parse(definition(name)).body
    assert isinstance(table, ast.Assign | ast.AnnAssign)
    value = table.value
    for key in keys:
        assert isinstance(value, ast.Dict)
        pairs = zip(value.keys, value.values, strict=True)
        value = next(item for own, item in pairs if own and ast.literal_eval(own) == key)
    assert isinstance(value, ast.Name)
    return f"{name.partition(':')[0]}:{value.id}"


def replaced() -> Iterator[str]:
    """Yield what is replaced."""
    for package in PACKAGES:
        replacements.load(package)
    for module, (member, *keys), _ in replacements.REGISTERED:
        name = f"{module}:{member}"
        if keys and member.startswith("_"):
            yield entry(name, *keys)
        else:
            yield ".".join([name, *keys])


def used() -> Iterator[str]:
    """Yield every member of ministack that our code imports or mentions."""
    for path in itertools.chain(*(Path(package.__path__[0]).glob("*.py") for package in PACKAGES)):
        nodes = list(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))
        modules = {}
        for node in nodes:
            if isinstance(node, ast.ImportFrom) and str(node.module).startswith("ministack."):
                package = str(node.module).removeprefix("ministack.")
                for alias in node.names:
                    module = f"{package}.{alias.name}"
                    if (root() / module.replace(".", "/")).with_suffix(".py").exists():
                        modules[alias.name] = module
                    else:
                        yield f"{package}:{alias.name}"
        for node in nodes:
            if isinstance(node, ast.Attribute) and ast.unparse(node.value) in modules:
                yield f"{modules[ast.unparse(node.value)]}:{node.attr}"


def test_everything_replaced_or_used_has_a_canary() -> None:
    assert {*replaced(), *used()} - {TABLE} == set(DIGESTS)


@pytest.mark.parametrize("name", sorted(DIGESTS))
def test_ministack_still_does_it_this_way(name: str) -> None:
    digest = hashlib.sha256(code(definition(name)).encode()).hexdigest()[:12]
    assert digest == DIGESTS[name], f"{name} of ministack has changed: see what relies on it"


@pytest.mark.parametrize(
    ("before", "after", "same"),
    [
        ("def f(a):\n  'why'\n  return a", "def f(a):\n\n  # so\n  return a", True),
        ("def f(a):\n  return a", "def f(a):\n  return not a", False),
    ],
)
def test_a_digest_sees_the_code_and_only_the_code(before: str, after: str, same: bool) -> None:
    assert (code(before) == code(after)) is same
