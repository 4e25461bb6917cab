"""Our functions in the place of ministack's, which is corrected by them and made to enforce.

A module registers its replacements when it is imported; ``install`` puts them in place. What they
replace and rely on is pinned by ``tests/unit/local/test_canaries.py``.
"""

import functools
import pkgutil
from collections.abc import Callable
from importlib import import_module
from types import ModuleType
from typing import Any, NamedTuple, TypeVar

# How CloudFormation makes, updates and deletes resources, by type and operation.
HANDLERS = ("services.cloudformation.provisioners", "_RESOURCE_HANDLERS")

Function = TypeVar("Function", bound=Callable[..., Any])


class Replacement(NamedTuple):
    """What is replaced, and what makes the replacement from it."""

    module: str  # its name below ``ministack``
    path: tuple[str, ...]  # name of the member; after it the keys of an entry if that is a table
    make: Callable[[Any], Any]  # gets what is there and returns what takes its place


REGISTERED: list[Replacement] = []


def replaces(module: str, *path: str) -> Callable[[Function], Function]:
    """Register what makes a replacement; see ``Replacement``."""

    def register(make: Function) -> Function:
        REGISTERED.append(Replacement(module, path, make))
        return make

    return register


def around(module: str, *path: str) -> Callable[[Function], Function]:
    """Register a function that is called in place of another, which is its first argument."""

    def register(function: Function) -> Function:
        def make(original: Callable[..., Any]) -> Callable[..., Any]:
            @functools.wraps(original)
            def replacement(*arguments: Any, **options: Any) -> Any:
                return function(original, *arguments, **options)

            return replacement

        replaces(module, *path)(make)
        return function

    return register


def load(package: ModuleType) -> None:
    """Import every module of a package, so that it registers its replacements."""
    for module in pkgutil.iter_modules(package.__path__, f"{package.__name__}."):
        import_module(module.name)


def install() -> None:
    """Put all replacements in place; ministack must not be serving yet."""
    for module, (*tables, name), make in REGISTERED:
        holder: Any = import_module(f"ministack.{module}")
        for table in tables:
            holder = member(holder, table)
        replacement = make(member(holder, name))
        if isinstance(holder, dict):
            holder[name] = replacement
        else:
            setattr(holder, name, replacement)


def member(holder: Any, name: str) -> Any:
    """Return an entry of a table, or a member of a module or class."""
    return holder[name] if isinstance(holder, dict) else getattr(holder, name)
