"""Another resource, another name; the same through updates."""

from collections.abc import Callable
from typing import Any

from ministack.services.cloudformation import provisioners

from local.corrections import physical_names


def name(*arguments: Any) -> Any:
    return provisioners._physical_name(*arguments)


def made(provision: Callable[..., Any]) -> tuple[str, str]:
    """Return the name of a new resource, and that which an update gives it."""
    token = provisioners._NAME_SEED.set("")
    try:
        return provision("stack", "Ledger"), name("stack", "Ledger")
    finally:
        provisioners._NAME_SEED.reset(token)


def test_ministack_still_needs_distinct_names() -> None:
    """When this fails, names differ by themselves: take the correction out."""
    assert len({*made(name), *made(name)}) == 1
    first, second = (made(lambda *a: physical_names.distinct(name, *a)) for _ in range(2))
    assert first[0] == first[1] != second[0] == second[1]
