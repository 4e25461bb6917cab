"""What Lambda's bootstrap does with a handler: import its module, then call it with an event.

    python -P bootstrap.py FILE EVENT SECONDS

EVENT is a JSON file; SECONDS is written: the time of import and first call.
"""

import json
import logging
import sys
import time
from collections.abc import Callable
from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader
from pathlib import Path
from types import CodeType
from typing import Any

REQUEST_ID = "8f507cfc-xmpl-4697-b07a-ac58fc914c95"
TIMEOUT_MS = 60_000

Handler = Callable[[Any, Any], dict[str, Any]]


class Context:
    """What Lambda passes with the event, as far as a handler here asks."""

    aws_request_id = REQUEST_ID

    def get_remaining_time_in_millis(self) -> int:
        """Return a whole time-out: no call here takes long."""
        return TIMEOUT_MS


class LambdaLog(logging.Handler):
    """Prints log records as Lambda's text format has them, to whatever stdout is at that time."""

    def __init__(self) -> None:
        super().__init__()
        layout = f"[%(levelname)s]\t%(asctime)s.%(msecs)03dZ\t{REQUEST_ID}\t%(message)s\n"
        self.setFormatter(logging.Formatter(layout, "%Y-%m-%dT%H:%M:%S"))

    def emit(self, record: logging.LogRecord) -> None:
        """Print one record, in one piece."""
        sys.stdout.write(self.format(record))


class WithoutByteCode(SourceFileLoader):
    """Compiles the handler in each process, as Lambda has to: nothing can be kept in its folder.

    What the handler imports has byte code, in Lambda's image as here.
    """

    def get_code(self, fullname: str) -> CodeType:
        """Return the code, always compiled."""
        path = self.get_filename(fullname)
        code: CodeType = self.source_to_code(self.get_data(path), path)
        return code


def load(source: Path) -> Handler:
    """Return the function ``handler`` of a file, imported as a top-level module of its name."""
    spec = spec_from_loader(source.stem, WithoutByteCode(source.stem, str(source)))
    assert spec
    assert spec.loader
    module = module_from_spec(spec)
    sys.modules[source.stem] = module
    spec.loader.exec_module(module)
    handler: Handler = module.handler
    return handler


def main() -> None:
    """Run the command line."""
    source, event_file, seconds_file = map(Path, sys.argv[1:])
    event = json.loads(event_file.read_text(encoding="utf-8"))
    logging.getLogger().addHandler(LambdaLog())
    started = time.perf_counter()
    result = load(source)(event, Context())
    seconds = time.perf_counter() - started
    if result.get("batchItemFailures"):
        raise SystemExit("the handler failed to process a file")
    seconds_file.write_text(str(seconds), encoding="utf-8")


if __name__ == "__main__":
    main()
