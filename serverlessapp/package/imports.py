"""What Python would import from a package: no part hides another, and nothing is missing."""

import ast
import itertools
import sys
from collections.abc import Iterator, Mapping
from contextlib import suppress
from importlib.util import resolve_name
from pathlib import Path, PurePosixPath

from serverlessapp.package.archive import PackageError
from serverlessapp.package.contents import Part
from serverlessapp.package.processor import parse

IMPORTABLE = (".py", ".pyc", ".so")

# What Lambda's Python has besides: boto3 with its dependencies (AWS Lambda Developer Guide,
# "Working with .zip file archives for Python Lambda functions"), and what runs the function.
SDK = ("boto3", "botocore", "dateutil", "jmespath", "s3transfer", "six", "urllib3")
PROVIDED = sys.stdlib_module_names.union(SDK, ("awslambdaric", "snapshot_restore_py"))


def merge(*parts: Part) -> dict[str, Path]:
    """Return the files of all parts.

    Python looks into the package before the standard library, and takes a folder with
    ``__init__.py`` before a module, and that before a folder without ("The import system" in
    its reference). Parts may share a folder, and what is no module hides none.

    Raises:
        PackageError: One part would hide another, or the standard library.
    """
    for part in parts:
        if hidden := sorted(
            {name.partition(".")[0] for name in modules(part)} & sys.stdlib_module_names
        ):
            raise PackageError(
                f"{part.origin} has {hidden[0]}, which hides a standard library module; rename it"
            )
    for part, other in itertools.combinations(parts, 2):
        here, there = modules(part), modules(other)
        same = (here.keys() & there.keys()) | shadowed(here, there) | shadowed(there, here)
        if both := sorted(same) or sorted(part.files.keys() & other.files.keys()):
            raise PackageError(
                f"both {other.origin} and {part.origin} have {both[0]}; rename yours"
            )
    return {name: path for part in parts for name, path in part.files.items()}


def modules(part: Part) -> dict[str, bool]:
    """Return the full names of a part's modules, and of each whether it is a file."""
    names = {}
    for file in map(PurePosixPath, part.files):
        # An extension's name goes on about the machine: fast.cpython-313-aarch64-linux-gnu.so
        stem = file.name.partition(".")[0] if file.suffix == ".so" else file.stem
        path = (*file.parts[:-1], *(() if stem == "__init__" else (stem,)))
        if file.suffix in IMPORTABLE and path and all(map(str.isidentifier, path)):
            names[".".join(path)] = stem != "__init__"
    return names


def shadowed(here: dict[str, bool], there: dict[str, bool]) -> set[str]:
    """Return the files here that are folders with modules there."""
    return {file for file in here if here[file] and any(n.startswith(f"{file}.") for n in there)}


def check_found(own: Part, package: Mapping[str, Path], module: str) -> None:
    """Refuse an import of what is absent, in a module or those it imports: it fails on Lambda.

    Only imports that always run count: not those in ``try``, ``if`` or a function.
    """
    code = {name: path for name, path in own.files.items() if name.endswith(".py")}
    if any(b"sys.path" in path.read_bytes() for path in code.values()):
        return  # who knows where Python will look
    bought = modules(Part(origin="", files={n: package[n] for n in package.keys() - own.files}))
    elsewhere = PROVIDED.union(name.partition(".")[0] for name in bought)
    known = set().union(*map(parents, modules(own)))
    waiting = sorted(parents(module))
    for name in waiting:
        path = name.replace(".", "/")
        source = code.get(f"{path}/__init__.py") or code.get(f"{path}.py")
        for line, base, attribute in imported(source, name) if source else ():
            if base not in known and base.partition(".")[0] not in elsewhere:
                raise PackageError(
                    f"{source}:{line} imports {base}, which is not in the package: correct the "
                    "name, or add what has it to requirements.txt; tests are not packaged"
                )
            found = (parents(base) | {f"{base}.{attribute}"}) & known
            waiting += sorted(found.difference(waiting))


def parents(name: str) -> set[str]:
    """Return a module's packages and itself."""
    return set(itertools.accumulate(name.split("."), "{}.{}".format))


def imported(source: Path, name: str) -> Iterator[tuple[int, str, str]]:
    """Yield line, module and attribute, if any, of a module's imports."""
    inside = name if source.stem == "__init__" else name.rpartition(".")[0]
    for node in parse(source).body:
        for alias in node.names if isinstance(node, ast.Import | ast.ImportFrom) else ():
            base, attribute = alias.name, ""
            if isinstance(node, ast.ImportFrom):
                base, attribute = "." * node.level + (node.module or ""), alias.name
            with suppress(ImportError):  # more dots than packages: Python finds nothing, either
                base = resolve_name(base, inside)
            yield node.lineno, base, attribute
