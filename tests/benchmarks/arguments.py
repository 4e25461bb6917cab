"""Arguments that every benchmark takes."""

import argparse
from pathlib import Path

MINIMUM_ROUNDS = 9


def rounds(text: str) -> int:
    """Return a number of rounds that a median can be taken of.

    Raises:
        argparse.ArgumentTypeError: It is too small, or no number.
    """
    number = int(text) if text.isascii() and text.isdigit() else 0
    if number < MINIMUM_ROUNDS:
        raise argparse.ArgumentTypeError(
            f"{text} is not a whole number from {MINIMUM_ROUNDS} on; with fewer, a few "
            "disturbed rounds decide the median"
        )
    return number


def positive(text: str) -> int:
    """Return a whole number from 1 on.

    Raises:
        argparse.ArgumentTypeError: It is not.
    """
    number = int(text) if text.isascii() and text.isdigit() else 0
    if number < 1:
        raise argparse.ArgumentTypeError(f"{text} is not a whole number from 1 on")
    return number


def share(text: str) -> float:
    """Return a number from 0 up to, but not including, 1.

    Raises:
        argparse.ArgumentTypeError: It is not.
    """
    try:
        number = float(text)
    except ValueError:
        number = -1.0
    if not 0 <= number < 1:
        raise argparse.ArgumentTypeError(f"{text} is not a share, such as 0.02")
    return number


def output_file(text: str) -> Path:
    """Return a path that a file can be written to: to learn otherwise at the end is too late.

    Raises:
        argparse.ArgumentTypeError: It is a folder, or in none.
    """
    path = Path(text)
    if path.is_dir() or not path.parent.is_dir():
        raise argparse.ArgumentTypeError(f"{text} is a folder, or in a folder that is missing")
    return path


def add_to(parser: argparse.ArgumentParser) -> None:
    """Add the arguments to a parser."""
    parser.add_argument(
        "--rounds",
        type=rounds,
        default=MINIMUM_ROUNDS,
        metavar="N",
        help=f"how often each is measured (default and minimum: {MINIMUM_ROUNDS})",
    )
    parser.add_argument(
        "--json", type=output_file, metavar="FILE", help="also write every measurement"
    )
