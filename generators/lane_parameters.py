"""What the form asks of a lane: its code, what its function gets, and its settings."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

from troposphere import Parameter, Template

from generators.form import Ask, ask
from generators.render import GenerationError
from serverlessapp.processors.declaration import TIMEOUTS
from serverlessapp.processors.definition import FIRST, Processor
from serverlessapp.processors.settings import SIZE as SETTINGS_BYTES

# It becomes the value of a tag, which may be no longer and hold nothing else.
ZIP_KEY = "[A-Za-z0-9 _.:/=+@-]{1,252}\\.zip"
ENVIRONMENT_BYTES = 4096  # names and values (AWS Lambda Developer Guide, "Lambda quotas")
SETTING_LENGTH = 1024  # characters of one setting, where there is room


@dataclass(frozen=True, kw_only=True)
class LaneParameters:
    """The parameters of one lane."""

    code_key: Parameter
    memory: Parameter
    timeout: Parameter
    concurrency: Parameter
    settings: Mapping[str, Parameter]  # by environment variable
    # Which code of the package is called; only the first lane asks.
    processor: Parameter | None = None


def group_of(processor: Processor) -> str:
    """Return the label of a lane's group in the form."""
    return "Processing" if processor.name == FIRST else f"Processor {processor.name}"


def code_key(ask: Ask, processor: Processor) -> Parameter:
    """Return the parameter for the key of the package: optional only where there is other code."""
    name = processor.parameter("CodeKey")
    if processor.name == FIRST:
        return ask(
            "S3 key of your package",
            name,
            Default="",
            AllowedPattern=f"^(|{ZIP_KEY})$",
            Description="S3 key of your code (zip). Use a new key for each change.",
            ConstraintDescription="must be empty or a .zip key of letters, digits, spaces and "
            "_.:/=+@-",
        )
    return ask(
        "S3 key of the package",
        name,
        AllowedPattern=f"^{ZIP_KEY}$",
        Description="S3 key of the code (zip). Use a new key for each change.",
        ConstraintDescription="must be a .zip key of letters, digits, spaces and _.:/=+@-",
    )


def add_to(
    template: Template, processor: Processor, *, own: Parameter | None = None, key: Parameter
) -> LaneParameters:
    """Add what a lane asks after its code.

    ``own`` names the processor, if the form asks for it, and ``key`` the key of its package.

    Raises:
        GenerationError: The settings cannot fit into the function's environment.
    """
    field = partial(ask, template, group_of(processor))
    function = processor.function
    return LaneParameters(
        processor=own,
        code_key=key,
        memory=field(
            "Memory (MB)",
            processor.parameter("Memory"),
            Type="Number",
            Default=str(function.memory),
            MinValue=128,
            MaxValue=10240,
            Description="Memory of the function in MB. CPU power grows with memory.",
            ConstraintDescription="must be 128 to 10240 (MB)",
        ),
        timeout=field(
            "Timeout (seconds)",
            processor.parameter("Timeout"),
            Type="Number",
            Default=str(function.timeout),
            AllowedValues=[str(seconds) for seconds in TIMEOUTS],
            Description="Timeout of the function, in seconds, for a batch of up to 10 files.",
            ConstraintDescription="must be one of " + ", ".join(map(str, TIMEOUTS)),
        ),
        concurrency=field(
            "Maximum concurrency",
            processor.parameter("Concurrency"),
            Type="Number",
            Default=str(function.concurrency),
            MinValue=2,
            MaxValue=1000,
            Description="Maximum number of batches that are processed at the same time.",
            ConstraintDescription="must be 2 to 1000",
        ),
        settings=settings(field, processor),
    )


def settings(ask: Ask, processor: Processor) -> dict[str, Parameter]:
    """Return a parameter for each setting, no longer than what all of them together may be.

    ASCII: a byte a character, and CloudFormation keeps no other characters of a template for sure.

    Raises:
        GenerationError: A default has no room, or other characters.
    """
    room = SETTINGS_BYTES - sum(map(len, processor.settings))
    longest = min(SETTING_LENGTH, room // max(len(processor.settings), 1))
    for variable, default in processor.settings.items():
        if len(default) > longest:
            raise GenerationError(
                f"processor {processor.name}: each of the {len(processor.settings)} settings can "
                f"have at most {max(longest, 0)} characters, because all environment variables "
                f"of a function share {ENVIRONMENT_BYTES:,} bytes: shorten {variable}, or use "
                "fewer settings"
            )
        if not (default.isascii() and default.isprintable()):
            raise GenerationError(
                f"processor {processor.name}: the setting {variable} contains characters that "
                "CloudFormation may not preserve: use printable ASCII"
            )
    return {
        variable: ask(
            variable,
            processor.setting(variable),
            Default=default,
            MaxLength=longest,
            AllowedPattern="^[ -~]*$",
            Description=f"{variable} of processor {processor.name}. Do not enter secrets.",
            ConstraintDescription=f"must be at most {longest} printable ASCII characters",
        )
        for variable, default in processor.settings.items()
    }
