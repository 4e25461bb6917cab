"""Finds the processor in the code, without running any of it."""

import ast
import re
import symtable
from collections.abc import Mapping
from importlib.util import decode_source
from pathlib import Path

from serverlessapp.package.archive import PackageError

# The stack parameter Processor takes the same names.
NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.]*:[A-Za-z_][A-Za-z0-9_]*")
ARGUMENTS = ["file", "context"]


def find(files: Mapping[str, Path]) -> str:
    """Return ``module:function`` of the only function that takes ``file`` and ``context``.

    Raises:
        PackageError: There is none, or more than one.
    """
    candidates = [
        f"{path.removesuffix('.py')}:{node.name}"
        for path, source in sorted(files.items())
        if path.endswith(".py") and "/" not in path
        for node in parse(source).body
        if isinstance(node, ast.FunctionDef) and names(node) == ARGUMENTS
    ]
    if len(candidates) != 1:
        raise PackageError(
            "which processor? functions (file, context) in the folder: "
            f"{', '.join(candidates) or 'none'}; choose one with --processor module:function"
        )
    return candidates[0]


def choose(folder: Path, files: Mapping[str, Path], processor: str | None = None) -> str:
    """Return ``module:function`` of a folder's code: what is named, else the only one.

    Raises:
        PackageError: It is not there, or cannot be called; the message names the folder.
    """
    try:
        processor = processor or find(files)
        check(files, processor)
    except PackageError as error:
        if str(folder) in str(error):
            raise
        raise PackageError(f"{folder}: {error}") from error
    return processor


def check(files: Mapping[str, Path], processor: str) -> None:
    """Make sure that ``module:function`` is in the code and, as far as it shows, can be called.

    Raises:
        PackageError: The module or function is missing, or takes other arguments.
    """
    if not NAME.fullmatch(processor):
        raise PackageError(f"{processor}: must be module:function, such as thumbnails:make")
    module, _, function = processor.partition(":")
    path = module.replace(".", "/")
    source = files.get(f"{path}/__init__.py") or files.get(f"{path}.py")  # as Python imports
    if not source:
        raise PackageError(f"{processor}: the folder has no module {module}")
    body = parse(source).body
    if not is_bound(function, source, body):
        raise PackageError(f"{processor}: {source} has no function {function}")
    defined = [node for node in body if getattr(node, "name", "") == function]
    if defined and not (isinstance(defined[-1], ast.FunctionDef) and takes_two(defined[-1])):
        raise PackageError(
            f"{processor} must be a plain function with two parameters, file and context; not "
            "async, not a class"
        )
    if defined and yields(defined[-1]):
        raise PackageError(
            f"{processor} contains yield, so it would return a generator and no receipt"
        )


def parse(source: Path) -> ast.Module:
    """Return the syntax tree of a file, or raise a PackageError if it is not Python."""
    try:
        # The parser itself lets a comment be no UTF-8.
        tree = ast.parse(decode_source(source.read_bytes()))
        compile(tree, source, "exec")  # which also finds what is well-formed and means nothing
    except SyntaxError as error:
        line = f":{error.lineno}" if error.lineno else ""
        raise PackageError(f"{source}{line} is not valid Python: {error.msg}") from error
    except ValueError as error:
        raise PackageError(f"{source} is not valid Python: {error}") from error
    return tree


def is_bound(name: str, source: Path, body: list[ast.stmt]) -> bool:
    """Whether a module defines or imports a name, or ``*``, which may have it."""
    table = symtable.symtable(decode_source(source.read_bytes()), str(source), "exec")
    return (
        name in table.get_identifiers()
        and (table.lookup(name).is_assigned() or table.lookup(name).is_imported())
    ) or any(isinstance(node, ast.ImportFrom) and node.names[0].name == "*" for node in body)


def names(node: ast.FunctionDef) -> list[str]:
    """Return the names of a function's positional parameters."""
    return [argument.arg for argument in (*node.args.posonlyargs, *node.args.args)]


def yields(node: ast.AST) -> bool:
    """Whether a function is a generator, whatever functions within it are."""
    inner = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)
    return any(
        isinstance(child, ast.Yield | ast.YieldFrom)
        or (not isinstance(child, inner) and yields(child))
        for child in ast.iter_child_nodes(node)
    )


def takes_two(node: ast.FunctionDef) -> bool:
    """Whether a function can be called with two positional arguments."""
    most, least = len(names(node)), len(names(node)) - len(node.args.defaults)
    return least <= 2 <= (2 if node.args.vararg else most) and None not in node.args.kw_defaults
