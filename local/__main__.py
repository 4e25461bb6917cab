"""``python -m local``: the project without AWS."""

import argparse
import time
from collections.abc import Callable

from rich.console import Console

from generators.render import GenerationError
from local import interrupt
from local.demo import run as demo
from local.emulator import SHELL_REGION, Emulator, EmulatorError
from local.pipeline import command as pipeline
from local.process import command as process
from local.stacks import StackError
from serverlessapp.errors import OperatorError

EMULATOR = """\
  python -m local emulator --port 4566    run an empty emulator until Ctrl-C
"""
ENDING = """
exit codes: 0 success, 1 a check failed, 2 wrong usage, 130 interrupted
"""
PROCESS_ENDING = """
exit codes: 0 all files were processed, 1 a file failed, 2 wrong usage, or the processor cannot run
"""
Run = Callable[[Console, argparse.Namespace], int]


def parser() -> argparse.ArgumentParser:
    style = argparse.RawDescriptionHelpFormatter
    main_parser = argparse.ArgumentParser(
        prog="python -m local",
        description="Run the project on this machine, without an AWS account.",
        epilog=f"examples:\n{demo.EXAMPLES}{EMULATOR}"
        f"{process.EXAMPLES}"
        f"  python -m local pipeline -h             the pipeline, stage by stage\n{ENDING}",
        formatter_class=style,
    )
    commands = main_parser.add_subparsers(required=True, metavar="COMMAND")

    def plain(name: str, run: Run, words: str, examples: str) -> Callable[..., object]:
        """Return what adds arguments to a new command."""
        epilog = f"examples:\n{examples}"
        added = commands.add_parser(name, help=words, epilog=epilog, formatter_class=style)
        added.set_defaults(run=run)
        return added.add_argument

    def command(name: str, run: Run, words: str, examples: str) -> Callable[..., object]:
        """Return what adds arguments to a new command that starts an emulator."""
        add = plain(name, run, words, examples)
        add("--port", type=int, default=0, help="port of the emulator (default: a free one)")
        return add

    words = "generate, lint, deploy, upload, verify, delete"
    demo.add_arguments(command("demo", demo.run, words, demo.EXAMPLES + ENDING))
    add = command("emulator", serve, "run an empty AWS emulator", EMULATOR + ENDING)
    add(
        "--enforce-iam",
        action="store_true",
        help="enforce request signatures and IAM policies, except for root",
    )
    words = "deliver the last commit as the pipeline would"
    pipeline.add_arguments(command("pipeline", pipeline.run, words, pipeline.EXAMPLES))
    words = "run one processor on local files, without a stack"
    process.add_arguments(plain("process", process.run, words, process.EXAMPLES + PROCESS_ENDING))
    return main_parser


def serve(console: Console, arguments: argparse.Namespace) -> int:
    with Emulator(arguments.port, enforce_iam=arguments.enforce_iam) as emulator:
        for line in emulator.session(SHELL_REGION).exports():
            console.print(line, highlight=False, soft_wrap=True)
        console.print("Ctrl-C stops it and removes its data", style="dim")
        console.file.flush()  # into a file or a pipe, too
        while True:
            time.sleep(3600)


def show(error: Exception) -> None:
    """Say what is wrong in one line, however narrow the terminal or the log is."""
    Console(stderr=True, soft_wrap=True).print(
        f"error: {error}", style="red", markup=False, highlight=False
    )


def main(argv: list[str] | None = None) -> int:
    arguments = parser().parse_args(argv)
    try:
        code: int = arguments.run(Console(), arguments)
    except (EmulatorError, GenerationError, OperatorError, StackError, OSError) as error:
        show(error)
        return 2 if isinstance(error, GenerationError | OperatorError) else 1
    except KeyboardInterrupt:
        return 130
    return code


if __name__ == "__main__":
    interrupt.obey()
    raise SystemExit(main())
