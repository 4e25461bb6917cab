"""A fresh process for one file: so that memory and modules are this file's alone.

It runs in the processor's environment, which has its dependencies and none of the project's.
"""

import base64
import json
import os
import sys
import traceback
from dataclasses import asdict
from pathlib import Path
from typing import Any

from local.process import trial
from local.process.services import serving
from serverlessapp.processors.definition import read


def run(job: dict[str, Any]) -> dict[str, Any]:
    """Process the file of a job; return what became of it, with the sizes of what was written."""
    processor, output = read(Path(job["folder"])), job["output"] and Path(job["output"])
    with (
        serving(Path(job["file"]), job["key"], job["metadata"]) as services,
        trial.importable(processor),
    ):
        done = trial.run(processor, services, job["settings"])
        written = {key: path.stat().st_size for key, path in services.written.items()}
        for key, path in services.written.items() if output else ():
            target = (output / key).resolve()
            if not target.is_relative_to(output.resolve()):
                raise ValueError(f"{key} is not a file in {output}")
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(path.read_bytes())
    return {**asdict(done), "written": written}


def main(job: str, answer: str) -> None:
    """Write the answer to a job, both JSON, and end even if the processor left threads."""
    try:
        content = run(json.loads(job))
    except Exception as error:  # a processor that cannot be loaded raises whatever it likes
        what = "".join(traceback.format_exception_only(error)).strip()
        what += place(error, Path(json.loads(job)["folder"]))
        content = {"broken": what, "trace": traceback.format_exc()}
    Path(answer).write_text(json.dumps(content, default=encoded), encoding="utf-8")
    os._exit(0)


def place(error: BaseException, folder: Path) -> str:
    """Return where in a processor's folder something was raised, to be put behind its words."""
    while error.__cause__:
        error = error.__cause__
    frames = [
        frame
        for frame in traceback.extract_tb(error.__traceback__)
        if Path(frame.filename).is_relative_to(folder.resolve())
    ]
    return f" ({frames[-1].filename}:{frames[-1].lineno})" if frames else ""


def encoded(value: object) -> str:
    """Return bytes as DynamoDB shows them, in base64."""
    return base64.b64encode(bytes(value)).decode()  # type: ignore[call-overload]


if __name__ == "__main__":
    main(*sys.argv[1:])
