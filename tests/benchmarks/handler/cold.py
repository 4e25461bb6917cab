"""Import and first call in a fresh process: time and memory."""

import json
import os
import sys
from pathlib import Path

from tests.benchmarks.contenders import ROOT
from tests.benchmarks.handler.contenders import Contender, environment
from tests.benchmarks.processes import Sample, measure
from tests.benchmarks.processes import environment as with_byte_code

BOOTSTRAP = Path(__file__).resolve().parent / "bootstrap.py"


def first_call(contender: Contender, scratch: Path, endpoint: str, files: int = 1) -> Sample:
    """Start a process, let it import the handler and process an event.

    The time is that of import and call, without Python's own start and end: those are the same
    for everybody and would make any two handlers more alike.

    Raises:
        MeasurementError: It failed.
    """
    event, seconds = scratch / "event.json", scratch / "seconds"
    event.write_text(json.dumps(contender.event(files)), encoding="utf-8")
    # -P: the bootstrap's folder is none to import from.
    command = [sys.executable, "-P", BOOTSTRAP, contender.source, event, seconds]
    variables = with_byte_code(environment(os.environ, endpoint), {})
    sample = measure([str(part) for part in command], ROOT, variables)
    return Sample(float(seconds.read_text(encoding="utf-8")), sample.peak_mb)
