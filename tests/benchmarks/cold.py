"""What a new execution environment does until its first files are processed.

python -m tests.benchmarks.cold SOURCE EVENT

SOURCE is the file of a handler, EVENT that of what it gets. What else would be imported here would
count for both handlers, so there is hardly anything.
"""

import json
import sys
from importlib import import_module
from pathlib import Path

from tests.benchmarks import aws


class Context:
    """What Lambda passes with the event, as far as a handler here asks."""

    aws_request_id = "8f507cfc-xmpl-4697-b07a-ac58fc914c95"

    def get_remaining_time_in_millis(self) -> int:
        """Return a whole time-out: no call here takes long."""
        return 60_000


def main(source: str, event: str) -> int:
    """Import the handler and call it once; return 1 if a file was not processed."""
    path = Path(source)
    sys.path.insert(0, str(path.parent))
    with aws.answering(0):
        handler = import_module(path.stem).handler
        result = handler(json.loads(Path(event).read_text(encoding="utf-8")), Context())
    return 1 if result.get("batchItemFailures") else 0


if __name__ == "__main__":
    raise SystemExit(main(*sys.argv[1:]))
