"""``python -m local pipeline``: the arguments, and what is said at the end."""

import argparse
import json
import shutil
import sys
import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from rich.console import Console
from rich.prompt import Confirm

from local import page
from local.emulator import Emulator
from local.pipeline import accounts
from local.pipeline import launched as stack
from local.pipeline.artifacts import Artifacts
from local.pipeline.endpoint import serving
from local.pipeline.errors import PipelineError
from local.pipeline.execution import Execution
from local.pipeline.launched import Launched
from local.pipeline.machine import Machine, git
from local.pipeline.names import PARTITION, Place
from local.pipeline.pushes import chosen, missing, push
from local.pipeline.screen import Screen
from pipeline.stages.update import TEMPLATE_PATH
from serverlessapp.errors import OperatorError
from serverlessapp.template.parameters import pairs
from serverlessapp.template.pipeline.elements import Pipeline
from serverlessapp.template.reading import read
from serverlessapp.template.structure import check as structured

EXAMPLES = """\
  python -m local pipeline                            deliver the last commit, in all Regions
  python -m local pipeline --approve                  approve without asking
  python -m local pipeline --launched FILE            begin with an older pipeline template
  python -m local pipeline --keep DIR                 keep artifacts and logs
  python -m local pipeline --stage Build              only this stage, after the source

exit codes: 0 delivered, 1 a stage failed, 2 wrong usage or cannot run here
"""


def form(home: Place) -> dict[str, str]:
    """Return how the pipeline's form is filled in, where nobody says otherwise."""
    place = f"{home.region}:{home.account}"
    return {
        "NotificationEmail": "nobody@example.com",
        "ConnectionArn": f"arn:{PARTITION}:codeconnections:{place}:connection/local",
        "RepositoryId": "owner/name",
        "ArtifactKeyArn": f"arn:{PARTITION}:kms:{place}:key/mrk-{'0' * 32}",  # till there is one
    }


def add_arguments(add: Callable[..., object]) -> None:
    add(
        "--checkout",
        type=Path,
        default=Path(),
        metavar="DIR",
        help="repository (default: this one)",
    )
    add("--approve", action="store_true", help="approve without asking")
    add(
        "--parameter",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="parameter of the pipeline",
    )
    add(
        "--launched",
        type=Path,
        metavar="FILE",
        help="template of the launched pipeline (default: the commit's)",
    )
    add("--stage", action="append", metavar="NAME", help="run only these stages, after the source")
    add("--keep", type=Path, metavar="DIR", help="keep artifacts and logs in DIR")
    add("--json", type=Path, metavar="FILE", help="write the results to a file")
    add("--page", type=Path, metavar="FILE", help="write the results as one HTML page")


def run(console: Console, arguments: argparse.Namespace) -> int:
    """Deliver the last commit of a checkout; return the exit code."""
    folder = arguments.keep or Path(tempfile.mkdtemp(prefix="serverlessapp-pipeline-"))
    screen = Screen(console)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        examined = examine(arguments, folder)
        check(arguments, examined.pipeline)
        executions: dict[str, Execution] = {}
        with (
            Emulator(arguments.port, enforce_iam=True) as emulator,
            serving(executions) as endpoint,
        ):
            console.print(f"on the emulator at {emulator.endpoint}", style="dim")
            machine = Machine(
                emulator=emulator,
                launched=launch(emulator, examined, folder / "launched"),
                checkout=arguments.checkout,
                approve=approver(screen, always=arguments.approve),
                screen=screen,
                endpoint=endpoint,
                executions=executions,
            )
            record = push(machine, folder, arguments.stage)
    except (PipelineError, OperatorError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    finally:
        if not arguments.keep:
            shutil.rmtree(folder, ignore_errors=True)
    if arguments.json:
        arguments.json.write_text(json.dumps(record.document(), indent=2) + "\n", encoding="utf-8")
    if arguments.page:
        page.write(arguments.page, "pipeline/seen.html", "The pipeline", record.document())
    outcome = "[green]delivered[/]" if record.succeeded else "[bold red]not delivered[/]"
    console.print(f"\n{outcome} in {record.seconds:.1f} s, on the emulator")
    if arguments.keep:
        console.print(f"artifacts and logs: {folder}", soft_wrap=True, highlight=False)
    elif not record.succeeded:
        console.print("for complete logs, run it again with --keep DIR")
    return 0 if record.succeeded else 1


def examine(arguments: argparse.Namespace, folder: Path) -> Launched:
    """Return the pipeline that is launched before the push."""
    if changed := git(arguments.checkout, "status", "--porcelain", "--untracked-files=no"):
        count = len(changed.splitlines())
        print(
            f"note: {count} changed files are not committed, and so not delivered",
            file=sys.stderr,
        )
    source = folder / "launched"
    shutil.rmtree(source, ignore_errors=True)
    fetched = Artifacts(folder / "launched-from")
    archive = fetched.path("Source").resolve()
    git(arguments.checkout, "archive", "--format=zip", f"--output={archive}", "HEAD")
    fetched.unpack("Source", source)
    template = structured(read(arguments.launched or source / TEMPLATE_PATH)).content
    home = accounts.home_of(accounts.delivery_of(source))
    known = template.get("Parameters", {})
    filled = {name: value for name, value in form(home).items() if name in known}
    return stack.examine(template, {**filled, **pairs(arguments.parameter)}, source, home)


def launch(emulator: Emulator, examined: Launched, source: Path) -> Launched:
    """Launch all that the pipeline needs, then its own stack."""
    outputs = accounts.launch(emulator, source)
    known = {name: outputs[name] for name in examined.parameters if name in outputs}
    return stack.make(emulator, replace(examined, parameters={**examined.parameters, **known}))


def check(arguments: argparse.Namespace, pipeline: Pipeline) -> None:
    """Refuse what could only end in the middle: without an artifact, or with nobody to approve."""
    wanted: list[str] | None = arguments.stage
    names = [stage.name for stage in pipeline.stages]
    if unknown := [name for name in wanted or () if name not in names]:
        raise PipelineError(f"unknown stage {unknown[0]}; stages: {', '.join(names)}")
    if gone := sorted(set(missing(pipeline, wanted))):
        raise PipelineError(f"{', '.join(gone)} comes from another stage: add its --stage")
    asking = [
        action.name
        for stage in chosen(pipeline, wanted)
        for action in stage.actions
        if action.provider == "Manual"
    ]
    if asking and not arguments.approve and not sys.stdin.isatty():
        raise PipelineError(f"no terminal to ask for {', '.join(asking)}: use --approve")


def approver(screen: Screen, *, always: bool) -> Callable[[str, str], bool]:
    def ask(action: str, question: str) -> bool:
        if always:
            return True
        with screen.quiet():
            return Confirm.ask(f"  {action}: {question}\n  approve?", console=screen.console)

    return ask
