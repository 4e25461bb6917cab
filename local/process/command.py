"""``python -m local process``: one processor on files of this machine."""

import argparse
import json
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from rich.console import Console

from local.process import environment
from serverlessapp.errors import OperatorError
from serverlessapp.processors.definition import DECLARATION, Processor, read
from serverlessapp.processors.uploads import DEFAULT_PREFIX
from serverlessapp.template.parameters import pairs

# Fields of a log line that are shown already, or not worth it.
KNOWN = ("timestamp", "level", "message", "trace", "message_id", "key", "version_id", "error")
PROCESSORS = environment.ROOT / "processors"
EXAMPLES = """\
  python -m local process receipts invoice.pdf     a processor in processors/
  python -m local process examples/parquet a.csv --output build --setting DELIMITER=';'
"""


def add_arguments(add: Callable[..., object]) -> None:
    add("processor", metavar="NAME", help="folder in processors/, or the path of another folder")
    add("files", nargs="+", type=Path, metavar="FILE", help="files to process, one after the other")
    add(
        "--setting",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="setting to use instead of processor.toml's",
    )
    add(
        "--metadata",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="metadata of the files",
    )
    add(
        "--output",
        type=Path,
        metavar="DIR",
        help="keep in DIR what the processor writes to the bucket",
    )
    add("--json", action="store_true", help="write the results as JSON")


def run(console: Console, arguments: argparse.Namespace) -> int:
    """Process the files: 0 if all went well, 1 if one did not."""
    processor = read(located(arguments.processor))
    settings = pairs(arguments.setting, "--setting")
    for name in settings.keys() - processor.settings.keys():
        there = ", ".join(processor.settings) or "nothing"
        raise OperatorError(f"{name} is not in [settings] of {DECLARATION}, which has {there}")
    metadata = pairs(arguments.metadata, "--metadata")
    for path in arguments.files:
        if not path.is_file():
            raise OperatorError(f"{path} is not a file")
    python = environment.python(processor)
    seen = []
    for path in arguments.files:
        job = {
            "folder": str(processor.folder.resolve()),
            "file": str(path.resolve()),
            "key": DEFAULT_PREFIX + processor.uploads.folder + path.name,
            "metadata": metadata,
            "settings": settings,
            "output": arguments.output and str(arguments.output.resolve()),
        }
        seen.append({"file": job["file"], **processed(processor, python, job)})
        if not arguments.json:
            show(console, processor, seen[-1])
    if arguments.json:
        console.print_json(json.dumps({"processor": processor.name, "files": seen}))
    return 0 if all(each["outcome"] in ("processed", "skipped") for each in seen) else 1


def located(name: str) -> Path:
    """Return the folder of a processor."""
    for folder in (PROCESSORS / name, Path(name)):
        if (folder / DECLARATION).is_file():
            return folder
    there = sorted(path.parent.name for path in PROCESSORS.glob(f"*/{DECLARATION}"))
    raise OperatorError(
        f"{name}: no {DECLARATION} there; give a folder, or one of processors/: {', '.join(there)}"
    )


def processed(processor: Processor, python: Path, job: dict[str, Any]) -> dict[str, Any]:
    """Process a file in a process of its own; return what was seen.

    Raises:
        OperatorError: The processor cannot be loaded.
    """
    with tempfile.TemporaryDirectory(prefix="process-") as place:
        answer = Path(place, "answer.json")
        ended = subprocess.run(
            [str(python), "-m", "local.process.child", json.dumps(job), str(answer)],
            env=environment.variables(TMPDIR=place),
            check=False,
            start_new_session=True,  # Ctrl-C is for us; ``run`` kills it then
        )
        if not answer.exists():  # for lack of memory, or in somebody's C code
            error = f"the process ended with {ended.returncode}"
            return {"outcome": "tried again", "error": error}
        seen: dict[str, Any] = json.loads(answer.read_text(encoding="utf-8"))
    if "broken" in seen:
        raise OperatorError(f"cannot run {processor.folder}: {seen['broken']}")
    return seen


def show(console: Console, processor: Processor, seen: dict[str, Any]) -> None:
    path = Path(seen["file"])
    good = seen["outcome"] in ("processed", "skipped")
    style = "green" if good else "red"
    console.print(f"[bold]{processor.name}[/] [{style}]{seen['outcome']}[/]", end=" ")
    lines = [path.name]
    if not processor.uploads.take(processor.uploads.folder + path.name):
        ends = ", ".join(processor.uploads.suffixes)
        lines.append(f"  a stack would not process this file: only files that end in {ends}")
    if seen["error"]:
        lines.append(f"  error   {seen['error']}")
    if "result" in seen:
        lines += details(seen)
        if seen["memory"] > (memory := processor.function.memory):
            more = f"{memory} MB: set more in {DECLARATION}"
            lines.append(f"  in a stack, this would exceed the function's {more}")
    console.print("\n".join(lines), markup=False, highlight=False, soft_wrap=True)


def details(seen: dict[str, Any]) -> list[str]:
    """Return lines about result, log, metrics, objects, time and memory."""
    lines = []
    if seen["outcome"] == "processed":
        lines.append(f"  result  {json.dumps(seen['result'], ensure_ascii=False)}")
    for line in seen["log"]:
        fields = {k: v for k, v in line.items() if k not in KNOWN}
        said = json.dumps(fields, ensure_ascii=False) if fields else ""
        lines.append(f"  log     {line.get('level', '')} {line.get('message', '')} {said}".rstrip())
        lines += [f"          {each}" for each in str(line.get("trace", "")).splitlines()]
    for name, values in seen["metrics"].items():
        total = f"{sum(values):,.10g}"
        lines.append(f"  metric  {name} {total} {seen['units'][name]}")
    for key, size in seen["written"].items():
        lines.append(f"  wrote   {key}  {size:,} bytes")
    lines.append(
        f"  took    {seen['seconds']:.2f} s and at most {seen['memory']:.0f} MB, "
        f"{seen['idle']:.0f} of them before the file"
    )
    return lines
