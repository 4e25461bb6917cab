"""Finds the processor in the code, without running any of it."""

import ast
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from serverlessapp.package.archive import PackageError

# The stack parameter Processor takes the same names.
NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.]*:[A-Za-z_][A-Za-z0-9_]*")
ARGUMENTS = ["file", "context"]


def find(files: Mapping[str, Path]) -> str:
    """Return ``module:function`` of the only function that takes ``file`` and ``context``.

    Args:
        files: The processor's own files by their path in the package.

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
            f"which processor? functions (file, context) in modules of the folder: "
            f"{', '.join(candidates) or 'none'}; name yours with --processor module:function"
        )
    return candidates[0]


def check(files: Mapping[str, Path], processor: str) -> None:
    """Make sure that ``module:function`` is in the code and can be called.

    Raises:
        PackageError: The module or function is missing, or takes other arguments.
    """
    if not NAME.fullmatch(processor):
        raise PackageError(f"{processor}: give module:function, for example thumbnails:make")
    module, _, function = processor.partition(":")
    path = module.replace(".", "/")
    source = files.get(f"{path}/__init__.py") or files.get(f"{path}.py")  # as Python imports
    if not source:
        raise PackageError(f"{processor}: there is no module {module} in the folder")
    body = list(definitions(parse(source).body))
    defined = [node for node in body if function in bound(node)]
    if not defined and any("*" in bound(node) for node in body):
        return  # "from impl import *": what that has, only running it would tell
    if not defined:
        raise PackageError(f"{processor}: {source} has no function {function}")
    match defined[-1]:
        case ast.AsyncFunctionDef():
            raise PackageError(f"{processor} is async; a processor is a plain function")
        case ast.FunctionDef() as node if not takes_two(node):
            raise PackageError(f"{processor} must take two arguments: file and context")
        case ast.ClassDef():
            raise PackageError(f"{processor} is a class, not a function")


def parse(source: Path) -> ast.Module:
    """Return the syntax tree of a file, or raise a PackageError if it is not Python."""
    try:
        return ast.parse(source.read_bytes())
    except (SyntaxError, ValueError) as error:
        raise PackageError(f"{source} is not valid Python: {error}") from error


def definitions(body: Iterable[ast.AST]) -> Iterator[ast.AST]:
    """Yield a module's own statements, also those below ``if``, ``try`` and ``with``."""
    for node in body:
        yield node
        if isinstance(node, ast.If | ast.Try | ast.ExceptHandler | ast.With):
            yield from definitions(ast.iter_child_nodes(node))


def bound(node: ast.AST) -> list[str]:
    """Return the names a statement defines."""
    match node:
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
            return [node.name]
        case ast.Import() | ast.ImportFrom():
            return [alias.asname or alias.name for alias in node.names]
        case ast.Assign():
            return [target.id for target in node.targets if isinstance(target, ast.Name)]
        case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr()):
            return [name]
    return []


def names(node: ast.FunctionDef) -> list[str]:
    """Return the names of a function's positional parameters."""
    return [argument.arg for argument in (*node.args.posonlyargs, *node.args.args)]


def takes_two(node: ast.FunctionDef) -> bool:
    """Whether a function can be called with two positional arguments."""
    most, least = len(names(node)), len(names(node)) - len(node.args.defaults)
    required = [default for default in node.args.kw_defaults if default is None]
    return least <= 2 and (most >= 2 or node.args.vararg is not None) and not required
