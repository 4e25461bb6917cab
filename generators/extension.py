"""What a processor adds to the stack: the permissions declared beside its code."""

import importlib.util
import inspect
import traceback
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from awacs.aws import Statement
from troposphere import kms, s3

from generators import statements as iam
from generators.render import GenerationError

DECLARATION = "permissions.py"

# ``grants(bucket=..., key=...)``: statements for the function's role, made from the upload
# bucket and from the key, which exists under the condition CUSTOMER_MANAGED_KEY only.
Grants = Callable[..., list[Statement]]


class ExtensionError(GenerationError):
    """The grants are missing or dangerous; the message says what to change."""


def no_grants(*, bucket: s3.Bucket, key: kms.Key) -> list[Statement]:  # noqa: ARG001
    """Return nothing: the processor reads uploads and writes its receipt."""
    return []


def grants_of(folder: Path) -> Grants:
    """Return the function ``grants`` of a processor's ``permissions.py``.

    Raises:
        ExtensionError: There is no such file, it fails, or it has no such function. What the
            function raises, or returns instead of statements, is one, too.
    """
    path = folder / DECLARATION
    spec = importlib.util.spec_from_file_location("permissions", path)
    if not path.is_file() or not spec or not spec.loader:
        raise ExtensionError(f"{path} does not exist: this template variant is not needed")
    module = importlib.util.module_from_spec(spec)
    try:
        spec.loader.exec_module(module)
    except (Exception, SystemExit) as error:
        raise ExtensionError(f"{path}{line_of(error, path)}: {described(error)}") from error
    grants = getattr(module, "grants", None)
    if not inspect.isfunction(grants):
        raise ExtensionError(f"{path}: define a function grants(*, bucket, key)")
    return partial(statements_of, path, grants)


def statements_of(path: Path, grants: Grants, **resources: Any) -> list[Statement]:
    """Return what the function ``grants`` of a file gives.

    Raises:
        ExtensionError: It does not take the resources, fails, gives something else, or what IAM
            would refuse.
    """
    code = inspect.unwrap(grants).__code__  # of another file, perhaps, that this one imports
    line = f"{code.co_filename}:{code.co_firstlineno}"
    try:
        inspect.signature(grants).bind(**resources)
    except TypeError as error:
        raise ExtensionError(
            f"{line}: the signature must be grants(*, bucket, key): {error}"
        ) from error
    try:
        statements = grants(**resources)
    except (Exception, SystemExit) as error:
        raise ExtensionError(f"{path}{line_of(error, path)}: {described(error)}") from error
    if not isinstance(statements, list) or not all(isinstance(s, Statement) for s in statements):
        raise ExtensionError(f"{line}: grants must return a list of awacs statements")
    for words in iam.errors(statements):
        raise ExtensionError(f"{line}: {words}")
    return statements


def described(error: BaseException) -> str:
    words = error.msg if isinstance(error, SyntaxError) else str(error)
    return f"{type(error).__name__}: {' '.join(words.split())}"


def line_of(error: BaseException, path: Path) -> str:
    """Return where in a file an error is, to be put behind the file's name."""
    if isinstance(error, SyntaxError) and error.filename == str(path):
        return f":{error.lineno}"
    frames = traceback.extract_tb(error.__traceback__)
    lines = [frame.lineno for frame in frames if frame.filename == str(path)]
    return f":{lines[-1]}" if lines else ""
