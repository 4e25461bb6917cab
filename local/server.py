"""The emulator's process: ministack, with what our stack needs corrected.

Started by ``local.emulator``; nobody else should import it.
"""

import argparse
import os
import shutil
import signal
import sys
import threading
import uuid
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Any

# The corrections below reach into ministack, so they hold for this version only. A test
# shows that each is still needed; with a new version, run it before raising the number.
MINISTACK_VERSION = "1.5.33"

Properties = dict[str, Any]


def with_numeric_concurrency(provision: Callable[..., Any]) -> Callable[..., Any]:
    """Make an event source mapping's ``MaximumConcurrency`` a number, as CloudFormation does.

    A parameter arrives as a string. ministack passes it on, and the queue's poller then
    fails to compare it with a number, so that no message is ever delivered.
    """

    def corrected(*arguments: Any) -> Any:
        return provision(*(numeric_concurrency(argument) for argument in arguments))

    return corrected


def numeric_concurrency(value: Any) -> Any:
    """Return resource properties with a numeric limit; anything else unchanged."""
    scaling = value.get("ScalingConfig") if isinstance(value, dict) else None
    if not scaling or "MaximumConcurrency" not in scaling:
        return value
    limit = int(scaling["MaximumConcurrency"])
    return {**value, "ScalingConfig": {**scaling, "MaximumConcurrency": limit}}


def with_generated_name(
    create: Callable[..., Any], name_of: Callable[..., str]
) -> Callable[..., Any]:
    """Name a log group as CloudFormation does, after the stack and the resource.

    ministack puts all of them below ``/aws/cloudformation/``, so a policy that names a stack's log
    groups, as that of its key does, would not fit.
    """

    def named(logical_id: str, properties: Properties, stack: str) -> Any:
        name = name_of(stack, logical_id, max_len=512)
        return create(logical_id, {"LogGroupName": name, **properties}, stack)

    return named


def with_kept_name(update: Callable[..., Any]) -> Callable[..., Any]:
    """Let a log group that CloudFormation has named keep its name."""

    def kept(name: str, old: Properties, new: Properties, *rest: Any) -> Any:
        given = {"LogGroupName": name}
        return update(name, given | old, given | new, *rest)

    return kept


def saved_query(*_: Any) -> tuple[str, Properties]:
    """Return the ID of a saved log query and its attributes.

    ministack has no such resource. Nobody reads it back here, so an ID is all there is.
    """
    query_id = str(uuid.uuid4())
    return query_id, {"QueryDefinitionId": query_id}


def correct() -> None:
    """Apply the corrections to ministack, which must not be serving yet."""
    from ministack.services.cloudformation import provisioners

    provisioners._RESOURCE_HANDLERS["AWS::Logs::QueryDefinition"] = {
        "create": saved_query,
        "update": lambda physical_id, *_: (physical_id, {}),
        "delete": lambda *_: None,
    }
    group = provisioners._RESOURCE_HANDLERS["AWS::Logs::LogGroup"]
    group["create"] = with_generated_name(group["create"], provisioners._physical_name)
    group["update"] = with_kept_name(group["update"])
    mapping = provisioners._RESOURCE_HANDLERS["AWS::Lambda::EventSourceMapping"]
    for operation in ("create", "update"):
        mapping[operation] = with_numeric_concurrency(mapping[operation])


def stop_with_parent() -> None:
    """End this process when the parent's end of the pipe on stdin closes, even by a crash."""

    def wait() -> None:
        sys.stdin.buffer.read()
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=wait, daemon=True).start()


def main(argv: list[str] | None = None) -> int:
    """Serve until SIGTERM, then remove the data."""
    parser = argparse.ArgumentParser(prog="python -m local.server", description=__doc__)
    parser.add_argument("data", type=Path, help="folder of this emulator alone; removed at the end")
    parser.add_argument("--outlive-parent", action="store_true")
    parser.add_argument("--decisions", type=Path, help="enforce, and write each decision there")
    arguments = parser.parse_args(argv)
    if version("ministack") != MINISTACK_VERSION:
        print(f"this needs ministack {MINISTACK_VERSION}, installed is {version('ministack')}")
        return 1
    if not arguments.outlive_parent:
        stop_with_parent()
    try:
        from ministack import app

        from local.corrections import (
            change_sets,
            principal_arn,
            properties,
            regions,
            worker_logs,
        )

        correct()
        for layer in (change_sets, principal_arn, properties, regions, worker_logs):
            layer.correct()
        if arguments.decisions:
            from local.enforcement.install import install

            install(arguments.decisions)
        sys.argv = ["ministack"]
        app.main()
    finally:
        shutil.rmtree(arguments.data, ignore_errors=True)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
