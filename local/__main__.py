"""``python -m local``: the project without AWS."""

import argparse
import signal
import time
from collections.abc import Callable
from pathlib import Path

from rich.console import Console

from local.demo import run as demo
from local.emulator import Emulator, EmulatorError
from local.pipeline import command as pipeline_command
from local.stacks import StackError

DEMO = """\
  python -m local demo                    the whole way, then delete everything
  python -m local demo --keep             leave it running and say how to reach it
  python -m local demo --json seen.json   also write what was seen
  python -m local demo --page seen.html   the page with everything, and what was seen
"""
EMULATOR = """\
  python -m local emulator --port 4566    an empty emulator, until Ctrl-C
"""
PIPELINE = """\
  python -m local pipeline -h             the pipeline, stage by stage
"""
ENDING = """
exit codes: 0 everything held, 1 something did not, 2 wrong usage, 130 interrupted
"""


def parser() -> argparse.ArgumentParser:
    """Return the parser of the command line."""
    style = argparse.RawDescriptionHelpFormatter
    main_parser = argparse.ArgumentParser(
        prog="python -m local",
        description="Run the project on this machine, without an AWS account.",
        epilog=f"examples:\n{DEMO}{EMULATOR}{PIPELINE}{ENDING}",
        formatter_class=style,
    )
    commands = main_parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    def command(name: str, words: str, examples: str) -> Callable[..., object]:
        """Return what adds arguments to a new command."""
        epilog = f"examples:\n{examples}"
        add = commands.add_parser(
            name, help=words, epilog=epilog, formatter_class=style
        ).add_argument
        add("--port", type=int, default=0, help="of the emulator (default: a free one)")
        return add

    add = command("demo", "generate, lint, deploy, upload, verify, delete", DEMO + ENDING)
    add("--keep", action="store_true", help="leave stack and emulator running")
    add("--json", type=Path, metavar="FILE", help="write what was seen: events, receipts, metrics")
    add("--page", type=Path, metavar="FILE", help="write the page with everything, to look at")
    add = command("emulator", "run an empty AWS emulator", EMULATOR + ENDING)
    add("--enforce-iam", action="store_true", help="check signatures and policies, except root's")
    words = "deliver the last commit as the generated pipeline would"
    pipeline_command.add_arguments(command("pipeline", words, pipeline_command.EXAMPLES))
    return main_parser


def serve(console: Console, port: int, enforce_iam: bool) -> int:
    """Run an emulator until Ctrl-C."""
    with Emulator(port, enforce_iam=enforce_iam) as emulator:
        for name, value in emulator.session().environment.items():
            console.print(f"export {name}={value}", highlight=False, soft_wrap=True)
        console.print("Ctrl-C stops it and removes its data", style="dim")
        while True:
            time.sleep(3600)


def main(argv: list[str] | None = None) -> int:
    """Run the command and return its exit code."""
    arguments = parser().parse_args(argv)
    console = Console()
    try:
        if arguments.command == "demo":
            return demo.run(
                console,
                port=arguments.port,
                keep=arguments.keep,
                json_file=arguments.json,
                page_file=arguments.page,
            )
        if arguments.command == "pipeline":
            return pipeline_command.run(console, arguments)
        return serve(console, arguments.port, arguments.enforce_iam)
    except (EmulatorError, StackError, OSError) as error:
        Console(stderr=True).print(f"error: {error}", style="red", markup=False, highlight=False)
        return 1
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    # A shell ignores it for what it starts in the background, and Python would leave it so.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    raise SystemExit(main())
