"""``python -m serverlessapp.package``: make a zip of a processor that the stack can run."""

import argparse
import sys
from pathlib import Path

from serverlessapp.package import processor, report
from serverlessapp.package.dependencies import PLATFORMS
from serverlessapp.package.errors import PackageError
from serverlessapp.package.package import make

EXAMPLES = """\
examples:
  python -m serverlessapp.package examples/thumbnails --output dist
  python -m serverlessapp.package examples/thumbnails --output dist --platform host   for the emulator
  python -m serverlessapp.package mine --output dist --processor words:count --json

The same code and pins give the same bytes, whose digest is part of the zip's name.

exit codes: 0 done, 1 no package (the reason is on stderr), 2 wrong usage
"""


def main(argv: list[str] | None = None) -> int:
    """Run the command and return its exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m serverlessapp.package",
        description="Package the function's code, a processor and its dependencies for Lambda.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("folder", type=directory, help="the processor's modules")
    parser.add_argument(
        "--output", type=Path, required=True, metavar="DIR", help="where the zip is written"
    )
    parser.add_argument(
        "--processor",
        type=processor_name,
        metavar="MODULE:FUNCTION",
        help="default: the only function (file, context) there is",
    )
    parser.add_argument(
        "--requirements", type=file, metavar="FILE", help="default: FOLDER/requirements.txt"
    )
    parser.add_argument(
        "--platform",
        choices=sorted(PLATFORMS),
        default="lambda",
        help="lambda (the default): arm64 with Python 3.13; host: this machine and Python",
    )
    parser.add_argument("--json", action="store_true", help="print JSON, for a script")
    arguments = parser.parse_args(argv)
    output = arguments.output.resolve()
    if output.is_relative_to(arguments.folder.resolve()):
        parser.error("--output must be outside the processor's folder, or zips end up in zips")
    try:
        package = make(
            arguments.folder,
            output=arguments.output,
            platform=arguments.platform,
            requirements=arguments.requirements,
            named=arguments.processor,
        )
    except (PackageError, OSError) as error:
        print(error, file=sys.stderr)
        return 1
    print(report.as_json(package) if arguments.json else report.as_text(package))
    return 0


def directory(value: str) -> Path:
    """Return an existing folder."""
    if not (path := Path(value)).is_dir():
        raise argparse.ArgumentTypeError(f"{value} is not a folder")
    return path


def file(value: str) -> Path:
    """Return an existing file."""
    if not (path := Path(value)).is_file():
        raise argparse.ArgumentTypeError(f"{value} is not a file")
    return path


def processor_name(value: str) -> str:
    """Return a name that the stack parameter ``Processor`` takes."""
    if not processor.NAME.fullmatch(value):
        raise argparse.ArgumentTypeError("give module:function, for example thumbnails:make")
    return value


if __name__ == "__main__":
    raise SystemExit(main())
