"""Collects what the generators accepted, each beside the resource it is about."""

import importlib
import pkgutil
from collections.abc import Iterator

import generators
import pipeline
from generators.accepted import Accepted

PACKAGES = (generators, pipeline)


def collect() -> Iterator[Accepted]:
    """Yield the constant ``ACCEPTED`` of every module that has one."""
    for package in PACKAGES:
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if not module.name.endswith("__main__"):  # which runs the command
                yield from getattr(importlib.import_module(module.name), "ACCEPTED", ())
