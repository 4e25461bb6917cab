"""What Lambda's bootstrap does with a handler: import its module, then call it with an event.

    python -P bootstrap.py FILE EVENT SECONDS

EVENT is a JSON file; SECONDS is written: the time of import and first call, without Python's own
start and end, which are the same for everybody and would make any two handlers more alike.
"""

import json
import logging
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any, TextIO

REQUEST_ID = "8f507cfc-xmpl-4697-b07a-ac58fc914c95"

Handler = Callable[[Any, Any], dict[str, Any]]


class Context:
    """What Lambda passes with the event, as far as a handler here asks."""

    aws_request_id = REQUEST_ID

    def get_remaining_time_in_millis(self) -> int:
        """Return a whole time-out: no call here takes long."""
        return 60_000


def log_to(stream: TextIO) -> None:
    """Write log records as Lambda's text format has them."""
    layout = f"[%(levelname)s]\t%(asctime)s.%(msecs)03dZ\t{REQUEST_ID}\t%(message)s"
    handler = logging.StreamHandler(stream)
    handler.setFormatter(logging.Formatter(layout, "%Y-%m-%dT%H:%M:%S"))
    logging.getLogger().addHandler(handler)


def load(source: Path) -> Handler:
    """Return the function ``handler`` of a file, imported as a top-level module of its name.

    It is compiled each time, as Lambda has to: nothing can be kept in its folder. What it
    imports has byte code, in Lambda's image as here.
    """
    module = ModuleType(source.stem)
    sys.modules[source.stem] = module
    exec(compile(source.read_bytes(), source, "exec"), module.__dict__)  # noqa: S102
    handler: Handler = module.__dict__["handler"]
    return handler


def main(source: Path, event_file: Path, seconds_file: Path) -> None:
    """Time import and first call."""
    event = json.loads(event_file.read_text(encoding="utf-8"))
    log_to(sys.stdout)
    started = time.perf_counter()
    result = load(source)(event, Context())
    seconds = time.perf_counter() - started
    if result.get("batchItemFailures"):
        raise SystemExit("the handler failed to process a file")
    seconds_file.write_text(str(seconds), encoding="utf-8")


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
