"""Functions take the place of others, which they can call."""

import sys
from collections.abc import Callable, Iterator
from types import ModuleType
from typing import Any

import pytest

from local import replacements
from local.replacements import around, install, replaces


class Worker:
    def name(self, end: str) -> str:
        return "worker" + end


@pytest.fixture
def module(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    made: Any = ModuleType("ministack.made_up")
    made.double = lambda number: 2 * number
    made.TABLE = {"A": {"create": lambda: "made"}}
    made.Worker = type("Worker", (Worker,), {})
    made.LIMIT = 1
    monkeypatch.setitem(sys.modules, "ministack.made_up", made)
    monkeypatch.setattr(replacements, "REGISTERED", [])
    yield made


def test_functions_entries_methods_and_values_are_replaced(module: Any) -> None:
    @around("made_up", "double")
    def plus_one(double: Callable[[int], int], number: int) -> int:
        return double(number) + 1

    @around("made_up", "TABLE", "A", "create")
    def twice(create: Callable[[], str]) -> str:
        return create() * 2

    @around("made_up", "Worker", "name")
    def louder(name: Callable[..., str], worker: Worker, end: str) -> str:
        return name(worker, end).upper()

    @replaces("made_up", "LIMIT")
    def more(limit: int) -> int:
        return limit + 1

    install()
    assert module.double(2) == 5
    assert plus_one(abs, -2) == 3, "on its own it can be tried with anything"
    assert module.TABLE["A"]["create"]() == "mademade"
    assert module.Worker().name(end="!") == "WORKER!"
    assert module.LIMIT == 2


@pytest.mark.parametrize("path", [("gone",), ("TABLE", "A", "gone"), ("TABLE", "gone", "create")])
def test_what_is_not_there_is_an_error_that_names_it(module: Any, path: tuple[str, ...]) -> None:
    around("made_up", *path)(lambda *_: None)
    with pytest.raises((AttributeError, KeyError), match="gone"):
        install()
