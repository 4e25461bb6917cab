"""What a processor adds to the stack: the permissions declared beside its code."""

import importlib.util
from collections.abc import Callable
from pathlib import Path

from awacs.aws import Statement
from troposphere import kms, s3

DECLARATION = "permissions.py"

# ``grants(bucket=..., key=...)``: statements for the function's role, made from the upload
# bucket and from the key, which exists under the condition CUSTOMER_MANAGED_KEY only.
Grants = Callable[..., list[Statement]]


class ExtensionError(Exception):
    """The folder declares no grants; the message says what is missing."""


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
