"""What all commands have in common: how they are added, their options, how they answer."""

import inspect
import json
import re
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from http import HTTPStatus
from typing import Annotated, Any

from typer import Exit, Option, Typer

from serverlessapp import exit_codes
from serverlessapp.advice import ENDPOINT
from serverlessapp.errors import OperatorError
from serverlessapp.report import printable, show

Command = Callable[..., int]

# Options of several commands.
Bucket = Annotated[str, Option(metavar="NAME", help="Bucket for releases.")]
Json = Annotated[bool, Option("--json", help="Print one JSON document.")]
Release = Annotated[str, Option(metavar="VERSION", help="Version, such as 1.2.0.")]
Values = Annotated[
    list[str] | None, Option(metavar="NAME=VALUE", help="Parameter value; repeatable.")
]
Yes = Annotated[bool, Option("--yes", help="Do not ask for confirmation.")]


def leave(code: int, **_: object) -> None:
    """End with the exit code that a command returned."""
    raise Exit(code)


app = Typer(
    result_callback=leave,
    no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"]},
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)


def verbatim(text: str) -> str:
    """Return a help text whose lines stay as they are written: Typer wraps others."""
    return "\n\n".join(f"\b\n{part}" for part in inspect.cleandoc(text).split("\n\n"))


def command(function: Command) -> Command:
    """Add a command. Its docstring is its help; where that has no exit codes, the usual ones."""
    text = function.__doc__ or ""
    epilog = None if "exit codes:" in text else verbatim(exit_codes.table())
    return app.command(help=verbatim(text), epilog=epilog)(function)


@dataclass(frozen=True, kw_only=True)
class Aws:
    """The options that say where in AWS; what is not given is what the environment says."""

    region: Annotated[
        str | None, Option(metavar="REGION", help="AWS Region; default: your configuration.")
    ] = None
    profile: Annotated[
        str | None, Option(metavar="NAME", help="Profile in your AWS configuration.")
    ] = None
    endpoint_url: Annotated[
        str | None, Option(metavar="URL", help="Endpoint to use instead of AWS.")
    ] = None

    @cached_property
    def _session(self) -> Any:
        """One for all clients, so that nobody is asked twice for a second factor."""
        import boto3  # takes time, so not before there is a client

        session = boto3.Session(profile_name=self.profile, region_name=self.region)
        session.events.register("before-parse", refuse_page)
        return session

    def client(self, service: str) -> Any:
        """Return a client.

        Raises:
            OperatorError: The endpoint is not a URL, or another setting is not usable.
            BotoCoreError: There is no such profile, or no Region.
        """
        from botocore.config import Config
        from botocore.exceptions import BotoCoreError

        config = Config(connect_timeout=5, retries={"mode": "standard", "total_max_attempts": 5})
        try:
            return self._session.client(service, endpoint_url=self.endpoint_url, config=config)
        except ValueError as error:  # from an endpoint, or what a process says of credentials
            if isinstance(error, BotoCoreError):
                raise
            raise OperatorError(
                f"invalid AWS setting ({error}): check --endpoint-url, AWS_ENDPOINT_URL and the "
                "profile"
            ) from error


def refuse_page(response_dict: Mapping[str, Any], **_: object) -> None:
    """Refuse a page for people: read as an answer of AWS, it could say that nothing is there.

    Raises:
        OperatorError: That is what came. A file in the answer is a stream, and not looked at.
    """
    body, status = response_dict["body"], response_dict["status_code"]
    is_page = isinstance(body, bytes) and re.match(rb"\s*<(!doctype\s+)?html", body, re.IGNORECASE)
    if is_page and status < HTTPStatus.MULTIPLE_CHOICES:
        raise OperatorError(f"a web page came in place of AWS's answer: {ENDPOINT}")


def given(options: Callable[..., object]) -> Callable[[Command], Command]:
    """Add a dataclass's options to a command, which gets them as its first argument."""
    shared = inspect.signature(options).parameters

    def decorate(function: Command) -> Command:
        def run(**values: object) -> int:
            return function(options(**{name: values.pop(name) for name in shared}), **values)

        _, *own = inspect.signature(function).parameters.values()
        run.__signature__ = inspect.Signature([*own, *shared.values()])  # type: ignore[attr-defined]
        run.__name__, run.__doc__ = function.__name__, function.__doc__
        return run

    return decorate


def tell(result: str | Mapping[str, Any]) -> None:
    """Print a text for people, or a document for scripts."""
    text = result if isinstance(result, str) else json.dumps(result, indent=2)
    show(printable(text, keep="\n\t"), sys.stdout)
