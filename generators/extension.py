"""What a processor adds to the stack: the permissions declared beside its code."""

import importlib.util
import json
from collections.abc import Callable, Sequence
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from awacs.aws import Statement
from troposphere import encode_to_dict, kms, s3

from generators.buckets import objects
from generators.parameters import RESULTS
from generators.render import GenerationError
from serverlessapp.template.evaluation import Evaluation
from serverlessapp.template.reading import Template

DECLARATION = "permissions.py"

# ``grants(bucket=..., key=...)``: statements for the function's role, made from the upload
# bucket and from the key, which exists under the condition CUSTOMER_MANAGED_KEY only.
Grants = Callable[..., list[Statement]]


# What makes S3 announce a new object (Amazon S3 User Guide, "Supported event types").
CREATES_OBJECTS = ("s3:PutObject", "s3:ReplicateObject")


class ExtensionError(GenerationError):
    """The grants are missing or dangerous; the message says what to change."""


def no_grants(*, bucket: s3.Bucket, key: kms.Key) -> list[Statement]:  # noqa: ARG001
    """Return nothing: the processor reads uploads and writes its receipt."""
    return []


def grants_of(folder: Path) -> Grants:
    """Return the function ``grants`` of a processor's ``permissions.py``.

    Raises:
        ExtensionError: There is no such file, it fails, or it has no such function.
    """
    path = folder / DECLARATION
    if not path.is_file():
        raise ExtensionError(f"{path} does not exist: the templates need no variant")
    spec = importlib.util.spec_from_file_location("permissions", path)
    if not spec or not spec.loader:
        raise ExtensionError(f"{path} cannot be imported")
    module = importlib.util.module_from_spec(spec)
    try:
        spec.loader.exec_module(module)
        return module.grants  # type: ignore[no-any-return]
    except Exception as error:
        raise ExtensionError(f"{path}: {error}") from error


def refuse_loops(statements: Sequence[Statement], bucket: s3.Bucket) -> Sequence[Statement]:
    """Return the statements if none lets the function write where its own files come from.

    ``UploadPrefix`` cannot begin with ``results/``. So if the function can write only there, no
    result can ever start it again, whatever the processor does.

    Raises:
        ExtensionError: A statement allows more; the message names it.
    """
    results = text_of(encode_to_dict(objects(bucket, RESULTS))).removesuffix("*")
    for statement in statements:
        content = encode_to_dict(statement)
        actions = "NotAction" in content or any(map(creates_objects, content["Action"]))
        if content["Effect"] == "Allow" and actions:
            for resource in content.get("Resource", ["*"]):
                if may_be_in(bucket, resource) and not text_of(resource).startswith(results):
                    raise ExtensionError(
                        f"{content.get('Sid', 'a statement')} may write below UploadPrefix, and "
                        f"results there would start the function again: allow {results}* only"
                    )
    return statements


def creates_objects(action: str) -> bool:
    """Tell whether an action of a policy, wildcards included, covers one that makes objects."""
    return any(fnmatchcase(name.lower(), action.lower()) for name in CREATES_OBJECTS)


def may_be_in(bucket: s3.Bucket, resource: Any) -> bool:
    """Tell whether a resource of a policy can be an object of this bucket."""
    rendered = json.dumps(resource)
    return str(bucket.title) in rendered or ":::*" in rendered or resource == "*"


def text_of(resource: Any) -> str:
    """Return a resource as ``Sub`` would have it."""
    return str(Evaluation(template=Template(content={})).value(resource))
